//! clone, clone3, fork and vfork.
//!
//! The child may run on another stack, or on the parent's own while the parent
//! sleeps (vfork), so nothing that either needs afterwards lies on a program
//! stack: each has a thread block. A child that shares memory gets a block of
//! its own, made here and carried to it in rbx; a fork child has a copy of the
//! parent's.
//!
//! Invariants: all signals are blocked from here until the program's registers
//! are back; around a fork the forking thread holds every lock of the island.
//!
//! # Safety
//! `parent` and `child` are called by `arch::entry` only, on the hook stack of
//! the block that they get.
#![allow(unsafe_code, reason = "prepares another thread's block")]

use super::blocks;
use super::exec;
use super::scratch::Taken;
use super::thread::{self, ThreadBlock};
use crate::arch::labels::labels;
use crate::arch::syscall::{nr, syscall0};
use crate::guest::{self, Call, Observers};
use crate::island::{memory, sync};
use crate::rewrite::{arena, known, learn, live};
use crate::signals::program_sud::Setting;
use crate::signals::stack::{self, Stack};
use crate::signals::{action, mask, sigreturn, sud};
use crate::stats;

const CLONE_VM: u64 = 0x100;
const CLONE_FILES: u64 = 0x400;
const CLONE_SIGHAND: u64 = 0x800;
const CLONE_VFORK: u64 = 0x4000;
const CLONE_THREAD: u64 = 0x1_0000;
const CLONE_CLEAR_SIGHAND: u64 = 0x1_0000_0000;
const ENOMEM: i64 = 12;

/// The clone flags of the call in the registers.
fn flags_of(block: &ThreadBlock) -> u64 {
    let registers = block.registers();
    match registers.rax as u32 as usize {
        nr::VFORK => CLONE_VM | CLONE_VFORK,
        nr::FORK => 0,
        nr::CLONE => registers.rdi & 0xffff_ffff,
        _ => {
            // clone_args.flags; a bad address makes the kernel answer EFAULT
            // without a child.
            let mut flags = [0; 8];
            match memory::read_exact(registers.rdi, &mut flags) {
                Ok(()) => u64::from_le_bytes(flags),
                Err(_) => 0,
            }
        }
    }
}

/// Sets the thread up to leave for `zpl_clone`. `made` is the call as the program
/// made it.
pub fn leave(block: &ThreadBlock, made: &Call, observers: &Observers) {
    let flags = flags_of(block);
    sigreturn::settle(block);
    mask::block_all(block);
    let registers = block.registers();
    block.clone_frame().set(registers.rsp, block.origin.get(), made, false, observers, block.scratch.get());
    block.clone_flags.set(flags);
    block.clone_rbx.set(registers.rbx);
    let child = if flags & CLONE_VM == 0 {
        guest::fork_lock();
        // SAFETY: the actions outlive the thread.
        unsafe { &*block.actions.get() }.hold();
        blocks::lock().lock();
        known::lock().lock();
        exec::lock().lock();
        // In the order in which a site is learned.
        learn::lock().lock();
        arena::lock().lock();
        stats::sites::lock().lock();
        block.this.get().cast_mut()
    } else {
        match prepare_child(block, made, flags) {
            Some(child) => child,
            None => {
                // As the kernel does when it has no memory for a thread.
                block.pending.set(1);
                let result = observed(block, -ENOMEM);
                super::complete(block, result);
                return;
            }
        }
    };
    block.child.set(child);
    registers.rbx = child as u64;
    // The signals stay blocked until the call is over.
    block.pending.set(0);
    block.target.set(labels().clone);
    block.target_rsp.set(registers.rsp);
}

/// A block for a child that shares our memory.
fn prepare_child(block: &ThreadBlock, made: &Call, flags: u64) -> Option<*mut ThreadBlock> {
    sync::threads_begin();
    if flags & CLONE_THREAD == 0 {
        sync::processes_begin();
    }
    let sleeps = flags & (CLONE_THREAD | CLONE_VFORK) == CLONE_VFORK;
    if flags & CLONE_THREAD == 0 && !sleeps || block.borrowed.get() {
        live::never_in_steps();
    }
    let child = blocks::allocate(block.actions.get())?;
    // SAFETY: the block is fresh and known to nobody else.
    let new = unsafe { &*child };
    if flags & CLONE_SIGHAND == 0 {
        // SAFETY: the parent's actions live as long as its process.
        new.copy_actions(unsafe { &*block.actions.get() }, flags & CLONE_CLEAR_SIGHAND != 0);
    }
    new.elsewhere.set(block.elsewhere.get());
    new.own_files.set(block.own_files.get() || flags & CLONE_FILES == 0);
    new.registers().clone_from(block.registers());
    new.origin.set(block.origin.get());
    new.sigsys_blocked.set(block.sigsys_blocked.get());
    new.faults_blocked.set(block.faults_blocked.get());
    new.saved_mask.set(block.saved_mask.get());
    // The kernel does the same with its own.
    new.alternate.set(if flags & CLONE_VFORK != 0 { block.alternate.get() } else { Stack::DISABLED });
    new.clone_flags.set(flags);
    new.clone_rbx.set(block.clone_rbx.get());
    new.clone_frame().set(block.registers().rsp, block.origin.get(), made, false, &Observers::NONE, Taken::NOTHING);
    new.borrowed.set(flags & CLONE_VFORK != 0);
    Some(child)
}

