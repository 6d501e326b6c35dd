//! `zpoline run` and `zpoline trace`: everything is decided before the program
//! starts, then it takes this process's place.

use crate::cache::Cache;
use crate::embedded;
use crate::failure::{CANNOT_EXECUTE, Failure, NOT_FOUND, OWN, Result};
use crate::hook;
use crate::options::{RunOptions, Settings, TRACER, Unhookable};
use crate::program::{self, Obstacle};
use crate::sys;
use std::ffi::{OsStr, OsString};
use std::io;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};

/// Runs a program under hooks. Returns only if that fails.
pub(crate) fn run(options: RunOptions) -> Failure {
    prepare_and_execute(options)
}

/// Most hooks that the loader takes.
const MAX_HOOKS: usize = 8;

/// Runs a program under the default tracer. Returns only if that fails.
pub(crate) fn trace(options: RunOptions) -> Failure {
    // `-o` starts a new file, as strace's does; the loader appends to it.
    if let Some(log) = &options.log
        && let Err(error) = std::fs::File::create(log)
    {
        return Failure::new(format_args!("cannot write {}: {error}", log.display()));
    }
    prepare_and_execute(options)
}

fn prepare_and_execute(options: RunOptions) -> Failure {
    match prepare(&options) {
        Ok((path, environment)) => execute(&path, &options.program, &environment),
        Err(failure) => failure,
    }
}

/// Where the program is, and its environment.
fn prepare(options: &RunOptions) -> Result<(PathBuf, Vec<OsString>)> {
    let path = program::find(&options.program[0], std::env::var_os("PATH").as_deref())?;
    if let Some(obstacle) = program::probe(&path).obstacle {
        let name = path.display();
        match options.unhookable.map_or_else(Unhookable::inherited, Ok)? {
            Unhookable::Refuse => return Err(cannot_hook(&path, &obstacle)),
            Unhookable::Run => eprintln!("zpoline: {name} runs without a hook: {obstacle}"),
        }
    }
    let hooks = Hooks::of(options, std::env::var_os("ZPOLINE_HOOK").filter(|hooks| !hooks.is_empty()))?;
    let log = options.log.as_deref().map(std::path::absolute).transpose();
    let log = log.map_err(|error| Failure::new(format_args!("cannot tell where the log file is: {error}")))?;
    let loader = embedded::loader(&Cache::open()?)?;
    Ok((path, environment(std::env::vars_os(), options, &hooks, log.as_deref(), &loader)))
}

fn cannot_hook(path: &Path, obstacle: &Obstacle) -> Failure {
    Failure::new(format_args!("cannot hook {}: {obstacle}", path.display()))
        .why("its syscalls would go past the hook, and nobody would notice")
        .fix("zpoline run --unhookable=run ... runs it without a hook, and says so")
}

/// The hooks to run under.
#[derive(Debug)]
struct Hooks {
    /// As the loader reads them: absolute paths of compiled files, or the tracer.
    names: Vec<OsString>,
    /// Whether ZPOLINE_HOOK named them, and not the command line.
    inherited: bool,
}

impl Hooks {
    /// Those of the command line, else those of the environment, else the tracer;
    /// compiled if need be.
    fn of(options: &RunOptions, environment: Option<OsString>) -> Result<Self> {
        let given = options.hooks.iter().map(|hook| hook.path.clone());
        let inherited = options.hooks.is_empty() && environment.is_some();
        let paths: Vec<PathBuf> = match environment {
            Some(hooks) if inherited => {
                hooks.as_bytes().split(|byte| *byte == b':').map(|name| OsStr::from_bytes(name).into()).collect()
            }
            _ if options.hooks.is_empty() => vec![TRACER.into()],
            _ => given.collect(),
        };
        if paths.len() > MAX_HOOKS {
            return Err(Failure::new(format_args!("{} hooks are named", paths.len()))
                .why(format_args!("a process can have {MAX_HOOKS}"))
                .fix("name fewer, or make one component of several"));
        }
        let names = paths.iter().map(|path| name(path)).collect::<Result<_>>()?;
        Ok(Self { names, inherited })
    }

