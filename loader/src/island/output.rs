//! Messages to the user, and the hook's own output, by raw write(2).
//!
//! Invariants: nothing is written to the program's standard output; no
//! allocation; a line goes out in one write. A descriptor is a duplicate of
//! stderr, or a file, taken at start-up and checked before each use: the
//! program may have closed it and opened something else under its number.
//!
//! # Safety
//! write(2) and fstat(2) of buffers on our own stack.
#![allow(unsafe_code, reason = "raw write")]

use crate::arch::syscall::{nr, syscall2, syscall3};
use core::fmt::{self, Write};
use core::sync::atomic::{AtomicI32, AtomicU64, Ordering};

/// Somewhere to write to.
#[derive(Debug)]
pub struct Sink {
    descriptor: AtomicI32,
    device: AtomicU64,
    inode: AtomicU64,
}

/// Where messages and the hook's output go.
static LOG: Sink = Sink::new(2);

/// Device and inode of an open descriptor.
fn identity(descriptor: i32) -> Option<(u64, u64)> {
    // struct stat: st_dev at 0, st_ino at 8, 144 bytes in all.
    let mut stat = [0u64; 18];
    // SAFETY: the buffer has the size of struct stat.
    let result = unsafe { syscall2(nr::FSTAT, descriptor as usize, stat.as_mut_ptr() as usize) };
    (result == 0).then_some((stat[0], stat[1]))
}

impl Sink {
    /// Writes to this descriptor until `direct_to` names another.
    pub const fn new(descriptor: i32) -> Self {
        Self { descriptor: AtomicI32::new(descriptor), device: AtomicU64::new(0), inode: AtomicU64::new(0) }
    }

    /// Makes `descriptor` the one to write to.
    pub fn direct_to(&self, descriptor: i32) {
        let (device, inode) = identity(descriptor).unwrap_or((0, 0));
        self.device.store(device, Ordering::Relaxed);
        self.inode.store(inode, Ordering::Relaxed);
        self.descriptor.store(descriptor, Ordering::Relaxed);
    }

    /// Writes bytes as they are; lost if the program closed our descriptor.
    pub fn write(&self, mut bytes: &[u8]) {
        let descriptor = self.descriptor.load(Ordering::Relaxed);
        let ours = (self.device.load(Ordering::Relaxed), self.inode.load(Ordering::Relaxed));
        if descriptor != 2 && identity(descriptor) != Some(ours) {
            return;
        }
        while !bytes.is_empty() {
            // SAFETY: the slice is live.
            let wrote = unsafe { syscall3(nr::WRITE, descriptor as usize, bytes.as_ptr() as usize, bytes.len()) };
            const EINTR: isize = -4;
            match wrote {
                EINTR => {}
                1.. => bytes = &bytes[(wrote as usize).min(bytes.len())..],
                _ => return,
            }
        }
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
