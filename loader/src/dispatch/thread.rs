//! The thread block: all that the loader keeps per thread, found by %gs.
//!
//! One mapping a thread: scratch memory ([`super::scratch`]), a guard page, the
//! hook stack, and the block on top of it. Invariants: %gs base is 0 or the address of the thread's own block; a
//! block is made by the parent before clone and adopted by the child before any
//! program code runs; the block of a thread that exited is reused only once the
//! kernel no longer knows its tid.
//!
//! # Safety
//! A block is touched by its own thread, by a parent that has not yet handed it
//! over, or under the free list's lock.
#![allow(unsafe_code, reason = "raw mappings and %gs")]

use super::exec::Prepared;
use super::frames::{self, Frame, Frames};
use super::origin::Origin;
use super::scratch::{self, Taken};
use crate::arch::syscall::{PAGE, nr, syscall0, syscall2, syscall3};
use crate::guest::{self, MAX_HOOKS, Observers};
use crate::island::{alloc, sync::Mutex};
use crate::signals::action::{Actions, SignalSet};
use crate::signals::program_sud::Setting;
use core::arch::asm;
use core::cell::{Cell, UnsafeCell};
use core::mem::offset_of;

/// Bytes at the bottom of one thread's mapping: its scratch memory.
const SCRATCH: usize = scratch::SIZE;
/// Bytes above that: guard page, hook stack, block.
const ISLAND: usize = 1 << 20;
/// Bytes of one thread's mapping.
const SLOT: usize = SCRATCH + ISLAND;
/// Bytes at the top of the mapping that hold the block.
const BLOCK: usize = 12 * PAGE;

/// The program's registers at a syscall instruction.
#[repr(C, align(16))]
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "the processor's own names")]
pub struct Registers {
    pub rax: u64,
    pub rbx: u64,
    pub rcx: u64,
    pub rdx: u64,
    pub rsi: u64,
    pub rdi: u64,
    pub rbp: u64,
    pub rsp: u64,
    pub r8: u64,
    pub r9: u64,
    pub r10: u64,
    pub r11: u64,
    pub r12: u64,
    pub r13: u64,
    pub r14: u64,
    pub r15: u64,
    pub rflags: u64,
    pub mxcsr: u32,
    /// Low half of rax after `lahf; seto al`: the arithmetic flags in the form
    /// that restores them without popfq.
    pub lahf: u32,
    /// xmm0 to xmm15.
    pub xmm: [[u64; 2]; 16],
}

/// Per-thread state. Only fields that assembly reads have a fixed place (by
/// `offset_of!`).
#[repr(C, align(64))]
pub struct ThreadBlock {
    /// Its own address.
    pub this: Cell<*const ThreadBlock>,
    /// Registers of the call being dispatched.
    pub registers: UnsafeCell<Registers>,
    /// Where assembly goes when it leaves the island, and with which stack.
    pub target: Cell<u64>,
    /// The stack pointer with which it gets there.
    pub target_rsp: Cell<u64>,
    /// What the way in knows of the site: the address behind it, or the index of
    /// its stub.
    pub resume: Cell<u64>,
    /// Where the call being dispatched came from.
    pub origin: Cell<Origin>,
    /// SIGSYS is in the mask that the program believes in.
    pub sigsys_blocked: Cell<bool>,
    /// The program's own Syscall User Dispatch.
    pub program_sud: Cell<Setting>,
    /// The next SIGSYS of a dispatched call is for the program.
    pub program_sigsys: Cell<bool>,
    /// SIGSEGV or SIGBUS is blocked: a fault would be deadly.
    pub faults_blocked: Cell<bool>,
    /// A mask without SIGSYS, in place of one that the program gave.
    pub mask_copy: Cell<SignalSet>,
    /// pselect6's pair of mask address and size, in place of the program's.
    pub mask_pair: Cell<[u64; 2]>,
    /// How the call came in (`arch::entry::Arrival`).
    pub arrival: Cell<u32>,
    /// Non-zero: a deferred signal or a mask to restore before leaving.
    pub pending: Cell<u32>,
    /// The signal mask to have on leaving, when `pending`.
    pub saved_mask: Cell<SignalSet>,
    /// The deferred signal, when not 0, with its siginfo.
    pub deferred: Cell<u32>,
    /// The deferred signal's siginfo_t, 128 bytes.
    pub deferred_info: UnsafeCell<[u64; 16]>,
    /// Scratch memory that hooks took for the call being dispatched.
    pub scratch: Cell<Taken>,
    /// Non-zero: a signal was put off, and no waiting call of a hook has ended
    /// with EINTR for it yet.
    pub interrupt_due: Cell<u32>,
    /// wasmtime's two pointers of thread-local state.
    pub wasmtime_tls: [Cell<*mut u8>; 2],
    /// The thread's own instances, of the hooks that asked for one.
    pub guests: [Cell<*mut ()>; MAX_HOOKS],
    /// Which signal actions this thread's process has.
    pub actions: Cell<*const Actions>,
    /// The block handed to the child of a clone in progress.
    pub child: Cell<*mut ThreadBlock>,
    /// Clone flags of a clone in progress.
    pub clone_flags: Cell<u64>,
    /// The program's rbx during clone (rbx carries the child's block).
    pub clone_rbx: Cell<u64>,
    /// The clone as the program made it, and whose exit phase is due.
    clone_frame: UnsafeCell<Frame>,
    /// This block is released by the parent (vfork), not by its own thread.
    pub borrowed: Cell<bool>,
    /// Who observes the call being dispatched.
    observers: UnsafeCell<Observers>,
    /// The environment of an execve in progress, or the last one that failed.
    exec: UnsafeCell<Option<Prepared>>,
    /// Actions of a process that shares memory but not its signal actions.
    own_actions: UnsafeCell<Actions>,
    /// Free list: the next block and the tid that last ran on this one.
    next_free: Cell<*mut ThreadBlock>,
    last_tid: Cell<u32>,
    /// All blocks: the next one, in the order in which they were mapped.
    next_made: Cell<*mut ThreadBlock>,
    /// The thread of this process whose block this is, where one that vanishes
    /// unseen would otherwise keep it; 0 elsewhere.
    owner: Cell<u32>,
    /// Calls in flight. Last, because most of it is never touched.
    frames: UnsafeCell<Frames>,
}

