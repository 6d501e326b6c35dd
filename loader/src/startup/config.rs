//! The `ZPOLINE_*` variables, read once.
//!
//! `ZPOLINE_HOOK` names one hook or several, separated by colons, the outermost
//! first. What is said about hooks is said about all of them
//! (`ZPOLINE_ALLOW=clock`) or about one by its place (`ZPOLINE_ALLOW_2=clock`),
//! which for that one takes the other's place.

extern crate std;

use super::error::StartError;
use crate::guest::{MAX_HOOKS, OnTrap};
use crate::island::output;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use std::env;
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;
use zpoline_host_abi::limits::LOG_RATE;

/// Every variable that means something to the loader or the command.
pub(super) const VARIABLES: [&str; 12] = [
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
    "ZPOLINE_LOG_RATE",
];

/// Those about a hook, which can have a place at their end: `ZPOLINE_FUEL_2`.
const ABOUT_A_HOOK: [&str; 6] =
    ["ZPOLINE_HOOK_ARGS", "ZPOLINE_ON_TRAP", "ZPOLINE_FUEL", "ZPOLINE_MEMORY", "ZPOLINE_ALLOW", "ZPOLINE_LOG_RATE"];

/// In `ZPOLINE_HOOK`, the built-in tracer.
pub(super) const TRACER: &[u8] = b"@trace";

/// The place of the hook that a variable is about.
fn place(name: &str) -> Option<usize> {
    let (about, place) = name.rsplit_once('_')?;
    let place = place.parse().ok().filter(|place: &usize| (1..=MAX_HOOKS).contains(place))?;
    // "_2" and not "_02".
    (ABOUT_A_HOOK.contains(&about) && name.len() == about.len() + 2).then_some(place)
}

/// Whether a variable means something.
pub(super) fn is_known(name: &str) -> bool {
    VARIABLES.contains(&name) || place(name).is_some()
}

/// Whether a variable belongs to the hooks that ZPOLINE_HOOK names, and not to
/// others that take their place.
pub(super) fn is_about_hooks(name: &str) -> bool {
    ABOUT_A_HOOK.contains(&name) || place(name).is_some()
}

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
    /// The hooks, the outermost first; at least one.
    pub(super) hooks: Vec<HookConfig>,
    /// How sites are hooked.
    pub(super) mechanism: Mechanism,
    /// Where output goes; None is stderr.
    pub(super) log_file: Option<PathBuf>,
    /// Where statistics go.
    pub(super) stats: Stats,
    /// Refuse to execute programs that cannot be hooked.
    pub(super) refuse_unhookable: bool,
    unknown: Vec<String>,
}

/// What the user asked for of one hook.
#[derive(Debug)]
pub(super) struct HookConfig {
    /// Its file; None is the built-in tracer.
    pub(super) file: Option<PathBuf>,
    /// Words for its `init`.
    pub(super) arguments: Vec<String>,
    /// What a trap in it leads to.
    pub(super) on_trap: OnTrap,
    /// Fuel per call; None is the default.
    pub(super) fuel: Option<u64>,
    /// Bytes of memory per instance; None is the default.
    pub(super) memory: Option<usize>,
    /// What the hook is granted, as `zpoline_host_abi::grant` has it.
    pub(super) allow: String,
    /// Bytes of log a second; None is any number.
    pub(super) log_rate: Option<u64>,
}

fn bad(name: &str, value: &str, wanted: &str, example: &str) -> StartError {
    StartError::new(format!("{name}={value} is not {wanted}"), format!("{name}={example}"))
}

/// A variable that is set to something, as text.
fn text(name: &str) -> Option<String> {
    path(name).map(|value| value.to_string_lossy().into_owned())
}

fn path(name: &str) -> Option<OsString> {
    env::var_os(name).filter(|value| !value.is_empty())
}

impl Config {
    /// Reads the environment.
    pub(super) fn from_environment() -> Result<Self, StartError> {
        let named = names(path("ZPOLINE_HOOK").as_deref())?;
        let hooks = named.into_iter().zip(1..).map(|(file, place)| HookConfig::from_environment(file, place));
        let hooks: Vec<HookConfig> = hooks.collect::<Result<_, _>>()?;
        let set = || env::vars_os().filter_map(|(name, _)| name.into_string().ok());
        let beyond = |name: String| place(&name).filter(|&place| place > hooks.len()).map(|place| (name, place));
        if let Some((name, place)) = set().find_map(beyond) {
            return Err(StartError::new(
                format!("{name} is about hook {place}, and ZPOLINE_HOOK names {}", hooks.len()),
                format!("unset {name}, or name the hook it is for"),
            ));
        }
        Ok(Self {
            hooks,
            mechanism: text("ZPOLINE_MECHANISM").map_or(Ok(Mechanism::Auto), |value| {
                Mechanism::parse(&value)
                    .ok_or_else(|| bad("ZPOLINE_MECHANISM", &value, "a mechanism (auto, zpoline, jump, sud)", "auto"))
            })?,
            log_file: path("ZPOLINE_LOG_FILE").map(PathBuf::from),
            stats: Stats::parse(path("ZPOLINE_STATS")),
            refuse_unhookable: text("ZPOLINE_UNHOOKABLE").map_or(Ok(false), |value| match value.as_str() {
                "run" => Ok(false),
                "refuse" => Ok(true),
                _ => Err(bad("ZPOLINE_UNHOOKABLE", &value, "run or refuse", "refuse")),
            })?,
            unknown: set().filter(|name| name.starts_with("ZPOLINE_") && !is_known(name)).collect(),
        })
    }

