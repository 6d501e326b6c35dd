//! The `zpoline` command.
//!
//! Nothing is written to standard output but what was asked for, so that the
//! output of `zpoline run` is the program's own.
//!
//! # Safety
//! `main` is ours and not std's. Before a Rust `main`, std ignores SIGPIPE and
//! opens /dev/null for standard streams that are closed; both would be handed
//! on to the program that we become. The symbol has the type that the C runtime
//! calls.
#![cfg_attr(not(test), no_main)]
#![allow(unsafe_code, reason = "exports main")]

mod cache;
mod compiler;
mod componentize;
mod doctor;
mod embedded;
mod failure;
mod help;
mod hook;
mod inspect;
mod interface;
mod module;
mod options;
mod program;
mod run;
mod scaffold;
mod source;
mod sys;
mod syscalls;
mod wit;

use failure::{Failure, OWN, Result};
use lexopt::prelude::*;
use std::ffi::{OsStr, OsString};
use std::io::Write;
use std::path::PathBuf;

// SAFETY: the name and type of a C program's main function; there is one.
#[cfg_attr(not(test), unsafe(no_mangle))]
extern "C" fn main() -> std::ffi::c_int {
    let words: Vec<OsString> = std::env::args_os().skip(1).collect();
    let status = dispatch(words).unwrap_or_else(|failure| {
        // With standard error closed there is nobody to tell.
        let _ = writeln!(std::io::stderr(), "zpoline: {failure}");
        failure.status
    });
    let _ = std::io::stdout().flush();
    status.into()
}

/// Runs a command; its exit status.
fn dispatch(words: Vec<OsString>) -> Result<u8> {
    let mut words = words.into_iter();
    let Some(command) = words.next() else {
        let _ = std::io::stderr().write_all(help::ZPOLINE.as_bytes());
        return Ok(OWN);
    };
    match command.to_str().unwrap_or_default() {
        "run" => match options::run(words)? {
            Some(options) => Err(run::run(options)),
            None => print(help::RUN),
        },
        "trace" => match options::trace(words)? {
            Some(options) => Err(run::trace(options)),
            None => print(help::TRACE),
        },
        "compile" => compile(words),
        "inspect" => {
            let Some(files) = files("inspect", words, help::INSPECT)? else { return Ok(0) };
            let shown = files.iter().map(|file| inspect::show(file.as_ref())).collect::<Result<Vec<_>>>()?;
            print(&shown.join("\n"))
        }
        "doctor" => doctor(words),
        "new" => scaffold(words),
        "syscalls" => {
            let mut parser = lexopt::Parser::from_args(words);
            let mut wanted = None;
            while let Some(word) = parser.next()? {
                match word {
                    Short('h') | Long("help") => return print(help::SYSCALLS),
                    Value(word) if wanted.is_none() => wanted = Some(word.string()?),
                    other => return Err(other.unexpected().into()),
                }
            }
            print(&syscalls::show(wanted.as_deref())?)
        }
        "loader" => {
            let mut parser = lexopt::Parser::from_args(words);
            if let Some(word) = parser.next()? {
                return match word {
                    Short('h') | Long("help") => print(help::LOADER),
                    other => Err(other.unexpected().into()),
                };
            }
            let path = embedded::loader(&cache::Cache::open()?)?;
            print(&format!("{}\n", path.display()))
        }
        "help" | "--help" | "-h" => print(match words.next().as_deref().and_then(OsStr::to_str) {
            Some("run") => help::RUN,
            Some("trace") => help::TRACE,
            Some("compile") => help::COMPILE,
            Some("inspect") => help::INSPECT,
            Some("doctor") => help::DOCTOR,
            Some("new") => help::NEW,
            Some("syscalls") => help::SYSCALLS,
            Some("loader") => help::LOADER,
            Some("stats") => help::STATS,
            _ => help::ZPOLINE,
        }),
        "--version" | "-V" => print(&format!(
            "zpoline {} (zpoline:hook {}, wasmtime {}, loader {})\n",
            env!("CARGO_PKG_VERSION"),
            zpoline_host_abi::WIT_VERSION,
            zpoline_host_abi::cwasm::WASMTIME_VERSION,
            &embedded::LOADER_SHA256[..16],
        )),
        _ => Err(unknown_command(&command)),
    }
}

