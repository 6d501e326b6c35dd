//! What a component hooks and what it asks for, read from the names of its
//! exports and imports without running it.

use crate::failure::{Failure, Result};
use wasmparser::{Parser, Payload};
use zpoline_host_abi::WIT_VERSION;
use zpoline_host_abi::capability::{Import, NoImport};
use zpoline_host_abi::syscalls::{self, Syscall};

/// The names that a component imports and exports at its top level.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Interface {
    pub(crate) imports: Vec<String>,
    pub(crate) exports: Vec<String>,
    /// Those of the imports that nothing can be called of.
    pub(crate) types_only: Vec<String>,
}

/// One export of `zpoline:hook`.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Export {
    /// A typed hook.
    Syscall(&'static Syscall),
    /// All syscalls without a typed hook.
    Any,
    /// The second half of observed calls.
    Returned,
    /// Start and end of the process.
    Lifecycle,
}

/// `zpoline:hook/NAME@VERSION`, taken apart.
fn ours(name: &str) -> Option<(&str, &str)> {
    let rest = name.strip_prefix("zpoline:hook/")?;
    Some(rest.split_once('@').unwrap_or((rest, "")))
}

/// Whether an interface of this version is one that this build has: the same
/// minor version, and no later patch.
fn compatible(version: &str) -> bool {
    let parse = |text: &str| -> Option<[u32; 3]> {
        let mut parts = text.split('.').map(|part| part.parse().ok());
        let version = [parts.next()??, parts.next()??, parts.next()??];
        parts.next().is_none().then_some(version)
    };
    match (parse(version), parse(WIT_VERSION)) {
        (Some(theirs), Some(own)) => theirs[..2] == own[..2] && theirs[2] <= own[2],
        _ => false,
    }
}

impl Interface {
    /// Reads the names from a component.
    pub(crate) fn of(component: &[u8]) -> Result<Self> {
        let mut interface = Self::names(component)
            .map_err(|error| Failure::new(format_args!("the component is damaged: {}", error.message())))?;
        if let Some(shape) = crate::wit::Shape::of(component) {
            interface.types_only =
                interface.imports.iter().filter(|name| shape.has_only_types(name)).cloned().collect();
        }
        Ok(interface)
    }

    /// What it asks for: imports that something can be called of, and that this
    /// build has.
    pub(crate) fn asks(&self) -> impl Iterator<Item = (&str, Import)> {
        let called = self.imports.iter().filter(|name| !self.types_only.contains(name));
        called.filter_map(|name| Some((name.as_str(), Import::of(name).ok()?)))
    }

    /// The names alone.
    pub(crate) fn names(component: &[u8]) -> wasmparser::Result<Self> {
        let mut interface = Self::default();
        let mut depth = 0_u32;
        for payload in Parser::new(0).parse_all(component) {
            match payload? {
                Payload::ModuleSection { .. } | Payload::ComponentSection { .. } => depth += 1,
                Payload::End(_) => depth = depth.saturating_sub(1),
                Payload::ComponentImportSection(section) if depth == 0 => {
                    for import in section {
                        interface.imports.push(import?.name.name.to_owned());
                    }
                }
                Payload::ComponentExportSection(section) if depth == 0 => {
                    for export in section {
                        interface.exports.push(export?.name.name.to_owned());
                    }
                }
                _ => {}
            }
        }
        Ok(interface)
    }

    /// What it exports from `zpoline:hook`, in order. Names that this build
    /// does not know are left out; [`Interface::check`] refuses them.
    pub(crate) fn hooks(&self) -> Vec<(&str, Export)> {
        self.exports.iter().filter_map(|name| ours(name)).filter_map(|(name, _)| Some((name, export(name)?))).collect()
    }