const _: () = assert!(size_of::<ThreadBlock>() <= BLOCK);

/// Bytes of a block that must be zero when it is made.
const FRESH: usize = offset_of!(ThreadBlock, frames) + frames::HEAD;

impl core::fmt::Debug for ThreadBlock {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("ThreadBlock").finish_non_exhaustive()
    }
}

impl ThreadBlock {
    /// The registers of the call being dispatched.
    #[expect(clippy::mut_from_ref, reason = "the block belongs to one thread")]
    pub fn registers(&self) -> &mut Registers {
        // SAFETY: only the owning thread dispatches on this block, and program
        // signal handlers do not run while it does.
        unsafe { &mut *self.registers.get() }
    }

    /// Lowest address of the hook stack.
    pub fn stack_low(&self) -> u64 {
        self.this.get() as u64 + BLOCK as u64 - ISLAND as u64 + PAGE as u64
    }

    /// The thread's whole mapping: its first address and the one behind it.
    pub fn mapping(&self) -> core::ops::Range<u64> {
        let end = self.this.get() as u64 + BLOCK as u64;
        end - SLOT as u64..end
    }

    /// The calls in flight, oldest first.
    pub fn frames_in_flight(&self) -> &[Frame] {
        self.frames().live()
    }

    /// Whether `rsp` lies on this thread's hook stack: the thread is in the
    /// island.
    pub fn on_hook_stack(&self, rsp: u64) -> bool {
        rsp > self.stack_low() && rsp <= self.this.get() as u64
    }

    /// The calls in flight.
    #[expect(clippy::mut_from_ref, reason = "the block belongs to one thread")]
    pub fn frames(&self) -> &mut Frames {
        // SAFETY: as for `registers`.
        unsafe { &mut *self.frames.get() }
    }

    /// Who observes the call being dispatched.
    #[expect(clippy::mut_from_ref, reason = "the block belongs to one thread")]
    pub fn observers(&self) -> &mut Observers {
        // SAFETY: as for `registers`.
        unsafe { &mut *self.observers.get() }
    }

    /// The clone in progress.
    #[expect(clippy::mut_from_ref, reason = "the block belongs to one thread")]
    pub fn clone_frame(&self) -> &mut Frame {
        // SAFETY: as for `registers`; a parent sets up its child's before the
        // child runs.
        unsafe { &mut *self.clone_frame.get() }
    }

    /// Keeps what an execve names until the next one, if it fails.
    pub fn keep_for_exec(&self, prepared: Prepared) {
        // SAFETY: this thread's own cell.
        unsafe { *self.exec.get() = Some(prepared) };
    }

    /// Gives a process that shares its parent's memory its own copy of the
    /// signal actions.
    pub fn copy_actions(&self, from: &Actions, clear: bool) {
        // SAFETY: the block is not yet handed to its thread.
        let own = unsafe { &mut *self.own_actions.get() };
        own.copy_from(from, clear);
        self.actions.set(own);
    }
}

struct Lists {
    /// The free list: the block released last.
    free: *mut ThreadBlock,
    /// All blocks: the one mapped last.
    made: *mut ThreadBlock,
    /// Where among all blocks the search for vanished owners goes on.
    cursor: *mut ThreadBlock,
}

// SAFETY: the lists are reached only under their lock.
unsafe impl Send for Lists {}

static LISTS: Mutex<Lists> = {
    let none = core::ptr::null_mut();
    Mutex::new(Lists { free: none, made: none, cursor: none })
};

/// The lists' lock, for holding it across a fork.
pub fn lock() -> &'static crate::island::sync::Lock {
    LISTS.raw()
}

/// This thread's block. Must not be called before the thread has one.
#[inline(always)]
pub fn current() -> &'static ThreadBlock {
    let block: *const ThreadBlock;
    // SAFETY: %gs base is this thread's block (module invariant), whose first
    // word is its own address.
    unsafe {
        asm!("mov {}, gs:[0]", out(reg) block, options(nostack, preserves_flags, readonly));
        &*block
    }
}

