//! What happens when the hook fails: the user's `on-trap` policy.
//!
//! Invariants: the instance that failed is dropped before anything else runs;
//! the first failure of a process is reported in full, later ones are counted;
//! nothing here can fail in turn.
//!
//! # Safety
//! Ending the process by raw syscalls, with structures on our own stack.
#![allow(unsafe_code, reason = "raises SIGABRT by raw syscalls")]

use super::instance::{Guest, start_fuel};
use super::limits::Hit;
use super::seat::{Hook, MAX_RELOADS, Seat};
use super::{Call, OnTrap};
use crate::arch::syscall::{nr, syscall0, syscall1, syscall3, syscall4};
use crate::island::output::message;
use alloc::string::String;
use core::fmt;
use core::sync::atomic::Ordering;
use wasmtime::{Trap, WasmBacktrace};
use zpoline_host_abi::engine::GUEST_STACK;
use zpoline_host_abi::limits::START_FACTOR;
use zpoline_host_abi::{errno, syscalls};

/// How a hook failed.
#[derive(Debug)]
pub(crate) enum Fault {
    /// The guest trapped, or wasmtime gave up on it.
    Trap { error: wasmtime::Error, hit: Option<Hit> },
    /// `complete`, or `exit`, with a result that no syscall has.
    Result(i64),
    /// `observe` or `rewrite-observe` without a `returned` interface.
    Observe,
    /// `rewrite` to a number that is no syscall, or none that a hook can make.
    Number(u32),
    /// `rewrite` of a call that does not return to one that does.
    Return(u32),
    /// `lifecycle.init` of a further instance answered an error.
    Declined(String),
}

/// Which function of the hook was called.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Phase {
    Start,
    Enter,
    Exit,
    Finish,
}

/// What a call gets when the hook cannot answer it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Fallback<R> {
    /// As if nobody hooked it.
    pub(crate) pass: R,
    /// Fail with an errno.
    pub(crate) deny: fn(u16) -> R,
}

/// Runs `run` on the instance in the seat, or applies the policy.
#[inline(always)]
pub(crate) fn serve<R: Copy>(
    hook: &Hook,
    seat: &mut Seat,
    phase: Phase,
    call: &Call,
    fallback: Fallback<R>,
    mut run: impl FnMut(&mut Guest) -> Result<R, Fault>,
) -> R {
    let fault = match &mut seat.guest {
        Some(guest) => match run(guest) {
            Ok(answer) => return answer,
            Err(fault) => Some(fault),
        },
        None => None,
    };
    recover(hook, seat, phase, call, fallback, fault, &mut run)
}

#[cold]
#[inline(never)]
fn recover<R: Copy>(
    hook: &Hook,
    seat: &mut Seat,
    phase: Phase,
    call: &Call,
    fallback: Fallback<R>,
    fault: Option<Fault>,
    run: &mut dyn FnMut(&mut Guest) -> Result<R, Fault>,
) -> R {
    let on_trap = hook.options.on_trap;
    let again = match fault {
        Some(fault) => {
            failed(hook, seat, phase, call, &fault);
            on_trap == OnTrap::Reload && seat.may_reload()
        }
        None => seat.rested() && !(on_trap == OnTrap::Reload && seat.worn_out()),
    };
    if again {
        if let Err(fault) = seat.fill(hook) {
            failed(hook, seat, Phase::Start, call, &fault);
        }
        if let Some(guest) = &mut seat.guest {
            match run(guest) {
                Ok(answer) => return answer,
                Err(fault) => failed(hook, seat, phase, call, &fault),
            }
        }
    }
    match on_trap {
        OnTrap::Pass => fallback.pass,
        OnTrap::Deny(errno) => (fallback.deny)(errno),
        // `failed` does not return under Abort; a seat is empty only after it.
        OnTrap::Reload | OnTrap::Abort => (fallback.deny)(errno::EPERM as u16),
    }
}

/// Reports a failure and empties the seat. Ends the process under `abort`.
fn failed(hook: &Hook, seat: &mut Seat, phase: Phase, call: &Call, fault: &Fault) {
    let first = hook.traps.fetch_add(1, Ordering::Relaxed) == 0;
    let on_trap = hook.options.on_trap;
    if first || on_trap == OnTrap::Abort {
        // The backtrace names functions by way of the store: before it is gone.
        message(format_args!("{}", Report { hook, phase, call, fault }));
    }
    if on_trap == OnTrap::Abort {
        abort();
    }
    seat.clear();
    if on_trap == OnTrap::Reload && seat.worn_out() {
        message(format_args!(
            "hook {}: reloaded {MAX_RELOADS} times, it stays out now\n  every call that it hooks fails with EPERM",
            hook.name
        ));
    }
}

/// The message about a failure.
struct Report<'a> {
    hook: &'a Hook,
    phase: Phase,
    call: &'a Call,
    fault: &'a Fault,
}

