//! What a hook was granted, and the one check of what it imports against that.
//!
//! What the words mean is in `zpoline_host_abi::grant`, what an import needs in
//! `zpoline_host_abi::capability`; start-up puts a [`Grants`] together while it
//! still has the environment and the file system. Invariant: this is decided
//! before anything of the hook runs, by the names of its imports, whatever
//! version of an interface answers them.

use super::error::LoadError;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use wasmtime::Engine;
use wasmtime::component::types::{Component as ComponentType, ComponentItem};
use zpoline_host_abi::WIT_VERSION;
use zpoline_host_abi::capability::{Capability, Import, NoImport};
use zpoline_host_abi::set::SyscallSet;

/// What the user granted to one hook, beyond what every hook has.
#[derive(Debug, Clone)]
pub struct Grants {
    whole: Vec<Capability>,
    invoke: SyscallSet,
    env: Vec<Variable>,
    directories: Vec<Directory>,
}

/// An environment variable that the hook may know.
#[derive(Debug, Clone)]
pub(crate) struct Variable {
    pub(crate) name: String,
    /// None: it is not set.
    pub(crate) value: Option<Vec<u8>>,
}

/// A directory that the hook may use.
#[derive(Debug, Clone)]
pub(crate) struct Directory {
    /// As it was granted.
    pub(crate) path: String,
    /// The open directory, and what tells it from another that took its number.
    pub(crate) descriptor: i32,
    pub(crate) identity: (u64, u64),
    /// Whether files below it may be written.
    pub(crate) writable: bool,
}

impl Default for Grants {
    fn default() -> Self {
        Self { whole: Vec::new(), invoke: SyscallSet::none(), env: Vec::new(), directories: Vec::new() }
    }
}

impl Grants {
    /// Grants a capability that has no parts.
    pub fn whole(&mut self, capability: Capability) {
        self.whole.push(capability);
    }

    /// Grants syscalls to make.
    pub fn calls(&mut self, set: &SyscallSet) {
        self.invoke = self.invoke.union(*set);
    }

    /// Grants a variable, with its value at this time.
    pub fn variable(&mut self, name: &str, value: Option<Vec<u8>>) {
        if !self.env.iter().any(|variable| variable.name == name) {
            self.env.push(Variable { name: name.into(), value });
        }
    }

    /// Grants a directory. `identity` is its device and inode.
    pub fn directory(&mut self, path: &str, descriptor: i32, identity: (u64, u64), writable: bool) {
        self.directories.push(Directory { path: path.into(), descriptor, identity, writable });
    }

    /// Whether anything of a capability was granted.
    pub(crate) fn has(&self, capability: Capability) -> bool {
        capability.granted_to_all()
            || match capability {
                Capability::Invoke => !self.invoke.is_empty(),
                Capability::Env => !self.env.is_empty(),
                Capability::Files => !self.directories.is_empty(),
                Capability::FilesWrite => self.directories.iter().any(|directory| directory.writable),
                Capability::Memory
                | Capability::Log
                | Capability::Process
                | Capability::MemoryWrite
                | Capability::Scratch
                | Capability::Clock
                | Capability::Random => self.whole.contains(&capability),
            }
    }

    /// The calls that the hook may make, but for those that no hook may.
    pub(crate) fn invoke(&self) -> &SyscallSet {
        &self.invoke
    }

    /// The variables, in the order in which they were granted.
    pub(crate) fn env(&self) -> &[Variable] {
        &self.env
    }

    /// The directories, in the order in which they were granted.
    pub(crate) fn directories(&self) -> &[Directory] {
        &self.directories
    }
}

/// An import of a hook that it may have.
#[derive(Debug)]
pub(crate) struct Allowed {
    /// Its name, with version.
    pub(crate) name: String,
    pub(crate) import: Import,
}

