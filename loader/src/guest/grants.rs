//! What a hook may import. The one place where that is decided.
//!
//! Invariant: both matches below are exhaustive without a wildcard, so that a
//! capability added later is refused until somebody decides about it here.

use super::error::LoadError;
use alloc::format;
use alloc::string::String;
use wasmtime::Engine;
use wasmtime::component::types::Component as ComponentType;
use zpoline_host_abi::WIT_VERSION;

/// Something a hook can import from `zpoline:hook`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Capability {
    /// The types; nothing that runs.
    Types,
    /// Reading the program's memory.
    Memory,
    /// Messages to the user.
    Log,
    /// Who made the call.
    Process,
}

/// All of them, for look-ups by name and for messages.
pub(crate) const ALL: [Capability; 4] = [Capability::Types, Capability::Memory, Capability::Log, Capability::Process];

impl Capability {
    /// The interface's name and the word in ZPOLINE_ALLOW.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Types => "types",
            Self::Memory => "memory",
            Self::Log => "log",
            Self::Process => "process",
        }
    }

    /// Whether every hook has it without being granted it.
    fn granted_to_all(self) -> bool {
        match self {
            Self::Types | Self::Memory | Self::Log | Self::Process => true,
        }
    }

    fn by_word(word: &str) -> Option<Self> {
        ALL.into_iter().find(|capability| capability.word() == word)
    }
}

/// Refuses a component that imports what it was not granted.
pub(crate) fn check(component: &ComponentType, engine: &Engine, name: &str, allow: &[String]) -> Result<(), LoadError> {
    for word in allow {
        if Capability::by_word(word).is_none() {
            return Err(LoadError::new(
                format!("ZPOLINE_ALLOW names `{word}`, which is nothing that can be granted"),
                format!("known: {}", words()),
                "take the word out, or correct it",
            ));
        }
    }
    for (import, _) in component.imports(engine) {
        let Some((interface, version)) = own_interface(import) else {
            return Err(unknown(name, import));
        };
        let Some(capability) = Capability::by_word(interface) else {
            return Err(unknown(name, import));
        };
        if version != WIT_VERSION {
            return Err(LoadError::new(
                format!("hook {name} imports {import}; this loader has {interface}@{WIT_VERSION}"),
                format!("a hook and the loader must agree on one version of zpoline:hook, {WIT_VERSION}"),
                format!("rebuild the hook with the wit/ folder of zpoline {WIT_VERSION}"),
            ));
        }
        if !capability.granted_to_all() && !allow.iter().any(|word| word == interface) {
            return Err(LoadError::new(
                format!("hook {name} imports {import}, which it was not granted"),
                format!("granted: {}", granted(allow)),
                format!("if you trust it with that: ZPOLINE_ALLOW={interface}  (zpoline run --allow {interface})"),
            ));
        }
    }
    Ok(())
}

/// Takes `zpoline:hook/log@0.1.0` apart into `log` and `0.1.0`; None for the
/// name of anything else.
pub(crate) fn own_interface(name: &str) -> Option<(&str, &str)> {
    name.strip_prefix("zpoline:hook/")?.split_once('@')
}

fn unknown(name: &str, import: &str) -> LoadError {
    LoadError::new(
        format!("hook {name} imports {import}, which this loader does not have"),
        format!("a hook may import from zpoline:hook@{WIT_VERSION}: {}", words()),
        format!("build the hook without it; zpoline inspect {name} lists its imports"),
    )
}

fn words() -> String {
    join(ALL.into_iter())
}

fn granted(allow: &[String]) -> String {
    join(ALL.into_iter().filter(|c| c.granted_to_all() || allow.iter().any(|word| word == c.word())))
}

fn join(capabilities: impl Iterator<Item = Capability>) -> String {
    let mut text = String::new();
    for capability in capabilities {
        if !text.is_empty() {
            text.push_str(", ");
        }
        text.push_str(capability.word());
    }
    text
}