    /// Whether this build can run it: nothing imported that the loader does not
    /// have, something hooked, all names known. What of it the user grants is not
    /// asked here.
    pub(crate) fn check(&self) -> Result<()> {
        for name in &self.imports {
            self.check_import(name)?;
        }
        for name in &self.exports {
            let Some((short, version)) = ours(name) else {
                continue;
            };
            check_version(name, version)?;
            if export(short).is_none() {
                return Err(unknown_export(name, short));
            }
        }
        let hooks = self.hooks();
        if hooks.iter().any(|(_, export)| matches!(export, Export::Any | Export::Syscall(_))) {
            return Ok(());
        }
        let failure = if hooks.is_empty() {
            Failure::new("the component exports nothing from zpoline:hook: it hooks no syscall")
        } else {
            let names: Vec<&str> = hooks.iter().map(|(name, _)| *name).collect();
            Failure::new(format_args!("the component exports {} and hooks no syscall", names.join(" and ")))
        };
        Err(failure
            .why(format_args!(
                "a hook exports zpoline:hook/any@{WIT_VERSION}, or the interface of each syscall that it takes"
            ))
            .fix(format_args!("export zpoline:hook/openat@{WIT_VERSION}; in the world, for example")))
    }

    fn check_import(&self, name: &str) -> Result<()> {
        let failure = Failure::new(format_args!("the component imports {name}, which zpoline does not have"));
        match Import::of(name) {
            Ok(_) => Ok(()),
            Err(NoImport::Version(_)) => Err(Failure::new(format_args!(
                "the component uses {name}, this zpoline has zpoline:hook@{WIT_VERSION}"
            ))
            .fix("build it again from the wit/ folder of this version")),
            Err(NoImport::Unknown) => Err(failure
                .why("a hook runs inside somebody else's program: it may import what zpoline answers, which is")
                .why(format_args!(
                    "zpoline:hook/{{{}}}, and of WASI 0.2 cli, io, clocks, random and filesystem",
                    crate::wit::imports().collect::<Vec<_>>().join(",")
                ))),
            Err(NoImport::Wasi) => Err(failure
                .why("of WASI 0.2 a hook may have cli, io, clocks, random and filesystem: no sockets, no http")
                .fix(
                    "build it for wasm32-unknown-unknown, or with the toolchain's option to leave WASI out \
                     (componentize-py -s, componentize-qjs --stub-wasi, componentize-js disableFeatures)",
                )),
        }
    }
}

fn check_version(name: &str, version: &str) -> Result<()> {
    if compatible(version) {
        return Ok(());
    }
    Err(Failure::new(format_args!("the component uses {name}, this zpoline has zpoline:hook@{WIT_VERSION}"))
        .fix("build it again from the wit/ folder of this version"))
}

/// What an interface is, by its name.
fn export(name: &str) -> Option<Export> {
    match name {
        "any" => Some(Export::Any),
        "returned" => Some(Export::Returned),
        "lifecycle" => Some(Export::Lifecycle),
        _ => syscalls::by_wit_name(name).map(Export::Syscall),
    }
}

fn unknown_export(name: &str, short: &str) -> Failure {
    let failure = Failure::new(format_args!("the component exports {name}, and no syscall is called {short}"));
    let names = syscalls::TABLE.iter().map(|syscall| syscall.wit_name).chain(["any", "returned", "lifecycle"]);
    match nearest(short, names) {
        Some(near) => failure.fix(format_args!("zpoline:hook/{near}@{WIT_VERSION}, if that is meant")),
        None => failure.fix("zpoline syscalls lists the names"),
    }
}

/// The name that differs least, if it differs little.
pub(crate) fn nearest<'a>(word: &str, names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    names
        .map(|name| (distance(word.as_bytes(), name.as_bytes()), name))
        .min()
        .filter(|(distance, _)| *distance <= if word.len() < 3 { 1 } else { 2 })
        .map(|(_, name)| name)
}

