//! The entry path: from a rewritten site to the kernel or into the island, and
//! back. Assembly; `labels` says where in it a thread is.
//!
//! Invariants:
//! - until a syscall number is known to be routed, no flag, no memory and no
//!   register but rcx and r11 (which the kernel clobbers anyway) is touched;
//! - the program's own syscall runs with the program's stack pointer and
//!   registers, outside the island;
//! - a *save window* (from the program's stack to the hook stack) changes only
//!   rcx, r11 and the thread block, so that a signal handler can run in its
//!   midst and the window then start again;
//! - in a *leave window* everything that the program gets back is in the thread
//!   block, so that the signal code can complete it on the assembly's behalf.
//!
//! # Safety
//! Reached only by rewritten sites and by the signal code. Offsets into the thread
//! block are `offset_of!` operands.
#![allow(unsafe_code, reason = "assembly")]

pub use super::labels::*;
use crate::dispatch::thread::{Registers, ThreadBlock};
use crate::dispatch::{self, table};
use crate::rewrite::{arena, known, stub};
use core::mem::offset_of;

const REGISTERS: usize = offset_of!(ThreadBlock, registers);

// The unwind rule of the arena is written for this size.
const _: () = assert!(stub::SIZE == 128);

/// How a thread came into the island.
pub mod arrival {
    /// Through `call *%rax` of a site whose address was in the cache.
    pub const SITE: u32 = 0;
    /// Through the sled, from an address that the cache does not hold.
    pub const UNKNOWN: u32 = 1;
    /// Behind a syscall whose result is to be looked at.
    pub const AFTER: u32 = 2;
    /// From the stub of a site; `ThreadBlock::resume` is its index.
    pub const STUB: u32 = 3;
    /// A syscall instruction that Syscall User Dispatch stopped.
    pub const DISPATCHED: u32 = 4;
    /// A call that the hook has seen already, after a signal came in between.
    pub const AGAIN: u32 = 5;
}

