//! Entering the guest: from a call of the program to the hook's decision.
//!
//! Invariants: the instance is held by one thread for exactly the length of one
//! guest function; an unhooked number returns before any lock; a thread that is
//! already in the instance is never let in again.
//!
//! # Safety
//! The shared seat is touched only by the holder of its lock. A thread's own
//! seat hangs in its thread block and is touched only by that thread.
#![allow(unsafe_code, reason = "the process-wide hook and the seats in thread blocks")]

use super::abi::{Action, Args, WitCall};
use super::seat::{Hook, MAKING, Seat};
use super::trap::{Fallback, Fault, Phase, serve};
use super::{Call, Decision, NUMBERS};
use crate::dispatch::thread::{self, ThreadBlock};
use crate::island::output::message;
use crate::island::sync::Lock;
use alloc::boxed::Box;
use core::cell::UnsafeCell;
use core::sync::atomic::{AtomicPtr, Ordering};
use zpoline_host_abi::syscalls;

/// The hook, once loaded. Never freed.
static HOOK: AtomicPtr<Hook> = AtomicPtr::new(core::ptr::null_mut());

/// The seat of the one instance per process.
struct Shared {
    lock: Lock,
    seat: UnsafeCell<Option<Seat>>,
}

// SAFETY: the seat is reached only under the lock.
unsafe impl Sync for Shared {}

static SHARED: Shared = Shared { lock: Lock::new(), seat: UnsafeCell::new(None) };

/// Makes a loaded hook, with its first instance, the process's.
pub(crate) fn install(hook: Box<Hook>, first: Seat) {
    if hook.per_thread {
        thread::current().guest.set(Box::into_raw(Box::new(first)).cast());
    } else {
        SHARED.lock.lock();
        // SAFETY: the lock is held.
        unsafe { *SHARED.seat.get() = Some(first) };
        SHARED.lock.unlock();
    }
    HOOK.store(Box::into_raw(hook), Ordering::Release);
}

fn hook() -> Option<&'static Hook> {
    // SAFETY: either null or from `install`, which leaks it.
    unsafe { HOOK.load(Ordering::Acquire).as_ref() }
}

/// Shows the hook a call that the program is about to make.
#[inline]
pub fn enter(call: &Call) -> Decision {
    let Some(hook) = hook() else { return Decision::Forward };
    let slot = hook.exports.slots.get(call.number as usize).copied().unwrap_or(0);
    if slot == 0 {
        return Decision::Forward;
    }
    let [a0, a1, a2, a3, a4, a5] = call.args;
    let args = if slot == hook.exports.any {
        Args([u64::from(call.number), a0, a1, a2, a3, a4, a5, 0])
    } else {
        Args([a0, a1, a2, a3, a4, a5, 0, 0])
    };
    let fallback = Fallback { pass: Decision::Forward, deny: |errno| Decision::Complete(-i64::from(errno)) };
    with_seat(hook, Decision::Forward, |seat| {
        serve(hook, seat, Phase::Enter, call, fallback, |guest| match guest.enter(slot, args) {
            Ok(action) => decide(hook, action),
            Err(error) => Err(Fault::Trap { error, hit: guest.hit() }),
        })
    })
}

