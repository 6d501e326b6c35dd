//! Syscall User Dispatch as the program uses it: PR_SET_SYSCALL_USER_DISPATCH.
//!
//! The kernel has one setting a thread, and that is the loader's. So the
//! program's own is kept here and acted upon by the dispatcher, as
//! kernel/entry/syscall_user_dispatch.c would: with the address behind the
//! instruction, the range before the selector, and SIGSYS without a call.
//!
//! Invariant: until a program asks for it, no call pays for it; from then on every
//! call of the process comes into the island.
//!
//! # Safety
//! The kernel gets a siginfo of ours.
#![allow(unsafe_code, reason = "raw rt_tgsigqueueinfo")]

use super::action::{self, SIG_IGN, bit};
use super::hygiene::SIGSYS;
use super::{mask, sigreturn, sud};
use crate::arch::syscall::{nr, syscall0, syscall4};
use crate::dispatch::Structural;
use crate::dispatch::table;
use crate::dispatch::thread::ThreadBlock;
use crate::island::memory;
use crate::rewrite::arena;

/// What the program asked for, in one thread.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Setting {
    on: bool,
    /// First address and length of the range whose calls are let through.
    start: u64,
    length: u64,
    /// Address of the selector byte; 0 is none: every other call is stopped.
    selector: u64,
}

/// What becomes of a call under a setting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Allow,
    Stop,
    /// The kernel ends the thread's process by this signal.
    Die(u32),
}

const SIGSEGV: u32 = action::SIGSEGV;
const PR_SET_SYSCALL_USER_DISPATCH: u64 = 59;
const OFF: u64 = 0;
const EXCLUSIVE_ON: u64 = 1;
const INCLUSIVE_ON: u64 = 2;
const EINVAL: i64 = 22;
const EFAULT: i64 = 14;
const ENOMEM: i64 = 12;

impl Setting {
    /// The setting that the prctl asks for, or its errno.
    fn asked([_, mode, start, length, selector, _]: [u64; 6], inclusive: bool) -> Result<Self, i64> {
        const USER_END: u64 = 1 << 47;
        let end = start.wrapping_add(length);
        let (start, length) = match mode {
            OFF if start | length | selector == 0 => return Ok(Self::default()),
            EXCLUSIVE_ON if start == 0 || end > start => (start, length),
            // The same range seen from outside.
            INCLUSIVE_ON if inclusive && length != 0 && end > start => (end, length.wrapping_neg()),
            _ => return Err(EINVAL),
        };
        if selector >= USER_END {
            return Err(EFAULT);
        }
        Ok(Self { on: true, start, length, selector })
    }

    /// What becomes of a call whose instruction ends at `behind`.
    fn judge(&self, behind: u64, selector: impl Fn(u64) -> Option<u8>) -> Outcome {
        const ALLOW: u8 = 0;
        const BLOCK: u8 = 1;
        if !self.on || behind.wrapping_sub(self.start) < self.length {
            return Outcome::Allow;
        }
        if self.selector == 0 {
            return Outcome::Stop;
        }
        match selector(self.selector) {
            Some(ALLOW) => Outcome::Allow,
            Some(BLOCK) => Outcome::Stop,
            Some(_) => Outcome::Die(SIGSYS),
            None => Outcome::Die(SIGSEGV),
        }
    }
}

/// The program calls prctl(PR_SET_SYSCALL_USER_DISPATCH, ...).
pub fn prctl(block: &ThreadBlock, args: [u64; 6]) -> Structural {
    if args[0] != PR_SET_SYSCALL_USER_DISPATCH {
        return Structural::Plain;
    }
    let inclusive = args[1] == INCLUSIVE_ON && sud::kernel_has_inclusive();
    let setting = match Setting::asked(args, inclusive) {
        Ok(setting) => setting,
        Err(errno) => return Structural::Done(-errno),
    };
    if setting.on && !watch_everything() {
        return Structural::Done(-ENOMEM);
    }
    block.program_sud.set(setting);
    Structural::Done(0)
}

/// Makes every call of the process come into the island.
fn watch_everything() -> bool {
    if !sud::armed() {
        // Sites that are not patched have to be seen as well. Without the kernel's
        // help there is no such thing for the program either.
        mask::unblock(SIGSYS);
        if sud::arm().is_err() {
            return false;
        }
        action::install_sigsys();
    }
    for number in 0..table::NUMBERS {
        table::add(number, table::WATCHED);
    }
    arena::send_all_to_the_island()
}

/// Whether the call that ends at `behind` is stopped: the thread then knows where
/// it leaves to, and has SIGSYS pending.
#[inline]
pub fn stops(block: &ThreadBlock, behind: u64) -> bool {
    let setting = block.program_sud.get();
    setting.on && stop(block, &setting, behind)
}

