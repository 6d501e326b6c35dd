//! Where messages, hook output and statistics go: a file, or a duplicate of stderr,
//! under a number that programs leave alone: above the limit of descriptors, where
//! loops over all of them do not come, or at least a high one.

extern crate std;

use super::config::{Config, Stats};
use super::error::StartError;
use crate::arch::syscall::syscall4;
use crate::island::{descriptors, output};
use crate::stats;
use alloc::boxed::Box;
use alloc::format;
use std::ffi::{CStr, CString};
use std::os::fd::{AsRawFd, IntoRawFd, OwnedFd, RawFd};
use std::os::unix::ffi::OsStringExt;
use std::path::Path;

/// Opens them.
pub(super) fn open(config: &Config) -> Result<(), StartError> {
    match &config.log_file {
        Some(path) => {
            output::direct_to(append("log", "ZPOLINE_LOG_FILE", path)?);
            if let Some(path) = kept(path) {
                output::log_opened_at(path);
            }
        }
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

/// The absolute path, for when it has to be opened again.
fn kept(path: &Path) -> Option<&'static CStr> {
    let path = std::path::absolute(path).ok()?;
    let path = CString::new(path.into_os_string().into_vec()).ok()?;
    Some(Box::leak(path.into_boxed_c_str()))
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

/// Duplicates a descriptor to a high number, close-on-exec, and holds it there.
pub(super) fn duplicate_high(descriptor: RawFd) -> Option<RawFd> {
    let high = above_the_limit(descriptor)
        .or_else(|| [900, 200, 60].into_iter().find_map(|low| duplicate(descriptor, low)))?;
    descriptors::hold(high, None);
    Some(high)
}

fn duplicate(descriptor: RawFd, lowest: RawFd) -> Option<RawFd> {
    #[expect(unsafe_code, reason = "fcntl")]
    // SAFETY: makes a new descriptor and touches no old one.
    let high = unsafe { libc::fcntl(descriptor, libc::F_DUPFD_CLOEXEC, lowest) };
    (high >= 0).then_some(high)
}

/// The same, with the limit raised for a moment: what is open above it stays so.
/// Not where that would make the kernel's table big, which each fork copies.
fn above_the_limit(descriptor: RawFd) -> Option<RawFd> {
    const MOST: u64 = 4096;
    const ROOM: u64 = 64;
    let limit = limits(None)?;
    let [soft, hard] = limit;
    let wanted = soft.checked_add(ROOM).filter(|wanted| *wanted <= hard && soft <= MOST)?;
    limits(Some([wanted, hard]))?;
    let high = duplicate(descriptor, RawFd::try_from(soft).ok()?);
    limits(Some(limit))?;
    high
}

/// RLIMIT_NOFILE, soft and hard: sets it, if there is something to set, and answers
/// the old one.
fn limits(new: Option<[u64; 2]>) -> Option<[u64; 2]> {
    const PRLIMIT64: usize = 302;
    const RLIMIT_NOFILE: usize = 7;
    let mut old = [0u64; 2];
    let new = new.as_ref().map_or(core::ptr::null(), |new| new.as_ptr());
    #[expect(unsafe_code, reason = "prlimit64")]
    // SAFETY: both are null or a struct rlimit64 of ours.
    let result = unsafe { syscall4(PRLIMIT64, 0, RLIMIT_NOFILE, new as usize, old.as_mut_ptr() as usize) };
    (result == 0).then_some(old)
}
