//! The seccomp filters that the program installs: which of the loader's own calls
//! they would let through.
//!
//! A filter that kills what it does not know would kill the program for a call that
//! it never made. What the loader calls on its own behalf beyond what the program
//! must allow anyway (rt_sigreturn, futex) is few, and listed here. Each filter is
//! run for these before the kernel gets it, and they are not made any more where it
//! would not allow them.
//!
//! Invariant: what one filter forbids stays forbidden, as in the kernel.

use super::Structural;
use crate::arch::syscall::nr;
use crate::island::memory;
use crate::island::output;
use crate::rewrite::learn;
use alloc::vec::Vec;
use core::sync::atomic::{AtomicBool, AtomicU32, Ordering};

/// What the loader does on its own behalf while the program runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deed {
    /// Arms Syscall User Dispatch in a new thread.
    Arm,
    /// Learns a site.
    Learn,
    /// Learns a site of an object that was loaded later.
    Look,
    /// Gives back the memory that the hooks of a thread had.
    Unmap,
    /// Writes to the log.
    Write,
    /// Looks where a descriptor leads before it writes there, and opens it again.
    Verify,
    /// Writes the statistics.
    Report,
}

const PR_SET_SYSCALL_USER_DISPATCH: u64 = 59;

/// A call of the loader's: its number, first and third argument, as far as they matter.
type Tried = (usize, u64, u64);

const fn call(number: usize) -> Tried {
    (number, 0, 0)
}

/// mprotect to READ (1), WRITE (2) and EXEC (4).
const fn mprotect(protection: u64) -> Tried {
    (nr::MPROTECT, 0, protection)
}

/// The calls that each takes.
const CALLS: [(Deed, &[Tried]); 7] = [
    (Deed::Arm, &[(nr::PRCTL, PR_SET_SYSCALL_USER_DISPATCH, 0)]),
    (Deed::Learn, &[mprotect(7), mprotect(5), mprotect(3), mprotect(1), call(nr::MEMBARRIER)]),
    (Deed::Look, &[call(nr::OPEN), call(nr::READ), call(nr::CLOSE)]),
    (Deed::Unmap, &[call(nr::MUNMAP), mprotect(0), call(nr::MADVISE)]),
    (Deed::Write, &[call(nr::WRITE)]),
    (
        Deed::Verify,
        &[
            call(nr::FSTAT),
            call(nr::OPEN),
            call(nr::FCNTL),
            call(nr::CLOSE),
            call(nr::RT_SIGPROCMASK),
            call(nr::RT_SIGPENDING),
            call(nr::RT_SIGTIMEDWAIT),
        ],
    ),
    (Deed::Report, &[call(nr::GETPID), call(nr::READLINK), call(nr::FSTAT), call(nr::WRITE)]),
];

/// One bit a deed.
static FORBIDDEN: AtomicU32 = AtomicU32::new(0);

/// Whether the filters let the loader do this.
pub fn lets(deed: Deed) -> bool {
    FORBIDDEN.load(Ordering::Relaxed) & 1 << deed as u32 == 0
}

fn forbid(deed: Deed) {
    if deed == Deed::Learn && lets(deed) {
        // The last opportunity.
        learn::private_loads();
    }
    FORBIDDEN.fetch_or(1 << deed as u32, Ordering::Relaxed);
}

const STRICT: u64 = 1;
const FILTER: u64 = 2;

/// prctl: a filter, perhaps.
pub fn prctl(args: [u64; 6]) {
    const PR_SET_SECCOMP: u64 = 22;
    const PR_SET_MDWE: u64 = 65;
    match args {
        // Memory that can be written is not executed any more, and the other way round.
        [PR_SET_MDWE, ..] => forbid(Deed::Learn),
        [PR_SET_SECCOMP, STRICT, ..] => strict(),
        [PR_SET_SECCOMP, FILTER, program, ..] => look(program),
        _ => {}
    }
}

/// seccomp(2).
pub fn seccomp(args: [u64; 6]) -> Structural {
    const SET_MODE_STRICT: u64 = 0;
    const SET_MODE_FILTER: u64 = 1;
    match args[0] & 0xffff_ffff {
        SET_MODE_STRICT => strict(),
        SET_MODE_FILTER => look(args[2]),
        _ => {}
    }
    Structural::Plain
}

