//! The thread block: all that the loader keeps per thread, found by %gs.
//!
//! One mapping a thread: scratch memory ([`super::scratch`]), a guard page, the
//! signal stack with room for a frame that is kept, a guard page, the hook stack, and
//! the block on top of it. Invariants: %gs base is 0 or the address of the thread's
//! own block; a block is made by the parent before clone and adopted by the child
//! before any program code runs. Blocks are made and kept in [`super::blocks`].
//!
//! # Safety
//! A block is touched by its own thread, by a parent that has not yet handed it
//! over, or under the free list's lock.
#![allow(unsafe_code, reason = "%gs")]

use super::exec::Prepared;
use super::frames::{Frame, Frames};
use super::origin::Origin;
use super::scratch::{self, Taken};
use crate::arch::syscall::{PAGE, nr, syscall0};
use crate::guest::{MAX_HOOKS, Observers};
use crate::island::memory;
use crate::signals::action::{Actions, SignalSet};
use crate::signals::frame::{Info, UserContext};
use crate::signals::program_sud::Setting;
use crate::signals::sigreturn::Returned;
use crate::signals::stack::Stack;
use core::arch::asm;
use core::cell::{Cell, UnsafeCell};
use core::sync::atomic::{AtomicU32, Ordering};

/// Bytes at the bottom of one thread's mapping: its scratch memory.
pub(super) const SCRATCH: usize = scratch::SIZE;
/// Bytes above that: guard page, signal stack, guard page, hook stack, block.
const ISLAND: usize = 1 << 20;
/// Bytes for the vector registers of a frame that is kept: with AMX tiles these
/// are 11 KiB.
pub const KEPT_FLOATS: usize = 5 * PAGE;
/// Bytes of the stack that the kernel puts signal frames on: two of them, one for
/// a fault while the other is dealt with, and what the signal code needs.
pub const SIGNAL_STACK: usize = 16 * PAGE;
/// Offset of the hook stack above the scratch memory.
pub(super) const HOOK_STACK: usize = PAGE + KEPT_FLOATS + SIGNAL_STACK + PAGE;
/// Bytes of one thread's mapping.
pub(super) const SLOT: usize = SCRATCH + ISLAND;
/// Bytes at the top of the mapping that hold the block.
pub(super) const BLOCK: usize = 16 * PAGE;

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
    /// How the call came in (`arch::entry::Arrival`).
    pub arrival: Cell<u32>,
    /// Non-zero: a deferred signal or a mask to restore before leaving.
    pub pending: Cell<u32>,
    /// The signal mask to have on leaving, when `pending`.
    pub saved_mask: Cell<SignalSet>,
    /// The deferred signal, when not 0.
    pub deferred: Cell<u32>,
    /// The deferred signal's siginfo.
    pub kept_info: UnsafeCell<Info>,
    /// Its frame.
    pub kept: UnsafeCell<UserContext>,
    /// The frame that the thread is about to return through.
    pub returning: UnsafeCell<UserContext>,
    /// What that return changes, until it is known to have happened.
    pub returned: Cell<Option<Returned>>,
    /// All signals are blocked, faults too.
    pub all_blocked: Cell<bool>,
    /// The thread is on its way to its end.
    pub exiting: Cell<bool>,
    /// The alternate stack that the program believes in.
    pub alternate: Cell<Stack>,
    /// The thread has other descriptors than the process that the loader started in.
    pub own_files: Cell<bool>,
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
    pub(super) exec: UnsafeCell<Option<Prepared>>,
    /// Actions of a process that shares memory but not its signal actions.
    own_actions: UnsafeCell<Actions>,
    /// The thread is in another pid namespace than the process that the memory
    /// began with: it can ask for none of the others, nor they for it.
    pub elsewhere: Cell<bool>,
    /// The thread's id; 0: not known.
    pub tid: AtomicU32,
    /// Free list: the next block and the tid that last ran on this one.
    pub(super) next_free: Cell<*mut ThreadBlock>,
    pub(super) last_tid: Cell<u32>,
    pub(super) is_free: Cell<bool>,
    /// The block that was mapped before this one. What lies before it is zero when a
    /// block is given to a thread; it and the rest of `frames` stay.
    pub(super) next: Cell<*mut ThreadBlock>,
    /// Calls in flight. Last, because most of it is never touched.
    pub(super) frames: UnsafeCell<Frames>,
}

const _: () = assert!(size_of::<ThreadBlock>() <= BLOCK);

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

    /// Where the vector registers of a kept frame are put: `KEPT_FLOATS` bytes.
    pub fn kept_floats(&self) -> u64 {
        self.this.get() as u64 + BLOCK as u64 - ISLAND as u64 + PAGE as u64
    }

    /// Lowest address of the signal stack, `SIGNAL_STACK` bytes.
    pub fn signal_stack(&self) -> u64 {
        self.kept_floats() + KEPT_FLOATS as u64
    }

    /// Whether `rsp` lies on the signal stack: the thread is in the signal code.
    pub fn on_signal_stack(&self, rsp: u64) -> bool {
        rsp > self.signal_stack() && rsp <= self.signal_stack() + SIGNAL_STACK as u64
    }

    /// Lowest address of the hook stack.
    pub fn stack_low(&self) -> u64 {
        self.this.get() as u64 + BLOCK as u64 - ISLAND as u64 + HOOK_STACK as u64
    }

    /// The thread's whole mapping: its first address and the one behind it.
    pub fn mapping(&self) -> core::ops::Range<u64> {
        let end = self.this.get() as u64 + BLOCK as u64;
        end - SLOT as u64..end
    }

    /// The calls in flight.
    pub fn frames_in_flight(&self) -> impl Iterator<Item = &Frame> {
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

/// What %gs says about the calling thread.
#[derive(Debug)]
pub enum Found {
    /// It has this block.
    Block(&'static ThreadBlock),
    /// The loader does not know it.
    Stranger,
    /// The program has set %gs.
    Taken,
}

/// As `try_current`, for the signal code: trusts nothing.
pub fn find() -> Found {
    let base: u64;
    // SAFETY: FSGSBASE was checked at start-up.
    unsafe { asm!("rdgsbase {}", out(reg) base, options(nostack, preserves_flags, nomem)) };
    match memory::get_word(base) {
        _ if base == 0 => Found::Stranger,
        Some(this) if this == base => Found::Block(current()),
        _ => Found::Taken,
    }
}

/// Makes `block` the calling thread's own.
///
/// # Safety
/// No other live thread uses it.
pub unsafe fn adopt(block: *const ThreadBlock) {
    // SAFETY: FSGSBASE was checked at start-up; %gs is the loader's.
    unsafe { asm!("wrgsbase {}", in(reg) block, options(nostack, preserves_flags)) };
}

/// Notes the calling thread's id. Whose is not noted counts as alive: in another
/// pid namespace a tid says nothing.
pub fn note_tid(block: &ThreadBlock) {
    if block.elsewhere.get() {
        return;
    }
    // SAFETY: no preconditions.
    block.tid.store(unsafe { syscall0(nr::GETTID) } as u32, Ordering::Relaxed);
}

/// Whether the calling thread is in another pid namespace than the loader began in.
pub(super) fn is_elsewhere() -> bool {
    try_current().is_some_and(|block| block.elsewhere.get())
}
