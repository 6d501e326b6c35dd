//! Entering one guest: from a call of the program to the hook's answer.
//!
//! Invariants: an instance is held by one thread for exactly the length of one
//! guest function; an unhooked number returns before any lock; a thread that is
//! already in the instance is never let in again.
//!
//! # Safety
//! A shared seat is touched only by the holder of its lock. A thread's own
//! seats hang in its thread block and are touched only by that thread.
#![allow(unsafe_code, reason = "the seats of hooks and of thread blocks")]

use super::abi::{Action, Args, WitCall};
use super::seat::{Hook, Seat};
use super::trap::{Fallback, Fault, Phase, serve};
use super::{Call, RESTART_SYSCALL};
use crate::arch::syscall::nr;
use crate::dispatch::never_returns;
use crate::dispatch::thread::{self, ThreadBlock};
use crate::island::output::message;
use alloc::boxed::Box;
use core::sync::atomic::Ordering;
use zpoline_host_abi::syscalls;

/// What a hook makes of a call. The call that runs in its place lies elsewhere:
/// this passes through registers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Answer {
    Forward,
    Observe,
    Complete(i64),
    Rewrite,
    RewriteObserve,
}

/// Gives a hook that nobody knows yet its first instance.
pub(super) fn take_seat(hook: &Hook, first: Seat) {
    if hook.per_thread {
        if let Some(seat) = thread::current().guests.get(hook.at) {
            seat.set(Box::into_raw(Box::new(first)).cast());
        }
    } else {
        hook.shared.lock.lock();
        // SAFETY: the lock is held.
        unsafe { *hook.shared.seat.get() = first };
        hook.shared.lock.unlock();
    }
}

/// Shows a hook a call that is about to be made. What it is rewritten to is
/// written to `instead`.
#[inline(always)]
pub(super) fn enter(hook: &Hook, call: &Call, instead: &mut Call) -> Answer {
    let slot = hook.exports.slots.get(call.number as usize).copied().unwrap_or(0);
    if slot == 0 {
        return Answer::Forward;
    }
    let [a0, a1, a2, a3, a4, a5] = call.args;
    let args = if slot == hook.exports.any {
        Args([u64::from(call.number), a0, a1, a2, a3, a4, a5, 0])
    } else {
        Args([a0, a1, a2, a3, a4, a5, 0, 0])
    };
    let fallback = Fallback { pass: Answer::Forward, deny: |errno| Answer::Complete(-i64::from(errno)) };
    let answer = with_seat(hook, Answer::Forward, |seat| {
        serve(hook, seat, Phase::Enter, call, fallback, |guest| match guest.enter(slot, args) {
            Ok(action) => decide(hook, call, action, instead),
            Err(error) => Err(Fault::Trap { error, hit: guest.hit() }),
        })
    });
    match answer {
        // A call that does not return cannot be answered: nobody is there to
        // see the answer, and libc has nothing behind exit_group but a trap.
        Answer::Complete(_) if never_returns(call.number) => Answer::Forward,
        answer => answer,
    }
}

/// Shows a hook the result of a call for which it answered observe; answers the
/// result that shall be seen in its place.
pub(super) fn exit(hook: &Hook, call: &Call, outcome: i64) -> i64 {
    let [a0, a1, a2, a3, a4, a5] = call.args;
    let args = Args([u64::from(call.number), a0, a1, a2, a3, a4, a5, outcome as u64]);
    let fallback = Fallback { pass: outcome, deny: |errno| -i64::from(errno) };
    with_seat(hook, outcome, |seat| {
        serve(hook, seat, Phase::Exit, call, fallback, |guest| match guest.exit(args) {
            // The kernel's own result is possible by definition.
            Ok(result) if result == outcome => Ok(result),
            Ok(result) => possible(result),
            Err(error) => Err(Fault::Trap { error, hit: guest.hit() }),
        })
    })
}

