//! SIGSEGV: calls through page 0 with a number that the sled does not hold, calls
//! through null pointers, and faults of the loader itself.
//!
//! # Safety
//! Reads code and stack words at addresses that the fault proves accessible or
//! that are read through the kernel.
#![allow(unsafe_code, reason = "dies by raw syscalls")]

use super::action;
use super::frame::{Context, Info, UserContext};
use super::hygiene::SIGSYS;
use crate::arch::labels::{self, labels};
use crate::arch::syscall::{nr, syscall0, syscall1, syscall3};
use crate::dispatch::thread::{self, ThreadBlock};
use crate::island::memory::{self, get_word as word};
use crate::island::output;
use crate::rewrite::{arena, known};

const SIGILL: u32 = action::SIGILL;
const SIGTRAP: u32 = action::SIGTRAP;
const SIGABRT: usize = 6;
const SIGBUS: u32 = action::SIGBUS;
const SIGFPE: u32 = 8;
const SIGSEGV: u32 = action::SIGSEGV;
const SEGV_MAPERR: i32 = 1;
/// Page-fault error code: user mode, instruction fetch.
const FETCH: u64 = 0x14;
const PAGE_FAULT: u64 = 14;

/// Whether the thread's own instruction raised the signal.
pub fn is_synchronous(signal: u32, info: &Info) -> bool {
    const SI_KERNEL: i32 = 0x80;
    is_repeated(signal, info) || signal == SIGSYS && info.code > 0 && info.code != SI_KERNEL
}

/// Whether the instruction that raised the signal will do so again.
pub fn is_repeated(signal: u32, info: &Info) -> bool {
    matches!(signal, SIGSEGV | SIGBUS | SIGILL | SIGFPE | SIGTRAP) && info.code > 0
}

/// A seccomp filter of the program's has trapped a call of the loader's own: it
/// fails.
pub fn own_call_trapped(context: &mut Context) {
    const ENOSYS: i64 = 38;
    context.rax = (-ENOSYS).cast_unsigned();
}

/// SIGSYS by a seccomp filter names the address behind the call (si_call_addr): the
/// program's, as the context has it.
pub fn show_call_address(signal: u32, info: &mut Info, context: &Context) {
    const SYS_SECCOMP: i32 = 1;
    if signal == SIGSYS && info.code == SYS_SECCOMP {
        info.address = context.rip;
    }
}

/// Settles a SIGSEGV that a rewritten site caused. False: it is the program's
/// own (the context may have been corrected for it).
pub fn resolve(info: &mut Info, user: &mut UserContext) -> bool {
    let context = &mut user.context;
    if context.rip == labels().fault {
        // Stands for a call to an address where nothing is: show that.
        let target = context.call_target();
        info.code = SEGV_MAPERR;
        info.address = target;
        context.rip = target;
        context.rsp -= 8;
        context.fault_address = target;
        context.error = FETCH;
        context.trap = PAGE_FAULT;
        return false;
    }
    // A thread older than the loader has no block: its calls go to the kernel.
    if context.r11 == 0
        && let Some(begin) = labels::restart_of(context.rip)
        && begin == labels().stub
    {
        context.rip = arena::site(context.rcx as u32).native;
        return true;
    }
    // rax led into the landing pages themselves, beyond the dispatch table.
    if let Some(position) = labels::on_fast_path(context.rip)
        && !position.returned
    {
        context.rsp = context.rsp.wrapping_add(position.stack).wrapping_sub(8);
        context.rip = labels().miss;
        return true;
    }
    if labels::is_entering(context.rip) {
        context.rip = labels().miss;
        return true;
    }
    // `call *%rax` arrived at rax, where nothing is mapped.
    if context.rip == context.rax
        && let Some(resume) = word(context.rsp)
        && known::contains(resume)
    {
        context.rip = labels().miss;
        return true;
    }
    // rax is not canonical: the call itself faulted.
    if known::contains(context.rip.wrapping_add(2)) {
        let below = context.rsp.wrapping_sub(8);
        if memory::put(below, &(context.rip + 2).to_le_bytes()) {
            context.rsp = below;
            context.rip = labels().miss;
            return true;
        }
    }
    false
}

/// Settles a SIGILL at the syscall instruction that a jump has replaced: the
/// thread stood between it and the instruction before. It goes on in the stub.
pub fn resolve_patch(user: &mut UserContext) -> bool {
    let context = &mut user.context;
    let behind = context.rip.wrapping_add(2);
    let Some(index) = arena::find(behind) else { return false };
    let site = arena::site(index);
    if site.patched == 0 || site.patched >= context.rip {
        return false;
    }
    context.rcx = behind;
    context.rip = labels().dispatched;
    true
}

impl Context {
    /// Where a call that pushed the word below the stack pointer went: what its
    /// register holds (rcx and r11 are lost), or 0 if it was no call of a
    /// register.
    fn call_target(&self) -> u64 {
        let pushed = word(self.rsp.wrapping_sub(8)).unwrap_or(0);
        let mut code = [0; 3];
        if !memory::get(pushed.wrapping_sub(3), &mut code) {
            return 0;
        }
        let registers = [
            self.rax, 0, self.rdx, self.rbx, self.rsp, self.rbp, self.rsi, self.rdi, self.r8, self.r9, self.r10, 0,
            self.r12, self.r13, self.r14, self.r15,
        ];
        match code {
            [0x41, 0xff, low @ 0xd0..=0xd7] => registers[8 + usize::from(low - 0xd0)],
            [_, 0xff, low @ 0xd0..=0xd7] => registers[usize::from(low - 0xd0)],
            _ => 0,
        }
    }
}

/// Somebody called an address in page 0 that is not a syscall site: the thread
/// leaves to an instruction that faults, and the signal code makes it look as
/// if the call had found nothing there.
pub fn called_nothing(block: &ThreadBlock) {
    block.target.set(labels().fault);
    block.target_rsp.set(block.registers().rsp);
}

/// A fault inside the loader or the guest's code: our own bug. Says so, and ends
/// the process as the fault would have.
pub fn internal(signal: u32, info: &Info, user: &UserContext) -> ! {
    let context = &user.context;
    output::message(format_args!(
        "internal error: signal {signal} (code {}) at {:#x} in the loader, address {:#x}, loader base {:#x}\n  \
         this is a bug in zpoline, not in the program; please report it",
        info.code,
        context.rip,
        info.address,
        loader_base(),
    ));
    abort()
}

/// The program has written the gs register: the loader has lost this thread.
pub fn gs_is_taken() -> ! {
    // From here on we know nothing of this thread.
    // SAFETY: the process ends.
    unsafe { thread::adopt(core::ptr::null()) };
    output::message(format_args!(
        "the program has set the gs register (wrgsbase), through which the loader finds its thread block\n  \
         such a program cannot be hooked (Wine, or a language runtime that uses gs)\n  \
         fix: run it without the loader: unset LD_PRELOAD"
    ));
    abort()
}

fn loader_base() -> u64 {
    unsafe extern "C" {
        static __ehdr_start: u8;
    }
    (&raw const __ehdr_start).addr() as u64
}

/// Ends the process by SIGABRT with the default action.
pub fn abort() -> ! {
    action::reset_in_kernel(SIGABRT as u32);
    super::mask::set(0);
    loop {
        // SAFETY: ends the process.
        unsafe {
            syscall3(nr::TGKILL, syscall0(nr::GETPID) as usize, syscall0(nr::GETTID) as usize, SIGABRT);
            syscall1(nr::EXIT_GROUP, 134);
        }
    }
}
