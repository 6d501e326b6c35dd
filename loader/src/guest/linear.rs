//! Linear memories as mappings of their own.
//!
//! wasmtime by itself fills a new memory with zeros, and so takes a page frame for
//! each of its pages: a megabyte for a hook in Rust that touches ten of them. The
//! pages of a mapping are zero, and there once they are touched. One that grows is
//! moved by the kernel, without a copy.
//!
//! Invariant: the mapping has `size` bytes, whole pages, and every byte behind what
//! the guest has written is zero.
//!
//! # Safety
//! A mapping belongs to one memory, from its making to its drop.
#![allow(unsafe_code, reason = "implements wasmtime's linear memory")]

use crate::arch::syscall::PAGE;
use crate::island::alloc;
use ::alloc::boxed::Box;
use ::alloc::string::String;
use core::ptr::NonNull;
use wasmtime::{LinearMemory, MemoryCreator, MemoryType, Result, bail};

/// Makes the memories.
pub(super) struct Creator;

// SAFETY: no address space is reserved and no guard is wanted (host-abi/src/engine.rs), so
// compiled code checks every access against `byte_size`.
unsafe impl MemoryCreator for Creator {
    fn new_memory(
        &self,
        _ty: MemoryType,
        minimum: usize,
        _maximum: Option<usize>,
        reserved: Option<usize>,
        guard: usize,
    ) -> Result<Box<dyn LinearMemory>, String> {
        if reserved.is_some_and(|bytes| bytes != 0) || guard != 0 {
            return Err("linear memories have no reserved space and no guard".into());
        }
        let mut memory = Mapped { at: NonNull::dangling(), size: 0 };
        match memory.resize(minimum) {
            Some(()) => Ok(Box::new(memory)),
            None => Err("the kernel has no memory".into()),
        }
    }
}

struct Mapped {
    /// Dangling while `size` is 0.
    at: NonNull<u8>,
    size: usize,
}

// SAFETY: the mapping is this value's own.
unsafe impl Send for Mapped {}
// SAFETY: as above; nothing changes through a shared reference.
unsafe impl Sync for Mapped {}

impl Mapped {
    fn resize(&mut self, size: usize) -> Option<()> {
        let size = size.checked_next_multiple_of(PAGE)?;
        if size > self.size {
            let at = match self.size {
                0 => alloc::map_owned(size)?,
                // SAFETY: our own mapping.
                old => unsafe { alloc::remap(self.at.as_ptr(), old, size)? },
            };
            // Not a new value: the old one's drop would unmap what was remapped.
            self.at = NonNull::new(at)?;
            self.size = size;
        }
        Some(())
    }
}

// SAFETY: `size` bytes at `at` are mapped, readable and writable.
unsafe impl LinearMemory for Mapped {
    fn byte_size(&self) -> usize {
        self.size
    }

    fn byte_capacity(&self) -> usize {
        self.size
    }

    fn grow_to(&mut self, size: usize) -> Result<()> {
        match self.resize(size) {
            Some(()) => Ok(()),
            None => bail!("the kernel has no memory"),
        }
    }

    fn as_ptr(&self) -> *mut u8 {
        self.at.as_ptr()
    }
}

impl Drop for Mapped {
    fn drop(&mut self) {
        if self.size != 0 {
            // SAFETY: our own mapping, used by nobody any more.
            unsafe { alloc::unmap(self.at.as_ptr(), self.size) };
        }
    }
}
