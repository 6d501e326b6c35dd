//! The `ZPOLINE_*` variables, read once.

extern crate std;

use super::error::StartError;
use crate::guest::OnTrap;
use crate::island::output;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use std::env;
use std::ffi::OsString;
use std::path::PathBuf;

/// Every variable that means something to the loader or the command.
pub(super) const VARIABLES: [&str; 11] = [
    "ZPOLINE_HOOK",
    "ZPOLINE_HOOK_ARGS",
    "ZPOLINE_ON_TRAP",
    "ZPOLINE_LOG_FILE",
    "ZPOLINE_MECHANISM",
    "ZPOLINE_FUEL",
    "ZPOLINE_MEMORY",
    "ZPOLINE_ALLOW",
    "ZPOLINE_UNHOOKABLE",
    "ZPOLINE_CACHE",
    "ZPOLINE_STATS",
];

/// How syscall instructions are made to lead into the loader.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mechanism {
    /// Jumps where a site can have one, made when it is first executed, and
    /// Syscall User Dispatch for the rest. Where the kernel does not have that,
    /// jumps alone.
    Auto,
    /// `call *%rax` through page 0, at every site.
    Zpoline,
    /// Jumps alone, made at start-up.
    Jump,
    /// Syscall User Dispatch alone.
    Sud,
}

impl Mechanism {
    /// How it is written.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Zpoline => "zpoline",
            Self::Jump => "jump",
            Self::Sud => "sud",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        match text {
            "auto" => Some(Self::Auto),
            "zpoline" => Some(Self::Zpoline),
            "jump" => Some(Self::Jump),
            "sud" => Some(Self::Sud),
            _ => None,
        }
    }
}

/// Where statistics go.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Stats {
    /// Nowhere: there are none.
    Off,
    /// Where messages go.
    Log,
    /// Into a file of their own.
    File(PathBuf),
}

impl Stats {
    fn parse(value: Option<OsString>) -> Self {
        match value {
            None => Self::Off,
            Some(value) if value == "0" => Self::Off,
            Some(value) if value == "1" => Self::Log,
            Some(value) => Self::File(value.into()),
        }
    }
}

/// What the user asked for.
#[derive(Debug)]
pub(super) struct Config {
    /// The hook; None is the built-in tracer.
    pub(super) hook: Option<PathBuf>,
    /// How sites are hooked.
    pub(super) mechanism: Mechanism,
    /// Words for the hook's `init`.
    pub(super) arguments: Vec<String>,
    /// What a trap in the hook leads to.
    pub(super) on_trap: OnTrap,
    /// Where output goes; None is stderr.
    pub(super) log_file: Option<PathBuf>,
    /// Where statistics go.
    pub(super) stats: Stats,
    /// Fuel per call; None is the default.
    pub(super) fuel: Option<u64>,
    /// Bytes of memory per instance; None is the default.
    pub(super) memory: Option<usize>,
    /// Refuse to execute programs that cannot be hooked.
    pub(super) refuse_unhookable: bool,
    /// What the hook is granted, as `zpoline_host_abi::grant` has it.
    pub(super) allow: String,
    unknown: Vec<String>,
}

fn bad(name: &str, value: &str, wanted: &str, example: &str) -> StartError {
    StartError::new(format!("{name}={value} is not {wanted}"), format!("{name}={example}"))
}

impl Config {
    /// Reads the environment.
    pub(super) fn from_environment() -> Result<Self, StartError> {
        let text = |name: &str| {
            env::var_os(name).filter(|value| !value.is_empty()).map(|value| value.to_string_lossy().into_owned())
        };
        let path = |name: &str| env::var_os(name).filter(|value: &OsString| !value.is_empty()).map(PathBuf::from);
        Ok(Self {
            mechanism: text("ZPOLINE_MECHANISM").map_or(Ok(Mechanism::Auto), |value| {
                Mechanism::parse(&value)
                    .ok_or_else(|| bad("ZPOLINE_MECHANISM", &value, "a mechanism (auto, zpoline, jump, sud)", "auto"))
            })?,
            hook: path("ZPOLINE_HOOK"),
            arguments: text("ZPOLINE_HOOK_ARGS").map_or_else(Vec::new, |words| split_words(&words)),
            on_trap: text("ZPOLINE_ON_TRAP").map_or(Ok(OnTrap::Abort), |value| {
                parse_on_trap(&value).ok_or_else(|| {
                    bad("ZPOLINE_ON_TRAP", &value, "abort, deny, deny:ERRNO, pass or reload", "deny:EPERM")
                })
            })?,
            log_file: path("ZPOLINE_LOG_FILE"),
            stats: Stats::parse(env::var_os("ZPOLINE_STATS").filter(|value| !value.is_empty())),
            fuel: text("ZPOLINE_FUEL").map_or(Ok(None), |value| {
                let fuel = value.parse().ok().filter(|&fuel: &u64| fuel > 0);
                fuel.map(Some).ok_or_else(|| bad("ZPOLINE_FUEL", &value, "a positive number", "100000000"))
            })?,
            memory: text("ZPOLINE_MEMORY").map_or(Ok(None), |value| {
                parse_size(&value)
                    .map(Some)
                    .ok_or_else(|| bad("ZPOLINE_MEMORY", &value, "a size in bytes (K, M and G allowed)", "64M"))
            })?,
            allow: text("ZPOLINE_ALLOW").unwrap_or_default(),
            refuse_unhookable: text("ZPOLINE_UNHOOKABLE").map_or(Ok(false), |value| match value.as_str() {
                "run" => Ok(false),
                "refuse" => Ok(true),
                _ => Err(bad("ZPOLINE_UNHOOKABLE", &value, "run or refuse", "refuse")),
            })?,
            unknown: env::vars_os()
                .filter_map(|(name, _)| name.into_string().ok())
                .filter(|name| name.starts_with("ZPOLINE_") && !VARIABLES.contains(&name.as_str()))
                .collect(),
        })
    }

