//! A syscall on a hook's behalf that a signal ends.
//!
//! While a thread is in the island signals are put off (`signals::deliver`), and
//! a call that waits would be restarted by the kernel where the program's handler
//! asks for that: the handler would never run. So the call ends with EINTR for the
//! first signal that is put off, whether that comes before the call, in the midst
//! of it, or between the question and the call: everything from the question to
//! the `syscall` instruction is one window, out of which the signal code takes the
//! thread.
//!
//! # Safety
//! The thread's block is in %gs. What the call does is the caller's business.
#![allow(unsafe_code, reason = "assembly")]

use crate::dispatch::thread::ThreadBlock;
use core::mem::offset_of;

core::arch::global_asm!(
    ".pushsection .text.zpl_invoke,\"ax\",@progbits",
    ".balign 16",
    ".globl zpl_invoke",
    ".hidden zpl_invoke",
    // (number and arguments) -> result
    "zpl_invoke:",
    ".globl zpl_invoke_begin",
    ".hidden zpl_invoke_begin",
    "zpl_invoke_begin:",
    "cmp dword ptr gs:[{due}], 0",
    "jne zpl_invoke_interrupted",
    "mov rax, [rdi]",
    "mov rsi, [rdi + 16]",
    "mov rdx, [rdi + 24]",
    "mov r10, [rdi + 32]",
    "mov r8, [rdi + 40]",
    "mov r9, [rdi + 48]",
    "mov rdi, [rdi + 8]",
    "syscall",
    ".globl zpl_invoke_end",
    ".hidden zpl_invoke_end",
    "zpl_invoke_end:",
    "ret",
    ".globl zpl_invoke_interrupted",
    ".hidden zpl_invoke_interrupted",
    "zpl_invoke_interrupted:",
    "mov dword ptr gs:[{due}], 0",
    "mov rax, -4",                 // EINTR
    "ret",
    ".popsection",
    due = const offset_of!(ThreadBlock, interrupt_due),
);

unsafe extern "C" {
    fn zpl_invoke(call: &[u64; 7]) -> i64;
    static zpl_invoke_begin: u8;
    static zpl_invoke_end: u8;
    static zpl_invoke_interrupted: u8;
}

/// Makes the call whose number and arguments these are. Ends with EINTR, once, for
/// a signal that was put off.
///
/// # Safety
/// The arguments must be sound for the call.
pub unsafe fn interruptible(call: &[u64; 7]) -> i64 {
    // SAFETY: by the caller.
    unsafe { zpl_invoke(call) }
}

/// If a thread at `rip` is about to make such a call, or to make it again, where
/// it goes on without.
pub fn interrupted(rip: u64) -> Option<u64> {
    let window = (&raw const zpl_invoke_begin).addr() as u64..(&raw const zpl_invoke_end).addr() as u64;
    window.contains(&rip).then_some((&raw const zpl_invoke_interrupted).addr() as u64)
}
