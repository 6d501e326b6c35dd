//! Syscall User Dispatch: the net under the patches.
//!
//! Armed in every thread with the loader's image as the exempt range and no
//! selector, so that every syscall instruction outside the loader raises SIGSYS
//! (Documentation/admin-guide/syscall-user-dispatch.rst). The kernel compares the
//! address *behind* the instruction with the range, before it looks for a
//! selector: there is no byte in memory to flip, leak or share.
//!
//! Invariants: all syscall instructions of the loader lie in the range; SIGSYS is
//! never blocked while program code runs (see `hygiene`).
//!
//! # Safety
//! Raw prctl; from then on every foreign syscall instruction arrives in
//! `dispatched`.
#![allow(unsafe_code, reason = "raw prctl")]

use super::frame::{Context, Info};
use crate::arch::labels::labels;
use crate::arch::syscall::{nr, syscall5};
use crate::dispatch::filter::{self, Deed};
use crate::rewrite::live;
use crate::stats;
use core::sync::atomic::{AtomicBool, Ordering};

const PR_SET_SYSCALL_USER_DISPATCH: usize = 59;
const PR_SYS_DISPATCH_ON: usize = 1;
/// si_code of a dispatched call.
const SYS_USER_DISPATCH: i32 = 2;
const AUDIT_ARCH_I386: u64 = 0x4000_0003;

static ARMED: AtomicBool = AtomicBool::new(false);
/// There may be threads that are not.
static STRANGERS: AtomicBool = AtomicBool::new(false);

/// The loader's image: first address and length in bytes.
pub fn image() -> (usize, usize) {
    unsafe extern "C" {
        static __ehdr_start: u8;
        static _end: u8;
    }
    let start = (&raw const __ehdr_start).addr();
    (start, (&raw const _end).addr() - start)
}

/// Whether threads are armed.
pub fn armed() -> bool {
    ARMED.load(Ordering::Relaxed)
}

/// Whether every thread of the process is armed.
pub fn all_armed() -> bool {
    armed() && !STRANGERS.load(Ordering::Relaxed)
}

/// There may be threads that are not armed.
pub fn not_all_armed() {
    STRANGERS.store(true, Ordering::Relaxed);
}

fn set() -> isize {
    let (start, length) = image();
    // SAFETY: SIGSYS is handled.
    unsafe { syscall5(nr::PRCTL, PR_SET_SYSCALL_USER_DISPATCH, PR_SYS_DISPATCH_ON, start, length, 0) }
}

/// Arms the calling thread and, from here on, every new one. The errno if the
/// kernel does not have it or denies it.
pub fn arm() -> Result<(), i32> {
    match set() {
        0 => {
            ARMED.store(true, Ordering::Relaxed);
            Ok(())
        }
        error => Err(-error as i32),
    }
}

/// Whether the calling thread could be armed; the errno if not. It is not, afterwards.
pub fn probe() -> Result<(), i32> {
    const PR_SYS_DISPATCH_OFF: usize = 0;
    let result = set();
    // SAFETY: as it was.
    unsafe { syscall5(nr::PRCTL, PR_SET_SYSCALL_USER_DISPATCH, PR_SYS_DISPATCH_OFF, 0, 0, 0) };
    if result == 0 { Ok(()) } else { Err(-result as i32) }
}

/// Whether the kernel knows PR_SYS_DISPATCH_INCLUSIVE_ON (Linux 6.17), which a
/// program would then be able to use. Tried with a range in which nothing runs.
pub fn kernel_has_inclusive() -> bool {
    const PR_SYS_DISPATCH_INCLUSIVE_ON: usize = 2;
    const PR_SYS_DISPATCH_OFF: usize = 0;
    // SAFETY: no selector; the thread's own setting is restored at once, and it
    // runs nothing but the loader in between.
    unsafe {
        let known = syscall5(nr::PRCTL, PR_SET_SYSCALL_USER_DISPATCH, PR_SYS_DISPATCH_INCLUSIVE_ON, 1, 1, 0) == 0;
        if armed() {
            set();
        } else {
            syscall5(nr::PRCTL, PR_SET_SYSCALL_USER_DISPATCH, PR_SYS_DISPATCH_OFF, 0, 0, 0);
        }
        known
    }
}

/// Arms a new thread, if threads are armed and the program's filters allow it.
pub fn arm_thread() {
    if armed() {
        if filter::lets(Deed::Arm) {
            set();
        } else {
            not_all_armed();
            filter::say_unarmed();
        }
    }
}

/// SIGSYS: if a syscall instruction raised it, sends the thread into the island
/// with the address behind the instruction in rcx, where the kernel leaves it
/// anyway. False: somebody else's SIGSYS.
pub fn dispatched(info: &Info, context: &mut Context) -> bool {
    if info.code != SYS_USER_DISPATCH || !armed() {
        return false;
    }
    if info.arch() == AUDIT_ARCH_I386 {
        stats::calls::count_int80();
        run_int80(context);
        return true;
    }
    if let Some(on) = live::redirected(context.rip, context.rax as u32) {
        context.rip = on;
        return true;
    }
    context.rcx = context.rip;
    context.rip = labels().dispatched;
    true
}

/// `int 0x80` from 64-bit code, with the numbers and the registers of the 32-bit
/// interface: made here and now, since every register may be an argument.
fn run_int80(context: &mut Context) {
    let result: u64;
    // SAFETY: the program's own call; memory and registers are those that it
    // names. rbx and rbp cannot be operands.
    unsafe {
        core::arch::asm!(
            "push rbx",
            "push rbp",
            "mov rbx, [{c} + {rbx}]",
            "mov rbp, [{c} + {rbp}]",
            "int 0x80",
            "pop rbp",
            "pop rbx",
            c = in(reg) core::ptr::from_mut(context),
            rbx = const core::mem::offset_of!(Context, rbx),
            rbp = const core::mem::offset_of!(Context, rbp),
            inlateout("rax") context.rax => result,
            in("rcx") context.rcx,
            in("rdx") context.rdx,
            in("rsi") context.rsi,
            in("rdi") context.rdi,
        );
    }
    context.rax = result;
}