/// Answers what a component imports, or refuses what it was not granted.
pub(crate) fn check(
    component: &ComponentType,
    engine: &Engine,
    hook: &str,
    grants: &Grants,
) -> Result<Vec<Allowed>, LoadError> {
    let mut allowed = Vec::new();
    let mut missing: Vec<(&str, Capability)> = Vec::new();
    for (name, item) in component.imports(engine) {
        let import = Import::of(name).map_err(|why| unknown(hook, name, why))?;
        match import.needs() {
            Some(capability) if !grants.has(capability) => {
                // An interface imported for its types alone gives nothing.
                if runs(&item.ty, engine) {
                    missing.push((name, capability));
                }
            }
            _ => allowed.push(Allowed { name: name.into(), import }),
        }
    }
    if missing.is_empty() { Ok(allowed) } else { Err(refused(hook, &missing)) }
}

/// Whether an import has something that can be called.
fn runs(item: &ComponentItem, engine: &Engine) -> bool {
    match item {
        ComponentItem::ComponentInstance(instance) => instance
            .exports(engine)
            .any(|(_, item)| !matches!(item.ty, ComponentItem::Type(_) | ComponentItem::Resource(_))),
        ComponentItem::Type(_) | ComponentItem::Resource(_) => false,
        ComponentItem::ComponentFunc(_)
        | ComponentItem::CoreFunc(_)
        | ComponentItem::Module(_)
        | ComponentItem::Component(_) => true,
    }
}

/// Takes `zpoline:hook/log@0.1.0` apart into `log` and `0.1.0`; None for the
/// name of anything else.
pub(crate) fn own_interface(name: &str) -> Option<(&str, &str)> {
    zpoline_host_abi::capability::own_interface(name)
}

fn unknown(hook: &str, import: &str, why: NoImport<'_>) -> LoadError {
    match why {
        NoImport::Version(interface) => LoadError::new(
            format!("hook {hook} imports {import}; this loader has {interface}@{WIT_VERSION}"),
            format!("a hook and the loader must agree on one version of zpoline:hook, {WIT_VERSION}"),
            format!("rebuild the hook with the wit/ folder of zpoline {WIT_VERSION}"),
        ),
        NoImport::Unknown => LoadError::new(
            format!("hook {hook} imports {import}, which this loader does not have"),
            format!("a hook may import from zpoline:hook@{WIT_VERSION}: types, {}", join(Capability::ALL, ", ")),
            format!("build the hook without it; zpoline inspect {hook} lists its imports"),
        ),
        NoImport::Wasi => LoadError::new(
            format!("hook {hook} imports {import}, which this loader does not have"),
            "of WASI 0.2 a hook may have cli, io, clocks, random and filesystem: no sockets, no http",
            "build the hook without it: toolchains have an option that leaves such parts of WASI out",
        ),
    }
}

fn refused(hook: &str, missing: &[(&str, Capability)]) -> LoadError {
    let mut cause = match missing {
        [(import, _)] => format!("hook {hook} imports {import}, which it was not granted"),
        _ => format!("hook {hook} imports {} interfaces that it was not granted", missing.len()),
    };
    let mut capabilities: Vec<Capability> = missing.iter().map(|(_, capability)| *capability).collect();
    capabilities.sort_unstable();
    capabilities.dedup();
    let mut wanted = String::new();
    for capability in &capabilities {
        if missing.len() > 1 {
            for (import, _) in missing.iter().filter(|(_, needed)| needed == capability) {
                cause.push_str("\n    ");
                cause.push_str(import);
            }
        }
        let line = if wanted.is_empty() { "with that it could " } else { "\n  and " };
        wanted.push_str(line);
        wanted.push_str(capability.permits());
    }
    let words: Vec<&str> = capabilities.iter().map(|capability| capability.grant()).collect();
    LoadError::new(
        cause,
        wanted,
        format!(
            "if you trust it with that, add to ZPOLINE_ALLOW: {}  (zpoline run --allow {})",
            words.join(" "),
            words.join(" --allow "),
        ),
    )
}

fn join(capabilities: impl IntoIterator<Item = Capability>, separator: &str) -> String {
    let words: Vec<&str> = capabilities.into_iter().map(Capability::word).collect();
    words.join(separator)
}
