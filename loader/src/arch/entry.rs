//! The entry path: from a rewritten site to the kernel or into the island, and
//! back. Assembly, and the labels that the rest of the loader needs of it.
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
//! Reached only by rewritten sites, by `leave`, and by the kernel as a signal
//! handler. Offsets into the thread block are `offset_of!` operands.
#![allow(unsafe_code, reason = "assembly and its labels")]

use crate::dispatch::thread::{Registers, ThreadBlock};
use crate::dispatch::{self, table::ROUTES};
use crate::rewrite::known::KNOWN;
use core::mem::offset_of;

const REGISTERS: usize = offset_of!(ThreadBlock, registers);

/// How a thread came into the island.
pub mod arrival {
    /// Through `call *%rax` of a site whose address was in the cache.
    pub const SITE: u32 = 0;
    /// Through the sled, from an address that the cache does not hold.
    pub const UNKNOWN: u32 = 1;
    /// Behind a syscall whose result is to be looked at.
    pub const AFTER: u32 = 2;
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
    "test dword ptr [r11 + {r} + {rflags}], 0x44400", // AC, NT, DF
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
    // ldmxcsr is dear; most calls leave it alone.
    "push 0",
    "stmxcsr [rsp]",
    "pop rax",
    "cmp eax, [r11 + {r} + {mxcsr}]",
    "je 2f",
    "ldmxcsr [r11 + {r} + {mxcsr}]",
    "2:",
    ".endm",
    // --- From `call *%rax` through page 0. [rsp] is the address behind the site.
    ".balign 64",
    "zpl_entry:",
    "lea r11, [rip + {known}]",
    "movzx ecx, word ptr [rsp]",   // address bits 0-15: the index
    "mov ecx, [r11 + rcx*4]",      // address bits 16-47 of the site there
    "mov r11d, [rsp + 2]",         // ours
    "not r11",
    "lea rcx, [rcx + r11 + 1]",    // difference, without touching flags
    "jrcxz 1f",
    "jmp zpl_miss",
    "1: lea r11, [rip + {routes}]",
    "movzx ecx, byte ptr [r11 + rax]",
    "jrcxz zpl_native",
    "jmp zpl_hooked",
    // The program's call, run as the program made it. [rsp] is where to return.
    ".globl zpl_native",
    ".hidden zpl_native",
    "zpl_native:",
    "lea rsp, [rsp + 8]",          // the kernel sees the program's own rsp
    "syscall",
    "lea rsp, [rsp - 8]",
    "mov rcx, [rsp]",              // as the kernel leaves it
    "ret",
    // --- Into the island.
    ".balign 32",
    "zpl_hooked:",                 // save window
    "rdgsbase r11",
    "mov rcx, r11",
    "jrcxz zpl_native",            // a thread older than the loader
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
    "zpl_leave_begin:",            // leave window
    "cmp dword ptr [r11 + {pending}], 0",
    "jne zpl_pending",
    "zpl_go:",
    "test dword ptr [r11 + {r} + {rflags}], 0x44500", // AC, NT, DF, TF
    "jnz 5f",
    "mov eax, [r11 + {r} + {lahf}]",
    "add al, 0x7f",                // OF
    "sahf",                        // SF ZF AF PF CF
    "4:",
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
    "mov rsp, [r11 + {target_rsp}]",
    "mov r11, [r11 + {r} + {r11}]",
    "jmp qword ptr gs:[{target}]",
    "5: push qword ptr [r11 + {r} + {rflags}]",
    "popfq",
    "jmp 4b",
    "zpl_leave_end:",
    // A signal was put off, or a mask is due: all signals are blocked here.
    "zpl_pending:",
    "mov rdi, r11",
    "call {pending_fn}",
    "ZPL_RESTORE_STATE",
    "zpl_unblock:",                // leave window
    "lea rsi, [r11 + {saved_mask}]",
    "mov edi, 2",                  // SIG_SETMASK
    "xor edx, edx",
    "mov r10d, 8",
    "mov eax, 14",                 // rt_sigprocmask
    "syscall",
    "mov r11, gs:[0]",
    "jmp zpl_go",
    "zpl_unblock_end:",
    // --- Through the sled from an address that the cache does not hold.
    "6: jmp zpl_native",
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
    // --- The program's call, whose result the loader wants to see.
    ".balign 32",
    "zpl_observed:",
    "syscall",
    "zpl_after:",                  // save window
    "rdgsbase r11",
    "mov dword ptr [r11 + {arrival}], {after}",
    "ZPL_SAVE_GENERAL",
    "mov [r11 + {r} + {rsp}], rsp",
    "mov rsp, r11",
    "zpl_after_end:",
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
    // --- Back to the program without a return address on its stack.
    "zpl_return:",
    "jmp rcx",
    // --- Back to the program through the return address that the site pushed.
    "zpl_ret:",
    "ret",
    // --- Stands for a jump to an address where nothing is.
    "zpl_fault:",
    "hlt",
    // --- Every handler of the program is entered through here.
    ".balign 32",
    "zpl_signal:",
    "push rdi",
    "push rsi",
    "push rdx",
    "call {signal}",
    "pop rdx",
    "pop rsi",
    "pop rdi",
    "test rax, rax",
    "jz 8f",
    "jmp rax",
    "8: ret",
    "zpl_restorer:",
    "mov eax, 15",                 // rt_sigreturn
    "syscall",
    "ud2",
    ".purgem ZPL_SAVE_GENERAL",
    ".purgem ZPL_SAVE_STATE",
    ".purgem ZPL_RESTORE_STATE",
    // Label addresses for Rust.
    ".balign 8",
    ".popsection",
    ".pushsection .data.rel.ro.zpl_labels,\"aw\",@progbits",
    ".balign 8",
    ".globl zpl_labels",
    ".hidden zpl_labels",
    "zpl_labels:",
    ".quad zpl_entry, zpl_native, zpl_observed, zpl_clone, zpl_exit, zpl_return, zpl_fault, zpl_signal, zpl_restorer, zpl_miss, zpl_ret",
    ".quad zpl_hooked, zpl_hooked_end, zpl_miss, zpl_miss_end, zpl_after, zpl_after_end",
    ".quad zpl_leave_begin, zpl_leave_end, zpl_unblock, zpl_unblock_end",
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
    site = const arrival::SITE,
    unknown = const arrival::UNKNOWN,
    after = const arrival::AFTER,
    known = sym KNOWN,
    routes = sym ROUTES,
    enter = sym dispatch::enter,
    after_fn = sym dispatch::after,
    pending_fn = sym crate::signals::deliver::leave_pending,
    clone_parent = sym dispatch::clone::parent,
    clone_child = sym dispatch::clone::child,
    signal = sym crate::signals::deliver::arrived,
);

