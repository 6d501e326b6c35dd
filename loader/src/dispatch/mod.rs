//! From saved registers to what happens to the call.
//!
//! Invariants: runs on the hook stack, with no program signal handler able to
//! run in this thread; the program's own syscall is never made from here but by
//! the stub that the thread leaves through.

pub mod blocks;
pub mod claims;
pub mod clone;
pub mod exec;
pub mod exit;
pub mod filter;
pub mod frames;
pub mod origin;
pub mod scratch;
pub mod table;
pub mod thread;
pub mod unhookable;

use crate::arch::entry::arrival;
use crate::arch::labels::labels;
use crate::arch::syscall::nr;
use crate::guest::{self, Call, Decision, Observers};
use crate::rewrite::{known, late, learn};
use crate::signals::hygiene::Due;
use crate::signals::{self, hygiene, sigreturn};
use crate::stats;
use origin::Origin;
use scratch::Taken;
use thread::{Registers, ThreadBlock};

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
    let from = block.resume.get();
    let origin = match block.arrival.get() {
        arrival::STUB => Origin::Stub(from as u32),
        arrival::DISPATCHED => learn::origin(from, registers.rax as u32),
        arrival::UNKNOWN if !known::confirm(from) => return signals::fault::called_nothing(block),
        arrival::AGAIN => return again(block, from),
        _ => Origin::Page0 { behind: from },
    };
    block.origin.set(origin);
    // What the kernel leaves in rcx and r11.
    registers.rcx = origin.behind();
    registers.r11 = registers.rflags;
    if signals::program_sud::stops(block, registers.rcx) {
        return;
    }
    let call = registers.call();
    let route = table::route(call.number);
    let shown = route & table::HOOKED != 0 && call.number as usize != nr::RESTART_SYSCALL;
    if route & table::COUNTED != 0 {
        stats::calls::count(call.number, shown, block.arrival.get() == arrival::DISPATCHED);
    }
    block.scratch.set(Taken::NOTHING);
    let observers = block.observers();
    let decision = if shown {
        guest::enter(&call, observers)
    } else {
        observers.clear();
        Decision::Forward
    };
    match decision {
        Decision::Forward => run(block, &call, None, observers),
        Decision::Complete(result) => complete(block, result),
        Decision::Rewrite(other) => run(block, &call, Some(other), observers),
    }
}

/// A call that does not return, which a signal has kept from being made.
fn again(block: &ThreadBlock, behind: u64) {
    block.origin.set(Origin::Loose { behind });
    sigreturn::settle(block);
    if block.registers().rax as u32 as usize == nr::EXIT {
        exit::leave_thread(block);
    } else if !sigreturn::leave(block) {
        block.target.set(labels().observed);
        block.target_rsp.set(block.registers().rsp);
    }
}

/// Calls behind which the program does not go on.
pub fn never_returns(number: u32) -> bool {
    matches!(number as usize, nr::EXIT | nr::EXIT_GROUP | nr::RT_SIGRETURN)
}

/// What the loader makes of a call that changes the process or the thread.
pub enum Structural {
    /// The thread already knows where it leaves to.
    Left,
    /// The loader made the call; this is its result.
    Done(i64),
    /// The call is made, with these arguments in place of its own.
    Changed([u64; 6]),
    /// The call is made, and the loader notes what it did.
    Watched(Due),
    /// The call is made as it is.
    Plain,
}

/// Leaves to run a call: the one the program made, or another in its place.
fn run(block: &ThreadBlock, made: &Call, instead: Option<Call>, observers: &Observers) {
    let registers = block.registers();
    if let Some(other) = &instead {
        registers.rax = u64::from(other.number);
        registers.set_args(other.args);
    }
    let (rsp, origin) = (registers.rsp, block.origin.get());
    let unmaps = matches!(registers.rax as u32 as usize, nr::MUNMAP | nr::MREMAP);
    let mut due = Due::Nothing;
    let changed = match structural(block, made, observers) {
        Structural::Left => return,
        Structural::Done(result) => {
            registers.set_args(made.args);
            registers.rax = guest::exit(made, observers, result) as u64;
            // The site's address below the stack pointer may be gone.
            return if unmaps { origin.leave_result_any_stack(block) } else { origin.leave_result(block, true) };
        }
        Structural::Changed(args) => {
            registers.set_args(args);
            true
        }
        Structural::Watched(what) => {
            due = what;
            true
        }
        Structural::Plain => instead.is_some(),
    };
    if never_returns(registers.rax as u32) {
        // Nothing to come back for, so nothing to note.
        if !origin.leave_native(block) {
            block.target.set(labels().observed);
            block.target_rsp.set(rsp);
        }
        return;
    }
    let scratch = block.scratch.get();
    // Scratch memory is the call's until it has returned.
    if observers.any() || changed || scratch.is_some() || !origin.leave_native(block) {
        let frame = block.frames().push(rsp);
        frame.set(rsp, origin, made, unmaps, observers, scratch);
        frame.sent = registers.call();
        frame.due = due;
        hygiene::direct(frame);
        registers.set_args(frame.sent.args);
        block.target.set(labels().observed);
        block.target_rsp.set(rsp);
    }
}

