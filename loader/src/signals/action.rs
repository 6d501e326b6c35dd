//! Virtual rt_sigaction: what the program asked for, and what the kernel knows.
//!
//! Invariants: the kernel's handler is the loader's wherever the program has
//! one, and for faults and SIGSYS always; other SIG_DFL and SIG_IGN are the kernel's
//! business. The loader's handler starts on the thread's signal stack with all
//! signals blocked but faults.
//!
//! # Safety
//! Raw rt_sigaction with structures of ours.
#![allow(unsafe_code, reason = "raw rt_sigaction")]

use super::hygiene::SIGSYS;
use super::{mask, stack, sud};
use crate::arch::labels::labels;
use crate::arch::syscall::{PAGE, nr, syscall4};
use crate::dispatch::thread::{self, ThreadBlock};
use crate::island::sync::Lock;
use crate::island::{memory, ranges};
use core::sync::atomic::{AtomicU32, AtomicU64, Ordering};

/// A kernel signal set: bit n-1 stands for signal n.
pub type SignalSet = u64;

/// Number of signals on x86-64.
pub const SIGNALS: usize = 64;

/// Cannot be caught.
pub const SIGKILL: u32 = 9;
/// The signal of a bad address.
pub const SIGSEGV: u32 = 11;
/// The signal of an address without memory behind it.
pub const SIGBUS: u32 = 7;
/// What tells of a failed access to memory.
pub const FAULTS: SignalSet = 1 << (SIGSEGV - 1) | 1 << (SIGBUS - 1);
/// The signal of a breakpoint or a single step.
pub const SIGTRAP: u32 = 5;
/// The signal of an invalid opcode.
pub const SIGILL: u32 = 4;
/// Cannot be caught.
pub const SIGSTOP: u32 = 19;
/// Handler value: the default action.
pub const SIG_DFL: u64 = 0;
/// Handler value: ignore.
pub const SIG_IGN: u64 = 1;
/// The handler takes three arguments.
pub const SA_SIGINFO: u64 = 4;
/// Do not block the signal in its own handler.
pub const SA_NODEFER: u64 = 0x4000_0000;
/// Reset to the default action on delivery.
pub const SA_RESETHAND: u64 = 0x8000_0000;
/// Run on the alternate stack, where there is one.
pub const SA_ONSTACK: u64 = 0x0800_0000;
/// The handler has a restorer: on x86-64 there is no handler without.
pub const SA_RESTORER: u64 = 0x0400_0000;

const EINVAL: i64 = 22;

/// The set that holds one signal.
pub fn bit(signal: u32) -> SignalSet {
    1 << (signal - 1)
}

/// Signals that the loader handles whatever the program says: faults of patched
/// sites and of guarded copies, and dispatched calls.
const OWN: [u32; 4] = [SIGSEGV, SIGBUS, SIGILL, SIGSYS];

fn is_own(signal: u32) -> bool {
    OWN.contains(&signal)
}

/// The kernel's struct sigaction (x86-64).
#[repr(C)]
#[derive(Debug, Clone, Copy, Default)]
#[expect(missing_docs, reason = "sigaction(2)'s own names")]
pub struct Action {
    pub handler: u64,
    pub flags: u64,
    pub restorer: u64,
    pub mask: SignalSet,
}

impl Action {
    /// Whether the program's own code is to run.
    pub fn has_handler(&self) -> bool {
        self.handler > SIG_IGN
    }

    fn from_bytes(bytes: &[u8; 32]) -> Self {
        let word = |i: usize| {
            let mut word = [0; 8];
            word.copy_from_slice(&bytes[i * 8..i * 8 + 8]);
            u64::from_le_bytes(word)
        };
        Self { handler: word(0), flags: word(1), restorer: word(2), mask: word(3) }
    }

    fn to_bytes(self) -> [u8; 32] {
        let mut bytes = [0; 32];
        for (i, word) in [self.handler, self.flags, self.restorer, self.mask].into_iter().enumerate() {
            bytes[i * 8..i * 8 + 8].copy_from_slice(&word.to_le_bytes());
        }
        bytes
    }