/// Shows the hook the result of a call for which it answered observe; answers
/// the result that the program shall see.
pub fn exit(call: &Call, outcome: i64) -> i64 {
    let Some(hook) = hook() else { return outcome };
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

/// Tells the hook that the process ends with `status`.
pub fn finish(status: i32) {
    let Some(hook) = hook() else { return };
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
    let traps = hook.traps.load(Ordering::Relaxed);
    if traps > 1 {
        message(format_args!("hook {} failed {traps} times in this process; the first was shown", hook.name));
    }
}

const EXIT_GROUP: u32 = 231;

/// Holds every lock of the host across a fork, so that the child owns a
/// consistent copy.
pub fn fork_lock() {
    if SHARED.lock.lock() {
        // SAFETY: the lock is held.
        if let Some(seat) = unsafe { &mut *SHARED.seat.get() } {
            seat.abandon();
        }
    }
    MAKING.lock();
}

/// Undoes [`fork_lock`], in the parent and in the child.
pub fn fork_unlock() {
    MAKING.unlock();
    SHARED.lock.unlock();
}

/// Releases the calling thread's own instance, if it has one.
pub fn thread_exit() {
    let seat: *mut Seat = thread::current().guest.replace(core::ptr::null_mut()).cast();
    if seat.is_null() {
        return;
    }
    // SAFETY: from `Box::into_raw` in `own_seat` or `install`, and taken out of
    // the block just now.
    let mut seat = unsafe { Box::from_raw(seat) };
    seat.clear();
}

/// Whether calls with this number enter the guest by the short way. For tests
/// and measurements.
pub fn takes_short_way(number: u32) -> bool {
    let Some(hook) = hook() else { return false };
    let slot = hook.exports.slots.get(number as usize).copied().unwrap_or(0);
    with_seat(hook, false, |seat| seat.guest.as_ref().is_some_and(|guest| guest.is_direct(slot)))
}

/// Runs `f` with the seat that serves this thread; `recursive` if the thread is
/// already in it.
#[inline]
fn with_seat<R>(hook: &Hook, recursive: R, f: impl FnOnce(&mut Seat) -> R) -> R {
    let block = thread::current();
    if hook.per_thread {
        let seat = own_seat(block);
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
        if SHARED.lock.is_held_by(block) {
            return recursive;
        }
        let inherited = SHARED.lock.lock_as(block);
        // SAFETY: the lock is held, and by nobody further up in this thread.
        let answer = match unsafe { &mut *SHARED.seat.get() } {
            Some(seat) => {
                if inherited {
                    seat.abandon();
                }
                f(seat)
            }
            None => recursive,
        };
        SHARED.lock.unlock();
        answer
    }
}

/// Clears up after a thread that is gone, and was killed perhaps in the midst of a
/// guest: that instance is never entered again.
pub fn bury(gone: &ThreadBlock) {
    if SHARED.lock.inherit(gone) {
        // SAFETY: the lock is held.
        if let Some(seat) = unsafe { &mut *SHARED.seat.get() } {
            seat.abandon();
        }
        SHARED.lock.unlock();
    }
    MAKING.free_from(gone);
    let seat: *mut Seat = gone.guest.replace(core::ptr::null_mut()).cast();
    if !seat.is_null() {
        // SAFETY: as in `thread_exit`; its thread is gone.
        let mut seat = unsafe { Box::from_raw(seat) };
        if seat.entered {
            seat.abandon();
        }
        seat.clear();
    }
}

/// The thread's own seat, made empty at its first call.
fn own_seat(block: &ThreadBlock) -> *mut Seat {
    let mut seat: *mut Seat = block.guest.get().cast();
    if seat.is_null() {
        seat = Box::into_raw(Box::new(Seat::default()));
        block.guest.set(seat.cast());
    }
    seat
}

/// What an action means, if it can be meant.
#[inline]
fn decide(hook: &Hook, action: Action) -> Result<Decision, Fault> {
    match action {
        Action::Forward => Ok(Decision::Forward),
        Action::Observe if hook.exports.exit.is_none() => Err(Fault::Observe),
        Action::Observe => Ok(Decision::Observe),
        Action::Complete(result) => possible(result).map(Decision::Complete),
        Action::Rewrite(call) => rewritten(call).map(Decision::Rewrite),
        Action::RewriteObserve(_) if hook.exports.exit.is_none() => Err(Fault::Observe),
        Action::RewriteObserve(call) => rewritten(call).map(Decision::RewriteObserve),
    }
}

/// A result that a syscall can have: no errno beyond 4095.
fn possible(result: i64) -> Result<i64, Fault> {
    if result < -4095 { Err(Fault::Result(result)) } else { Ok(result) }
}

fn rewritten(call: WitCall) -> Result<Call, Fault> {
    if call.number > syscalls::MAX || call.number as usize >= NUMBERS {
        return Err(Fault::Number(call.number));
    }
    let args = [call.a0, call.a1, call.a2, call.a3, call.a4, call.a5].map(|a| a as u64);
    Ok(Call { number: call.number, args })
}
