//! The thread blocks there are: made, given to threads, taken back.
//!
//! Invariants: a block belongs to nobody, to one thread, or to the free list; the
//! block of a thread that exited is reused only once the kernel no longer knows its
//! tid; a block whose owner is not yet known to the kernel has no tid; blocks stay
//! mapped.
//!
//! # Safety
//! A block's links and marks are touched under the free list's lock, or by
//! whoever has just taken or mapped the block.
#![allow(unsafe_code, reason = "raw mappings")]

use super::frames;
use super::thread::{BLOCK, HOOK_STACK, SCRATCH, SLOT, ThreadBlock, is_elsewhere};
use crate::arch::syscall::{PAGE, nr, syscall0, syscall2, syscall3};
use crate::guest;
use crate::island::{alloc, memory, ranges, sync::Mutex};
use crate::signals::action::Actions;
use core::mem::offset_of;
use core::ptr::null_mut;
use core::sync::atomic::{AtomicPtr, Ordering};

/// Blocks of threads that are over, the oldest first: most likely the kernel knows
/// no thread on it any more.
struct FreeList {
    first: *mut ThreadBlock,
    last: *mut ThreadBlock,
    /// The next of all blocks to be looked at.
    watched: *mut ThreadBlock,
}

// SAFETY: the list is reached only under its lock.
unsafe impl Send for FreeList {}

static FREE: Mutex<FreeList> = Mutex::new(FreeList { first: null_mut(), last: null_mut(), watched: null_mut() });

/// All blocks there are, the last mapped first.
static ALL: AtomicPtr<ThreadBlock> = AtomicPtr::new(null_mut());

/// The free list's lock, for holding it across a fork.
pub fn lock() -> &'static crate::island::sync::Lock {
    FREE.raw()
}

impl FreeList {
    /// Takes the oldest block whose last thread is gone. The tid of another may
    /// belong to a new thread by now, for as long as that lives: a few are looked at.
    fn take(&mut self) -> Option<*mut ThreadBlock> {
        const LOOK_AT: usize = 64;
        for _ in 0..LOOK_AT {
            let block = self.first;
            // SAFETY: blocks stay mapped.
            let free = unsafe { block.as_ref() }?;
            self.first = free.next_free.get();
            if self.first.is_null() {
                self.last = null_mut();
            }
            if !alive(free.last_tid.get()) {
                free.is_free.set(false);
                // Or `find_dead` would find it, before its next thread is known.
                free.tid.store(0, Ordering::Relaxed);
                return Some(block);
            }
            self.put(block, free.last_tid.get());
        }
        None
    }

    /// Looks at a few blocks, others each time, for one whose thread has ended
    /// without the loader seeing it: by a call from a site that is not hooked.
    fn find_dead(&mut self) -> Option<*mut ThreadBlock> {
        if is_elsewhere() {
            return None;
        }
        const LOOK_AT: usize = 64;
        for _ in 0..LOOK_AT {
            if self.watched.is_null() {
                self.watched = ALL.load(Ordering::Acquire);
            }
            // SAFETY: blocks stay mapped.
            let block = unsafe { self.watched.as_ref() }?;
            self.watched = block.next.get();
            let tid = block.tid.load(Ordering::Relaxed);
            if tid != 0 && !block.is_free.get() && !block.borrowed.get() && !is_ours(tid) {
                // Nobody else finds it.
                block.tid.store(0, Ordering::Relaxed);
                return Some(block.this.get().cast_mut());
            }
        }
        None
    }

    /// Whoever is killed in the midst of this, or of `take`, loses one block.
    fn put(&mut self, block: *mut ThreadBlock, tid: u32) {
        // SAFETY: blocks stay mapped.
        let (free, last) = unsafe { (&*block, self.last.as_ref()) };
        free.last_tid.set(tid);
        free.next_free.set(null_mut());
        free.is_free.set(true);
        match last {
            Some(last) if !self.first.is_null() => last.next_free.set(block),
            _ => self.first = block,
        }
        self.last = block;
    }
}

/// A block for a thread about to be made: reused, or newly mapped. None when
/// the kernel gives no memory.
pub fn allocate(actions: *const Actions) -> Option<*mut ThreadBlock> {
    let block = match reuse() {
        Some(block) => {
            // SAFETY: nobody else has it; drops what its last execve left.
            unsafe { *(*block).exec.get() = None };
            block
        }
        None => map_new()?,
    };
    // SAFETY: the block is mapped and belongs to nobody else; all-zero bytes are
    // valid for every field but `exec`, which is written at once, and so are the
    // old frames that stay.
    unsafe {
        // Not `next`: others may follow it just now.
        core::ptr::write_bytes(block.cast::<u8>(), 0, offset_of!(ThreadBlock, next));
        core::ptr::write_bytes(block.cast::<u8>().add(offset_of!(ThreadBlock, frames)), 0, frames::HEAD);
        (*block).exec.get().write(None);
        (*block).this.set(block);
        (*block).actions.set(actions);
    }
    Some(block)
}