/// Calls that the loader has to see, whatever the hook makes of them.
fn structural(block: &ThreadBlock, made: &Call, observers: &Observers) -> Structural {
    let call = block.registers().call();
    match call.number as usize {
        nr::CLONE | nr::FORK | nr::VFORK | nr::CLONE3 => {
            clone::leave(block, made, observers);
            Structural::Left
        }
        nr::EXIT => {
            exit::leave_thread(block);
            Structural::Left
        }
        nr::EXIT_GROUP => {
            exit::finish(block);
            Structural::Plain
        }
        nr::EXECVE => match unhookable::check(unhookable::AT_FDCWD, call.args[0], 0) {
            Some(refusal) => Structural::Done(refusal),
            None => {
                stats::before_exec(block, &call);
                exec::structural(block, &call, 2)
            }
        },
        nr::EXECVEAT => match unhookable::check(call.args[0], call.args[1], call.args[4]) {
            Some(refusal) => Structural::Done(refusal),
            None => {
                stats::before_exec(block, &call);
                exec::structural(block, &call, 3)
            }
        },
        nr::RT_SIGACTION => Structural::Done(signals::action::rt_sigaction(block, call.args)),
        nr::MMAP | nr::MPROTECT => match claims::structural(block, &call) {
            Structural::Plain => late::structural(&call),
            ours => ours,
        },
        nr::MUNMAP
        | nr::PKEY_MPROTECT
        | nr::MADVISE
        | nr::MREMAP
        | nr::MSEAL
        | nr::SHMAT
        | nr::DUP2
        | nr::DUP3
        | nr::CLOSE_RANGE
        | nr::ARCH_PRCTL => claims::structural(block, &call),
        nr::SECCOMP => filter::seccomp(call.args),
        _ => signals::hygiene::structural(block, &call),
    }
}

/// A call that a hook makes itself, in the middle of another one: what the loader has
/// to note of it, or its result if the loader has to make it. Calls that take the
/// thread elsewhere, or that would touch the loader, no hook may make at all
/// (`guest::imports::invoke`).
pub fn within_hook(call: &Call) -> Option<i64> {
    claims::touched(call);
    let made = match call.number as usize {
        // Code that is mapped is patched.
        nr::MMAP | nr::MPROTECT => late::structural(call),
        nr::SECCOMP => filter::seccomp(call.args),
        nr::PRCTL => {
            filter::prctl(call.args);
            Structural::Plain
        }
        _ => Structural::Plain,
    };
    if let Structural::Done(result) = made { Some(result) } else { None }
}

/// Leaves with a result, the call not being made.
fn complete(block: &ThreadBlock, result: i64) {
    block.registers().rax = result as u64;
    block.origin.get().leave_result(block, true);
}

/// A call that was observed or rewritten has returned.
pub extern "C" fn after(block: &ThreadBlock) {
    let registers = block.registers();
    let Some(frame) = block.frames().pop(registers.rsp) else {
        // Forgotten: more calls were in flight than we keep. Where the site
        // pushed its address the program gets its result all the same.
        return Origin::Loose { behind: origin::pushed(registers.rsp) }.leave_result(block, false);
    };
    registers.set_args(frame.call.args);
    block.scratch.set(frame.scratch);
    registers.rax = hygiene::after(block, frame, registers.rax as i64) as u64;
    if frame.observers.any() {
        registers.rax = guest::exit(&frame.call, &frame.observers, registers.rax as i64) as u64;
    }
    // A call that unmaps the stack must not make us touch it.
    if frame.unmaps {
        frame.origin.leave_result_any_stack(block);
    } else {
        frame.origin.leave_result(block, false);
    }
}