/// read, write, exit and rt_sigreturn are left.
fn strict() {
    for (deed, _) in CALLS.iter().filter(|(deed, _)| *deed != Deed::Write) {
        forbid(*deed);
    }
}

/// Looks at the struct sock_fprog at `at`.
fn look(at: u64) {
    // One that cannot be read is none to the kernel either.
    let Some(code) = read(at) else { return };
    for (deed, calls) in CALLS {
        let allowed = |&(number, first, third): &Tried| run(&code, &data(number as u32, [first, 0, third, 0, 0, 0]));
        if !calls.iter().all(allowed) {
            forbid(deed);
        }
    }
}

/// A new thread cannot be armed: said once.
pub fn say_unarmed() {
    static SAID: AtomicBool = AtomicBool::new(false);
    if !SAID.swap(true, Ordering::Relaxed) {
        output::message(format_args!(
            "warning: the program's seccomp filter does not allow prctl(PR_SET_SYSCALL_USER_DISPATCH)\n  \
             threads made from here on are hooked at patched sites only\n  \
             fix: have the filter allow it, or: ZPOLINE_MECHANISM=jump"
        ));
    }
}

/// struct sock_filter.
#[derive(Debug, Clone, Copy)]
struct Instruction {
    code: u16,
    if_true: u8,
    if_false: u8,
    k: u32,
}

/// Reads a program: a count, and the address of that many instructions. None: to
/// the kernel it is none either. What there is no memory for is empty: it forbids.
fn read(at: u64) -> Option<Vec<Instruction>> {
    const MOST: usize = 4096; // BPF_MAXINSNS
    let mut head = [0u8; 16];
    memory::read_exact(at, &mut head).ok()?;
    let [low, high, _, _, _, _, _, _, address @ ..] = head;
    let count = usize::from(u16::from_le_bytes([low, high]));
    if count == 0 || count > MOST {
        return None;
    }
    let mut code = Vec::new();
    if code.try_reserve_exact(count).is_err() {
        return Some(code);
    }
    let at = u64::from_le_bytes(address);
    for index in 0..count as u64 {
        let mut bytes = [0; 8];
        memory::read_exact(at.wrapping_add(8 * index), &mut bytes).ok()?;
        let [c0, c1, if_true, if_false, k @ ..] = bytes;
        code.push(Instruction { code: u16::from_le_bytes([c0, c1]), if_true, if_false, k: u32::from_le_bytes(k) });
    }
    Some(code)
}

/// struct seccomp_data of a call of the loader's.
fn data(number: u32, args: [u64; 6]) -> [u8; 64] {
    const AUDIT_ARCH_X86_64: u32 = 0xc000_003e;
    let mut data = [0; 64];
    data[..4].copy_from_slice(&number.to_le_bytes());
    data[4..8].copy_from_slice(&AUDIT_ARCH_X86_64.to_le_bytes());
    data[8..16].copy_from_slice(&(crate::arch::labels::labels().observed).to_le_bytes());
    for (to, arg) in data[16..].chunks_exact_mut(8).zip(args) {
        to.copy_from_slice(&arg.to_le_bytes());
    }
    data
}

