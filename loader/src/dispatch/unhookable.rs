//! What execve is about to run, if that is nothing the loader can be preloaded
//! into: a static program, one that gains rights, one for another architecture
//! or C library.
//!
//! `ZPOLINE_UNHOOKABLE` decides: `run` (the default here) says so and goes on,
//! `refuse` says so and answers EPERM, which no shell takes for a script nor for
//! a reason to look on along PATH.
//!
//! Invariant: what cannot be read is not refused: the kernel decides then.
//!
//! # Safety
//! Raw syscalls on descriptors and buffers of ours, and on a path that the
//! program gave to the kernel.
#![allow(unsafe_code, reason = "raw openat, pread64, fstat")]

use crate::arch::syscall::{nr, syscall1, syscall2, syscall4, syscall5};
use crate::island::{memory, output};
use core::ffi::CStr;
use core::fmt;
use core::sync::atomic::{AtomicBool, Ordering};
use zpoline_planner::program::{self, Kind};

static REFUSE: AtomicBool = AtomicBool::new(false);

/// From here on, programs that cannot be hooked are refused; at start-up.
pub fn refuse() {
    REFUSE.store(true, Ordering::Relaxed);
}

/// Paths count from the working directory.
pub const AT_FDCWD: u64 = -100i64 as u64;
const AT_EMPTY_PATH: u64 = 0x1000;
const AT_SYMLINK_NOFOLLOW: u64 = 0x100;
const EPERM: i64 = 1;

/// Why a program cannot be hooked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Obstacle {
    Static,
    Foreign(&'static str),
    Privileged(&'static str),
    OtherLibc,
}

impl fmt::Display for Obstacle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Static => f.write_str("it is statically linked: there is no ld.so to preload the loader"),
            Self::Foreign(what) => write!(f, "it is {what}: the loader is x86-64 only"),
            Self::Privileged(what) => write!(f, "it is {what}: ld.so ignores LD_PRELOAD for it"),
            Self::OtherLibc => f.write_str("its ld.so is not glibc's"),
        }
    }
}

/// Looks at the program that execve (`directory` AT_FDCWD) or execveat names.
/// The result that the program gets in place of the call, if it is refused.
pub fn check(directory: u64, path: u64, flags: u64) -> Option<i64> {
    let file = File::open(directory, path, flags)?;
    let obstacle = file.obstacle()?;
    let mut name = [0; 256];
    let length = memory::read_c_string(path, &mut name).unwrap_or(0);
    let name = core::str::from_utf8(name.get(..length)?).unwrap_or("a program");
    let name = if name.is_empty() { "a program" } else { name };
    if REFUSE.load(Ordering::Relaxed) {
        output::message(format_args!(
            "refused to execute {name}: {obstacle}\n  \
             its syscalls would go past the hook (ZPOLINE_UNHOOKABLE=refuse)\n  \
             fix: ZPOLINE_UNHOOKABLE=run runs it without a hook, and says so"
        ));
        return Some(-EPERM);
    }
    output::message(format_args!("{name} runs without a hook: {obstacle}"));
    None
}

/// `/proc/self/fd/N` with its NUL.
fn link(descriptor: u64) -> [u8; 25] {
    let mut path = *b"/proc/self/fd/\0\0\0\0\0\0\0\0\0\0\0";
    // A descriptor is an int: it has ten digits at most.
    let descriptor = descriptor & 0x7fff_ffff;
    let digits = descriptor.checked_ilog10().unwrap_or(0) + 1;
    let places = path.iter_mut().skip(14).take(digits as usize);
    for (place, power) in places.zip((0..digits).rev()) {
        *place = b'0' + (descriptor / 10u64.pow(power) % 10) as u8;
    }
    path
}

/// An open file of ours.
struct File(usize);

impl Drop for File {
    fn drop(&mut self) {
        // SAFETY: our own descriptor.
        unsafe { syscall1(nr::CLOSE, self.0) };
    }
}

impl File {
    fn open(directory: u64, path: u64, flags: u64) -> Option<Self> {
        const O_NOFOLLOW: u64 = 0o400_000;
        let mut first = [1];
        memory::read_exact(path, &mut first).ok()?;
        if first == [0] {
            // The program is the descriptor itself.
            return (flags & AT_EMPTY_PATH != 0).then(|| Self::reopen(directory))?;
        }
        let more = if flags & AT_SYMLINK_NOFOLLOW != 0 { O_NOFOLLOW } else { 0 };
        Self::at(directory, path, more)
    }

    fn at(directory: u64, path: u64, flags: u64) -> Option<Self> {
        // Neither waits for a fifo's writer nor becomes a controlling terminal.
        const O_RDONLY_CLOEXEC_NONBLOCK_NOCTTY: u64 = 0o2_004_400;
        let flags = O_RDONLY_CLOEXEC_NONBLOCK_NOCTTY | flags;
        // SAFETY: opens for reading; the kernel checks the path as for the
        // program's own call.
        let descriptor = unsafe { syscall4(nr::OPENAT, directory as usize, path as usize, flags as usize, 0) };
        usize::try_from(descriptor).ok().map(Self)
    }

