//! Keeps account of masks, and SIGSYS deliverable: while Syscall User Dispatch is
//! armed, a thread that makes a syscall with SIGSYS blocked is killed.
//!
//! A mask that stays goes to the kernel without SIGSYS; what the program asked for
//! is remembered in the thread block and shown to it, in its old masks and in the
//! frames of its handlers. The mask of a wait (ppoll, sigsuspend) may have SIGSYS:
//! no program code runs under it. But a handler that ends the wait inherits it.
//!
//! # Safety
//! The kernel gets the address of a mask in the frame of the call, which stays
//! where it is while the call is in flight.
#![allow(unsafe_code, reason = "the mask in a frame")]

use super::action::{FAULTS, SignalSet, bit};
use super::frame::Context;
use super::{program_sud, sigreturn, stack, sud};
use crate::arch::labels::{self, labels};
use crate::arch::syscall::nr;
use crate::dispatch::frames::Frame;
use crate::dispatch::thread::ThreadBlock;
use crate::dispatch::{Structural, filter};
use crate::guest::Call;
use crate::island::memory;

/// Bad system call.
pub const SIGSYS: u32 = 31;

/// Numbers that take a mask or an alternate stack, or that concern the dispatch
/// itself.
pub const NUMBERS: [usize; 9] = [
    nr::RT_SIGPROCMASK,
    nr::RT_SIGSUSPEND,
    nr::RT_SIGRETURN,
    nr::SIGALTSTACK,
    nr::PPOLL,
    nr::PSELECT6,
    nr::EPOLL_PWAIT,
    nr::EPOLL_PWAIT2,
    nr::PRCTL,
];

/// What is to be noted once a call has been made.
///
/// All-zero bytes are `Nothing`.
#[repr(C, u64)]
#[derive(Debug, Clone)]
pub enum Due {
    /// Nothing.
    Nothing,
    /// A wait with this mask: a handler that ends it starts with it.
    Wait(SignalSet),
    /// rt_sigprocmask.
    Mask {
        /// Block, unblock or set.
        how: u64,
        /// The program's set, if it gave one.
        named: Option<SignalSet>,
        /// What the kernel reads in its place.
        given: SignalSet,
        /// Where the old mask goes, or 0.
        old_at: u64,
    },
    /// SIGSYS was in the old mask, which the kernel has written here.
    Old(u64),
}

/// What no mask may hold while program code runs.
pub fn never_blocked() -> SignalSet {
    if sud::armed() { bit(SIGSYS) } else { 0 }
}

/// What the program believes to be blocked and the kernel does not block.
pub fn believed_blocked(block: &ThreadBlock) -> SignalSet {
    if block.sigsys_blocked.get() { bit(SIGSYS) } else { 0 }
}

/// The thread is about to have this mask, which answers what the kernel is to
/// be told.
pub fn set_mask(block: &ThreadBlock, mask: SignalSet) -> SignalSet {
    block.faults_blocked.set(mask & FAULTS != 0);
    block.sigsys_blocked.set(mask & never_blocked() != 0);
    mask & !never_blocked()
}

fn read_word(at: u64) -> Option<u64> {
    let mut bytes = [0; 8];
    memory::read_exact(at, &mut bytes).ok().map(|()| u64::from_le_bytes(bytes))
}

/// What becomes of a call of `NUMBERS`.
pub fn structural(block: &ThreadBlock, call: &Call) -> Structural {
    let args = call.args;
    sigreturn::settle(block);
    match call.number as usize {
        nr::RT_SIGPROCMASK => rt_sigprocmask(block, args),
        nr::RT_SIGSUSPEND => wait(args[0], args[1]),
        nr::PPOLL => wait(args[3], args[4]),
        nr::EPOLL_PWAIT | nr::EPOLL_PWAIT2 => wait(args[4], args[5]),
        nr::PSELECT6 if args[5] != 0 => {
            // A pair: address of the mask, and its size.
            let pair = (read_word(args[5]), read_word(args[5].wrapping_add(8)));
            if let (Some(at), Some(size)) = pair { wait(at, size) } else { Structural::Plain }
        }
        nr::RT_SIGRETURN if sigreturn::leave(block) => Structural::Left,
        nr::SIGALTSTACK => Structural::Done(stack::sigaltstack(block, args)),
        nr::PRCTL => {
            filter::prctl(args);
            program_sud::prctl(block, args)
        }
        _ => Structural::Plain,
    }
}

