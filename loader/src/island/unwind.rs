//! The unwinder's functions that std names, so that the dynamic linker does not load
//! libgcc_s into every hooked process for them.
//!
//! Invariant: none but `_Unwind_Backtrace` is ever called: a panic aborts (profile
//! `loader`), and nothing is caught. It answers that the stack has ended: a message
//! of a panic at start-up comes without a backtrace.
//!
//! # Safety
//! Hidden: nobody else's calls bind here. Tests unwind, and are built without
//! feature `preload`.
#![allow(unsafe_code, reason = "assembly")]

core::arch::global_asm!(
    ".pushsection .text.zpl_unwind,\"ax\",@progbits",
    ".irp name, _Unwind_GetDataRelBase, _Unwind_GetIP, _Unwind_GetIPInfo, _Unwind_GetLanguageSpecificData, \
     _Unwind_GetRegionStart, _Unwind_GetTextRelBase, _Unwind_Resume, _Unwind_SetGR, _Unwind_SetIP, \
     _Unwind_DeleteException, _Unwind_RaiseException",
    ".globl \\name",
    ".hidden \\name",
    ".type \\name, @function",
    "\\name:",
    ".endr",
    "ud2",
    ".globl _Unwind_Backtrace",
    ".hidden _Unwind_Backtrace",
    ".type _Unwind_Backtrace, @function",
    "_Unwind_Backtrace:",
    "mov eax, 5", // _URC_END_OF_STACK
    "ret",
    ".popsection",
);
