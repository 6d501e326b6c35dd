//! rt_sigreturn: the thread leaves a handler's frame.
//!
//! The frame on the program's stack names the program's alternate stack and its
//! mask, and may hold a note of where the loader goes on (`view`). The thread
//! returns through a copy in its block that says what the kernel is to hear; the
//! program's memory is not written. The vector registers the kernel reads where the
//! frame has them.
//!
//! No signal is blocked for this, which would be one more call that a seccomp filter
//! of the program's may forbid. One that comes before the kernel has the copy finds
//! the thread at its rt_sigreturn still (`take_back`); so what the return changes in
//! the block takes effect only once it is known to have happened (`settle`).
//!
//! # Safety
//! The copy is this thread's own.
#![allow(unsafe_code, reason = "the copy in the block")]

use super::action::FAULTS;
use super::frame::{Context, UserContext};
use super::stack::Stack;
use super::{hygiene, stack, view};
use crate::arch::labels::{self, labels};
use crate::dispatch::thread::ThreadBlock;
use crate::island::memory;

/// What a return changes in the block.
#[derive(Debug, Clone, Copy)]
pub struct Returned {
    alternate: Stack,
    mask: u64,
}

/// Address of the copy that the thread returns through.
fn copy_of(block: &ThreadBlock) -> u64 {
    block.returning.get() as u64
}

/// Sets the thread up to leave by rt_sigreturn; false: there is no frame at its
/// stack pointer, and the kernel shall say so.
pub fn leave(block: &ThreadBlock) -> bool {
    let registers = block.registers();
    // SAFETY: this thread's own.
    let user = unsafe { &mut *block.returning.get() };
    let bytes = core::ptr::from_mut(user).cast();
    // SAFETY: all of it is words.
    let bytes = unsafe { core::slice::from_raw_parts_mut(bytes, size_of::<UserContext>()) };
    if memory::read_exact(registers.rsp, bytes).is_err() {
        return false;
    }
    // As in the kernel, a stack that cannot be is no reason to fail; and the thread
    // is where the frame is.
    let alternate = stack::checked(block, user.stack, registers.rsp).unwrap_or(block.alternate.get());
    block.returned.set(Some(Returned { alternate, mask: user.mask }));
    // Until it is settled, what is safe either way.
    block.faults_blocked.set(block.faults_blocked.get() || user.mask & FAULTS != 0);
    user.stack = stack::own(block);
    user.mask &= !hygiene::never_blocked();
    view::go_on(block, &mut user.context);
    block.target.set(labels().restorer);
    block.target_rsp.set(copy_of(block));
    true
}

/// A thread that is here for another reason has returned, if it was about to.
pub fn settle(block: &ThreadBlock) {
    if let Some(Returned { alternate, mask }) = block.returned.take() {
        block.alternate.set(alternate);
        hygiene::set_mask(block, mask);
    }
}

/// Whether the thread is about to return through its copy.
pub fn is_under_way(block: &ThreadBlock, context: &Context) -> bool {
    labels::is_returning(context.rip) && context.rsp == copy_of(block)
}

/// The thread has not returned: the general registers of the context, which are the
/// block's, are to make the call again.
pub fn take_back(block: &ThreadBlock, context: &mut Context) {
    block.returned.set(None);
    context.rip = labels().again;
    context.rsp = block.registers().rsp;
    context.rcx = block.origin.get().behind();
}