fn map_new() -> Option<*mut ThreadBlock> {
    const PROT_NONE: usize = 0;
    let base = alloc::map(SLOT)?;
    ranges::add(base as u64, SLOT);
    // SAFETY: the range was just mapped; the block's place lies within it.
    unsafe {
        syscall3(nr::MPROTECT, base as usize + SCRATCH, PAGE, PROT_NONE);
        syscall3(nr::MPROTECT, base as usize + SCRATCH + HOOK_STACK - PAGE, PAGE, PROT_NONE);
        let block: *mut ThreadBlock = base.add(SLOT - BLOCK).cast();
        let mut next = ALL.load(Ordering::Relaxed);
        loop {
            (*block).next.set(next);
            match ALL.compare_exchange(next, block, Ordering::Release, Ordering::Relaxed) {
                Ok(_) => return Some(block),
                Err(other) => next = other,
            }
        }
    }
}

fn reuse() -> Option<*mut ThreadBlock> {
    let mut free = FREE.lock();
    if let Some(block) = free.take() {
        return Some(block);
    }
    let dead = free.find_dead();
    drop(free);
    // SAFETY: found just now, and known to nobody else.
    guest::bury(unsafe { dead?.as_ref()? });
    dead
}

/// Whether a thread still has the tid (0: nobody).
fn alive(tid: u32) -> bool {
    const ESRCH: isize = -3;
    // SAFETY: signal 0 only probes.
    tid != 0 && (is_elsewhere() || unsafe { syscall2(nr::TKILL, tid as usize, 0) } != ESRCH)
}

/// Whether the tid is that of a thread of this process, or of another process that
/// shares our memory.
fn is_ours(tid: u32) -> bool {
    const ESRCH: isize = -3;
    // SAFETY: signal 0 only probes.
    let found = unsafe { syscall3(nr::TGKILL, syscall0(nr::GETPID) as usize, tid as usize, 0) };
    found != ESRCH || memory::is_shared_with(tid, (&raw const FREE).addr() as u64)
}

/// Puts a block on the free list. `tid`: the thread that still runs on it and is
/// about to exit, or 0.
///
/// # Safety
/// Nobody uses the block but that thread, on its way out.
pub unsafe fn release(block: *mut ThreadBlock, tid: u32) {
    // Nobody could tell when the thread is gone.
    // SAFETY: blocks stay mapped.
    if tid == 0 || !unsafe { &*block }.elsewhere.get() {
        FREE.lock().put(block, tid);
    }
}

/// In a fork child: the blocks of the parent's other threads are free.
///
/// # Safety
/// The process has no other thread, nor a task that shares its memory.
pub unsafe fn release_others(own: &ThreadBlock) {
    let mut list = FREE.lock();
    let mut block = ALL.load(Ordering::Acquire);
    // SAFETY: blocks stay mapped.
    while let Some(other) = unsafe { block.as_ref() } {
        other.last_tid.set(0);
        if !core::ptr::eq(other, own) && !other.is_free.get() {
            list.put(block, 0);
        }
        block = other.next.get();
    }
}

/// Whether the thread of a block, given by its address, has ended or runs another
/// program. Whom the loader knows nothing of counts as alive.
pub fn is_gone(block: u64) -> bool {
    let mut at = ALL.load(Ordering::Acquire);
    // SAFETY: blocks stay mapped.
    while let Some(known) = unsafe { at.as_ref() } {
        if at as u64 == block {
            let tid = known.tid.load(Ordering::Relaxed);
            return tid != 0 && !is_elsewhere() && !memory::is_shared_with(tid, block);
        }
        at = known.next.get();
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    /// No thread has it: the kernel's own limit is 2^22.
    const DEAD: u32 = (1 << 30) - 1;

    /// A block whose thread is gone.
    fn left_behind() -> *mut ThreadBlock {
        let block = map_new().expect("memory");
        // SAFETY: just mapped, and used by one test alone.
        let there = unsafe { &*block };
        there.this.set(block);
        there.tid.store(DEAD, Ordering::Relaxed);
        block
    }

    #[test]
    fn a_block_that_was_taken_is_not_found_dead() {
        let block = left_behind();
        let mut list = FreeList { first: null_mut(), last: null_mut(), watched: null_mut() };
        list.put(block, DEAD);
        assert_eq!(list.take(), Some(block));
        list.watched = block;
        assert_ne!(list.find_dead(), Some(block), "two threads have it");
    }

    #[test]
    fn a_block_is_found_dead_once() {
        let block = left_behind();
        let mut list = FreeList { first: null_mut(), last: null_mut(), watched: block };
        assert_eq!(list.find_dead(), Some(block));
        list.watched = block;
        assert_ne!(list.find_dead(), Some(block));
    }
}
