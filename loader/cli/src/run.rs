//! `zpoline run` and `zpoline trace`: everything is decided before the program
//! starts, then it takes this process's place.

use crate::cache::Cache;
use crate::embedded;
use crate::failure::{CANNOT_EXECUTE, Failure, NOT_FOUND, OWN, Result};
use crate::hook;
use crate::options::{RunOptions, Unhookable};
use crate::program::{self, Obstacle};
use crate::sys;
use std::ffi::{OsStr, OsString};
use std::io;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};

/// Runs a program under a hook. Returns only if that fails.
pub(crate) fn run(mut options: RunOptions) -> Failure {
    if options.hook.is_none() {
        options.hook = std::env::var_os("ZPOLINE_HOOK").filter(|hook| !hook.is_empty()).map(PathBuf::from);
    }
    prepare_and_execute(options)
}

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
    let hook = match &options.hook {
        Some(hook) => Some(hook::resolve(hook)?),
        None if embedded::HAS_TRACER => None,
        None => {
            return Err(Failure::new("this zpoline was built without its default tracer")
                .why("guest-examples/trace/trace.wasm was missing when it was built")
                .fix("zpoline run --hook HOOK -- PROGRAM"));
        }
    };
    let log = options.log.as_deref().map(std::path::absolute).transpose();
    let log = log.map_err(|error| Failure::new(format_args!("cannot tell where the log file is: {error}")))?;
    let loader = embedded::loader(&Cache::open()?)?;
    Ok((path, environment(std::env::vars_os(), options, hook.as_deref(), log.as_deref(), &loader)))
}

fn cannot_hook(path: &Path, obstacle: &Obstacle) -> Failure {
    Failure::new(format_args!("cannot hook {}: {obstacle}", path.display()))
        .why("its syscalls would go past the hook, and nobody would notice")
        .fix("zpoline run --unhookable=run ... runs it without a hook, and says so")
}

/// The program's environment, as `NAME=value`: ours with the loader before
/// whatever else is preloaded, and one variable for each option given.
fn environment(
    inherited: impl Iterator<Item = (OsString, OsString)>,
    options: &RunOptions,
    hook: Option<&Path>,
    log: Option<&Path>,
    loader: &Path,
) -> Vec<OsString> {
    let arguments = (!options.arguments.is_empty()).then(|| words(&options.arguments));
    let allow = (!options.allow.is_empty()).then(|| words(&options.allow));
    let of = |text: &Option<String>| text.as_ref().map(OsString::from);
    let mut preload = None;
    // What is `None` and not an option of its own stays as it was inherited; a
    // hook and its arguments belong together.
    let given = [
        ("ZPOLINE_LOG_FILE", log.map(OsString::from)),
        ("ZPOLINE_ON_TRAP", of(&options.on_trap)),
        ("ZPOLINE_MECHANISM", of(&options.mechanism)),
        ("ZPOLINE_FUEL", of(&options.fuel)),
        ("ZPOLINE_MEMORY", of(&options.memory)),
        ("ZPOLINE_ALLOW", allow),
        ("ZPOLINE_STATS", options.stats.clone()),
        ("ZPOLINE_UNHOOKABLE", options.unhookable.map(|unhookable| unhookable.word().into())),
    ];
    let keeps_arguments = arguments.is_none() && hook.is_some();
    let mut out = Vec::new();
    for (name, value) in inherited {
        let replaced = given.iter().any(|(ours, value)| name == *ours && value.is_some())
            || name == "ZPOLINE_HOOK"
            || (name == "ZPOLINE_HOOK_ARGS" && !keeps_arguments);
        if name == "LD_PRELOAD" {
            preload = Some(value);
        } else if !replaced {
            out.push(variable(&name, &value));
        }
    }
    let hook = [("ZPOLINE_HOOK", hook.map(OsString::from)), ("ZPOLINE_HOOK_ARGS", arguments)];
    for (name, value) in hook.into_iter().chain(given) {
        if let Some(value) = value {
            out.push(variable(OsStr::new(name), &value));
        }
    }
    out.push(variable(OsStr::new("LD_PRELOAD"), &preloaded(loader, preload.as_deref())));
    out
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
