//! From hook to hook: what all of them together make of a call.
//!
//! The first hook is the outermost, nearest to the program. Each is shown the
//! call as the ones before it left it, and one that answers the call ends the
//! way in: those behind it are not shown it. On the way back each hook that
//! observes sees the call as it saw it on the way in, and the result as the one
//! behind it left it.
//!
//! Invariants: no lock is held from one hook to the next; a process with one
//! hook pays for no other.
//!
//! # Safety
//! A hook, once installed, is never freed.
#![allow(unsafe_code, reason = "the process-wide list of hooks")]

use super::call::{self, Answer};
use super::seat::{Hook, MAKING, Seat};
use super::{Call, Decision, MAX_HOOKS};
use crate::dispatch::thread::ThreadBlock;
use alloc::boxed::Box;
use alloc::vec::Vec;
use core::sync::atomic::{AtomicPtr, Ordering};

/// The hooks, outermost first; null behind the last.
static HOOKS: [AtomicPtr<Hook>; MAX_HOOKS] = [const { AtomicPtr::new(core::ptr::null_mut()) }; MAX_HOOKS];

/// What stands where there is no call.
const NO_CALL: Call = Call { number: 0, args: [0; 6] };

/// The hook at a position.
fn hook(at: usize) -> Option<&'static Hook> {
    // SAFETY: either null or from `install`, which leaks it.
    unsafe { HOOKS.get(at)?.load(Ordering::Acquire).as_ref() }
}

/// Makes loaded hooks, each with its first instance, the process's.
pub(super) fn install(hooks: Vec<(Box<Hook>, Seat)>) {
    for slot in &HOOKS {
        slot.store(core::ptr::null_mut(), Ordering::Release);
    }
    for (slot, (hook, first)) in HOOKS.iter().zip(hooks) {
        call::take_seat(&hook, first);
        slot.store(Box::into_raw(hook), Ordering::Release);
    }
}

/// The hooks that want the result of a call, and the call as each saw it.
#[derive(Debug)]
pub struct Observers {
    /// One bit a hook.
    due: u8,
    /// What each but the outermost saw; that one sees what the program made. Only
    /// those that are due have a value.
    inner: [Call; MAX_HOOKS - 1],
}

const _: () = assert!(MAX_HOOKS <= u8::BITS as usize);

impl Observers {
    /// Nobody.
    pub const NONE: Self = Self { due: 0, inner: [NO_CALL; MAX_HOOKS - 1] };

    /// Whether there is any.
    pub fn any(&self) -> bool {
        self.due != 0
    }

    /// Makes it nobody.
    pub fn clear(&mut self) {
        self.due = 0;
    }

    /// Makes it the same as another, copying no more than that has.
    pub fn set(&mut self, other: &Self) {
        self.due = other.due;
        if other.due > 1 {
            for (at, (ours, theirs)) in self.inner.iter_mut().zip(&other.inner).enumerate() {
                if other.due & (2 << at) != 0 {
                    *ours = *theirs;
                }
            }
        }
    }

    fn add(&mut self, at: usize, saw: &Call) {
        self.due |= 1 << at;
        if let Some(slot) = self.inner.get_mut(at.wrapping_sub(1)) {
            *slot = *saw;
        }
    }

    /// The call as the hook at a position saw it.
    fn saw<'a>(&'a self, at: usize, made: &'a Call) -> &'a Call {
        self.inner.get(at.wrapping_sub(1)).unwrap_or(made)
    }
}

/// Shows the hooks a call that the program is about to make. Those that want its
/// result are noted in `observers`.
#[inline]
pub fn enter(call: &Call, observers: &mut Observers) -> Decision {
    observers.clear();
    let Some(outermost) = hook(0) else { return Decision::Forward };
    let mut instead = NO_CALL;
    let answer = call::enter(outermost, call, &mut instead);
    if hook(1).is_some() {
        return enter_inner(call, observers, answer, instead);
    }
    match answer {
        Answer::Forward => Decision::Forward,
        Answer::Observe => {
            observers.due = 1;
            Decision::Forward
        }
        Answer::Complete(result) => Decision::Complete(result),
        Answer::Rewrite => Decision::Rewrite(instead),
        Answer::RewriteObserve => {
            observers.due = 1;
            Decision::Rewrite(instead)
        }
    }
}

