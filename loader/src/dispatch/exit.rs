//! The end of a thread and of a process.
//!
//! # Safety
//! A thread that leaves gives up its block with all signals blocked, and runs
//! nothing but `zpl_exit` afterwards.
#![allow(unsafe_code, reason = "releases the thread block")]

use super::thread::{self, ThreadBlock};
use crate::arch::entry::labels;
use crate::arch::syscall::{nr, syscall0};
use crate::signals::mask;
use crate::{guest, stats};

/// Lets the thread end: its block goes to the free list first.
pub fn leave_thread(block: &ThreadBlock) {
    mask::block_all(block);
    mask::give_back_deferred(block);
    block.pending.set(0);
    guest::release_instances(block);
    block.target.set(labels().exit);
    block.target_rsp.set(block.registers().rsp);
    if !block.borrowed.get() {
        // SAFETY: this thread runs on until its exit; the list does not hand
        // the block out while the kernel knows its tid.
        unsafe { thread::release(block.this.get().cast_mut(), syscall0(nr::GETTID) as u32) };
    }
}

/// exit_group: the guest's last word, and the statistics.
pub fn finish(block: &ThreadBlock) {
    if !block.borrowed.get() {
        let status = block.registers().rdi as i32;
        guest::finish(status);
        stats::at_exit(status);
    }
}
