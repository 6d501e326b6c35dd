//! Messages to the user, and the hook's own output, by raw write(2).
//!
//! The descriptor is a duplicate of stderr, or the log file, taken at start-up. The
//! program shares the table of descriptors with us, and may close ours: dup2 and
//! close_range go around it (`dispatch::claims`), and it lies above the limit of
//! descriptors where it can, but close(2) is not looked at. So it is checked before
//! each use, and opened again by its path if it is lost.
//!
//! Invariants: nothing is written to the program's standard output; no
//! allocation; a line goes out in one write; a reader that went away raises no
//! SIGPIPE in the program.
//!
//! # Safety
//! System calls on buffers and paths of our own.
#![allow(unsafe_code, reason = "raw write")]

use crate::arch::syscall::{nr, syscall1, syscall2, syscall3, syscall4};
use crate::dispatch::thread;
use crate::signals::mask;
use core::ffi::CStr;
use core::fmt::{self, Write};
use core::sync::atomic::{AtomicI32, AtomicPtr, AtomicU64, Ordering};

/// Where output goes, in one table of descriptors.
#[derive(Debug)]
pub struct Log {
    descriptor: AtomicI32,
    device: AtomicU64,
    inode: AtomicU64,
}

/// The log of the process that the loader started in.
static INITIAL: Log = Log { descriptor: AtomicI32::new(2), device: AtomicU64::new(0), inode: AtomicU64::new(0) };

/// The path of the log file, if there is one.
static PATH: AtomicPtr<u8> = AtomicPtr::new(core::ptr::null_mut());

/// The log of the process that the loader started in.
pub fn initial() -> &'static Log {
    &INITIAL
}

/// Makes `descriptor` the place where messages and hook output go.
pub fn direct_to(descriptor: i32) {
    let identity = Identity::of(descriptor).unwrap_or_default();
    INITIAL.device.store(identity.device, Ordering::Relaxed);
    INITIAL.inode.store(identity.inode, Ordering::Relaxed);
    INITIAL.descriptor.store(descriptor, Ordering::Relaxed);
}

/// Notes the path under which the log can be opened again.
pub fn opened_at(path: &'static CStr) {
    PATH.store(path.as_ptr().cast_mut().cast(), Ordering::Relaxed);
}

/// What an open descriptor leads to.
#[derive(Debug, Default, Clone, Copy)]
struct Identity {
    device: u64,
    inode: u64,
    /// Writing to it can raise SIGPIPE.
    has_reader: bool,
}

impl Identity {
    fn of(descriptor: i32) -> Option<Self> {
        const KIND: u32 = 0o170_000;
        const FIFO: u32 = 0o010_000;
        const SOCKET: u32 = 0o140_000;
        // struct stat: st_dev at 0, st_ino at 8, st_mode at 24, 144 bytes in all.
        let mut stat = [0u64; 18];
        // SAFETY: the buffer has the size of struct stat.
        let result = unsafe { syscall2(nr::FSTAT, descriptor as usize, stat.as_mut_ptr() as usize) };
        let has_reader = matches!(stat[3] as u32 & KIND, FIFO | SOCKET);
        (result == 0).then_some(Self { device: stat[0], inode: stat[1], has_reader })
    }
}

/// The program's own standard error.
const STDERR: i32 = 2;

impl Log {
    /// The descriptor, if it is ours alone; else -1.
    pub fn descriptor(&self) -> i32 {
        match self.descriptor.load(Ordering::Relaxed) {
            STDERR => -1,
            ours => ours,
        }
    }

    /// Becomes the log of a process with the same descriptors.
    pub fn copy_from(&self, other: &Self) {
        self.descriptor.store(other.descriptor.load(Ordering::Relaxed), Ordering::Relaxed);
        self.device.store(other.device.load(Ordering::Relaxed), Ordering::Relaxed);
        self.inode.store(other.inode.load(Ordering::Relaxed), Ordering::Relaxed);
    }

    /// The program is about to put something else under our number: takes another
    /// one.
    pub fn make_way(&self) {
        let old = self.descriptor();
        if let Some(new) = duplicate(old, old + 1) {
            self.descriptor.store(new, Ordering::Relaxed);
        }
    }

    /// A descriptor that leads to where output goes; found again, if it is lost.
    fn open(&self) -> Option<(i32, Identity)> {
        let is_it = |descriptor: i32| {
            let found = Identity::of(descriptor)?;
            let wanted = (self.device.load(Ordering::Relaxed), self.inode.load(Ordering::Relaxed));
            ((found.device, found.inode) == wanted).then_some((descriptor, found))
        };
        let descriptor = self.descriptor.load(Ordering::Relaxed);
        if descriptor == STDERR {
            return Identity::of(STDERR).map(|found| (STDERR, found));
        }
        is_it(descriptor).or_else(|| self.open_again(descriptor, is_it)).or_else(|| is_it(STDERR))
    }

