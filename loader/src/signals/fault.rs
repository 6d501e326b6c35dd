//! SIGSEGV: calls through page 0 with a number that the sled does not hold, calls
//! through null pointers, and faults of the loader itself.
//!
//! # Safety
//! Reads code and stack words at addresses that the fault proves accessible or
//! that are read through the kernel.
#![allow(unsafe_code, reason = "dies by raw syscalls")]

use super::action;
use super::deliver::{Info, UserContext};
use crate::arch::entry::labels;
use crate::arch::syscall::{nr, syscall0, syscall1, syscall3};
use crate::dispatch::thread::ThreadBlock;
use crate::island::{memory, output};
use crate::rewrite::known;

const SIGILL: u32 = 4;
const SIGTRAP: u32 = 5;
const SIGABRT: usize = 6;
const SIGBUS: u32 = 7;
const SIGFPE: u32 = 8;
const SIGSEGV: u32 = action::SIGSEGV;
const SEGV_MAPERR: i32 = 1;
/// Page-fault error code: user mode, instruction fetch.
const FETCH: u64 = 0x14;
const PAGE_FAULT: u64 = 14;

/// Whether the thread's own instruction raised the signal.
pub fn is_synchronous(signal: u32, info: &Info) -> bool {
    matches!(signal, SIGSEGV | SIGBUS | SIGILL | SIGFPE | SIGTRAP) && info.code > 0
}

fn word(at: u64) -> Option<u64> {
    let mut bytes = [0; 8];
    memory::read_exact(at, &mut bytes).ok().map(|()| u64::from_le_bytes(bytes))
}

/// Settles a SIGSEGV that a rewritten site caused. False: it is the program's
/// own (the context may have been corrected for it).
pub fn resolve(info: &mut Info, user: &mut UserContext) -> bool {
    let context = &mut user.context;
    if context.rip == labels().fault {
        // Stands for a call to an address where nothing is: show that.
        let target = context.rax_if_called();
        info.code = SEGV_MAPERR;
        info.address = target;
        context.rip = target;
        context.rsp -= 8;
        context.fault_address = target;
        context.error = FETCH;
        context.trap = PAGE_FAULT;
        return false;
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
        if memory::write_exact(below, &(context.rip + 2).to_le_bytes()).is_ok() {
            context.rsp = below;
            context.rip = labels().miss;
            return true;
        }
    }
    false
}

impl super::deliver::Context {
    /// Where a call that pushed the word below the stack pointer went: rax if
    /// the call was `call *%rax`, else taken to be 0.
    fn rax_if_called(&self) -> u64 {
        let pushed = word(self.rsp.wrapping_sub(8)).unwrap_or(0);
        let mut code = [0; 2];
        match memory::read_exact(pushed.wrapping_sub(2), &mut code) {
            Ok(()) if code == [0xff, 0xd0] => self.rax,
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
