//! Where messages, hook output and statistics go: a file, or a duplicate of stderr,
//! under a number that programs leave alone.

extern crate std;

use super::config::{Config, Stats};
use super::error::StartError;
use crate::island::output;
use crate::stats;
use alloc::format;
use std::os::fd::{AsRawFd, IntoRawFd, OwnedFd, RawFd};
use std::path::Path;

/// Opens them.
pub(super) fn open(config: &Config) -> Result<(), StartError> {
    match &config.log_file {
        Some(path) => output::direct_to(append("log", "ZPOLINE_LOG_FILE", path)?),
        // Without stderr there is nowhere to write to, which is no error.
        None => output::direct_to(duplicate_high(2).unwrap_or(2)),
    }
    match &config.stats {
        Stats::Off => {}
        Stats::Log => stats::switch_on(None),
        Stats::File(path) => stats::switch_on(Some(append("statistics", "ZPOLINE_STATS", path)?)),
    }
    Ok(())
}

/// Opens a file to append to.
fn append(what: &str, variable: &str, path: &Path) -> Result<RawFd, StartError> {
    let file = std::fs::OpenOptions::new().create(true).append(true).open(path).map_err(|error| {
        StartError::new(
            format!("cannot open the {what} file {}: {error}", path.display()),
            format!("name a file that can be written: {variable}=/tmp/zpoline.{what}"),
        )
    })?;
    let file = OwnedFd::from(file);
    Ok(duplicate_high(file.as_raw_fd()).unwrap_or_else(|| file.into_raw_fd()))
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