// `mov r11, gs:[0]` relies on it; movaps relies on the alignment.
const _: () = {
    assert!(offset_of!(ThreadBlock, this) == 0);
    assert!((REGISTERS + offset_of!(Registers, xmm)).is_multiple_of(16));
};

/// A range of instruction addresses, end excluded.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct Window {
    begin: u64,
    end: u64,
}

impl Window {
    fn contains(self, rip: u64) -> bool {
        (self.begin..self.end).contains(&rip)
    }
}

/// Addresses of the labels above.
#[repr(C)]
#[derive(Debug)]
pub struct Labels {
    /// Where the trampoline jumps.
    pub entry: u64,
    /// Runs the call, then returns to the address at the stack pointer.
    pub native: u64,
    /// Runs the call and comes back into the island.
    pub observed: u64,
    /// Runs a clone-like call.
    pub clone: u64,
    /// Ends the thread.
    pub exit: u64,
    /// Jumps to rcx.
    pub return_to_rcx: u64,
    /// Faults with SIGSEGV.
    pub fault: u64,
    /// The handler that the kernel knows.
    pub signal: u64,
    /// rt_sigreturn.
    pub restorer: u64,
    /// Slow way in, for any rax.
    pub miss: u64,
    /// Returns to the address at the stack pointer.
    pub ret: u64,
    save: [Window; 3],
    leave: [Window; 2],
}

/// The labels.
pub fn labels() -> &'static Labels {
    unsafe extern "C" {
        static zpl_labels: Labels;
    }
    // SAFETY: the assembly above defines it with this layout (asserted by the
    // order of the two `.quad` lists) and it is constant after relocation.
    unsafe { &zpl_labels }
}

/// If `rip` lies in a save window, the address at which to start it again.
pub fn restart_of(rip: u64) -> Option<u64> {
    labels().save.iter().find(|w| w.contains(rip)).map(|w| w.begin)
}

/// Whether `rip` lies in a leave window.
pub fn is_leaving(rip: u64) -> bool {
    labels().leave.iter().any(|w| w.contains(rip))
}
