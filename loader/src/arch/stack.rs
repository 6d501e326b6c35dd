//! Runs a function on the thread's hook stack, at start-up: there a guest that
//! recurses meets its limit before the stack's end, whatever `ulimit -s` says
//! about the program's.
//!
//! # Safety
//! The hook stack of the calling thread is not in use: start-up is no call.
#![allow(unsafe_code, reason = "changes the stack pointer")]

use crate::dispatch::thread::ThreadBlock;

core::arch::global_asm!(
    ".pushsection .text.zpl_on_stack,\"ax\",@progbits",
    ".balign 16",
    ".globl zpl_on_stack",
    ".hidden zpl_on_stack",
    ".type zpl_on_stack,@function",
    // (top of a stack, function, its argument)
    "zpl_on_stack:",
    ".cfi_startproc",
    "push rbp",
    ".cfi_def_cfa_offset 16",
    ".cfi_offset rbp, -16",
    "mov rbp, rsp",
    ".cfi_def_cfa_register rbp",
    "mov rsp, rdi",
    "mov rdi, rdx",
    "call rsi",
    "mov rsp, rbp",
    "pop rbp",
    ".cfi_def_cfa rsp, 8",
    "ret",
    ".cfi_endproc",
    ".size zpl_on_stack, . - zpl_on_stack",
    ".popsection",
);

unsafe extern "C" {
    fn zpl_on_stack(top: u64, function: extern "C" fn(*mut ()), argument: *mut ());
}

/// A function to run, then its result.
struct Job<F, R> {
    work: Option<F>,
    result: Option<R>,
}

extern "C" fn run<F: FnOnce() -> R, R>(job: *mut ()) {
    // SAFETY: `on_hook_stack` passes its own job, and waits.
    let job = unsafe { &mut *job.cast::<Job<F, R>>() };
    job.result = job.work.take().map(|work| work());
}

/// Runs `work` on the hook stack of the calling thread, whose block this is.
/// None cannot happen.
pub fn on_hook_stack<F: FnOnce() -> R, R>(block: &ThreadBlock, work: F) -> Option<R> {
    let mut job = Job { work: Some(work), result: None };
    // SAFETY: the stack is this thread's and not in use; its top is aligned as
    // the block is.
    unsafe { zpl_on_stack(block.this.get() as u64, run::<F, R>, (&raw mut job).cast()) };
    job.result
}
