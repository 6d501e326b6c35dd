//! Where messages and hook output go: the log file, or a duplicate of stderr
//! under a number that programs leave alone: above the limit of descriptors, where
//! loops over all of them do not come, or at least a high one.

extern crate std;

use super::config::Config;
use super::error::StartError;
use crate::arch::syscall::syscall4;
use crate::island::output;
use alloc::boxed::Box;
use alloc::format;
use std::ffi::CString;
use std::os::fd::{AsRawFd, IntoRawFd, OwnedFd, RawFd};
use std::os::unix::ffi::OsStringExt;

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
    if let Some(path) =
        std::path::absolute(path).ok().and_then(|path| CString::new(path.into_os_string().into_vec()).ok())
    {
        output::opened_at(Box::leak(path.into_boxed_c_str()));
    }
    Ok(())
}

/// Duplicates a descriptor to a high number, close-on-exec.
fn duplicate_high(descriptor: RawFd) -> Option<RawFd> {
    above_the_limit(descriptor).or_else(|| [900, 200, 60].into_iter().find_map(|lowest| duplicate(descriptor, lowest)))
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
    let limit = limits(None)?;
    let [soft, hard] = limit;
    let wanted = soft.checked_add(16).filter(|wanted| *wanted <= hard && soft <= MOST)?;
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
