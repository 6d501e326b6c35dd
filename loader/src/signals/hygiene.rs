//! Keeps SIGSYS deliverable: while Syscall User Dispatch is armed, a thread that
//! makes a syscall with SIGSYS blocked is killed.
//!
//! Every mask that the program gives to the kernel goes there without SIGSYS;
//! what the program asked for is remembered in the thread block and read back to
//! it.

use super::action::{FAULTS, SIGKILL, SIGSTOP, SignalSet, bit};
use super::{mask, program_sud, sud};
use crate::arch::syscall::nr;
use crate::dispatch::Structural;
use crate::dispatch::thread::ThreadBlock;
use crate::guest::Call;
use crate::island::memory;

/// Bad system call.
pub const SIGSYS: u32 = 31;

/// Numbers that take a mask, or that concern the dispatch itself.
pub const NUMBERS: [usize; 8] = [
    nr::RT_SIGPROCMASK,
    nr::RT_SIGSUSPEND,
    nr::RT_SIGRETURN,
    nr::PPOLL,
    nr::PSELECT6,
    nr::EPOLL_PWAIT,
    nr::EPOLL_PWAIT2,
    nr::PRCTL,
];

fn read_word(at: u64) -> Option<u64> {
    let mut bytes = [0; 8];
    memory::read_exact(at, &mut bytes).ok().map(|()| u64::from_le_bytes(bytes))
}

/// What becomes of a call of `NUMBERS`.
pub fn structural(block: &ThreadBlock, call: &Call) -> Structural {
    match call.number as usize {
        nr::RT_SIGPROCMASK => note_faults(block, call.args),
        // The frame's mask is not known; most have neither blocked.
        nr::RT_SIGRETURN => block.faults_blocked.set(false),
        nr::PRCTL => return program_sud::prctl(block, call.args),
        _ => {}
    }
    if !sud::armed() {
        return Structural::Plain;
    }
    match call.number as usize {
        nr::RT_SIGPROCMASK => rt_sigprocmask(block, call.args),
        nr::RT_SIGSUSPEND => replace_mask(block, call.args, 0),
        nr::PPOLL => replace_mask(block, call.args, 3),
        nr::EPOLL_PWAIT | nr::EPOLL_PWAIT2 => replace_mask(block, call.args, 4),
        nr::PSELECT6 => pselect6(block, call.args),
        nr::RT_SIGRETURN => {
            clean_frame(block.registers().rsp);
            Structural::Plain
        }
        _ => Structural::Plain,
    }
}

/// Keeps account of whether a fault would arrive (`island::memory`).
fn note_faults(block: &ThreadBlock, args: [u64; 6]) {
    const SIG_BLOCK: u64 = 0;
    const SIG_UNBLOCK: u64 = 1;
    let [how, new_at, ..] = args;
    let Some(named) = (new_at != 0).then(|| read_word(new_at)).flatten() else { return };
    let named = named & FAULTS != 0;
    let blocked = block.faults_blocked.get();
    block.faults_blocked.set(match how {
        SIG_BLOCK => blocked || named,
        SIG_UNBLOCK => blocked && !named,
        _ => named,
    });
}

/// Replaces the mask that argument `at` points to, if SIGSYS is in it.
fn replace_mask(block: &ThreadBlock, mut args: [u64; 6], at: usize) -> Structural {
    match read_word(args[at]) {
        Some(mask) if mask & bit(SIGSYS) != 0 => {
            block.mask_copy.set(mask & !bit(SIGSYS));
            args[at] = block.mask_copy.as_ptr() as u64;
            Structural::Changed(args)
        }
        _ => Structural::Plain,
    }
}

/// The sixth argument points to a pair: address of the mask, and its size.
fn pselect6(block: &ThreadBlock, mut args: [u64; 6]) -> Structural {
    let (Some(at), Some(size)) = (read_word(args[5]), read_word(args[5].wrapping_add(8))) else {
        return Structural::Plain;
    };
    match read_word(at) {
        Some(mask) if mask & bit(SIGSYS) != 0 => {
            block.mask_copy.set(mask & !bit(SIGSYS));
            block.mask_pair.set([block.mask_copy.as_ptr() as u64, size]);
            args[5] = block.mask_pair.as_ptr() as u64;
            Structural::Changed(args)
        }
        _ => Structural::Plain,
    }
}

/// rt_sigprocmask: plain unless SIGSYS is concerned.
fn rt_sigprocmask(block: &ThreadBlock, args: [u64; 6]) -> Structural {
    const SIG_BLOCK: u64 = 0;
    const SIG_UNBLOCK: u64 = 1;
    const SIG_SETMASK: u64 = 2;
    const EINVAL: i64 = 22;
    let [how, new_at, old_at, size, ..] = args;
    let blocked = block.sigsys_blocked.get();
    let new = if new_at == 0 { None } else { read_word(new_at) };
    if !blocked && new.is_none_or(|mask| mask & bit(SIGSYS) == 0) {
        return Structural::Plain; // a bad address included: the kernel says so
    }
    if size != 8 {
        return Structural::Done(-EINVAL);
    }
    if new_at != 0 && new.is_none() {
        return Structural::Plain;
    }
    if new.is_some() && how > SIG_SETMASK {
        return Structural::Done(-EINVAL);
    }
    // The mask to have on leaving is the program's: a signal that was put off has
    // left the thread with another one, and one may be put off at any time.
    mask::block_all(block);
    block.pending.set(1);
    let old = block.saved_mask.get();
    if let Some(mask) = new {
        let stripped: SignalSet = mask & !(bit(SIGSYS) | bit(SIGKILL) | bit(SIGSTOP));
        block.saved_mask.set(match how {
            SIG_BLOCK => old | stripped,
            SIG_UNBLOCK => old & !stripped,
            _ => stripped,
        });
        let named = mask & bit(SIGSYS) != 0;
        block.sigsys_blocked.set(match how {
            SIG_BLOCK => blocked || named,
            SIG_UNBLOCK => blocked && !named,
            _ => named,
        });
    }
    if old_at != 0 {
        let shown = old | if blocked { bit(SIGSYS) } else { 0 };
        if let Err(errno) = memory::write_exact(old_at, &shown.to_le_bytes()) {
            return Structural::Done(-i64::from(errno));
        }
    }
    Structural::Done(0)
}

/// rt_sigreturn: the mask in the frame, which the handler may have edited.
fn clean_frame(rsp: u64) {
    // struct ucontext lies at the stack pointer, its mask 296 bytes up.
    const MASK: u64 = 296;
    let at = rsp.wrapping_add(MASK);
    if let Some(mask) = read_word(at)
        && mask & bit(SIGSYS) != 0
    {
        // A frame that cannot be written is one that the kernel cannot read.
        let _ = memory::write_exact(at, &(mask & !bit(SIGSYS)).to_le_bytes());
    }
}
