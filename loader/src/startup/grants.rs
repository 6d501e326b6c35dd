//! The grants of ZPOLINE_ALLOW, while the environment and the file system are
//! there to take from: variables are captured, directories opened.
//!
//! Ambient authority ends here: what the hook does with a directory afterwards
//! starts from its descriptor (`guest::imports`).

extern crate std;

use super::error::StartError;
use super::output::duplicate_high;
use crate::guest::Grants;
use alloc::format;
use cap_std::ambient_authority;
use cap_std::fs::{Dir, MetadataExt};
use std::os::fd::{AsRawFd, IntoRawFd, OwnedFd};
use std::os::unix::ffi::OsStringExt;
use zpoline_host_abi::grant::{self, Grant};

/// What `text`, the value of ZPOLINE_ALLOW, grants.
pub(super) fn read(text: &str) -> Result<Grants, StartError> {
    let mut grants = Grants::default();
    for word in grant::words(text) {
        let grant = grant::parse(word).map_err(|error| {
            StartError::whole(format!("ZPOLINE_ALLOW {error}\n  {}\n  fix: {}", error.wanted(), error.fix()))
        })?;
        match grant {
            Grant::Whole(capability) => grants.whole(capability),
            Grant::Invoke(set) => grants.calls(&set),
            Grant::Env(names) => {
                for name in names.split(',') {
                    grants.variable(name, std::env::var_os(name).map(OsStringExt::into_vec));
                }
            }
            Grant::Files(path) => directory(&mut grants, word, path, false)?,
            Grant::FilesWrite(path) => directory(&mut grants, word, path, true)?,
        }
    }
    Ok(grants)
}

/// Opens a directory under a number that programs leave alone.
fn directory(grants: &mut Grants, word: &str, path: &str, writable: bool) -> Result<(), StartError> {
    let failed = |error: std::io::Error| {
        StartError::new(
            format!("cannot open the directory that ZPOLINE_ALLOW grants by `{word}`: {error}"),
            format!("name a directory that is there and yours to use, or take `{word}` out"),
        )
    };
    let directory = Dir::open_ambient_dir(path, ambient_authority()).map_err(failed)?;
    let metadata = directory.dir_metadata().map_err(failed)?;
    let descriptor = OwnedFd::from(directory.into_std_file());
    let high = duplicate_high(descriptor.as_raw_fd()).unwrap_or_else(|| descriptor.into_raw_fd());
    grants.directory(path, high, (metadata.dev(), metadata.ino()), writable);
    Ok(())
}
