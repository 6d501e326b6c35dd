//! The allocator of everything in the loader: dlmalloc over raw mmap.
//!
//! Invariants: the program's heap (brk, malloc) is never touched; the lock is
//! held over no syscall but mmap, munmap and mremap of the allocator's own.
//!
//! # Safety
//! Memory comes from private anonymous mappings that only dlmalloc knows.
#![allow(unsafe_code, reason = "implements GlobalAlloc")]

use super::sync::{Lock, Mutex};
use crate::arch::syscall::{PAGE, nr, syscall2, syscall5, syscall6};
use core::alloc::{GlobalAlloc, Layout};
use dlmalloc::Dlmalloc;

/// Maps fresh zeroed private memory; None when the kernel refuses.
pub fn map(size: usize) -> Option<*mut u8> {
    const PROT_READ_WRITE: usize = 3;
    const MAP_PRIVATE_ANONYMOUS: usize = 0x22;
    // SAFETY: a new anonymous mapping disturbs no existing one.
    let at = unsafe { syscall6(nr::MMAP, 0, size, PROT_READ_WRITE, MAP_PRIVATE_ANONYMOUS, usize::MAX, 0) };
    if (-4095..0).contains(&at) { None } else { Some(at as *mut u8) }
}

/// What the allocator takes from the kernel at a time.
const STEP: usize = 1 << 20;

struct Pages;

// SAFETY: every range returned is a mapping of that size, owned by dlmalloc
// until it gives it back.
unsafe impl dlmalloc::Allocator for Pages {
    fn alloc(&self, size: usize) -> (*mut u8, usize, u32) {
        // Address space is cheap and untouched pages cost nothing; a system
        // call each 64 KiB would not be.
        let size = size.next_multiple_of(STEP);
        match map(size) {
            Some(at) => (at, size, 0),
            None => (core::ptr::null_mut(), 0, 0),
        }
    }

    fn remap(&self, ptr: *mut u8, old: usize, new: usize, can_move: bool) -> *mut u8 {
        // SAFETY: dlmalloc owns the old range.
        let at = unsafe { syscall5(nr::MREMAP, ptr as usize, old, new, usize::from(can_move), 0) };
        if (-4095..0).contains(&at) { core::ptr::null_mut() } else { at as *mut u8 }
    }

    fn free_part(&self, ptr: *mut u8, old: usize, new: usize) -> bool {
        // SAFETY: dlmalloc owns the range and no longer uses its tail.
        unsafe { syscall2(nr::MUNMAP, ptr as usize + new, old - new) == 0 }
    }

    fn free(&self, ptr: *mut u8, size: usize) -> bool {
        // SAFETY: dlmalloc owns the range and no longer uses it.
        unsafe { syscall2(nr::MUNMAP, ptr as usize, size) == 0 }
    }

    fn can_release_part(&self, _flags: u32) -> bool {
        true
    }

    fn allocates_zeros(&self) -> bool {
        true
    }

    fn page_size(&self) -> usize {
        PAGE
    }
}

/// The loader's heap.
struct Heap(Mutex<Dlmalloc<Pages>>);

// SAFETY: Dlmalloc holds raw pointers into memory that it owns; the mutex
// orders all access.
unsafe impl Sync for Heap {}

// SAFETY: dlmalloc's malloc, calloc, realloc and free meet GlobalAlloc's
// contract for the same layouts.
unsafe impl GlobalAlloc for Heap {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the layout comes from the caller of GlobalAlloc.
        unsafe { self.0.lock().malloc(layout.size(), layout.align()) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: as above.
        unsafe { self.0.lock().calloc(layout.size(), layout.align()) }
    }

    unsafe fn dealloc(&self, ptr: *mut u8, layout: Layout) {
        // SAFETY: the pointer came from this heap with this layout.
        unsafe { self.0.lock().free(ptr, layout.size(), layout.align()) }
    }

    unsafe fn realloc(&self, ptr: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        // SAFETY: the pointer came from this heap with this layout.
        unsafe { self.0.lock().realloc(ptr, layout.size(), layout.align(), new_size) }
    }
}

#[global_allocator]
static HEAP: Heap = Heap(Mutex::new(Dlmalloc::new_with_allocator(Pages)));

/// The heap's lock, for holding it across a fork.
pub fn lock() -> &'static Lock {
    HEAP.0.raw()
}
