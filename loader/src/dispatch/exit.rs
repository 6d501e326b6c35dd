//! The end of a thread and of a process.
//!
//! A thread that leaves gives up its block; nobody else has it while the kernel
//! knows the thread's id. Signals are not blocked for that: from `exiting` on one
//! that comes is passed on to the process (`signals::deliver`).
//!
//! # Safety
//! From `exiting` on the thread runs no program code, and nothing but `zpl_exit`
//! once it has left.
#![allow(unsafe_code, reason = "releases the thread block")]

use super::blocks;
use super::filter::{self, Deed};
use super::thread::ThreadBlock;
use crate::arch::labels::labels;
use crate::{guest, stats};
use core::sync::atomic::Ordering;

/// Lets the thread end: its block goes to the free list first.
pub fn leave_thread(block: &ThreadBlock) {
    let registers = block.registers();
    if filter::lets(Deed::Unmap) {
        guest::release_instances(block);
    }
    block.exiting.set(true);
    block.target_rsp.set(registers.rsp);
    if block.deferred.get() != 0 {
        // Its handler comes first.
        block.exiting.set(false);
        registers.rcx = block.origin.get().behind();
        block.target.set(labels().again);
        return;
    }
    block.target.set(labels().exit);
    if !block.borrowed.get() {
        let tid = block.tid.load(Ordering::Relaxed);
        // SAFETY: this thread runs on until its exit; the list does not hand
        // the block out while the kernel knows its tid.
        unsafe { blocks::release(block.this.get().cast_mut(), tid) };
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