fn unknown_command(command: &OsStr) -> Failure {
    const COMMANDS: [&str; 8] = ["run", "trace", "compile", "inspect", "doctor", "new", "syscalls", "loader"];
    let shown = command.display();
    let failure = Failure::new(format_args!("there is no command {shown}"));
    match command.to_str().and_then(|word| interface::nearest(word, COMMANDS.into_iter())) {
        Some(near) => failure.fix(format_args!("zpoline {near}, if that is meant")),
        None => {
            failure.fix(format_args!("zpoline run -- {shown}, if that is a program; zpoline --help lists the commands"))
        }
    }
}

/// The files that a command takes; `None` if help was asked for and printed.
fn files(command: &str, words: impl Iterator<Item = OsString>, help: &str) -> Result<Option<Vec<OsString>>> {
    let mut parser = lexopt::Parser::from_args(words);
    let mut files = Vec::new();
    while let Some(word) = parser.next()? {
        match word {
            Short('h') | Long("help") => {
                print(help)?;
                return Ok(None);
            }
            Value(word) => files.push(word),
            other => return Err(other.unexpected().into()),
        }
    }
    if files.is_empty() { Err(no_file(command)) } else { Ok(Some(files)) }
}

fn no_file(command: &str) -> Failure {
    Failure::new(format_args!("{command}: no file given")).fix(format_args!("zpoline {command} HOOK.wasm"))
}

fn compile(words: impl Iterator<Item = OsString>) -> Result<u8> {
    let mut parser = lexopt::Parser::from_args(words);
    let (mut input, mut output, mut only_component) = (None::<PathBuf>, None::<PathBuf>, false);
    while let Some(word) = parser.next()? {
        match word {
            Short('h') | Long("help") => return print(help::COMPILE),
            Short('o') | Long("output") => output = Some(parser.value()?.into()),
            Long("component") => only_component = true,
            Value(word) if input.is_none() => input = Some(word.into()),
            other => return Err(other.unexpected().into()),
        }
    }
    let input = input.ok_or_else(|| no_file("compile"))?;
    let output =
        output.unwrap_or_else(|| input.with_extension(if only_component { "component.wasm" } else { "cwasm" }));
    let source = hook::read(&input)?;
    let component = compiler::component(&source, &input)?;
    if only_component {
        cache::write_whole(&output, &component.bytes, 0o644)?;
        return Ok(0);
    }
    let compiled = compiler::compile(&component, &source, &input)?;
    cache::write_whole(&output, &compiled, 0o644)?;
    Ok(0)
}

fn scaffold(words: impl Iterator<Item = OsString>) -> Result<u8> {
    let mut parser = lexopt::Parser::from_args(words);
    let (mut language, mut name) = (None, None);
    while let Some(word) = parser.next()? {
        match word {
            Short('h') | Long("help") => return print(help::NEW),
            Value(word) if language.is_none() => language = Some(word.string()?),
            Value(word) if name.is_none() => name = Some(word.string()?),
            other => return Err(other.unexpected().into()),
        }
    }
    let (Some(language), Some(name)) = (language, name) else {
        return Err(Failure::new("new: a language and a name are wanted")
            .why(format_args!("there is {}", scaffold::words().collect::<Vec<_>>().join(", ")))
            .fix("zpoline new rust my-hook, for example"));
    };
    print(&scaffold::create(std::path::Path::new(""), &language, &name)?)
}

fn doctor(words: impl Iterator<Item = OsString>) -> Result<u8> {
    let mut parser = lexopt::Parser::from_args(words);
    let (mut programs, mut sites) = (Vec::new(), false);
    while let Some(word) = parser.next()? {
        match word {
            Short('h') | Long("help") => return print(help::DOCTOR),
            Long("sites") => sites = true,
            Value(word) => programs.push(word),
            other => return Err(other.unexpected().into()),
        }
    }
    let report = doctor::examine(&programs, sites)?;
    print(&report.to_string())?;
    Ok(u8::from(!report.is_well()))
}

/// Prints what was asked for.
fn print(text: &str) -> Result<u8> {
    let mut out = std::io::stdout().lock();
    out.write_all(text.as_bytes())
        .and_then(|()| out.flush())
        .map_err(|error| Failure::new(format_args!("cannot write to standard output: {error}")))?;
    Ok(0)
}