/// This thread's block, or None in a thread that the loader does not know.
pub fn try_current() -> Option<&'static ThreadBlock> {
    let base: u64;
    // SAFETY: FSGSBASE was checked at start-up.
    unsafe { asm!("rdgsbase {}", out(reg) base, options(nostack, preserves_flags, nomem)) };
    (base != 0).then(current)
}

/// Makes `block` the calling thread's own.
///
/// # Safety
/// No other live thread uses it.
pub unsafe fn adopt(block: *const ThreadBlock) {
    // SAFETY: FSGSBASE was checked at start-up; %gs is the loader's.
    unsafe { asm!("wrgsbase {}", in(reg) block, options(nostack, preserves_flags)) };
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
        None => match reclaim() {
            Some(block) => {
                // SAFETY: its thread is gone, and nobody else has it.
                unsafe {
                    guest::release_instances(&*block);
                    *(*block).exec.get() = None;
                }
                block
            }
            None => map_new()?,
        },
    };
    // SAFETY: the block is mapped and belongs to nobody else; all-zero bytes are
    // valid for every field but `exec`, which is written at once, and so are the
    // old frames that stay.
    unsafe {
        let next_made = (*block).next_made.get();
        core::ptr::write_bytes(block.cast::<u8>(), 0, FRESH);
        (*block).next_made.set(next_made);
        (*block).exec.get().write(None);
        (*block).this.set(block);
        (*block).actions.set(actions);
    }
    Some(block)
}

fn map_new() -> Option<*mut ThreadBlock> {
    const PROT_NONE: usize = 0;
    let base = alloc::map(SLOT)?;
    // SAFETY: the range was just mapped; the block's place lies within it.
    unsafe {
        syscall3(nr::MPROTECT, base as usize + SCRATCH, PAGE, PROT_NONE);
        let block: *mut ThreadBlock = base.add(SLOT - BLOCK).cast();
        let mut lists = LISTS.lock();
        (*block).next_made.set(lists.made);
        lists.made = block;
        Some(block)
    }
}

/// Takes the block of a thread that ended unseen: by a syscall instruction that is
/// not patched where nothing tells of it, or in a fork's child, which has its
/// parent's threads' blocks but not the threads.
fn reclaim() -> Option<*mut ThreadBlock> {
    const LOOKED_AT: usize = 64;
    const ESRCH: isize = -3;
    let mut lists = LISTS.lock();
    // SAFETY: takes no pointer.
    let process = unsafe { syscall0(nr::GETPID) } as usize;
    for _ in 0..LOOKED_AT {
        if lists.cursor.is_null() {
            lists.cursor = lists.made;
        }
        let block = lists.cursor;
        if block.is_null() {
            return None;
        }
        // SAFETY: blocks stay mapped; signal 0 only probes.
        unsafe {
            lists.cursor = (*block).next_made.get();
            let owner = (*block).owner.get();
            if owner != 0 && syscall3(nr::TGKILL, process, owner as usize, 0) == ESRCH {
                (*block).owner.set(0);
                return Some(block);
            }
        }
    }
    None
}

/// Notes that the calling thread, which has this block, is one of this process.
pub fn own(block: &ThreadBlock) {
    // SAFETY: takes no pointer.
    block.owner.set(unsafe { syscall0(nr::GETTID) } as u32);
}

/// Takes a block whose thread is gone. The newest on the list are those whose
/// threads are most likely still on their way out: some are looked at.
fn reuse() -> Option<*mut ThreadBlock> {
    const LOOKED_AT: usize = 64;
    let mut lists = LISTS.lock();
    let mut before: *mut ThreadBlock = core::ptr::null_mut();
    let mut block = lists.free;
    for _ in 0..LOOKED_AT {
        if block.is_null() {
            return None;
        }
        // SAFETY: blocks on the list stay mapped, and are on it once.
        unsafe {
            let next = (*block).next_free.get();
            if !alive((*block).last_tid.get()) {
                if before.is_null() {
                    lists.free = next;
                } else {
                    (*before).next_free.set(next);
                }
                return Some(block);
            }
            before = block;
            block = next;
        }
    }
    None
}

/// Whether a thread of this process still has the tid (0: nobody).
fn alive(tid: u32) -> bool {
    const ESRCH: isize = -3;
    // SAFETY: signal 0 only probes.
    tid != 0 && unsafe { syscall2(nr::TKILL, tid as usize, 0) } != ESRCH
}

/// Puts a block on the free list. `tid`: the thread that still runs on it and is
/// about to exit, or 0.
///
/// # Safety
/// Nobody uses the block but that thread, on its way out.
pub unsafe fn release(block: *mut ThreadBlock, tid: u32) {
    let mut lists = LISTS.lock();
    // SAFETY: the block is mapped and the caller gives it up.
    unsafe {
        (*block).owner.set(0);
        (*block).last_tid.set(tid);
        (*block).next_free.set(lists.free);
    }
    lists.free = block;
}
