//! Opens the hook file and hands it to the guest host.
//!
//! A `.cwasm` is machine code that will run in this process, so a file that
//! somebody else could have written is refused.

extern crate std;

use super::config::Config;
use super::error::StartError;
use super::grants;
use crate::guest::{self, HookSet, Options};
use alloc::borrow::Cow;
use alloc::format;
use alloc::vec::Vec;
use cap_std::ambient_authority;
use cap_std::fs::{Dir, MetadataExt};
use std::io::Read;
use std::path::{Path, PathBuf};
use zpoline_host_abi::cwasm;

/// The tracer, compiled when the loader was; empty if it was built apart.
static TRACER: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/tracer.cwasm"));

/// Loads what the configuration names.
pub(super) fn load(config: &Config) -> Result<HookSet, StartError> {
    let (name, file) = match &config.hook {
        Some(path) => (format!("{}", path.display()), Cow::Owned(read(path)?)),
        None if TRACER.is_empty() => {
            return Err(StartError::new(
                "ZPOLINE_HOOK is not set, and this loader was built without the tracer",
                "ZPOLINE_HOOK=hook.cwasm (or build all of it: cargo build --release)",
            ));
        }
        None => ("the built-in tracer".into(), Cow::Borrowed(TRACER)),
    };
    let (payload, _) = cwasm::split(&file).map_err(|error| StartError::whole(format!("{}", error.about(&name))))?;
    let mut options = Options {
        on_trap: config.on_trap,
        arguments: config.arguments.clone(),
        allow: grants::read(&config.allow)?,
        ..Options::default()
    };
    if let Some(fuel) = config.fuel {
        options.fuel_per_call = fuel;
    }
    if let Some(memory) = config.memory {
        options.memory_bytes = memory;
    }
    guest::load(payload, &name, options).map_err(|error| StartError::whole(format!("{error}")))
}

/// Reads the file through a capability for its directory.
fn read(path: &Path) -> Result<Vec<u8>, StartError> {
    let shown = path.display();
    let failed = |error: std::io::Error| {
        StartError::new(
            format!("cannot open the hook {shown}: {error}"),
            "name a compiled hook: zpoline compile hook.wasm && ZPOLINE_HOOK=$PWD/hook.cwasm",
        )
    };
    let (directory, name) = match (path.parent(), path.file_name()) {
        (Some(parent), Some(name)) if parent.as_os_str().is_empty() => (PathBuf::from("."), name),
        (Some(parent), Some(name)) => (parent.to_path_buf(), name),
        _ => return Err(StartError::new(format!("the hook {shown} is not a file"), "name a compiled hook")),
    };
    let directory = Dir::open_ambient_dir(directory, ambient_authority()).map_err(failed)?;
    let mut file = directory.open(name).map_err(failed)?;
    let metadata = file.metadata().map_err(failed)?;
    if !metadata.is_file() {
        return Err(StartError::new(format!("the hook {shown} is not a regular file"), "name a compiled hook"));
    }
    trusted(&format!("{shown}"), metadata.uid(), metadata.mode(), own_uid())?;
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes).map_err(failed)?;
    Ok(bytes)
}

#[expect(unsafe_code, reason = "geteuid")]
fn own_uid() -> u32 {
    // SAFETY: no preconditions.
    unsafe { libc::geteuid() }
}

/// Whether a file with this owner and mode is ours or root's alone to write.
fn trusted(path: &str, owner: u32, mode: u32, me: u32) -> Result<(), StartError> {
    const OTHERS_WRITE: u32 = 0o022;
    if owner != 0 && owner != me {
        return Err(StartError::new(
            format!(
                "the hook {path} belongs to user {owner}; it is machine code and must belong to root or to you (user {me})"
            ),
            format!("compile it yourself: zpoline compile HOOK.wasm -o MINE.cwasm; or: chown {me} {path}"),
        ));
    }
    if mode & OTHERS_WRITE != 0 {
        return Err(StartError::new(
            format!("the hook {path} can be written by others (mode {:04o}); it is machine code", mode & 0o7777),
            format!("chmod go-w {path}"),
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_own_files_are_trusted() {
        assert!(trusted("h", 1000, 0o100_644, 1000).is_ok());
        assert!(trusted("h", 0, 0o100_755, 1000).is_ok());
        let shown = |r: Result<(), StartError>| format!("{:?}", r.unwrap_err());
        assert!(shown(trusted("h", 1001, 0o100_644, 1000)).contains("belongs to user 1001"));
        assert!(shown(trusted("h", 1000, 0o100_664, 1000)).contains("mode 0664"));
        assert!(shown(trusted("h", 1000, 0o100_666, 1000)).contains("chmod go-w h"));
    }
}