/// The same, with what the outermost made of the call.
#[inline(never)]
fn enter_inner(made: &Call, observers: &mut Observers, first: Answer, first_instead: Call) -> Decision {
    let (mut answer, mut instead) = (first, first_instead);
    let mut shown = *made;
    let mut rewritten = false;
    for at in 0..MAX_HOOKS {
        if at > 0 {
            let Some(hook) = hook(at) else { break };
            answer = call::enter(hook, &shown, &mut instead);
        }
        match answer {
            Answer::Forward => {}
            Answer::Observe => observers.add(at, &shown),
            Answer::Complete(result) => return Decision::Complete(exit(made, observers, result)),
            Answer::Rewrite => (shown, rewritten) = (instead, true),
            Answer::RewriteObserve => {
                observers.add(at, &shown);
                (shown, rewritten) = (instead, true);
            }
        }
    }
    if rewritten { Decision::Rewrite(shown) } else { Decision::Forward }
}

/// Shows the observers of a call its result; answers the one that the program
/// shall see.
#[inline]
pub fn exit(made: &Call, observers: &Observers, outcome: i64) -> i64 {
    if observers.due == 1 {
        return hook(0).map_or(outcome, |hook| call::exit(hook, made, outcome));
    }
    let mut outcome = outcome;
    let mut due = observers.due;
    while let Some(at) = due.checked_ilog2() {
        due &= !(1 << at);
        let at = at as usize;
        if let Some(hook) = hook(at) {
            outcome = call::exit(hook, observers.saw(at, made), outcome);
        }
    }
    outcome
}

/// Tells the hooks, the innermost first, that the process ends with `status`.
pub fn finish(status: i32) {
    (0..MAX_HOOKS).rev().filter_map(hook).for_each(|hook| call::finish(hook, status));
}

/// Holds every lock of the host across a fork, so that the child owns a
/// consistent copy.
pub fn fork_lock() {
    // A thread holds one hook's lock at a time, so any order will do.
    for hook in (0..MAX_HOOKS).filter_map(hook) {
        if hook.shared.lock.lock() {
            abandon(hook);
        }
    }
    MAKING.lock();
}

/// Undoes [`fork_lock`], in the parent and in the child.
pub fn fork_unlock() {
    MAKING.unlock();
    (0..MAX_HOOKS).filter_map(hook).for_each(|hook| hook.shared.lock.unlock());
}

/// Gives up the instance of a hook that somebody was killed in. Under its lock.
fn abandon(hook: &Hook) {
    // SAFETY: by the caller.
    unsafe { &mut *hook.shared.seat.get() }.abandon();
}

/// Clears up after a thread that is gone, and was killed perhaps in the midst of a
/// guest: that instance is never entered again.
pub fn bury(gone: &ThreadBlock) {
    for hook in (0..MAX_HOOKS).filter_map(hook) {
        if hook.shared.lock.inherit(gone) {
            abandon(hook);
            hook.shared.lock.unlock();
        }
    }
    MAKING.free_from(gone);
    release_instances(gone);
}

/// Releases a thread's own instances: the calling thread's, or those of one that
/// is no more.
pub fn release_instances(block: &ThreadBlock) {
    for seat in &block.guests {
        let seat: *mut Seat = seat.replace(core::ptr::null_mut()).cast();
        if seat.is_null() {
            continue;
        }
        // SAFETY: from `Box::into_raw` in `call`, and taken out of the block just
        // now.
        let mut seat = unsafe { Box::from_raw(seat) };
        if seat.entered {
            // Its thread was killed in the midst of a call.
            core::mem::forget(seat);
        } else {
            seat.clear();
        }
    }
}

/// Whether calls with this number enter the outermost hook by the short way. For
/// tests and measurements.
pub fn takes_short_way(number: u32) -> bool {
    hook(0).is_some_and(|hook| call::takes_short_way(hook, number))
}