/// Runs a filter (Documentation/networking/filter.rst, the instructions that
/// seccomp admits); whether the call would be made. What cannot be run forbids.
fn run(code: &[Instruction], data: &[u8; 64]) -> bool {
    const ALLOW: u32 = 0x7fff_0000;
    const LOG: u32 = 0x7ffc_0000;
    let word = |at: u32| Some(u32::from_le_bytes(data.get(at as usize..at as usize + 4)?.try_into().ok()?));
    let (mut a, mut x, mut memory) = (0u32, 0u32, [0u32; 16]);
    let mut at = 0;
    while let Some(&Instruction { code: operation, if_true, if_false, k }) = code.get(at) {
        at += 1;
        let slot = (k as usize) % memory.len();
        let operand = if operation & 0x08 != 0 { x } else { k };
        let jump = |taken: bool| usize::from(if taken { if_true } else { if_false });
        match operation {
            0x20 => match word(k) {
                Some(loaded) => a = loaded, // ld [k]
                None => return false,
            },
            0x80 => a = data.len() as u32, // ld len
            0x00 => a = k,                 // ld #k
            0x01 => x = k,                 // ldx #k
            0x60 => a = memory[slot],
            0x61 => x = memory[slot],
            0x02 => memory[slot] = a,
            0x03 => memory[slot] = x,
            0x07 => x = a,
            0x87 => a = x,
            0x04 | 0x0c => a = a.wrapping_add(operand),
            0x14 | 0x1c => a = a.wrapping_sub(operand),
            0x24 | 0x2c => a = a.wrapping_mul(operand),
            0x34 | 0x3c => match a.checked_div(operand) {
                Some(quotient) => a = quotient,
                None => return false,
            },
            0x44 | 0x4c => a |= operand,
            0x54 | 0x5c => a &= operand,
            0x64 | 0x6c => a = a.checked_shl(operand).unwrap_or(0),
            0x74 | 0x7c => a = a.checked_shr(operand).unwrap_or(0),
            0x84 => a = a.wrapping_neg(),
            0xa4 | 0xac => a ^= operand,
            0x05 => at = at.saturating_add(k as usize),
            0x15 | 0x1d => at += jump(a == operand),
            0x25 | 0x2d => at += jump(a > operand),
            0x35 | 0x3d => at += jump(a >= operand),
            0x45 | 0x4d => at += jump(a & operand != 0),
            0x06 | 0x16 => {
                let action = if operation == 0x16 { a } else { k } & 0xffff_0000;
                return action == ALLOW || action == LOG;
            }
            _ => return false,
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn i(code: u16, if_true: u8, if_false: u8, k: u32) -> Instruction {
        Instruction { code, if_true, if_false, k }
    }
    const ALLOW: u32 = 0x7fff_0000;
    const KILL: u32 = 0x8000_0000;

    fn allows(code: &[Instruction], number: u32, first: u64) -> bool {
        run(code, &data(number, [first, 0, 0, 0, 0, 0]))
    }

    #[test]
    fn a_list_of_numbers() {
        let code = [i(0x20, 0, 0, 0), i(0x15, 2, 0, 1), i(0x15, 1, 0, 60), i(0x06, 0, 0, KILL), i(0x06, 0, 0, ALLOW)];
        assert!(allows(&code, 1, 0) && allows(&code, 60, 0));
        assert!(!allows(&code, 2, 0) && !allows(&code, 157, 59));
    }

    #[test]
    fn an_argument_and_the_architecture() {
        // arch must be x86-64; prctl(15, ...) alone is allowed, the rest but prctl too.
        let code = [
            i(0x20, 0, 0, 4),
            i(0x15, 1, 0, 0xc000_003e),
            i(0x06, 0, 0, KILL),
            i(0x20, 0, 0, 0),
            i(0x15, 0, 3, 157),
            i(0x20, 0, 0, 16),
            i(0x15, 1, 0, 15),
            i(0x06, 0, 0, 0x0005_0001),
            i(0x06, 0, 0, ALLOW),
        ];
        assert!(allows(&code, 157, 15) && allows(&code, 39, 0));
        assert!(!allows(&code, 157, 59));
    }

    #[test]
    fn arithmetic_and_memory() {
        // (number << 1 ^ 6) stored, loaded, compared with 8: number 7.
        let code = [
            i(0x20, 0, 0, 0),
            i(0x64, 0, 0, 1),
            i(0xa4, 0, 0, 6),
            i(0x02, 0, 0, 3),
            i(0x00, 0, 0, 0),
            i(0x60, 0, 0, 3),
            i(0x15, 0, 1, 8),
            i(0x06, 0, 0, ALLOW),
            i(0x06, 0, 0, KILL),
        ];
        assert!(allows(&code, 7, 0) && !allows(&code, 8, 0));
    }

    #[test]
    fn what_runs_off_or_divides_by_zero_forbids() {
        assert!(!allows(&[i(0x00, 0, 0, 1)], 1, 0));
        assert!(!allows(&[i(0x34, 0, 0, 0), i(0x06, 0, 0, ALLOW)], 1, 0));
        assert!(!allows(&[i(0x20, 0, 0, 64), i(0x06, 0, 0, ALLOW)], 1, 0));
        assert!(!allows(&[i(0x99, 0, 0, 0), i(0x06, 0, 0, ALLOW)], 1, 0));
    }
}