    /// What the kernel is told in this action's place.
    ///
    /// A handler that is to run once is taken by the loader (`deliver::take`), which
    /// may have faults of its own to handle afterwards.
    fn for_kernel(self, signal: u32) -> Self {
        if !self.has_handler() && !is_own(signal) {
            return self;
        }
        const OURS: u64 = SA_SIGINFO | SA_RESTORER | SA_ONSTACK | SA_NODEFER;
        let flags = if self.has_handler() { self.flags & !SA_RESETHAND | OURS } else { OURS };
        Self { handler: labels().signal, flags, restorer: labels().restorer, mask: mask::ISLAND }
    }
}

/// One signal's action behind a sequence counter: odd while it changes.
#[repr(C)]
struct Slot {
    sequence: AtomicU32,
    words: [AtomicU64; 4],
}

impl Slot {
    const fn new() -> Self {
        Self { sequence: AtomicU32::new(0), words: [const { AtomicU64::new(0) }; 4] }
    }
}

/// The signal actions of one process.
#[repr(C)]
pub struct Actions {
    slots: [Slot; SIGNALS],
    writers: Lock,
}

impl core::fmt::Debug for Actions {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Actions").finish_non_exhaustive()
    }
}

impl Actions {
    const fn new() -> Self {
        Self { slots: [const { Slot::new() }; SIGNALS], writers: Lock::new() }
    }

    /// Takes the writers' lock.
    pub fn hold(&self) {
        if self.writers.lock() {
            self.mend();
        }
    }

    /// Gives the writers' lock back.
    pub fn release(&self) {
        self.writers.unlock();
    }

    /// Frees the lock if a thread that is gone held it.
    pub fn free_from(&self, gone: &ThreadBlock) {
        if self.writers.inherit(gone) {
            self.mend();
            self.writers.unlock();
        }
    }

    /// What a writer that was killed has written of an action counts as all of it.
    fn mend(&self) {
        for slot in &self.slots {
            let sequence = slot.sequence.load(Ordering::Relaxed);
            slot.sequence.store(sequence.next_multiple_of(2), Ordering::Release);
        }
    }

    /// What the program last asked for.
    pub fn get(&self, signal: u32) -> Action {
        let Some(slot) = self.slots.get((signal as usize).wrapping_sub(1)) else { return Action::default() };
        for spins in 1u32.. {
            let before = slot.sequence.load(Ordering::Acquire);
            let [handler, flags, restorer, mask] = [0, 1, 2, 3].map(|i: usize| slot.words[i].load(Ordering::Acquire));
            if before.is_multiple_of(2) && slot.sequence.load(Ordering::Acquire) == before {
                return Action { handler, flags, restorer, mask };
            }
            if spins.is_multiple_of(1 << 12) {
                // The writer sleeps, or was killed.
                self.hold();
                self.release();
            }
            core::hint::spin_loop();
        }
        Action::default()
    }

    /// Notes what the program asks for. Writers hold the lock.
    pub fn set(&self, signal: u32, action: Action) {
        let Some(slot) = self.slots.get((signal as usize).wrapping_sub(1)) else { return };
        let sequence = slot.sequence.load(Ordering::Relaxed);
        slot.sequence.store(sequence.wrapping_add(1), Ordering::Release);
        core::sync::atomic::fence(Ordering::SeqCst);
        for (word, value) in slot.words.iter().zip([action.handler, action.flags, action.restorer, action.mask]) {
            word.store(value, Ordering::Release);
        }
        slot.sequence.store(sequence.wrapping_add(2), Ordering::Release);
    }

    /// Copies another process's actions; `clear` as CLONE_CLEAR_SIGHAND does.
    pub fn copy_from(&self, other: &Self, clear: bool) {
        for signal in 1..=SIGNALS as u32 {
            self.set(signal, other.get(signal));
        }
        if clear {
            self.clear_handlers();
        }
    }

    /// Resets every handler, as CLONE_CLEAR_SIGHAND does: ignored stays ignored.
    pub fn clear_handlers(&self) {
        for signal in 1..=SIGNALS as u32 {
            if self.get(signal).has_handler() {
                self.set(signal, Action::default());
            }
        }
    }
}

/// The actions of the process that the loader started in.
static INITIAL: Actions = Actions::new();

/// The actions of the process that the loader started in.
pub fn initial() -> &'static Actions {
    &INITIAL
}

