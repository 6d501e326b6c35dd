//! An allocator for guests: one free list for each power of two.
//!
//! A hook makes the same few small allocations in every call, most of them
//! for what it reads of the program's memory. With lists by size each costs a
//! few instructions, a tenth of a general allocator's; memory goes back to its
//! list and never to another.
//!
//! # Safety
//!
//! WebAssembly without threads: nothing runs between two lines of this file.
//! Blocks are 16 bytes or a larger power of two, aligned to 16, disjoint, and
//! between `__heap_base` and the end of memory. A block in a list belongs to
//! the list, which keeps the pointer to the next in its first bytes.

#![allow(unsafe_code, reason = "a global allocator")]

use core::{
    alloc::{GlobalAlloc, Layout},
    arch::wasm32::{memory_grow, memory_size},
    cell::UnsafeCell,
    ptr::{self, null_mut},
};

const ALIGN: usize = 16;
const PAGE: usize = 65536;

struct Lists {
    /// Free blocks by log2 of their size.
    free: [*mut u8; 32],
    /// Where memory that was never given out begins; 0 before the first use.
    next: usize,
}

struct Allocator(UnsafeCell<Lists>);

// SAFETY: see the module.
unsafe impl Sync for Allocator {}

#[global_allocator]
static ALLOCATOR: Allocator = Allocator(UnsafeCell::new(Lists { free: [null_mut(); 32], next: 0 }));

unsafe extern "C" {
    /// The end of the static data and the stack, from the linker.
    static __heap_base: u8;
}

/// Log2 of the size of the block for a layout.
fn class(size: usize) -> usize {
    size.max(ALIGN).next_power_of_two().trailing_zeros() as usize
}

impl Lists {
    /// Memory that was never given out.
    fn fresh(&mut self, size: usize, align: usize) -> *mut u8 {
        if self.next == 0 {
            self.next = (&raw const __heap_base).addr();
        }
        let start = self.next.next_multiple_of(align.max(ALIGN));
        let Some(end) = start.checked_add(size) else { return null_mut() };
        let have = memory_size(0) * PAGE;
        if end > have && memory_grow(0, (end - have).div_ceil(PAGE)) == usize::MAX {
            return null_mut();
        }
        self.next = end;
        ptr::with_exposed_provenance_mut(start)
    }
}

// SAFETY: blocks are disjoint, large enough and aligned; see the module.
unsafe impl GlobalAlloc for Allocator {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        if layout.size() > 1 << 30 {
            return null_mut();
        }
        // SAFETY: nobody else has a reference; see the module.
        let lists = unsafe { &mut *self.0.get() };
        let class = class(layout.size());
        let block = lists.free[class];
        if block.is_null() || layout.align() > ALIGN {
            return lists.fresh(1 << class, layout.align());
        }
        // SAFETY: a block in a list has the next one in its first bytes.
        lists.free[class] = unsafe { block.cast::<*mut u8>().read() };
        block
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: nobody else has a reference; see the module.
        let lists = unsafe { &mut *self.0.get() };
        let class = class(layout.size());
        // SAFETY: the block is the caller's no longer, and 16 bytes at least.
        unsafe { block.cast::<*mut u8>().write(lists.free[class]) };
        lists.free[class] = block;
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        if class(layout.size()) == class(size) {
            return block;
        }
        let Ok(new) = Layout::from_size_align(size, layout.align()) else { return null_mut() };
        // SAFETY: the caller's promises hold for all three, and the blocks are
        // disjoint.
        unsafe {
            let moved = self.alloc(new);
            if !moved.is_null() {
                ptr::copy_nonoverlapping(block, moved, layout.size().min(size));
                self.dealloc(block, layout);
            }
            moved
        }
    }
}
