//! Blocking signals over the few steps that none may interrupt.
//!
//! # Safety
//! The kernel reads and writes masks of ours.
#![allow(unsafe_code, reason = "raw rt_sigprocmask")]

use super::action::SignalSet;
use crate::arch::syscall::{nr, syscall0, syscall3, syscall4};
use crate::dispatch::thread::ThreadBlock;

/// `how` of rt_sigprocmask: replace the mask.
const SIG_SETMASK: usize = 2;

/// Sets the thread's mask and answers the old one.
pub fn set(mask: SignalSet) -> SignalSet {
    let mut old: SignalSet = 0;
    // SAFETY: both masks are ours, 8 bytes each.
    unsafe {
        syscall4(nr::RT_SIGPROCMASK, SIG_SETMASK, &raw const mask as usize, &raw mut old as usize, 8);
    }
    old
}

/// Takes one signal out of the calling thread's mask.
pub fn unblock(signal: u32) {
    const SIG_UNBLOCK: usize = 1;
    let mask = super::action::bit(signal);
    // SAFETY: the mask is ours.
    unsafe { syscall4(nr::RT_SIGPROCMASK, SIG_UNBLOCK, &raw const mask as usize, 0, 8) };
}

/// Blocks everything and notes the program's mask in the block, unless a
/// deferred signal already did.
pub fn block_all(block: &ThreadBlock) {
    if block.pending.get() == 0 {
        let old = set(!0);
        // A signal deferred just before the call came with its own mask.
        if block.pending.get() == 0 {
            block.saved_mask.set(old);
        }
    }
}

/// Hands a deferred signal back to the process, for a thread that exits.
pub fn give_back_deferred(block: &ThreadBlock) {
    let signal = block.deferred.replace(0);
    if signal != 0 {
        // SAFETY: the siginfo is ours, 128 bytes.
        unsafe {
            syscall3(
                nr::RT_SIGQUEUEINFO,
                syscall0(nr::GETPID) as usize,
                signal as usize,
                block.deferred_info.get() as usize,
            );
        }
    }
}
