//! Opens the hook files and hands them to the guest host.
//!
//! A `.cwasm` is machine code that will run in this process, so a file that
//! somebody else could have written is refused (`zpoline_trust`).

extern crate std;

use super::config::{Config, HookConfig};
use super::error::StartError;
use super::grants;
use crate::arch::stack;
use crate::dispatch::thread;
use crate::guest::{self, HookSet, Options, Source};
use alloc::borrow::Cow;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use std::io::Read;
use std::path::Path;
use zpoline_host_abi::cwasm;
use zpoline_trust::Problem;

/// The tracer, compiled when the loader was; empty if it was built apart.
static TRACER: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/tracer.cwasm"));

/// Loads what the configuration names.
pub(super) fn load(config: &Config) -> Result<HookSet, StartError> {
    let files: Vec<(String, Cow<'_, [u8]>)> = config.hooks.iter().map(open).collect::<Result<_, _>>()?;
    let mut sources = Vec::with_capacity(files.len());
    for (hook, (name, file)) in config.hooks.iter().zip(&files) {
        let (payload, trailer) =
            cwasm::split(file).map_err(|error| StartError::whole(format!("{}", error.about(name))))?;
        sources.push(Source { payload, name, origin: Some(format!("{}", trailer.origin())), options: options(hook)? });
    }
    let loaded = stack::on_hook_stack(thread::current(), || guest::load(&sources));
    match loaded {
        Some(result) => result.map_err(|error| StartError::whole(format!("{error}"))),
        None => Err(StartError::new("the hooks were not loaded", "this is a bug of zpoline: report it")),
    }
}

/// The bytes of a hook, and what it is called.
fn open(hook: &HookConfig) -> Result<(String, Cow<'static, [u8]>), StartError> {
    match &hook.file {
        Some(path) => Ok((format!("{}", path.display()), Cow::Owned(read(path)?))),
        None if TRACER.is_empty() => Err(StartError::new(
            "ZPOLINE_HOOK is not set, or @trace, and this loader was built without the tracer",
            "ZPOLINE_HOOK=hook.cwasm (or build all of it: cargo build --release)",
        )),
        None => Ok(("the built-in tracer".into(), Cow::Borrowed(TRACER))),
    }
}

fn options(hook: &HookConfig) -> Result<Options, StartError> {
    let default = Options::default();
    Ok(Options {
        on_trap: hook.on_trap,
        arguments: hook.arguments.clone(),
        allow: grants::read(&hook.allow)?,
        fuel_per_call: hook.fuel.unwrap_or(default.fuel_per_call),
        memory_bytes: hook.memory.unwrap_or(default.memory_bytes),
        log_rate: hook.log_rate,
    })
}

/// Reads the file, if nobody else can have written it.
fn read(path: &Path) -> Result<Vec<u8>, StartError> {
    let mut file = zpoline_trust::open(path).map_err(|problem| not_opened(path, &problem))?;
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes).map_err(|error| not_opened(path, &Problem::Io(error)))?;
    Ok(bytes)
}

fn not_opened(path: &Path, problem: &Problem) -> StartError {
    let cause = problem.cause("the hook", path);
    match (problem, problem.fix()) {
        (Problem::Distrust(_), Some(fix)) => StartError::new(
            format!("{cause}\n  it is machine code: whoever can write it, or replace it, can run anything as you"),
            fix,
        ),
        _ => StartError::new(cause, "name a compiled hook: zpoline compile hook.wasm && ZPOLINE_HOOK=$PWD/hook.cwasm"),
    }
}
