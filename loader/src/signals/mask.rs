//! Blocking signals over the few steps that none may interrupt.
//!
//! # Safety
//! The kernel reads and writes masks of ours.
#![allow(unsafe_code, reason = "raw rt_sigprocmask")]

use super::action::{FAULTS, SignalSet};
use crate::arch::syscall::{nr, syscall4};
use crate::dispatch::thread::ThreadBlock;

/// `how` of rt_sigprocmask: replace the mask.
const SIG_SETMASK: usize = 2;

/// The mask in the island once a signal is kept: faults of guarded copies still
/// arrive.
pub const ISLAND: SignalSet = !FAULTS;

/// Sets the thread's mask and answers the old one.
pub fn set(mask: SignalSet) -> SignalSet {
    let mut old: SignalSet = 0;
    // SAFETY: both masks are ours, 8 bytes each.
    unsafe {
        syscall4(nr::RT_SIGPROCMASK, SIG_SETMASK, &raw const mask as usize, &raw mut old as usize, 8);
    }
    old
}

/// Adds signals to the calling thread's mask; answers the old one.
pub fn add(signals: SignalSet) -> SignalSet {
    const SIG_BLOCK: usize = 0;
    let mut old: SignalSet = 0;
    // SAFETY: both masks are ours.
    unsafe {
        syscall4(nr::RT_SIGPROCMASK, SIG_BLOCK, &raw const signals as usize, &raw mut old as usize, 8);
    }
    old
}

/// Takes signals out of the calling thread's mask.
pub fn remove(signals: SignalSet) {
    const SIG_UNBLOCK: usize = 1;
    // SAFETY: the mask is ours.
    unsafe { syscall4(nr::RT_SIGPROCMASK, SIG_UNBLOCK, &raw const signals as usize, 0, 8) };
}

/// Takes one signal out of the calling thread's mask.
pub fn unblock(signal: u32) {
    remove(super::action::bit(signal));
}

/// Blocks everything, faults too, and notes the program's mask in the block, unless
/// a kept signal already did.
pub fn block_all(block: &ThreadBlock) {
    let due = block.pending.get() != 0;
    block.all_blocked.set(true);
    let old = set(!0);
    // A signal kept just before the call came with its own mask.
    if !due && block.deferred.get() == 0 {
        block.saved_mask.set(old);
    }
}