    /// Warns about variables that nothing reads: most are typing errors.
    pub(super) fn warn_unknown(&self) {
        for name in &self.unknown {
            output::message(format_args!(
                "warning: {name} means nothing to this version\n  known: {}",
                VARIABLES.join(" ")
            ));
        }
    }
}

/// Words separated by spaces, or by 0x1f where the text holds one (so that a
/// word can hold spaces).
fn split_words(text: &str) -> Vec<String> {
    let separator = if text.contains('\x1f') { '\x1f' } else { ' ' };
    text.split(separator).filter(|word| !word.is_empty()).map(ToString::to_string).collect()
}

/// abort, deny[:ERRNO], pass, reload.
fn parse_on_trap(text: &str) -> Option<OnTrap> {
    const EPERM: u16 = 1;
    match text {
        "abort" => Some(OnTrap::Abort),
        "deny" => Some(OnTrap::Deny(EPERM)),
        "pass" => Some(OnTrap::Pass),
        "reload" => Some(OnTrap::Reload),
        _ => {
            let errno = text.strip_prefix("deny:")?;
            let number = errno.parse().ok().or_else(|| zpoline_host_abi::errno::by_name(errno))?;
            let number = u16::try_from(number).ok().filter(|number| (1..=4095).contains(number))?;
            Some(OnTrap::Deny(number))
        }
    }
}

/// A number of bytes with an optional K, M or G (powers of 1024).
fn parse_size(text: &str) -> Option<usize> {
    let (digits, unit) = match text.strip_suffix(['K', 'k']) {
        Some(digits) => (digits, 10),
        None => match text.strip_suffix(['M', 'm']) {
            Some(digits) => (digits, 20),
            None => match text.strip_suffix(['G', 'g']) {
                Some(digits) => (digits, 30),
                None => (text, 0),
            },
        },
    };
    digits.parse::<usize>().ok()?.checked_mul(1 << unit).filter(|&bytes| bytes > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_units() {
        assert_eq!(parse_size("4096"), Some(4096));
        assert_eq!(parse_size("64K"), Some(64 << 10));
        assert_eq!(parse_size("2m"), Some(2 << 20));
        assert_eq!(parse_size("1G"), Some(1 << 30));
        assert_eq!(parse_size("0"), None);
        assert_eq!(parse_size("-1"), None);
        assert_eq!(parse_size("99999999999999999999G"), None);
        assert_eq!(parse_size("12Q"), None);
    }

    #[test]
    fn policies_after_a_trap() {
        assert!(matches!(parse_on_trap("abort"), Some(OnTrap::Abort)));
        assert!(matches!(parse_on_trap("deny"), Some(OnTrap::Deny(1))));
        assert!(matches!(parse_on_trap("deny:EACCES"), Some(OnTrap::Deny(13))));
        assert!(matches!(parse_on_trap("deny:5"), Some(OnTrap::Deny(5))));
        assert!(parse_on_trap("deny:0").is_none());
        assert!(parse_on_trap("deny:9999").is_none());
        assert!(parse_on_trap("perhaps").is_none());
    }

    #[test]
    fn statistics_go_to_the_log_or_to_a_file() {
        let parsed = |text: &str| Stats::parse(Some(text.into()));
        assert_eq!(Stats::parse(None), Stats::Off);
        assert_eq!(parsed("0"), Stats::Off);
        assert_eq!(parsed("1"), Stats::Log);
        assert_eq!(parsed("./1"), Stats::File("./1".into()));
    }

    #[test]
    fn words_of_the_hook() {
        assert_eq!(split_words("a  b"), ["a", "b"]);
        assert_eq!(split_words("a b\x1fc"), ["a b", "c"]);
        assert!(split_words("").is_empty());
    }
}