/// Tells a hook that the process ends with `status`.
pub(super) fn finish(hook: &Hook, status: i32) {
    let call = Call { number: EXIT_GROUP, args: [status as u64, 0, 0, 0, 0, 0] };
    with_seat(hook, (), |seat| {
        // An instance that trapped has nothing to say at the end, and a thread
        // without one does not get it for that.
        if seat.guest.is_none() {
            return;
        }
        let fallback = Fallback { pass: (), deny: |_| () };
        serve(hook, seat, Phase::Finish, &call, fallback, |guest| {
            guest.finish(status).map_err(|error| Fault::Trap { error, hit: guest.hit() })
        });
    });
    hook.about.log.note(&hook.name);
    let traps = hook.traps.load(Ordering::Relaxed);
    if traps > 1 {
        message(format_args!("hook {} failed {traps} times in this process; the first was shown", hook.name));
    }
}

const EXIT_GROUP: u32 = 231;

/// Whether calls with this number enter the guest by the short way.
pub(super) fn takes_short_way(hook: &Hook, number: u32) -> bool {
    let slot = hook.exports.slots.get(number as usize).copied().unwrap_or(0);
    with_seat(hook, false, |seat| seat.guest.as_ref().is_some_and(|guest| guest.is_direct(slot)))
}

/// Runs `f` with the seat that serves this thread; `recursive` if the thread is
/// already in it.
#[inline(always)]
fn with_seat<R>(hook: &Hook, recursive: R, f: impl FnOnce(&mut Seat) -> R) -> R {
    let block = thread::current();
    if hook.per_thread {
        let Some(seat) = own_seat(block, hook.at) else { return recursive };
        // SAFETY: the seat belongs to this thread, and `entered` says that no
        // other reference to it is in use.
        unsafe {
            if (*seat).entered {
                return recursive;
            }
            (*seat).entered = true;
            let answer = f(&mut *seat);
            (*seat).entered = false;
            answer
        }
    } else {
        if hook.shared.lock.is_held_by(block) {
            return recursive;
        }
        let inherited = hook.shared.lock.lock_as(block);
        // SAFETY: the lock is held, and by nobody further up in this thread.
        let seat = unsafe { &mut *hook.shared.seat.get() };
        if inherited {
            seat.abandon();
        }
        let answer = f(seat);
        hook.shared.lock.unlock();
        answer
    }
}

/// The thread's own seat for the hook at a position, made empty at its first
/// call.
fn own_seat(block: &ThreadBlock, at: usize) -> Option<*mut Seat> {
    let place = block.guests.get(at)?;
    let mut seat: *mut Seat = place.get().cast();
    if seat.is_null() {
        seat = Box::into_raw(Box::new(Seat::default()));
        place.set(seat.cast());
    }
    Some(seat)
}

/// What an action means for a call, if it can be meant.
#[inline]
fn decide(hook: &Hook, call: &Call, action: Action, instead: &mut Call) -> Result<Answer, Fault> {
    match action {
        Action::Forward => Ok(Answer::Forward),
        Action::Observe if hook.exports.exit.is_none() => Err(Fault::Observe),
        Action::Observe => Ok(Answer::Observe),
        Action::Complete(result) => possible(result).map(Answer::Complete),
        Action::Rewrite(other) => {
            *instead = rewritten(call, other)?;
            Ok(Answer::Rewrite)
        }
        Action::RewriteObserve(_) if hook.exports.exit.is_none() => Err(Fault::Observe),
        Action::RewriteObserve(other) => {
            *instead = rewritten(call, other)?;
            Ok(Answer::RewriteObserve)
        }
    }
}

/// A result that a syscall can have: no errno beyond 4095.
fn possible(result: i64) -> Result<i64, Fault> {
    if result < -4095 { Err(Fault::Result(result)) } else { Ok(result) }
}

/// The call that shall run in place of one with another number, or the same.
fn rewritten(from: &Call, to: WitCall) -> Result<Call, Fault> {
    if to.number != from.number {
        // What only the kernel and the program's own signal return may make.
        let has_no_meaning = matches!(to.number as usize, RESTART_SYSCALL | nr::RT_SIGRETURN);
        if has_no_meaning || syscalls::by_number(to.number).is_none() {
            return Err(Fault::Number(to.number));
        }
        // Behind exit_group there is no program to go back to.
        if never_returns(from.number) && !never_returns(to.number) {
            return Err(Fault::Return(to.number));
        }
    }
    let args = [to.a0, to.a1, to.a2, to.a3, to.a4, to.a5].map(|a| a as u64);
    Ok(Call { number: to.number, args })
}