fn kernel_set(signal: u32, new: Option<&Action>, old: Option<&mut Action>) -> isize {
    let new = new.map_or(core::ptr::null(), core::ptr::from_ref);
    let old = old.map_or(core::ptr::null_mut(), core::ptr::from_mut);
    // SAFETY: each pointer is null or a structure of the kernel's layout.
    unsafe { syscall4(nr::RT_SIGACTION, signal as usize, new as usize, old as usize, 8) }
}

/// Resets a signal to its default action in the kernel.
pub fn reset_in_kernel(signal: u32) {
    kernel_set(signal, Some(&Action::default()), None);
}

/// Tells the kernel of an action that has changed. Under the writers' lock.
pub fn tell_kernel(actions: &Actions, signal: u32) {
    kernel_set(signal, Some(&actions.get(signal).for_kernel(signal)), None);
}

/// Tells the kernel again of the handlers that the loader always has.
pub fn install_own(block: &ThreadBlock) {
    // SAFETY: the actions outlive the thread.
    let actions = unsafe { &*block.actions.get() };
    for signal in OWN {
        kernel_set(signal, Some(&actions.get(signal).for_kernel(signal)), None);
    }
}

/// At start-up: the SIGSYS handler for armed threads, whatever the program has.
pub fn install_sigsys() {
    tell_kernel(&INITIAL, SIGSYS);
}

/// At start-up: takes over what other constructors installed before us.
pub fn take_over() {
    const AT_MINSIGSTKSZ: u64 = 51;
    for signal in 1..=SIGNALS as u32 {
        if signal == SIGKILL || signal == SIGSTOP {
            continue;
        }
        let mut action = Action::default();
        if kernel_set(signal, None, Some(&mut action)) != 0 {
            continue;
        }
        INITIAL.set(signal, action);
        if action.has_handler() || is_own(signal) {
            kernel_set(signal, Some(&action.for_kernel(signal)), None);
        }
    }
    let block = thread::current();
    // SAFETY: no preconditions.
    stack::frames_take(unsafe { libc::getauxval(AT_MINSIGSTKSZ) });
    block.alternate.set(stack::install(block));
    thread::note_tid(block);
    let (start, length) = sud::image();
    ranges::add(start as u64, length.next_multiple_of(PAGE));
    memory::faults_are_handled();
}

/// The program calls rt_sigaction: same checks, same order and same effects as
/// the kernel's, but the kernel gets our handler in place of the program's.
pub fn rt_sigaction(block: &ThreadBlock, args: [u64; 6]) -> i64 {
    let [signal, new_at, old_at, size, ..] = args;
    let signal = signal as u32;
    if size != 8 {
        return -EINVAL;
    }
    let mut new = None;
    if new_at != 0 {
        let mut bytes = [0; 32];
        if let Err(errno) = memory::read_exact(new_at, &mut bytes) {
            return -i64::from(errno);
        }
        new = Some(Action::from_bytes(&bytes));
    }
    if !(1..=SIGNALS as u32).contains(&signal) || (new.is_some() && (signal == SIGKILL || signal == SIGSTOP)) {
        return -EINVAL;
    }
    // SAFETY: the actions outlive the thread.
    let actions = unsafe { &*block.actions.get() };
    actions.hold();
    let old = actions.get(signal);
    let mut result = 0;
    if let Some(new) = new {
        result = kernel_set(signal, Some(&new.for_kernel(signal)), None);
        if result == 0 {
            actions.set(signal, as_kept(new));
        }
    }
    actions.release();
    if result == 0
        && old_at != 0
        && let Err(errno) = memory::write_exact(old_at, &old.to_bytes())
    {
        return -i64::from(errno);
    }
    result as i64
}

/// The action as the kernel keeps it: flags that it does not know are gone, and
/// SIGKILL and SIGSTOP are not in the mask.
fn as_kept(new: Action) -> Action {
    // UAPI_SA_FLAGS (include/linux/signal_types.h) with x86's SA_RESTORER.
    const KNOWN: u64 = 0xdc00_0807;
    Action { flags: new.flags & KNOWN, mask: new.mask & !(bit(SIGKILL) | bit(SIGSTOP)), ..new }
}