core::arch::global_asm!(
    ".pushsection .text.zpl_entry,\"ax\",@progbits",
    // Save the general registers; r11 is the thread block, rcx is lost.
    ".macro ZPL_SAVE_GENERAL",
    "mov [r11 + {r} + {rax}], rax",
    "mov [r11 + {r} + {rbx}], rbx",
    "mov [r11 + {r} + {rdx}], rdx",
    "mov [r11 + {r} + {rsi}], rsi",
    "mov [r11 + {r} + {rdi}], rdi",
    "mov [r11 + {r} + {rbp}], rbp",
    "mov [r11 + {r} + {r8}], r8",
    "mov [r11 + {r} + {r9}], r9",
    "mov [r11 + {r} + {r10}], r10",
    "mov [r11 + {r} + {r12}], r12",
    "mov [r11 + {r} + {r13}], r13",
    "mov [r11 + {r} + {r14}], r14",
    "mov [r11 + {r} + {r15}], r15",
    ".endm",
    // Save flags, MXCSR and xmm0-15, and give the island clean ones. On the
    // hook stack; rax is free.
    ".macro ZPL_SAVE_STATE",
    "pushfq",
    "pop qword ptr [r11 + {r} + {rflags}]",
    "lahf",
    "seto al",
    "mov [r11 + {r} + {lahf}], eax",
    "test dword ptr [r11 + {r} + {rflags}], 0x44500", // AC, NT, DF, TF
    "jz 2f",
    "push 0x202",
    "popfq",
    "2:",
    "stmxcsr [r11 + {r} + {mxcsr}]",
    "mov eax, [r11 + {r} + {mxcsr}]",
    "and eax, 0xffc0",
    "cmp eax, 0x1f80",
    "je 3f",
    "push 0x1f80",
    "ldmxcsr [rsp]",
    "pop rax",
    "3:",
    "movaps [r11 + {r} + {xmm} + 0], xmm0",
    "movaps [r11 + {r} + {xmm} + 16], xmm1",
    "movaps [r11 + {r} + {xmm} + 32], xmm2",
    "movaps [r11 + {r} + {xmm} + 48], xmm3",
    "movaps [r11 + {r} + {xmm} + 64], xmm4",
    "movaps [r11 + {r} + {xmm} + 80], xmm5",
    "movaps [r11 + {r} + {xmm} + 96], xmm6",
    "movaps [r11 + {r} + {xmm} + 112], xmm7",
    "movaps [r11 + {r} + {xmm} + 128], xmm8",
    "movaps [r11 + {r} + {xmm} + 144], xmm9",
    "movaps [r11 + {r} + {xmm} + 160], xmm10",
    "movaps [r11 + {r} + {xmm} + 176], xmm11",
    "movaps [r11 + {r} + {xmm} + 192], xmm12",
    "movaps [r11 + {r} + {xmm} + 208], xmm13",
    "movaps [r11 + {r} + {xmm} + 224], xmm14",
    "movaps [r11 + {r} + {xmm} + 240], xmm15",
    ".endm",
    // The reverse; nothing behind it may change a flag. On the hook stack.
    ".macro ZPL_RESTORE_STATE",
    "mov r11, gs:[0]",
    "movaps xmm0, [r11 + {r} + {xmm} + 0]",
    "movaps xmm1, [r11 + {r} + {xmm} + 16]",
    "movaps xmm2, [r11 + {r} + {xmm} + 32]",
    "movaps xmm3, [r11 + {r} + {xmm} + 48]",
    "movaps xmm4, [r11 + {r} + {xmm} + 64]",
    "movaps xmm5, [r11 + {r} + {xmm} + 80]",
    "movaps xmm6, [r11 + {r} + {xmm} + 96]",
    "movaps xmm7, [r11 + {r} + {xmm} + 112]",
    "movaps xmm8, [r11 + {r} + {xmm} + 128]",
    "movaps xmm9, [r11 + {r} + {xmm} + 144]",
    "movaps xmm10, [r11 + {r} + {xmm} + 160]",
    "movaps xmm11, [r11 + {r} + {xmm} + 176]",
    "movaps xmm12, [r11 + {r} + {xmm} + 192]",
    "movaps xmm13, [r11 + {r} + {xmm} + 208]",
    "movaps xmm14, [r11 + {r} + {xmm} + 224]",
    "movaps xmm15, [r11 + {r} + {xmm} + 240]",
    "ldmxcsr [r11 + {r} + {mxcsr}]",
    "test dword ptr [r11 + {r} + {rflags}], 0x44500", // AC, NT, DF, TF
    "jnz 2f",
    "mov eax, [r11 + {r} + {lahf}]",
    "add al, 0x7f",                // OF
    "sahf",                        // SF ZF AF PF CF
    "jmp 3f",
    "2: push qword ptr [r11 + {r} + {rflags}]",
    "popfq",
    "3:",
    ".endm",
    // --- The fast path, copied to low memory behind the landings of the sled
    // (`rewrite::page0`): `call *%rax` has pushed the address behind the site.
    // Two forms that differ in how they return: see `Return`.
    ".macro ZPL_FAST name",
    "zpl_\\name\\()_begin:",
    "mov r11, [rsp]",
    "lea rsp, [rsp + 8]",                  // the kernel sees the program's own rsp
    "zpl_\\name\\()_up:",
    "movzx ecx, r11w",
    "mov rcx, [rcx*8 + {low_known}]",      // the site there
    "not r11",
    "lea rcx, [rcx + r11 + 1]",            // difference, without touching flags
    "movzx r11d, byte ptr [rax + {low_routes}]",
    "lea rcx, [rcx + r11]",                // 0: a known site, and a native call
    "jrcxz 1f",
    "lea rsp, [rsp - 8]",
    "zpl_\\name\\()_down:",
    "jmp qword ptr ds:[{low_slow}]",
    "1:",
    ".endm",
    // The program's call, run as the program made it. [rsp] is where to return.
    ".macro ZPL_NATIVE name",
    ".cfi_startproc",
    "zpl_\\name\\()_begin:",
    "lea rsp, [rsp + 8]",
    ".cfi_def_cfa_offset 0",
    "zpl_\\name\\()_up:",
    "zpl_\\name\\()_down:",
    ".endm",
    ".macro ZPL_BY_JUMP name",
    "zpl_\\name\\()_syscall:",
    "syscall",
    "zpl_\\name\\()_after:",
    "mov rcx, [rsp - 8]",                  // as the kernel leaves it
    "jmp rcx",
    "zpl_\\name\\()_after_down:",
    "zpl_\\name\\()_end:",
    ".endm",
    ".macro ZPL_BY_RET name",
    "zpl_\\name\\()_syscall:",
    "syscall",
    "zpl_\\name\\()_after:",
    "lea rsp, [rsp - 8]",
    "zpl_\\name\\()_after_down:",
    "mov rcx, [rsp]",
    "ret",
    "zpl_\\name\\()_end:",
    ".endm",
    "ZPL_FAST fast_jump",
    "ZPL_BY_JUMP fast_jump",
    "ZPL_FAST fast_ret",
    "ZPL_BY_RET fast_ret",
    // --- The same, one step at a time, for what the fast path hands over and
    // for the trampoline without landings.
    ".balign 64",
    "zpl_entry:",
    "mov r11, [rip + {known}]",
    "movzx ecx, word ptr [rsp]",
    "mov rcx, [r11 + rcx*8]",
    "mov r11, [rsp]",
    "not r11",
    "lea rcx, [rcx + r11 + 1]",
    "jrcxz 1f",
    "jmp zpl_miss",
    "1: lea r11, [rip + {routes}]",
    "movzx ecx, byte ptr [r11 + rax]",
    "jrcxz zpl_native_ret_begin",
    "jmp zpl_hooked",
    "ZPL_NATIVE native_jump",
    "ZPL_BY_JUMP native_jump",
    ".cfi_endproc",
    "ZPL_NATIVE native_ret",
    "ZPL_BY_RET native_ret",
    ".cfi_endproc",
    // --- Into the island.
    ".balign 32",
    "zpl_hooked:",                 // save window
    "rdgsbase r11",
    "mov rcx, r11",
    "jrcxz zpl_native_ret_begin",  // a thread older than the loader
    "mov dword ptr [r11 + {arrival}], {site}",
    "ZPL_SAVE_GENERAL",
    "mov rcx, [rsp]",
    "mov [r11 + {resume}], rcx",
    "lea rcx, [rsp + 8]",
    "mov [r11 + {r} + {rsp}], rcx",
    "mov rsp, r11",
    "zpl_hooked_end:",
    "zpl_enter:",
    "ZPL_SAVE_STATE",
    "mov rdi, r11",
    "call {enter}",
    "zpl_leave:",
    "ZPL_RESTORE_STATE",
    "mov rsp, [r11 + {target_rsp}]",
    "zpl_leave_begin:",            // leave window: flags and stack are the program's
    "mov ecx, [r11 + {pending}]",
    "jrcxz zpl_go",
    "jmp zpl_pending",
    "zpl_go:",
    "mov rax, [r11 + {r} + {rax}]",
    "mov rbx, [r11 + {r} + {rbx}]",
    "mov rcx, [r11 + {r} + {rcx}]",
    "mov rdx, [r11 + {r} + {rdx}]",
    "mov rsi, [r11 + {r} + {rsi}]",
    "mov rdi, [r11 + {r} + {rdi}]",
    "mov rbp, [r11 + {r} + {rbp}]",
    "mov r8, [r11 + {r} + {r8}]",
    "mov r9, [r11 + {r} + {r9}]",
    "mov r10, [r11 + {r} + {r10}]",
    "mov r12, [r11 + {r} + {r12}]",
    "mov r13, [r11 + {r} + {r13}]",
    "mov r14, [r11 + {r} + {r14}]",
    "mov r15, [r11 + {r} + {r15}]",
    "mov r11, [r11 + {r} + {r11}]",
    "jmp qword ptr gs:[{target}]",
    "zpl_leave_end:",
    // A signal was put off, or a mask is due: all signals are blocked here.
    "zpl_pending:",
    "mov rsp, r11",
    "push 0x202",                  // the flags are the program's already
    "popfq",
    "mov rdi, r11",
    "call {pending_fn}",
    "test rax, rax",
    "jz 4f",
    "mov rsp, rax",                // a handler is to start: from its frame
    "jmp zpl_restorer",
    "4:",
    "ZPL_RESTORE_STATE",
    "mov rsp, [r11 + {target_rsp}]",
    "lea rsi, [r11 + {saved_mask}]",
    "mov edi, 2",                  // SIG_SETMASK
    "xor edx, edx",
    "mov r10d, 8",
    "mov eax, 14",                 // rt_sigprocmask
    "syscall",
    "zpl_unblocked:",              // leave window
    "mov r11, gs:[0]",
    "jmp zpl_go",
    "zpl_unblock_end:",
    // --- Through the sled from an address that the cache does not hold.
    "6: jmp zpl_native_ret_begin",
    ".balign 32",
    "zpl_miss:",                   // save window
    "rdgsbase r11",
    "mov rcx, r11",
    "jrcxz 6b",
    "mov dword ptr [r11 + {arrival}], {unknown}",
    "ZPL_SAVE_GENERAL",
    "mov rcx, [rsp]",
    "mov [r11 + {resume}], rcx",
    "lea rcx, [rsp + 8]",
    "mov [r11 + {r} + {rsp}], rcx",
    "mov rsp, r11",
    "zpl_miss_end:",
    "jmp zpl_enter",
    // --- From a stub (rcx: its index) and from the SIGSYS handler (rcx: the
    // address behind the site).
    ".macro ZPL_FROM_STUB name, arrival",
    ".balign 32",
    "zpl_\\name:",                 // save window
    "rdgsbase r11",
    "mov dword ptr [r11 + {arrival}], \\arrival",
    "ZPL_SAVE_GENERAL",
    "mov [r11 + {resume}], rcx",
    "mov [r11 + {r} + {rsp}], rsp",
    "mov rsp, r11",
    "zpl_\\name\\()_end:",
    "jmp zpl_enter",
    ".endm",
    "ZPL_FROM_STUB stub, {from_stub}",
    "ZPL_FROM_STUB dispatched, {dispatched}",
    "ZPL_FROM_STUB again, {again}",
    // --- The program's call, whose result the loader wants to see.
    ".balign 32",
    ".cfi_startproc",
    ".cfi_def_cfa_offset 0",               // unwinders find the site's address below rsp
    "zpl_observed:",
    "syscall",
    "zpl_after:",                  // save window
    "rdgsbase r11",
    "mov dword ptr [r11 + {arrival}], {after}",
    "ZPL_SAVE_GENERAL",
    "mov [r11 + {r} + {rsp}], rsp",
    "mov rsp, r11",
    "zpl_after_end:",
    ".cfi_endproc",
    "ZPL_SAVE_STATE",
    "mov rdi, r11",
    "call {after_fn}",
    "jmp zpl_leave",
    // --- clone, fork, vfork: all signals are blocked, rbx is the block that the
    // child shall have; a child may have another stack, so nothing is on it.
    ".balign 32",
    "zpl_clone:",
    "syscall",
    "test rax, rax",
    "jz 7f",
    "mov r11, gs:[0]",
    "mov [r11 + {r} + {rax}], rax",
    "mov rsp, r11",
    "mov rdi, r11",
    "call {clone_parent}",
    "jmp zpl_leave",
    "7: wrgsbase rbx",
    "mov [rbx + {r} + {rsp}], rsp",
    "mov rsp, rbx",
    "mov rdi, rbx",
    "call {clone_child}",
    "jmp zpl_leave",
    // --- The end of a thread: its block is already on the free list.
    "zpl_exit:",
    "xor ecx, ecx",
    "wrgsbase rcx",
    "syscall",
    "ud2",
    "zpl_exit_end:",
    // --- Back to the program without a return address on its stack.
    "zpl_return:",
    "jmp rcx",
    // --- Back to the program through the return address that the site pushed.
    "zpl_ret:",
    "ret",
    // --- Stands for a jump to an address where nothing is.
    "zpl_fault:",
    "hlt",
    ".purgem ZPL_FAST",
    ".purgem ZPL_FROM_STUB",
    ".purgem ZPL_NATIVE",
    ".purgem ZPL_BY_JUMP",
    ".purgem ZPL_BY_RET",
    ".purgem ZPL_SAVE_GENERAL",
    ".purgem ZPL_SAVE_STATE",
    ".purgem ZPL_RESTORE_STATE",
    // Label addresses for Rust.
    ".balign 8",
    ".popsection",
    // --- The arena of the stubs, zero until they are written. A stub keeps the
    // address behind its site 16 bytes before its end: there unwinders find where
    // to go on.
    ".pushsection .bss.zpl_arena,\"aw\",@nobits",
    ".balign 4096",
    ".globl zpl_arena",
    ".hidden zpl_arena",
    "zpl_arena:",
    ".cfi_startproc",
    ".cfi_def_cfa rsp, 0",
    // rip is saved at (rip & -SIZE) + SIZE - 16: DW_CFA_expression.
    ".cfi_escape 0x10, 16, 8, 0x80, 0, 0x0b, 0x80, 0xff, 0x1a, 0x23, 0x70",
    ".skip {arena}",
    ".cfi_endproc",
    ".popsection",
    ".pushsection .data.rel.ro.zpl_labels,\"aw\",@progbits",
    ".balign 8",
    ".globl zpl_labels",
    ".hidden zpl_labels",
    "zpl_labels:",
    ".quad zpl_entry, zpl_observed, zpl_clone, zpl_exit, zpl_return, zpl_fault, zpl_signal, zpl_restorer, zpl_ret",
    ".quad zpl_hooked, zpl_miss, zpl_stub, zpl_dispatched, zpl_after, zpl_again",
    ".quad zpl_hooked, zpl_hooked_end, zpl_miss, zpl_miss_end, zpl_after, zpl_after_end",
    ".quad zpl_stub, zpl_stub_end, zpl_dispatched, zpl_dispatched_end, zpl_again, zpl_again_end",
    ".quad zpl_entry, zpl_native_jump_begin",
    ".quad zpl_leave_begin, zpl_leave_end, zpl_unblocked, zpl_unblock_end",
    ".quad zpl_pending, zpl_unblocked",
    ".quad zpl_exit, zpl_exit_end",
    ".irp name, fast_jump, fast_ret, native_jump, native_ret",
    ".quad zpl_\\name\\()_begin, zpl_\\name\\()_up, zpl_\\name\\()_down, zpl_\\name\\()_syscall",
    ".quad zpl_\\name\\()_after, zpl_\\name\\()_after_down, zpl_\\name\\()_end",
    ".endr",
    ".popsection",
    r = const REGISTERS,
    rax = const offset_of!(Registers, rax),
    rbx = const offset_of!(Registers, rbx),
    rcx = const offset_of!(Registers, rcx),
    rdx = const offset_of!(Registers, rdx),
    rsi = const offset_of!(Registers, rsi),
    rdi = const offset_of!(Registers, rdi),
    rbp = const offset_of!(Registers, rbp),
    rsp = const offset_of!(Registers, rsp),
    r8 = const offset_of!(Registers, r8),
    r9 = const offset_of!(Registers, r9),
    r10 = const offset_of!(Registers, r10),
    r11 = const offset_of!(Registers, r11),
    r12 = const offset_of!(Registers, r12),
    r13 = const offset_of!(Registers, r13),
    r14 = const offset_of!(Registers, r14),
    r15 = const offset_of!(Registers, r15),
    rflags = const offset_of!(Registers, rflags),
    mxcsr = const offset_of!(Registers, mxcsr),
    lahf = const offset_of!(Registers, lahf),
    xmm = const offset_of!(Registers, xmm),
    target = const offset_of!(ThreadBlock, target),
    target_rsp = const offset_of!(ThreadBlock, target_rsp),
    resume = const offset_of!(ThreadBlock, resume),
    arrival = const offset_of!(ThreadBlock, arrival),
    pending = const offset_of!(ThreadBlock, pending),
    saved_mask = const offset_of!(ThreadBlock, saved_mask),
    arena = const arena::COUNT * stub::SIZE,
    site = const arrival::SITE,
    unknown = const arrival::UNKNOWN,
    after = const arrival::AFTER,
    from_stub = const arrival::STUB,
    dispatched = const arrival::DISPATCHED,
    again = const arrival::AGAIN,
    known = sym known::TABLE,
    routes = sym table::ROUTES,
    low_known = const low::KNOWN,
    low_routes = const low::ROUTES,
    low_slow = const low::SLOW,
    enter = sym dispatch::enter,
    after_fn = sym dispatch::after,
    pending_fn = sym crate::signals::deliver::leave_pending,
    clone_parent = sym dispatch::clone::parent,
    clone_child = sym dispatch::clone::child,
);

// `mov r11, gs:[0]` relies on it; movaps relies on the alignment.
const _: () = {
    assert!(offset_of!(ThreadBlock, this) == 0);
    assert!((REGISTERS + offset_of!(Registers, xmm)).is_multiple_of(16));
};