impl fmt::Display for Report<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "hook {} ", self.hook.name)?;
        match self.fault {
            Fault::Trap { error, .. } => match error.downcast_ref::<Trap>() {
                Some(Trap::OutOfFuel) => {
                    write!(f, "ran out of fuel in {}: ", Place(self))?;
                    let fuel = self.hook.options.fuel_per_call;
                    match self.phase {
                        Phase::Start | Phase::Finish => {
                            write!(f, "{} units ({START_FACTOR} times ZPOLINE_FUEL)", start_fuel(fuel))?;
                        }
                        Phase::Enter | Phase::Exit => write!(f, "{fuel} units (ZPOLINE_FUEL)")?,
                    }
                }
                Some(Trap::StackOverflow) => {
                    write!(f, "ran out of stack in {}: {GUEST_STACK} bytes", Place(self))?;
                }
                Some(trap) => write!(f, "trapped in {}: {trap}", Place(self))?,
                None => write!(f, "failed in {}: {}", Place(self), error.root_cause())?,
            },
            Fault::Result(value) => {
                write!(f, "answered {value} to {}: results below -4095 are impossible", Place(self))?;
            }
            Fault::Observe => {
                write!(f, "answered observe to {}: it exports no zpoline:hook/returned", Place(self))?;
            }
            Fault::Number(number) => match syscalls::by_number(*number) {
                None => write!(f, "answered {} with a rewrite to {number}: no syscall has that number", Place(self))?,
                Some(syscall) => {
                    let name = syscall.name;
                    write!(f, "answered {} with a rewrite to {name}: it has no meaning there", Place(self))?;
                }
            },
            Fault::Return(number) => {
                let name = syscalls::by_number(*number).map_or("?", |syscall| syscall.name);
                write!(f, "answered {} with a rewrite to {name}, which returns: nobody is there", Place(self))?;
            }
            Fault::Declined(text) => write!(f, "does not start again: {text}")?,
        }
        if let Fault::Trap { error, hit } = self.fault {
            if let Some(hit) = hit {
                write!(f, "\n  {hit}")?;
            }
            if let Some(backtrace) = error.downcast_ref::<WasmBacktrace>() {
                backtrace_lines(f, backtrace)?;
            }
        }
        if let Some(origin) = &self.hook.origin {
            write!(f, "\n  compiled from {origin}")?;
        }
        match self.hook.options.on_trap {
            OnTrap::Abort => f.write_str(
                "\n  ZPOLINE_ON_TRAP=abort: the program ends here, by SIGABRT\
                 \n  fix: mend the hook, or let the program go on: ZPOLINE_ON_TRAP=pass (or deny, reload)",
            ),
            OnTrap::Deny(number) => match errno::name(u32::from(number)) {
                Some(name) => write!(f, "\n  ZPOLINE_ON_TRAP=deny: the call fails with {name}; more such are counted"),
                None => {
                    write!(f, "\n  ZPOLINE_ON_TRAP=deny: the call fails with errno {number}; more such are counted")
                }
            },
            OnTrap::Pass => f.write_str("\n  ZPOLINE_ON_TRAP=pass: the call runs unhooked; more such are counted"),
            OnTrap::Reload => f.write_str("\n  ZPOLINE_ON_TRAP=reload: it starts anew; more such are counted"),
        }
    }
}

/// Where it happened: `openat (257)`.
struct Place<'a>(&'a Report<'a>);

impl fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let number = self.0.call.number;
        let name = syscalls::by_number(number).map_or("an unknown syscall", |syscall| syscall.name);
        match self.0.phase {
            Phase::Start => f.write_str("its start"),
            Phase::Finish => f.write_str("lifecycle.finish"),
            Phase::Enter => write!(f, "{name} ({number})"),
            Phase::Exit => write!(f, "the exit of {name} ({number})"),
        }
    }
}

/// The wasm frames, innermost first.
fn backtrace_lines(f: &mut fmt::Formatter<'_>, backtrace: &WasmBacktrace) -> fmt::Result {
    const SHOWN: usize = 16;
    let frames = backtrace.frames();
    for (depth, frame) in frames.iter().take(SHOWN).enumerate() {
        write!(f, "\n  {depth:>4}: ")?;
        match frame.func_name() {
            Some(name) => write!(f, "{:#}", rustc_demangle::demangle(name))?,
            None => write!(f, "function {}", frame.func_index())?,
        }
        if let Some(offset) = frame.module_offset() {
            write!(f, " @ {offset:#x}")?;
        }
    }
    if frames.len() > SHOWN {
        f.write_str("\n        and more")?;
    }
    Ok(())
}

/// Ends the process as abort(3) does, whatever the program made of SIGABRT.
pub(crate) fn abort() -> ! {
    const SIGABRT: usize = 6;
    const SIG_UNBLOCK: usize = 1;
    const SET: usize = 8;
    // handler SIG_DFL, no flags, no restorer, empty mask
    let default = [0u64; 4];
    let mask = 1u64 << (SIGABRT - 1);
    // SAFETY: the structures are the kernel's sigaction and sigset_t, and live;
    // the process ends.
    unsafe {
        syscall4(nr::RT_SIGACTION, SIGABRT, default.as_ptr() as usize, 0, SET);
        syscall4(nr::RT_SIGPROCMASK, SIG_UNBLOCK, &raw const mask as usize, 0, SET);
        syscall3(nr::TGKILL, syscall0(nr::GETPID) as usize, syscall0(nr::GETTID) as usize, SIGABRT);
        loop {
            syscall1(nr::EXIT_GROUP, 128 + SIGABRT);
        }
    }
}
