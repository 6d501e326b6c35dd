//! From saved registers to what happens to the call.
//!
//! Invariants: runs on the hook stack, with no program signal handler able to
//! run in this thread; the program's own syscall is never made from here but by
//! the stub that the thread leaves through.
//!
//! # Safety
//! `enter` and `after` are called by `arch::entry` only, with the thread's own
//! block, whose registers were just saved.
#![allow(unsafe_code, reason = "reads the return address on the program's stack")]

pub mod clone;
pub mod exit;
pub mod table;
pub mod thread;

use crate::arch::entry::{self, Return, arrival, labels};
use crate::arch::syscall::nr;
use crate::guest::{self, Call, Decision};
use crate::rewrite::known;
use crate::signals;
use thread::{Frame, Registers, ThreadBlock};

impl Registers {
    /// The call that these registers make.
    pub fn call(&self) -> Call {
        Call { number: self.rax as u32, args: [self.rdi, self.rsi, self.rdx, self.r10, self.r8, self.r9] }
    }

    /// Sets the argument registers.
    pub fn set_args(&mut self, args: [u64; 6]) {
        [self.rdi, self.rsi, self.rdx, self.r10, self.r8, self.r9] = args;
    }
}

/// A call has arrived: decides about it and sets where the thread leaves to.
pub extern "C" fn enter(block: &ThreadBlock) {
    let registers = block.registers();
    // What the kernel leaves in rcx and r11.
    registers.rcx = block.resume.get();
    registers.r11 = registers.rflags;
    if block.arrival.get() == arrival::UNKNOWN && !known::confirm(block.resume.get()) {
        signals::fault::called_nothing(block);
        return;
    }
    let call = registers.call();
    let decision = if table::route(call.number) & table::HOOKED != 0 && call.number as usize != nr::RESTART_SYSCALL {
        guest::enter(&call)
    } else {
        Decision::Forward
    };
    match decision {
        Decision::Forward => run(block, &call, None, false),
        Decision::Observe => run(block, &call, None, true),
        Decision::Complete(result) => complete(block, result),
        Decision::Rewrite(other) => run(block, &call, Some(other), false),
        Decision::RewriteObserve(other) => run(block, &call, Some(other), true),
    }
}

/// Leaves to run a call: the one the program made, or another in its place.
fn run(block: &ThreadBlock, made: &Call, instead: Option<Call>, observed: bool) {
    let registers = block.registers();
    if let Some(other) = &instead {
        registers.rax = u64::from(other.number);
        registers.set_args(other.args);
    }
    let number = registers.rax as u32 as usize;
    let frame = || Frame { rsp: registers.rsp, resume: block.resume.get(), call: *made, observed };
    match number {
        nr::CLONE | nr::FORK | nr::VFORK | nr::CLONE3 => return clone::leave(block, frame()),
        nr::EXIT => return exit::leave_thread(block),
        nr::EXIT_GROUP => exit::finish(block),
        nr::RT_SIGACTION => {
            let result = signals::action::rt_sigaction(block, registers.call().args);
            registers.set_args(made.args);
            let result = if observed { guest::exit(made, result) } else { result };
            return complete(block, result);
        }
        _ => {}
    }
    if observed || instead.is_some() {
        block.push_frame(frame());
        block.target.set(labels().observed);
        block.target_rsp.set(registers.rsp);
    } else {
        block.target.set(entry::native());
        block.target_rsp.set(registers.rsp - 8);
    }
}

/// Leaves with a result, the call not being made.
fn complete(block: &ThreadBlock, result: i64) {
    let registers = block.registers();
    registers.rax = result as u64;
    block.target.set(labels().ret);
    block.target_rsp.set(registers.rsp - 8);
}

/// A call that was observed or rewritten has returned.
pub extern "C" fn after(block: &ThreadBlock) {
    let registers = block.registers();
    let rsp = registers.rsp;
    // SAFETY: the site's `call` pushed its return address there, below the
    // stack pointer, where the kernel keeps off for 128 bytes.
    let pushed = || unsafe { core::ptr::with_exposed_provenance::<u64>(rsp as usize - 8).read() };
    registers.r11 = registers.rflags;
    let Some(frame) = block.pop_frame(rsp) else {
        // Forgotten: more calls were in flight than we keep. The program gets
        // its result all the same.
        registers.rcx = pushed();
        block.target.set(labels().ret);
        block.target_rsp.set(rsp - 8);
        return;
    };
    registers.rcx = frame.resume;
    registers.set_args(frame.call.args);
    if frame.observed {
        registers.rax = guest::exit(&frame.call, registers.rax as i64) as u64;
    }
    // A call that unmaps the stack must not make us touch it.
    let unmaps = matches!(frame.call.number as usize, nr::MUNMAP | nr::MREMAP);
    if entry::returning() == Return::Ret && !unmaps && pushed() == frame.resume {
        block.target.set(labels().ret);
        block.target_rsp.set(rsp - 8);
    } else {
        block.target.set(labels().return_to_rcx);
        block.target_rsp.set(rsp);
    }
}
