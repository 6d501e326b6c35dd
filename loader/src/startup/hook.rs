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
use crate::guest::{self, HookSet, Image, Options, Payload, Room, Source};
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use std::io::{self, Read};
use std::path::Path;
use zpoline_host_abi::cwasm;
use zpoline_trust::Problem;

/// The tracer, compiled when the loader was; empty if it was built apart.
static TRACER: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/tracer.cwasm"));

/// Loads what the configuration names.
pub(super) fn load(config: &Config) -> Result<HookSet, StartError> {
    let files: Vec<(String, File)> = config.hooks.iter().map(open).collect::<Result<_, _>>()?;
    let mut sources = Vec::with_capacity(files.len());
    for (hook, (name, file)) in config.hooks.iter().zip(&files) {
        let (payload, trailer) =
            cwasm::split(file.bytes()).map_err(|error| StartError::whole(format!("{}", error.about(name))))?;
        let payload = match file {
            File::BuiltIn(_) => Payload::Copied(payload),
            File::Read(image) => Payload::InPlace(*image, payload.len()),
        };
        sources.push(Source { payload, name, origin: Some(format!("{}", trailer.origin())), options: options(hook)? });
    }
    let loaded = stack::on_hook_stack(thread::current(), || guest::load(&sources));
    match loaded {
        Some(result) => result.map_err(|error| StartError::whole(format!("{error}"))),
        None => Err(StartError::new("the hooks were not loaded", "this is a bug of zpoline: report it")),
    }
}

/// A compiled hook.
enum File {
    BuiltIn(&'static [u8]),
    Read(Image),
}

impl File {
    fn bytes(&self) -> &'static [u8] {
        match self {
            Self::BuiltIn(bytes) => bytes,
            Self::Read(image) => image.bytes(),
        }
    }
}

/// A hook's file, and what it is called.
fn open(hook: &HookConfig) -> Result<(String, File), StartError> {
    match &hook.file {
        Some(path) => Ok((format!("{}", path.display()), File::Read(read(path)?))),
        None if TRACER.is_empty() => Err(StartError::new(
            "ZPOLINE_HOOK is not set, or @trace, and this loader was built without the tracer",
            "ZPOLINE_HOOK=hook.cwasm (or build all of it: cargo build --release)",
        )),
        None => Ok(("the built-in tracer".into(), File::BuiltIn(TRACER))),
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
fn read(path: &Path) -> Result<Image, StartError> {
    let mut file = zpoline_trust::open(path).map_err(|problem| not_opened(path, &problem))?;
    let failed = |error: io::Error| not_opened(path, &Problem::Io(error));
    let errno = |errno: u32| failed(io::Error::from_raw_os_error(errno.cast_signed()));
    let length = file.metadata().map_err(failed)?.len();
    let mut room = Room::new(usize::try_from(length).unwrap_or(usize::MAX / 2)).map_err(errno)?;
    // One that becomes shorter meanwhile is what is left of it.
    let mut have = 0;
    while let Some(rest) = room.bytes().get_mut(have..).filter(|rest| !rest.is_empty()) {
        match file.read(rest) {
            Ok(0) => break,
            Ok(count) => have += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(failed(error)),
        }
    }
    room.seal(have).map_err(errno)
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
