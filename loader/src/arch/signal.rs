//! The way in for signals, and the way out by rt_sigreturn.
//!
//! # Safety
//! `zpl_signal` is called by the kernel as a signal handler; `zpl_restorer` is
//! reached with a frame that the kernel, or `signals::frame`, has made.
#![allow(unsafe_code, reason = "assembly")]

core::arch::global_asm!(
    ".pushsection .text.zpl_signal,\"ax\",@progbits",
    ".balign 32",
    ".globl zpl_signal",
    ".hidden zpl_signal",
    "zpl_signal:",
    "pushfq",
    "and dword ptr [rsp], {no_alignment_check}", // the program's may still be set
    "popfq",
    "push rdi",
    "push rsi",
    "push rdx",
    "call {arrived}",
    "pop rdx",
    "pop rsi",
    "pop rdi",
    "test rax, rax",
    "jz 8f",
    "jmp rax",                     // a thread that the loader does not know
    "8: add rsp, 8",               // over the restorer
    ".globl zpl_restorer",
    ".hidden zpl_restorer",
    "zpl_restorer:",
    "mov eax, 15",                 // rt_sigreturn
    "syscall",
    ".globl zpl_restorer_end",
    ".hidden zpl_restorer_end",
    "zpl_restorer_end:",
    "ud2",
    ".popsection",
    arrived = sym crate::signals::deliver::arrived,
    no_alignment_check = const !(1i32 << 18),
);
