//! Messages to the user, and the hook's own output, by raw write(2).
//!
//! Invariants: nothing is written to the program's standard output; no
//! allocation; a line goes out in one write; a reader that went away raises no
//! SIGPIPE in the program. A descriptor is a duplicate of stderr, or a file, taken at
//! start-up and checked before each use, as far as the program's own seccomp filters
//! allow it: the program may have closed it and opened something else under its number
//! (`descriptors`). A file is opened again then, by its path.
//!
//! # Safety
//! System calls on buffers and paths of our own.
#![allow(unsafe_code, reason = "raw write")]

use super::descriptors::{self, Identity, Kind};
use crate::arch::syscall::{nr, syscall1, syscall2, syscall3, syscall4};
use crate::dispatch::filter::{self, Deed};
use crate::dispatch::thread;
use crate::signals::mask;
use core::ffi::CStr;
use core::fmt::{self, Write};
use core::sync::atomic::{AtomicI32, AtomicPtr, AtomicU64, Ordering};

/// Somewhere to write to.
#[derive(Debug)]
pub struct Sink {
    descriptor: AtomicI32,
    device: AtomicU64,
    inode: AtomicU64,
    /// Where it can be opened again, if it can.
    path: AtomicPtr<u8>,
}

/// Where messages and the hook's output go.
static LOG: Sink = Sink::new(2);

/// The program's own standard error.
const STDERR: i32 = 2;

impl Sink {
    /// Writes to this descriptor until `direct_to` names another.
    pub const fn new(descriptor: i32) -> Self {
        Self {
            descriptor: AtomicI32::new(descriptor),
            device: AtomicU64::new(0),
            inode: AtomicU64::new(0),
            path: AtomicPtr::new(core::ptr::null_mut()),
        }
    }

    /// Makes `descriptor` the one to write to.
    pub fn direct_to(&'static self, descriptor: i32) {
        if let Some((identity, _)) = descriptors::look_at(descriptor) {
            let [device, inode] = identity.words();
            self.device.store(device, Ordering::Relaxed);
            self.inode.store(inode, Ordering::Relaxed);
        }
        self.descriptor.store(descriptor, Ordering::Relaxed);
        if descriptor != STDERR {
            descriptors::hold(descriptor, Some(&self.descriptor));
        }
    }

    /// Notes the path under which it can be opened again.
    pub fn opened_at(&self, path: &'static CStr) {
        self.path.store(path.as_ptr().cast_mut().cast(), Ordering::Relaxed);
    }

    /// Whether a descriptor leads to where this one did at first.
    fn is_it(&self, descriptor: i32) -> Option<Kind> {
        let wanted = Identity::from_words([self.device.load(Ordering::Relaxed), self.inode.load(Ordering::Relaxed)]);
        descriptors::look_at(descriptor).and_then(|(found, kind)| (found == wanted).then_some(kind))
    }

    /// Writes bytes as they are; lost if there is nowhere to write to any more.
    pub fn write(&self, bytes: &[u8]) {
        let descriptor = self.descriptor.load(Ordering::Relaxed);
        if !filter::lets(Deed::Write) {
            return;
        }
        if !filter::lets(Deed::Verify) {
            write(descriptor, Kind::Other, bytes);
        } else if descriptor == STDERR {
            if let Some((_, kind)) = descriptors::look_at(STDERR) {
                write(STDERR, kind, bytes);
            }
        } else if let Some(kind) = self.is_it(descriptor) {
            write(descriptor, kind, bytes);
        } else {
            self.write_elsewhere(descriptor, bytes);
        }
    }

    /// The program has closed our descriptor.
    #[cold]
    fn write_elsewhere(&self, lost: i32, bytes: &[u8]) {
        const O_WRONLY_APPEND_CLOEXEC: usize = 0o2_002_001;
        let path = self.path.load(Ordering::Relaxed);
        if path.is_null() {
            // It was a duplicate of stderr, which may still be the same.
            if let Some(kind) = self.is_it(STDERR) {
                write(STDERR, kind, bytes);
            }
            return;
        }
        // SAFETY: a C string that stays.
        let low = unsafe { syscall3(nr::OPEN, path as usize, O_WRONLY_APPEND_CLOEXEC, 0) as i32 };
        if low < 0 {
            return;
        }
        // In another root another file may have this path.
        if let Some(kind) = self.is_it(low) {
            write(low, kind, bytes);
            // A process that shares our memory has descriptors of its own, which are
            // none of the others' business.
            if !thread::try_current().is_some_and(|block| block.own_files.get())
                && let Some(high) = descriptors::duplicate(low, lost)
            {
                descriptors::moved(&self.descriptor, high);
            }
        }
        // SAFETY: opened just now.
        unsafe { syscall1(nr::CLOSE, low as usize) };
    }

    /// Writes one message line: `zpoline: ...`.
    pub fn message(&self, text: fmt::Arguments<'_>) {
        let mut line = Line { to: self, bytes: [0; LINE], used: 0 };
        // Line's write_str never fails, and a formatter that does loses only text.
        let _ = writeln!(line, "zpoline: {text}");
        self.write(&line.bytes[..line.used.min(LINE)]);
    }
}

/// Makes `descriptor` the place where messages and hook output go.
pub fn direct_to(descriptor: i32) {
    LOG.direct_to(descriptor);
}

/// Notes the path of the log file.
pub fn log_opened_at(path: &'static CStr) {
    LOG.opened_at(path);
}

/// Writes bytes to the log as they are.
pub fn hook_output(bytes: &[u8]) {
    LOG.write(bytes);
}

/// Writes one message line to the log.
pub fn message(text: fmt::Arguments<'_>) {
    LOG.message(text);
}

/// Where messages go.
pub fn log() -> &'static Sink {
    &LOG
}

fn write(descriptor: i32, kind: Kind, bytes: &[u8]) {
    match kind {
        Kind::Pipe => write_quietly(descriptor, bytes),
        Kind::Other => {
            write_all(descriptor, bytes);
        }
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

/// A longer line goes out in pieces.
const LINE: usize = 2048;

/// A line being put together on the stack.
struct Line<'a> {
    to: &'a Sink,
    bytes: [u8; LINE],
    used: usize,
}

impl Write for Line<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for &byte in text.as_bytes() {
            if self.used == LINE {
                self.to.write(&self.bytes);
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