    #[cold]
    fn open_again(&self, lost: i32, is_it: impl Fn(i32) -> Option<(i32, Identity)>) -> Option<(i32, Identity)> {
        const O_WRONLY_APPEND_CLOEXEC: usize = 0o2_002_001;
        let path = PATH.load(Ordering::Relaxed);
        if path.is_null() {
            return None;
        }
        // SAFETY: a C string that stays.
        let low = unsafe { syscall3(nr::OPEN, path as usize, O_WRONLY_APPEND_CLOEXEC, 0) as i32 };
        if low < 0 {
            return None;
        }
        // In another root another file may have this path.
        let high = is_it(low).and_then(|_| duplicate(low, lost));
        // SAFETY: opened just now.
        unsafe { syscall1(nr::CLOSE, low as usize) };
        self.descriptor.store(high?, Ordering::Relaxed);
        is_it(high?)
    }
}

/// Duplicates a descriptor to the first free number from `lowest`, or to any high one.
fn duplicate(descriptor: i32, lowest: i32) -> Option<i32> {
    const F_DUPFD_CLOEXEC: usize = 1030;
    [lowest, 900, 200, 60].into_iter().find_map(|lowest| {
        // SAFETY: makes a new descriptor and touches no old one.
        let new = unsafe { syscall3(nr::FCNTL, descriptor as usize, F_DUPFD_CLOEXEC, lowest as usize) };
        (new >= 0).then_some(new as i32)
    })
}

/// Writes bytes as they are; lost if there is nowhere to write to.
pub fn hook_output(bytes: &[u8]) {
    let log = thread::try_current().map_or(&INITIAL, |block| block.log());
    let Some((descriptor, identity)) = log.open() else { return };
    if identity.has_reader {
        write_quietly(descriptor, bytes);
    } else {
        write_all(descriptor, bytes);
    }
}

/// Answers false if there is no reader any more.
fn write_all(descriptor: i32, mut bytes: &[u8]) -> bool {
    while !bytes.is_empty() {
        // SAFETY: the slice is live.
        let wrote = unsafe { syscall3(nr::WRITE, descriptor as usize, bytes.as_ptr() as usize, bytes.len()) };
        const EINTR: isize = -4;
        const EPIPE: isize = -32;
        match wrote {
            EINTR => {}
            1.. => bytes = &bytes[(wrote as usize).min(bytes.len())..],
            _ => return wrote != EPIPE,
        }
    }
    true
}

/// Writes with SIGPIPE blocked, and takes it back if it comes of this.
fn write_quietly(descriptor: i32, bytes: &[u8]) {
    const SIGPIPE: u64 = 1 << (13 - 1);
    let mut pending = 0u64;
    let old = mask::add(SIGPIPE);
    // SAFETY: the kernel writes a set of ours.
    unsafe { syscall2(nr::RT_SIGPENDING, &raw mut pending as usize, 8) };
    if !write_all(descriptor, bytes) && pending & SIGPIPE == 0 {
        let (set, nothing) = (SIGPIPE, [0u64; 2]);
        // SAFETY: a set and a time of ours.
        unsafe { syscall4(nr::RT_SIGTIMEDWAIT, &raw const set as usize, 0, nothing.as_ptr() as usize, 8) };
    }
    if old & SIGPIPE == 0 {
        mask::remove(SIGPIPE);
    }
}

/// A line being put together on the stack.
struct Line {
    bytes: [u8; Self::SIZE],
    used: usize,
}

impl Line {
    const SIZE: usize = 2048;
}

impl Write for Line {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for &byte in text.as_bytes() {
            if self.used == Self::SIZE {
                hook_output(&self.bytes);
                self.used = 0;
            }
            if let Some(slot) = self.bytes.get_mut(self.used) {
                *slot = byte;
                self.used += 1;
            }
        }
        Ok(())
    }
}

/// Writes one message line: `zpoline: ...`.
pub fn message(text: fmt::Arguments<'_>) {
    let mut line = Line { bytes: [0; Line::SIZE], used: 0 };
    // Line's write_str never fails, and a formatter that does loses only text.
    let _ = writeln!(line, "zpoline: {text}");
    let used = line.used.min(Line::SIZE);
    hook_output(&line.bytes[..used]);
}
