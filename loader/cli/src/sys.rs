//! The few things that std does not offer, as safe functions.
//!
//! # Safety
//! Every call below either passes no pointer, or one to a value that outlives
//! the call and is terminated or sized as the call expects. [`in_child`] forks:
//! the command has one thread, so the child may do what it likes.
#![allow(unsafe_code, reason = "system calls that std does not offer")]

use std::ffi::{CString, OsStr};
use std::fs::File;
use std::io;
use std::os::fd::AsRawFd;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

/// Real and effective user and group.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ids {
    pub(crate) uid: u32,
    pub(crate) euid: u32,
    pub(crate) gid: u32,
}

/// Who we are.
pub(crate) fn ids() -> Ids {
    // SAFETY: these three take nothing and cannot fail.
    unsafe { Ids { uid: libc::getuid(), euid: libc::geteuid(), gid: libc::getgid() } }
}

fn c_string(word: &OsStr) -> io::Result<CString> {
    CString::new(word.as_bytes()).map_err(|_| io::Error::from_raw_os_error(libc::EINVAL))
}

/// Whether we may execute a file, by the effective ids.
pub(crate) fn may_execute(path: &Path) -> io::Result<()> {
    let path = c_string(path.as_os_str())?;
    // SAFETY: `path` is a C string that lives until the end of the call.
    match unsafe { libc::faccessat(libc::AT_FDCWD, path.as_ptr(), libc::X_OK, libc::AT_EACCESS) } {
        0 => Ok(()),
        _ => Err(io::Error::last_os_error()),
    }
}

/// Whether a file carries capabilities (setcap).
pub(crate) fn has_file_capabilities(path: &Path) -> bool {
    let Ok(path) = c_string(path.as_os_str()) else {
        return false;
    };
    // SAFETY: two C strings, and a null buffer of size 0 asks for the size only.
    unsafe { libc::getxattr(path.as_ptr(), c"security.capability".as_ptr(), std::ptr::null_mut(), 0) > 0 }
}

/// Mount flags (`ST_NOEXEC`, `ST_NOSUID`) of where a file is; 0 if unknown.
pub(crate) fn mount_flags(path: &Path) -> u64 {
    let Ok(path) = c_string(path.as_os_str()) else {
        return 0;
    };
    let mut out = std::mem::MaybeUninit::<libc::statvfs>::uninit();
    // SAFETY: a C string and room for one statvfs.
    if unsafe { libc::statvfs(path.as_ptr(), out.as_mut_ptr()) } != 0 {
        return 0;
    }
    // SAFETY: the call succeeded, so it wrote the whole structure.
    unsafe { out.assume_init() }.f_flag
}

/// Whether no other process has a file of ours open or mapped, as the kernel
/// tells by granting a lease. Only on file systems where leases are known to
/// count mappings (overlayfs maps another file); false if it cannot be told.
pub(crate) fn is_used_by_nobody_else(file: &File) -> bool {
    const BTRFS: i64 = 0x9123_683e;
    const EXT: i64 = 0xef53;
    const TMPFS: i64 = 0x0102_1994;
    const XFS: i64 = 0x5846_5342;
    const F_SETSIG: i32 = 10;
    let mut out = std::mem::MaybeUninit::<libc::statfs>::zeroed();
    // SAFETY: an open file, and room for one statfs; zeroed, so it is valid.
    let kind = unsafe {
        libc::fstatfs(file.as_raw_fd(), out.as_mut_ptr());
        out.assume_init().f_type
    };
    // SAFETY: no pointers. Whoever opens the file meanwhile waits, and we get a
    // signal for it: SIGURG is ignored, SIGIO would end us.
    let fcntl = |command: i32, argument: i32| unsafe { libc::fcntl(file.as_raw_fd(), command, argument) } == 0;
    [BTRFS, EXT, TMPFS, XFS].contains(&kind) && fcntl(F_SETSIG, libc::SIGURG) && fcntl(libc::F_SETLEASE, libc::F_WRLCK)
}

/// Whether the kernel ignores set-user-ID bits for us (`no_new_privs`).
pub(crate) fn no_new_privileges() -> bool {
    // SAFETY: takes no pointer.
    unsafe { libc::prctl(libc::PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1 }
}

/// Replaces this process; returns only if that fails. Signal dispositions, the
/// signal mask and open files are those that we were started with.
pub(crate) fn execute(path: &Path, words: &[impl AsRef<OsStr>], environment: &[impl AsRef<OsStr>]) -> io::Error {
    fn strings(words: &[impl AsRef<OsStr>]) -> io::Result<Vec<CString>> {
        words.iter().map(|word| c_string(word.as_ref())).collect()
    }
    fn pointers(strings: &[CString]) -> Vec<*const libc::c_char> {
        strings.iter().map(|s| s.as_ptr()).chain([std::ptr::null()]).collect()
    }
    let (path, words, environment) = match (c_string(path.as_os_str()), strings(words), strings(environment)) {
        (Ok(path), Ok(words), Ok(environment)) => (path, words, environment),
        _ => return io::Error::from_raw_os_error(libc::EINVAL),
    };
    let (argv, envp) = (pointers(&words), pointers(&environment));
    // SAFETY: C strings and null-terminated arrays of C strings that live until
    // the end of the call.
    unsafe { libc::execve(path.as_ptr(), argv.as_ptr(), envp.as_ptr()) };
    io::Error::last_os_error()
}

/// How a child ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ended {
    /// With this status.
    Exited(u8),
    /// By this signal.
    Killed(i32),
}

/// Runs `work` in a forked child, so that what it does to the process is gone
/// afterwards; its result is the child's exit status.
pub(crate) fn in_child(work: impl FnOnce() -> u8) -> io::Result<Ended> {
    // SAFETY: this process has one thread, so the child is a full copy.
    let child = unsafe { libc::fork() };
    match child {
        -1 => return Err(io::Error::last_os_error()),
        0 => {
            let status = work();
            // SAFETY: ends the child without running what the parent will run.
            unsafe { libc::_exit(i32::from(status)) }
        }
        _ => {}
    }
    let mut status = 0;
    loop {
        // SAFETY: room for one status.
        if unsafe { libc::waitpid(child, &raw mut status, 0) } == child {
            break;
        }
        let error = io::Error::last_os_error();
        if error.kind() != io::ErrorKind::Interrupted {
            return Err(error);
        }
    }
    if libc::WIFSIGNALED(status) {
        return Ok(Ended::Killed(libc::WTERMSIG(status)));
    }
    Ok(Ended::Exited(u8::try_from(libc::WEXITSTATUS(status)).unwrap_or(u8::MAX)))
}
