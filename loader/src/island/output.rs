//! Messages to the user, and the hook's own output, by raw write(2).
//!
//! Invariants: nothing is written to the program's standard output; no
//! allocation; a line goes out in one write. The descriptor is a duplicate of
//! stderr, or the log file, taken at start-up and checked before each use: the
//! program may have closed it and opened something else under its number.
//!
//! # Safety
//! write(2) and fstat(2) of buffers on our own stack.
#![allow(unsafe_code, reason = "raw write")]

use crate::arch::syscall::{nr, syscall2, syscall3};
use core::fmt::{self, Write};
use core::sync::atomic::{AtomicI32, AtomicU64, Ordering};

static DESCRIPTOR: AtomicI32 = AtomicI32::new(2);
static DEVICE: AtomicU64 = AtomicU64::new(0);
static INODE: AtomicU64 = AtomicU64::new(0);

/// Device and inode of an open descriptor.
fn identity(descriptor: i32) -> Option<(u64, u64)> {
    // struct stat: st_dev at 0, st_ino at 8, 144 bytes in all.
    let mut stat = [0u64; 18];
    // SAFETY: the buffer has the size of struct stat.
    let result = unsafe { syscall2(nr::FSTAT, descriptor as usize, stat.as_mut_ptr() as usize) };
    (result == 0).then_some((stat[0], stat[1]))
}

/// Makes `descriptor` the place where messages and hook output go.
pub fn direct_to(descriptor: i32) {
    let (device, inode) = identity(descriptor).unwrap_or((0, 0));
    DEVICE.store(device, Ordering::Relaxed);
    INODE.store(inode, Ordering::Relaxed);
    DESCRIPTOR.store(descriptor, Ordering::Relaxed);
}

/// Writes bytes as they are; lost if the program closed our descriptor.
pub fn hook_output(mut bytes: &[u8]) {
    let descriptor = DESCRIPTOR.load(Ordering::Relaxed);
    if descriptor != 2 && identity(descriptor) != Some((DEVICE.load(Ordering::Relaxed), INODE.load(Ordering::Relaxed)))
    {
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