/// How many letters have to be put in, taken out or changed.
fn distance(a: &[u8], b: &[u8]) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut corner = std::mem::replace(&mut row[0], i + 1);
        for (j, y) in b.iter().enumerate() {
            let changed = corner + usize::from(x != y);
            corner = row[j + 1];
            row[j + 1] = changed.min(row[j] + 1).min(corner + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn interface(imports: &[&str], exports: &[&str]) -> Interface {
        let own = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        Interface { imports: own(imports), exports: own(exports), types_only: Vec::new() }
    }

    fn refused(imports: &[&str], exports: &[&str]) -> String {
        interface(imports, exports).check().expect_err("not a hook").to_string()
    }

    #[test]
    fn a_hook_passes() {
        let hook = interface(
            &["zpoline:hook/types@0.1.0", "zpoline:hook/log@0.1.0"],
            &["zpoline:hook/clock-gettime@0.1.0", "zpoline:hook/returned@0.1.0"],
        );
        assert_eq!(hook.check(), Ok(()));
        assert_eq!(hook.hooks().iter().map(|(name, _)| *name).collect::<Vec<_>>(), ["clock-gettime", "returned"]);
    }

    #[test]
    fn an_import_from_elsewhere_is_named() {
        assert_eq!(
            refused(&["wasi:sockets/tcp@0.2.6"], &["zpoline:hook/any@0.1.0"]),
            "the component imports wasi:sockets/tcp@0.2.6, which zpoline does not have\n  of WASI 0.2 a hook may have cli, io, clocks, random and filesystem: no sockets, no http\n  fix: build it for wasm32-unknown-unknown, or with the toolchain's option to leave WASI out (componentize-py -s, componentize-qjs --stub-wasi, componentize-js disableFeatures)"
        );
        assert_eq!(
            refused(&["zpoline:hook/telepathy@0.1.0"], &["zpoline:hook/any@0.1.0"]),
            "the component imports zpoline:hook/telepathy@0.1.0, which zpoline does not have\n  a hook runs inside somebody else's program: it may import what zpoline answers, which is\n  zpoline:hook/{types,memory,log,process,memory-write,scratch,invoke,clock,random,env,files,files-write}, and of WASI 0.2 cli, io, clocks, random and filesystem"
        );
        let asks = &["wasi:cli/stdout@0.2.6", "wasi:clocks/wall-clock@0.2.0", "zpoline:hook/invoke@0.1.0"];
        assert_eq!(interface(asks, &["zpoline:hook/any@0.1.0"]).check(), Ok(()));
    }

    #[test]
    fn a_component_that_hooks_nothing_is_refused() {
        assert!(
            refused(&[], &["wasi:cli/run@0.2.0"])
                .starts_with("the component exports nothing from zpoline:hook: it hooks no syscall\n")
        );
        assert!(
            refused(&[], &["zpoline:hook/returned@0.1.0", "zpoline:hook/lifecycle@0.1.0"])
                .starts_with("the component exports returned and lifecycle and hooks no syscall\n")
        );
    }

    #[test]
    fn a_misspelt_syscall_is_corrected() {
        assert_eq!(
            refused(&[], &["zpoline:hook/opennat@0.1.0"]),
            "the component exports zpoline:hook/opennat@0.1.0, and no syscall is called opennat\n  fix: zpoline:hook/openat@0.1.0, if that is meant"
        );
        assert!(
            refused(&[], &["zpoline:hook/frobnicate-the-kernel@0.1.0"]).ends_with("zpoline syscalls lists the names")
        );
    }

    #[test]
    fn versions_are_compared_as_semver_does() {
        assert!(compatible("0.1.0"));
        for other in ["0.1.1", "0.2.0", "1.1.0", "0.1", "0.1.0.0", ""] {
            assert!(!compatible(other), "{other}");
        }
        assert!(
            refused(&[], &["zpoline:hook/any@0.2.0"])
                .starts_with("the component uses zpoline:hook/any@0.2.0, this zpoline has zpoline:hook@0.1.0\n")
        );
    }

    #[test]
    fn distances_are_counted_in_letters() {
        assert_eq!(distance(b"openat", b"openat"), 0);
        assert_eq!(distance(b"opennat", b"openat"), 1);
        assert_eq!(distance(b"", b"abc"), 3);
    }
}