fn unlock_after_fork(block: &ThreadBlock) {
    stats::sites::lock().unlock();
    arena::lock().unlock();
    learn::lock().unlock();
    exec::lock().unlock();
    known::lock().unlock();
    blocks::lock().unlock();
    // SAFETY: the actions outlive the thread.
    unsafe { &*block.actions.get() }.release();
    guest::fork_unlock();
}

/// Gives the program its registers back and the mask on leaving.
fn leave_to_program(block: &ThreadBlock) {
    let registers = block.registers();
    let frame = block.clone_frame();
    registers.rbx = block.clone_rbx.get();
    registers.set_args(frame.call.args);
    block.pending.set(1);
    frame.origin.leave_result_any_stack(block);
}

/// Shows the result to the hooks that observe the clone.
fn observed(block: &ThreadBlock, result: i64) -> i64 {
    let frame = block.clone_frame();
    if !frame.observers.any() {
        return result;
    }
    // All signals are blocked still, those of guarded copies too.
    let blocked = block.faults_blocked.replace(true);
    let result = guest::exit(&frame.call, &frame.observers, result);
    block.faults_blocked.set(blocked);
    result
}

/// The parent is back; rax is the child's id or an error.
pub extern "C" fn parent(block: &ThreadBlock) {
    let flags = block.clone_flags.get();
    let result = block.registers().rax as i64;
    if flags & CLONE_VM == 0 {
        unlock_after_fork(block);
    } else if result < 0 || flags & CLONE_VFORK != 0 {
        // SAFETY: there is no child, or it has exited or runs another image.
        unsafe { bury(&*block.child.get()) };
    }
    block.registers().rax = observed(block, result) as u64;
    leave_to_program(block);
}

/// Clears up after a vfork child that is gone: it may have been killed at any
/// instruction, with locks in its hands.
///
/// # Safety
/// Nobody runs on the block.
unsafe fn bury(gone: &ThreadBlock) {
    guest::bury(gone);
    stats::sites::lock().free_from(gone);
    arena::lock().free_from(gone);
    learn::lock().free_from(gone);
    exec::lock().free_from(gone);
    known::lock().free_from(gone);
    // SAFETY: the actions outlive all threads.
    unsafe { &*gone.actions.get() }.free_from(gone);
    blocks::lock().free_from(gone);
    // SAFETY: by the caller.
    unsafe { blocks::release(gone.this.get().cast_mut(), 0) };
}

/// The child's first steps.
pub extern "C" fn child(block: &ThreadBlock) {
    let flags = block.clone_flags.get();
    block.registers().rax = 0;
    if flags & CLONE_VM == 0 {
        block.elsewhere.set(false);
    } else if flags & CLONE_THREAD == 0 {
        // Whoever is in another pid namespace than its parent has no parent there.
        // SAFETY: no preconditions.
        block.elsewhere.set(block.elsewhere.get() || unsafe { syscall0(nr::GETPPID) } == 0);
    }
    thread::note_tid(block);
    if flags & CLONE_VM == 0 {
        unlock_after_fork(block);
        // SAFETY: the only thread of a new process.
        unsafe { blocks::release_others(block) };
        block.own_files.set(false);
        stats::calls::start_again();
        block.deferred.set(0);
        block.program_sud.set(Setting::default());
        if flags & CLONE_CLEAR_SIGHAND != 0 {
            // SAFETY: the child has one thread and its own copy of the table.
            unsafe { (*block.actions.get()).clear_handlers() };
        }
    }
    if flags & CLONE_CLEAR_SIGHAND != 0 {
        action::install_own(block);
    }
    if flags & CLONE_VM != 0 {
        stack::install(block);
    }
    // A new task starts without Syscall User Dispatch.
    sud::arm_thread();
    leave_to_program(block);
}