#[cold]
fn stop(block: &ThreadBlock, setting: &Setting, behind: u64) -> bool {
    let read = |at: u64| {
        let mut byte = [0];
        memory::read_exact(at, &mut byte).ok().map(|()| byte[0])
    };
    sigreturn::settle(block);
    let registers = block.registers();
    let outcome = setting.judge(behind, read);
    if outcome != Outcome::Allow {
        mask::block_all(block);
        block.pending.set(1);
        block.target.set(behind);
        block.target_rsp.set(registers.rsp);
    }
    match outcome {
        Outcome::Allow => return false,
        Outcome::Stop => {
            // SAFETY: the actions outlive the thread.
            let action = unsafe { &*block.actions.get() }.get(SIGSYS);
            if action.handler <= SIG_IGN || block.sigsys_blocked.get() {
                // As force_sig does where nobody can take it.
                die(block, SIGSYS);
            } else {
                block.program_sigsys.set(true);
                queue(behind, registers.rax as u32);
            }
        }
        Outcome::Die(signal) => die(block, signal),
    }
    true
}

/// The signal's default action is to happen when the thread leaves.
fn die(block: &ThreadBlock, signal: u32) {
    action::reset_in_kernel(signal);
    block.saved_mask.set(block.saved_mask.get() & !bit(signal));
    send(signal, &[0; 16]);
}

/// struct siginfo of a stopped call.
fn queue(behind: u64, number: u32) {
    const SYS_USER_DISPATCH: u64 = 2;
    const AUDIT_ARCH_X86_64: u64 = 0xc000_003e;
    let mut info = [0u64; 16];
    info[0] = u64::from(SIGSYS);
    info[1] = SYS_USER_DISPATCH;
    info[2] = behind;
    info[3] = u64::from(number) | AUDIT_ARCH_X86_64 << 32;
    send(SIGSYS, &info);
}

fn send(signal: u32, info: &[u64; 16]) {
    let mut info = *info;
    info[0] = u64::from(signal);
    // SAFETY: the siginfo is ours, 128 bytes, and goes to our own thread.
    unsafe {
        let [pid, tid] = [syscall0(nr::GETPID) as usize, syscall0(nr::GETTID) as usize];
        syscall4(nr::RT_TGSIGQUEUEINFO, pid, tid, signal as usize, info.as_ptr() as usize);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(mode: u64, start: u64, length: u64, selector: u64) -> Result<Setting, i64> {
        Setting::asked([PR_SET_SYSCALL_USER_DISPATCH, mode, start, length, selector, 0], true)
    }

    #[test]
    fn settings_are_checked_as_the_kernel_does() {
        assert_eq!(asked(OFF, 0, 0, 0), Ok(Setting::default()));
        assert_eq!(asked(OFF, 1, 0, 0), Err(EINVAL));
        assert_eq!(asked(OFF, 0, 0, 1), Err(EINVAL));
        assert!(asked(EXCLUSIVE_ON, 0, 0, 0).unwrap().on);
        assert_eq!(asked(EXCLUSIVE_ON, 4096, 0, 0), Err(EINVAL));
        assert_eq!(asked(EXCLUSIVE_ON, 1, u64::MAX, 0), Err(EINVAL));
        assert_eq!(asked(EXCLUSIVE_ON, 0, 0, u64::MAX), Err(EFAULT));
        assert_eq!(asked(INCLUSIVE_ON, 4096, 0, 0), Err(EINVAL));
        assert_eq!(asked(3, 0, 0, 0), Err(EINVAL));
    }

    #[test]
    fn the_range_comes_before_the_selector() {
        let setting = asked(EXCLUSIVE_ON, 0x1000, 0x1000, 0x10).unwrap();
        let judge = |behind, byte: Option<u8>| setting.judge(behind, |_| byte);
        assert_eq!(judge(0x1000, None), Outcome::Allow);
        assert_eq!(judge(0x1fff, Some(1)), Outcome::Allow);
        assert_eq!(judge(0x2000, Some(0)), Outcome::Allow);
        assert_eq!(judge(0x2000, Some(1)), Outcome::Stop);
        assert_eq!(judge(0xfff, Some(2)), Outcome::Die(SIGSYS));
        assert_eq!(judge(0xfff, None), Outcome::Die(SIGSEGV));
        let inside = asked(INCLUSIVE_ON, 0x1000, 0x1000, 0).unwrap();
        assert_eq!(inside.judge(0x1800, |_| None), Outcome::Stop);
        assert_eq!(inside.judge(0x800, |_| None), Outcome::Allow);
    }
}
