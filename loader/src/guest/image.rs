//! A compiled hook in memory that is its own, run where it lies.
//!
//! wasmtime would copy what it is given into a mapping of its own. An interpreter
//! is some 50 MB, of which a second copy is half of a start: it is read into its
//! place once, and sealed before wasmtime sees it. The file itself is not mapped:
//! one that is written over while programs run must not change under them.
//!
//! Invariants: nothing in an image is written after [`Image::seal`]; only its code
//! is executable; it stays until the process ends, as hooks do.
//!
//! # Safety
//! The slice that [`Room`] hands out is a mapping that nobody else knows.
//! [`Publish`] is only given ranges that wasmtime or an image owns.
#![allow(unsafe_code, reason = "maps memory and makes code executable")]

use crate::arch::syscall::{PAGE, nr, syscall3, syscall6};
use wasmtime::{CustomCodeMemory, Result, bail};

const PROT_READ: usize = 1;
const PROT_WRITE: usize = 2;
const PROT_EXEC: usize = 4;
const MAP_PRIVATE: usize = 0x02;
const MAP_ANONYMOUS: usize = 0x20;
const MADV_HUGEPAGE: usize = 14;

/// From this size on large pages are asked for: thousands of page faults are
/// most of what a large hook costs at the start.
const LARGE: usize = 8 << 20;

/// Memory that an image is read into.
#[derive(Debug)]
pub struct Room(&'static mut [u8]);

/// A whole compiled hook, our trailer included.
#[derive(Debug, Clone, Copy)]
pub struct Image(&'static [u8]);

impl Room {
    /// Room for so many bytes, or the errno.
    ///
    /// # Errors
    /// The kernel's, if there is not so much memory.
    pub fn new(length: usize) -> core::result::Result<Self, u32> {
        let size = length.max(1).next_multiple_of(PAGE);
        // SAFETY: a new anonymous mapping disturbs no existing one.
        let at =
            unsafe { syscall6(nr::MMAP, 0, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, usize::MAX, 0) };
        if (-4095..0).contains(&at) {
            return Err((-at) as u32);
        }
        if size >= LARGE {
            // SAFETY: the range is ours. Where the kernel has no large pages it refuses.
            unsafe { syscall3(nr::MADVISE, at as usize, size, MADV_HUGEPAGE) };
        }
        // SAFETY: the mapping is new, zeroed, as long, and never unmapped.
        Ok(Self(unsafe { core::slice::from_raw_parts_mut(at as *mut u8, length) }))
    }

    /// Where to read it to.
    pub fn bytes(&mut self) -> &mut [u8] {
        self.0
    }

    /// It is there, up to `length`: nobody writes to it any more.
    ///
    /// # Errors
    /// The kernel's, if it does not protect it.
    pub fn seal(self, length: usize) -> core::result::Result<Image, u32> {
        let whole: &'static [u8] = self.0;
        let size = whole.len().max(1).next_multiple_of(PAGE);
        // SAFETY: the range is ours, and no reference that could write is left.
        let result = unsafe { syscall3(nr::MPROTECT, whole.as_ptr().addr(), size, PROT_READ) };
        if result < 0 { Err((-result) as u32) } else { Ok(Image(whole.get(..length).unwrap_or(whole))) }
    }
}

impl Image {
    /// All of it.
    pub fn bytes(self) -> &'static [u8] {
        self.0
    }
}

/// Makes code executable in an image, of which wasmtime knows only that it is not
/// its own, and as well in what is.
#[derive(Debug)]
pub(super) struct Publish;

impl CustomCodeMemory for Publish {
    fn required_alignment(&self) -> usize {
        PAGE
    }

    fn publish_executable(&self, at: *const u8, length: usize) -> Result<()> {
        protect(at, length, PROT_READ | PROT_EXEC)
    }

    fn unpublish_executable(&self, at: *const u8, length: usize) -> Result<()> {
        protect(at, length, PROT_READ)
    }
}

fn protect(at: *const u8, length: usize, protection: usize) -> Result<()> {
    // SAFETY: wasmtime passes the code of a hook, whose memory it or an image owns.
    match unsafe { syscall3(nr::MPROTECT, at.addr(), length, protection) } {
        0 => Ok(()),
        errno => bail!("the kernel does not let code be made executable: errno {}", -errno),
    }
}
