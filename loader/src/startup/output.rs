//! Where messages and hook output go: the log file, or a duplicate of stderr
//! under a number that programs leave alone.

extern crate std;

use super::config::Config;
use super::error::StartError;
use crate::island::output;
use alloc::format;
use std::os::fd::{AsRawFd, IntoRawFd, OwnedFd, RawFd};

/// Opens it.
pub(super) fn open(config: &Config) -> Result<(), StartError> {
    let Some(path) = &config.log_file else {
        // Without stderr there is nowhere to write to, which is no error.
        output::direct_to(duplicate_high(2).unwrap_or(2));
        return Ok(());
    };
    let file = std::fs::OpenOptions::new().create(true).append(true).open(path).map_err(|error| {
        StartError::new(
            format!("cannot open the log file {}: {error}", path.display()),
            "name a file that can be written: ZPOLINE_LOG_FILE=/tmp/zpoline.log",
        )
    })?;
    let file = OwnedFd::from(file);
    let high = duplicate_high(file.as_raw_fd()).unwrap_or_else(|| file.into_raw_fd());
    output::direct_to(high);
    Ok(())
}

/// Duplicates a descriptor to a high number, close-on-exec.
pub(super) fn duplicate_high(descriptor: RawFd) -> Option<RawFd> {
    [900, 200, 60].into_iter().find_map(|lowest| {
        #[expect(unsafe_code, reason = "fcntl")]
        // SAFETY: makes a new descriptor and touches no old one.
        let high = unsafe { libc::fcntl(descriptor, libc::F_DUPFD_CLOEXEC, lowest) };
        (high >= 0).then_some(high)
    })
}