    /// The one hook's settings are everybody's.
    fn is_one(&self) -> bool {
        self.names.len() == 1
    }
}

/// A hook as the loader reads it in ZPOLINE_HOOK.
fn name(path: &Path) -> Result<OsString> {
    if path == Path::new(TRACER) {
        if embedded::HAS_TRACER {
            return Ok(TRACER.into());
        }
        return Err(Failure::new("this zpoline was built without its default tracer")
            .why("guest-examples/trace/trace.wasm was missing when it was built")
            .fix("zpoline run --hook HOOK -- PROGRAM"));
    }
    let compiled = hook::resolve(path)?;
    if compiled.as_os_str().as_bytes().contains(&b':') {
        return Err(Failure::new(format_args!("the path of the hook {} has a colon", compiled.display()))
            .why("colons separate the hooks in ZPOLINE_HOOK, and there is no way to quote them")
            .fix("rename it, or: ln -s"));
    }
    Ok(compiled.into_os_string())
}

/// The program's environment, as `NAME=value`: ours with the loader before
/// whatever else is preloaded, and one variable for each option given.
fn environment(
    inherited: impl Iterator<Item = (OsString, OsString)>,
    options: &RunOptions,
    hooks: &Hooks,
    log: Option<&Path>,
    loader: &Path,
) -> Vec<OsString> {
    // What is not an option of its own stays as it was inherited; hooks and what
    // is said about each of them belong together.
    let mut given: Vec<(String, OsString)> = vec![("ZPOLINE_HOOK".to_owned(), hooks.names.join(OsStr::new(":")))];
    match &options.hooks[..] {
        [hook] => about_hooks(&mut given, "", &options.all, Some(&hook.own)),
        several => {
            about_hooks(&mut given, "", &options.all, None);
            for (place, hook) in several.iter().enumerate() {
                about_hooks(&mut given, &format!("_{}", place + 1), &options.all, Some(&hook.own));
            }
        }
    }
    let others = [
        ("ZPOLINE_LOG_FILE", log.map(OsString::from)),
        ("ZPOLINE_MECHANISM", options.mechanism.as_ref().map(OsString::from)),
        ("ZPOLINE_STATS", options.stats.clone()),
        ("ZPOLINE_UNHOOKABLE", options.unhookable.map(|unhookable| unhookable.word().into())),
    ];
    given.extend(others.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))));

    // The tracer does not get another hook's words.
    let keeps_arguments = hooks.inherited || (hooks.is_one() && hooks.names[0] != TRACER);
    let mut preload = None;
    let mut out = Vec::new();
    for (name, value) in inherited {
        let replaced = given.iter().any(|(ours, _)| name == ours.as_str())
            || (name == "ZPOLINE_HOOK_ARGS" && !keeps_arguments)
            || (!hooks.inherited && name.to_str().is_some_and(is_about_one_hook));
        if name == "LD_PRELOAD" {
            preload = Some(value);
        } else if !replaced {
            out.push(variable(&name, &value));
        }
    }
    out.extend(given.iter().map(|(name, value)| variable(OsStr::new(name), value)));
    out.push(variable(OsStr::new("LD_PRELOAD"), &preloaded(loader, preload.as_deref())));
    out
}