/// A call that waits with the mask at `at`.
fn wait(at: u64, size: u64) -> Structural {
    if at == 0 || size != 8 {
        return Structural::Plain;
    }
    read_word(at).map_or(Structural::Plain, |mask| Structural::Watched(Due::Wait(mask)))
}

/// rt_sigprocmask: plain unless it concerns faults or SIGSYS.
fn rt_sigprocmask(block: &ThreadBlock, args: [u64; 6]) -> Structural {
    let [how, new_at, old_at, size, ..] = args;
    let named = if new_at == 0 { None } else { read_word(new_at) };
    if size != 8 || new_at != 0 && named.is_none() {
        return Structural::Plain; // the kernel says so
    }
    let concerned = FAULTS | never_blocked();
    if !block.sigsys_blocked.get() && !block.faults_blocked.get() && named.unwrap_or(0) & concerned == 0 {
        return Structural::Plain;
    }
    Structural::Watched(Due::Mask { how, named, given: named.unwrap_or(0) & !never_blocked(), old_at })
}

/// Has the kernel read our mask in place of the program's, where that matters.
pub fn direct(frame: &mut Frame) {
    if let Due::Mask { named: Some(_), given, .. } = &frame.due {
        frame.sent.args[1] = core::ptr::from_ref(given) as u64;
    }
}

/// A signal has come; if that is right behind a call, notes what the call did.
/// Answers the mask of the wait that the signal has ended.
pub fn settle_at(block: &ThreadBlock, context: &Context) -> Option<SignalSet> {
    if labels::restart_of(context.rip) != Some(labels().after) {
        return None;
    }
    settle(block.frames().find(context.rsp)?, block, context.rax.cast_signed())
}

/// Notes what a call has done to the thread's masks.
fn settle(frame: &mut Frame, block: &ThreadBlock, result: i64) -> Option<SignalSet> {
    const SIG_BLOCK: u64 = 0;
    const SIG_UNBLOCK: u64 = 1;
    const EINTR: i64 = 4;
    const EFAULT: i64 = 14;
    match core::mem::replace(&mut frame.due, Due::Nothing) {
        Due::Wait(mask) => (result == -EINTR).then_some(mask),
        Due::Mask { how, named, old_at, .. } => {
            let was_blocked = block.sigsys_blocked.get();
            if was_blocked && old_at != 0 && result == 0 {
                frame.due = Due::Old(old_at);
            }
            // The old mask is written last.
            if let Some(named) = named
                && (result == 0 || result == -EFAULT)
            {
                let after = |was: bool, named: bool| match how {
                    SIG_BLOCK => was || named,
                    SIG_UNBLOCK => was && !named,
                    _ => named,
                };
                block.sigsys_blocked.set(after(was_blocked, named & never_blocked() != 0));
                block.faults_blocked.set(after(block.faults_blocked.get(), named & FAULTS != 0));
            }
            None
        }
        due => {
            frame.due = due;
            None
        }
    }
}

/// The thread is back from a call: notes what there is to note, and answers the
/// result.
pub fn after(block: &ThreadBlock, frame: &mut Frame, result: i64) -> i64 {
    settle(frame, block, result);
    if let Due::Old(at) = frame.due
        && let Some(old) = read_word(at)
        && let Err(errno) = memory::write_exact(at, &(old | bit(SIGSYS)).to_le_bytes())
    {
        return -i64::from(errno);
    }
    result
}