    /// Opens a descriptor's file once more, for reading.
    fn reopen(descriptor: u64) -> Option<Self> {
        Self::at(AT_FDCWD, link(descriptor).as_ptr() as u64, 0)
    }

    /// The first bytes: the kernel reads program headers up to a page.
    fn head(&self, buffer: &mut [u8]) -> usize {
        // SAFETY: the buffer is live.
        let got = unsafe { syscall4(nr::PREAD64, self.0, buffer.as_mut_ptr() as usize, buffer.len(), 0) };
        usize::try_from(got).unwrap_or(0).min(buffer.len())
    }

    fn obstacle(&self) -> Option<Obstacle> {
        // The kernel follows as many scripts.
        const SCRIPTS: usize = 5;
        let mut head = [0; 2 * 4096];
        let length = self.head(&mut head);
        let mut kind = program::probe(head.get(..length)?);
        let mut script: Option<Self> = None;
        for _ in 0..SCRIPTS {
            let Kind::Script { interpreter, .. } = &kind else { break };
            let mut path = [0; 256];
            path.get_mut(..interpreter.len())?.copy_from_slice(interpreter);
            CStr::from_bytes_until_nul(&path).ok()?;
            let file = Self::at(AT_FDCWD, path.as_ptr() as u64, 0)?;
            let length = file.head(&mut head);
            kind = program::probe(head.get(..length)?);
            script = Some(file);
        }
        let file = script.as_ref().unwrap_or(self);
        match kind {
            Kind::Script { .. } | Kind::Broken | Kind::Other => None,
            Kind::Foreign(what) => Some(Obstacle::Foreign(what)),
            Kind::Static => (!file.is_ld_so()).then_some(Obstacle::Static),
            Kind::Dynamic { interpreter } => {
                if !program::is_ld_so(&interpreter) {
                    return Some(Obstacle::OtherLibc);
                }
                file.privileged().map(Obstacle::Privileged)
            }
        }
    }

    /// Whether this is the dynamic linker itself, by the name it has in /proc.
    fn is_ld_so(&self) -> bool {
        let link = link(self.0 as u64);
        let mut name = [0u8; 512];
        // SAFETY: a C string and a buffer of ours.
        let got = unsafe {
            syscall4(nr::READLINKAT, AT_FDCWD as usize, link.as_ptr() as usize, name.as_mut_ptr() as usize, name.len())
        };
        usize::try_from(got).ok().and_then(|got| name.get(..got)).is_some_and(program::is_ld_so)
    }

    /// Which rights the program would gain, that ld.so ignores LD_PRELOAD for.
    fn privileged(&self) -> Option<&'static str> {
        const S_ISUID: u32 = 0o4000;
        const S_ISGID_AND_GROUP_EXECUTE: u32 = 0o2010;
        const ST_NOSUID: u64 = 2;
        const PR_GET_NO_NEW_PRIVS: usize = 39;
        let (mut stat, mut mount) = ([0u64; 18], [0u64; 15]);
        // SAFETY: buffers of the size of struct stat (144) and statfs (120);
        // the other calls take no pointer, or a C string and no buffer.
        unsafe {
            if syscall2(nr::FSTAT, self.0, stat.as_mut_ptr() as usize) != 0
                || syscall2(nr::FSTATFS, self.0, mount.as_mut_ptr() as usize) != 0
                || mount.get(11).copied().unwrap_or(0) & ST_NOSUID != 0
                || syscall5(nr::PRCTL, PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1
            {
                return None;
            }
            // st_mode and st_uid share the word at 24, st_gid is at 32.
            let (mode, owner, group) = (stat[3] as u32, (stat[3] >> 32) as u32, stat[4] as u32);
            if mode & S_ISUID != 0 && i64::from(owner) != syscall1(nr::GETUID, 0) as i64 {
                return Some("set-user-ID");
            }
            if mode & S_ISGID_AND_GROUP_EXECUTE == S_ISGID_AND_GROUP_EXECUTE
                && i64::from(group) != syscall1(nr::GETGID, 0) as i64
            {
                return Some("set-group-ID");
            }
            let capabilities = syscall4(nr::FGETXATTR, self.0, c"security.capability".as_ptr() as usize, 0, 0) > 0;
            (capabilities && syscall1(nr::GETUID, 0) != 0).then_some("given capabilities by setcap")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_of_descriptors() {
        let shown = |n| CStr::from_bytes_until_nul(&link(n)).unwrap().to_bytes().to_vec();
        assert_eq!(shown(0), b"/proc/self/fd/0");
        assert_eq!(shown(907), b"/proc/self/fd/907");
        assert_eq!(shown(i32::MAX as u64), b"/proc/self/fd/2147483647");
    }

    #[test]
    fn the_test_itself_can_be_hooked() {
        let file = File::open(AT_FDCWD, c"/proc/self/exe".as_ptr() as u64, 0).unwrap();
        assert_eq!(file.obstacle(), None);
        assert!(!file.is_ld_so());
    }

    #[test]
    fn the_dynamic_linker_is_no_static_program() {
        let file = File::open(AT_FDCWD, c"/lib64/ld-linux-x86-64.so.2".as_ptr() as u64, 0).unwrap();
        assert_eq!(file.obstacle(), None);
    }
}