/// The variables for what is said about all hooks, or about one of them, whose
/// place is the end of each name.
fn about_hooks(given: &mut Vec<(String, OsString)>, place: &str, all: &Settings, own: Option<&Settings>) {
    let none = Settings::default();
    let own = own.unwrap_or(&none);
    // Those of one add to those of all; the loader takes the one for the other.
    let both = |all: &[String], own: &[String]| -> Vec<String> {
        if own.is_empty() && !place.is_empty() { Vec::new() } else { [all, own].concat() }
    };
    let arguments = both(&all.arguments, &own.arguments);
    let allow = both(&all.allow, &own.allow);
    let one = |all: &Option<String>, own: &Option<String>| {
        own.as_ref().or(all.as_ref().filter(|_| place.is_empty())).map(OsString::from)
    };
    let values = [
        ("ZPOLINE_HOOK_ARGS", (!arguments.is_empty()).then(|| words(&arguments))),
        ("ZPOLINE_ALLOW", (!allow.is_empty()).then(|| words(&allow))),
        ("ZPOLINE_ON_TRAP", one(&all.on_trap, &own.on_trap)),
        ("ZPOLINE_FUEL", one(&all.fuel, &own.fuel)),
        ("ZPOLINE_MEMORY", one(&all.memory, &own.memory)),
        ("ZPOLINE_LOG_RATE", one(&all.log_rate, &own.log_rate)),
    ];
    given.extend(values.into_iter().filter_map(|(name, value)| Some((format!("{name}{place}"), value?))));
}

/// Whether a variable is about the hook at one place: `ZPOLINE_ALLOW_2`.
fn is_about_one_hook(name: &str) -> bool {
    name.strip_prefix("ZPOLINE_")
        .and_then(|rest| rest.rsplit_once('_'))
        .is_some_and(|(_, place)| place.len() == 1 && place.bytes().all(|byte| byte.is_ascii_digit()))
}

fn variable(name: &OsStr, value: &OsStr) -> OsString {
    let mut out = name.to_owned();
    out.push("=");
    out.push(value);
    out
}

/// The loader, then what was preloaded already, without other loaders.
fn preloaded(loader: &Path, before: Option<&OsStr>) -> OsString {
    let mut out = loader.as_os_str().to_owned();
    let entries = before.unwrap_or_default().as_bytes().split(|b| matches!(b, b' ' | b':'));
    for entry in entries.filter(|entry| !entry.is_empty()) {
        let file = entry.rsplit(|b| *b == b'/').next().unwrap_or(entry);
        if !file.starts_with(embedded::LOADER_PREFIX.as_bytes()) {
            out.push(":");
            out.push(OsStr::from_bytes(entry));
        }
    }
    out
}

/// Words in one variable, as the loader reads it: separated by blanks, or, if
/// a word has one, each ended by U+001F.
fn words(words: &[String]) -> OsString {
    if words.iter().any(|word| word.contains(' ')) {
        return words.iter().flat_map(|word| [word.as_str(), "\u{1f}"]).collect::<String>().into();
    }
    words.join(" ").into()
}

/// Replaces this process by the program, as execvp(3): a file that is not in a
/// format the kernel knows is a shell script.
fn execute(path: &Path, words: &[OsString], environment: &[OsString]) -> Failure {
    let mut error = sys::execute(path, words, environment);
    if error.raw_os_error() == Some(libc::ENOEXEC) {
        let script = [OsString::from("sh"), OsString::from_vec(path.as_os_str().as_bytes().to_vec())];
        let words: Vec<OsString> = script.into_iter().chain(words.iter().skip(1).cloned()).collect();
        error = sys::execute(Path::new("/bin/sh"), &words, environment);
    }
    cannot_execute(path, &error)
}

fn cannot_execute(path: &Path, error: &io::Error) -> Failure {
    let shown = path.display();
    let failure = Failure::new(format_args!("cannot run {shown}: {error}"));
    match error.raw_os_error() {
        // The file is there: it is its interpreter that is missing.
        Some(libc::ENOENT) => {
            let missing = program::probe(path).interpreters.into_iter().find(|interpreter| !interpreter.exists());
            let failure = failure.status(NOT_FOUND);
            match missing {
                Some(interpreter) => failure.why(format_args!("its interpreter {} is missing", interpreter.display())),
                None => failure,
            }
        }
        Some(libc::E2BIG | libc::ENOMEM | libc::EAGAIN) => failure.status(OWN),
        _ => failure.status(CANNOT_EXECUTE),
    }
}

#[cfg(test)]
#[path = "run_tests.rs"]
mod tests;