    /// Warns about variables that nothing reads: most are typing errors.
    pub(super) fn warn_unknown(&self) {
        for name in &self.unknown {
            output::message(format_args!(
                "warning: {name} means nothing to this version\n  known: {}\n  \
                 and, about one hook of several by its place: {}",
                VARIABLES.join(" "),
                ABOUT_A_HOOK.map(|name| format!("{name}_1")).join(" ")
            ));
        }
    }
}

/// The hooks that ZPOLINE_HOOK names; the tracer alone if it names none.
fn names(value: Option<&OsStr>) -> Result<Vec<Option<PathBuf>>, StartError> {
    let Some(value) = value else { return Ok(alloc::vec![None]) };
    let shown = value.display();
    let named: Vec<&[u8]> = value.as_bytes().split(|&byte| byte == b':').collect();
    if named.iter().any(|name| name.is_empty()) {
        return Err(StartError::new(
            format!("ZPOLINE_HOOK={shown} has an empty name: colons separate hooks"),
            "ZPOLINE_HOOK=outer.cwasm:inner.cwasm (a file with a colon in its path has to be renamed or linked to)",
        ));
    }
    if named.len() > MAX_HOOKS {
        return Err(StartError::new(
            format!("ZPOLINE_HOOK={shown} names {} hooks; a process can have {MAX_HOOKS}", named.len()),
            "name fewer, or make one component of several",
        ));
    }
    let file = |name: &[u8]| (name != TRACER).then(|| PathBuf::from(OsStr::from_bytes(name)));
    Ok(named.into_iter().map(file).collect())
}

impl HookConfig {
    /// What the environment says about the hook at a place, counted from 1.
    fn from_environment(file: Option<PathBuf>, place: usize) -> Result<Self, StartError> {
        // The name that counts, and its value.
        let about = |name: &str| {
            let own = format!("{name}_{place}");
            text(&own).map(|value| (own, value)).or_else(|| text(name).map(|value| (name.to_string(), value)))
        };
        // The tracer is for its output.
        let usual_rate = file.is_some().then_some(LOG_RATE);
        Ok(Self {
            file,
            arguments: about("ZPOLINE_HOOK_ARGS").map_or_else(Vec::new, |(_, words)| split_words(&words)),
            on_trap: about("ZPOLINE_ON_TRAP").map_or(Ok(OnTrap::Abort), |(name, value)| {
                parse_on_trap(&value)
                    .ok_or_else(|| bad(&name, &value, "abort, deny, deny:ERRNO, pass or reload", "deny:EPERM"))
            })?,
            fuel: about("ZPOLINE_FUEL").map_or(Ok(None), |(name, value)| {
                let fuel = value.parse().ok().filter(|&fuel: &u64| fuel > 0);
                fuel.map(Some).ok_or_else(|| bad(&name, &value, "a positive number", "100000000"))
            })?,
            memory: about("ZPOLINE_MEMORY").map_or(Ok(None), |(name, value)| {
                parse_size(&value)
                    .map(Some)
                    .ok_or_else(|| bad(&name, &value, "a size in bytes (K, M and G allowed)", "64M"))
            })?,
            allow: about("ZPOLINE_ALLOW").map_or_else(String::new, |(_, value)| value),
            log_rate: about("ZPOLINE_LOG_RATE").map_or(Ok(usual_rate), |(name, value)| match value.as_str() {
                "unlimited" => Ok(None),
                _ => parse_size(&value).map(|bytes| Some(bytes as u64)).ok_or_else(|| {
                    bad(&name, &value, "a number of bytes a second (K, M and G allowed), or unlimited", "1M")
                }),
            })?,
        })
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
    fn hooks_are_separated_by_colons() {
        let named = |value: &str| names(Some(OsStr::new(value)));
        assert_eq!(names(None).unwrap(), [None]);
        assert_eq!(named("a.cwasm").unwrap(), [Some(PathBuf::from("a.cwasm"))]);
        assert_eq!(named("@trace:/b/c.cwasm").unwrap(), [None, Some(PathBuf::from("/b/c.cwasm"))]);
        for wrong in [":", "a:", ":a", "a::b"] {
            assert!(named(wrong).is_err(), "{wrong}");
        }
        assert!(named("a:a:a:a:a:a:a:a").is_ok());
        assert!(named("a:a:a:a:a:a:a:a:a").is_err());
    }

    #[test]
    fn variables_about_one_hook_have_its_place() {
        assert_eq!(place("ZPOLINE_ALLOW_1"), Some(1));
        assert_eq!(place("ZPOLINE_HOOK_ARGS_8"), Some(8));
        for wrong in ["ZPOLINE_ALLOW", "ZPOLINE_ALLOW_0", "ZPOLINE_ALLOW_9", "ZPOLINE_ALLOW_02", "ZPOLINE_HOOK_1"] {
            assert_eq!(place(wrong), None, "{wrong}");
        }
        assert!(is_known("ZPOLINE_HOOK") && is_known("ZPOLINE_FUEL_3") && !is_known("ZPOLINE_LOG_FILE_1"));
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
