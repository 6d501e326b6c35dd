//! Writes a jump into code that other threads may be executing.
//!
//! What the jump changes is stored at once where it lies within eight aligned bytes,
//! which one locked store writes atomically, for those who fetch them as instructions
//! too. Where it does not, and another task may run, a jump over `mov $nr,%eax; syscall`
//! that leaves the `syscall` in place (`zpoline_planner::jump::Table`) is written in
//! steps:
//!
//! - A `syscall` over its first two bytes, so that Syscall User Dispatch stops whoever
//!   comes there; then the rest, which nobody gets to any more; then the first two bytes
//!   of the jump. (What a `syscall` does to rcx and r11 is nothing to the `mov` in the
//!   stub.)
//! - If the second byte lies in the next eight: what becomes of the number; then the
//!   first byte. Who comes in between makes a call with a number that is part of the
//!   jump, and Syscall User Dispatch stops it at the `syscall`.
//!
//! Of the other jumps, and where no steps can be taken (in a vfork child, say), those whose
//! change lies within a cache line are stored at once all the same, and the rest is not
//! written.
//!
//! Between the steps every core serialises (membarrier(2)), as the processors' manuals
//! ask for with code that others execute. A thread that is stopped goes on in the stub,
//! where the jump would have led it (`redirected`).
//!
//! Invariants: only bytes that still are what the plan saw are overwritten; the
//! mapping stays executable throughout and has its exact old protection afterwards;
//! one patch is written at a time, under the lock of `learn`.
//!
//! # Safety
//! Callers pass private file-backed mappings and patches that lie inside them, and
//! whose plans exclude all other ways into the patched bytes.
#![allow(unsafe_code, reason = "writes code")]

use super::patch::{self, Mapping};
use crate::arch::syscall::{nr, syscall3};
use crate::dispatch::thread;
use crate::island::{memory, sync::is_shared};
use crate::signals::sud;
use crate::stats::why::Why;
use core::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use zpoline_planner::Patch;
use zpoline_planner::jump::{JUMP, Table};

/// Bytes of a cache line: a store within one is atomic.
const LINE: u64 = 64;
/// Bytes that one locked store writes.
const WORD: u64 = 8;
const SYSCALL: [u8; 2] = [0x0f, 0x05];

/// Whether a patch has ever been written in steps.
static IN_STEPS: AtomicBool = AtomicBool::new(false);
/// Where one is being written, or 0, and the stub that it leads to.
static PLACE: AtomicU64 = AtomicU64::new(0);
static STUB: AtomicU64 = AtomicU64::new(0);

/// Another process shares the memory, and may go on when this one is killed.
static ALONE_ONLY: AtomicBool = AtomicBool::new(false);

/// From here on nothing is written in steps.
pub fn never_in_steps() {
    ALONE_ONLY.store(true, Ordering::Relaxed);
}

/// How a patch can be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    /// By one locked store of the 8 bytes at this address.
    AtOnce(u64),
    /// In steps, of which the first is a `syscall`.
    SyscallFirst,
    /// In steps, of which the first is the number.
    NumberFirst,
    /// Byte by byte: only while nobody else runs.
    Alone,
}

/// How many bytes the patch changes, from its first on, of those that can be reached
/// once it is there: its jump.
fn changed(patch: &Patch) -> u64 {
    let bytes = patch.old.iter().zip(&*patch.new).take(JUMP).enumerate();
    bytes.filter(|(_, (old, new))| old != new).map(|(at, _)| at as u64 + 1).max().unwrap_or(0)
}

/// The best way to write a patch.
fn way(patch: &Patch) -> Way {
    let (start, end) = (patch.address, patch.address + changed(patch).max(1));
    let word = start & !(WORD - 1);
    let keeps_call = matches!(*patch.old, [0xb8, _, _, _, _, 0x0f, 0x05]) && patch.new.ends_with(&SYSCALL);
    if end <= word + WORD {
        Way::AtOnce(word)
    } else if keeps_call && start + 2 <= word + WORD {
        Way::SyscallFirst
    } else if keeps_call {
        Way::NumberFirst
    } else {
        within_line(patch)
    }
}

/// The way to write a patch where no steps can be taken.
fn within_line(patch: &Patch) -> Way {
    let (start, end) = (patch.address, patch.address + changed(patch).max(1));
    let line = start & !(LINE - 1);
    if end <= line + LINE { Way::AtOnce(start.min(line + LINE - WORD)) } else { Way::Alone }
}

/// Writes the jump of a patch, which leads to `stub`. What the plan has beyond the jump
/// is unreachable then, and is filled up byte by byte.
///
/// # Safety
/// `mapping` is a private mapping of a file with these bounds and protection; the
/// plan excludes all other ways into the patched bytes.
pub unsafe fn apply(mapping: &Mapping, patch: &Patch, stub: u64) -> Result<(), Why> {
    const PROT_WRITE: usize = 2;
    const PROT_EXEC: usize = 4;
    // A vfork child can be killed between the steps.
    let stays = || thread::try_current().is_some_and(|block| !block.borrowed.get());
    let may_step = || sud::all_armed() && synchronize() && !ALONE_ONLY.load(Ordering::Relaxed) && stays();
    let way = match way(patch) {
        Way::SyscallFirst | Way::NumberFirst if is_shared() && !may_step() => within_line(patch),
        way => way,
    };
    if way == Way::Alone && is_shared() {
        return Err(Why::Straddles);
    }
    if patch.address < mapping.start || patch.address + patch.new.len() as u64 > mapping.end {
        return Err(Why::NotWritten);
    }
    let protect = |protection: usize| {
        // SAFETY: the mapping exists and stays executable.
        unsafe { syscall3(nr::MPROTECT, mapping.start as usize, (mapping.end - mapping.start) as usize, protection) }
    };
    if protect(mapping.protection | PROT_WRITE | PROT_EXEC) != 0 {
        return Err(Why::NotWritten);
    }
    // SAFETY: in the mapping, which is writable now.
    let written = unsafe {
        match way {
            Way::AtOnce(word) => at_once(word, patch),
            Way::SyscallFirst | Way::NumberFirst if is_shared() => in_steps(way, patch, stub),
            Way::SyscallFirst | Way::NumberFirst | Way::Alone => patch::write(patch),
        }
    };
    protect(mapping.protection);
    synchronize();
    if written { Ok(()) } else { Err(Why::NotWritten) }
}

/// Writes `new` from its byte `from` on.
///
/// # Safety
/// The bytes are mapped writable, and nobody executes them.
unsafe fn fill(patch: &Patch, from: usize, to: usize) {
    let at = core::ptr::with_exposed_provenance_mut::<u8>(patch.address as usize);
    for (i, byte) in patch.new.iter().enumerate().take(to).skip(from) {
        // SAFETY: by the caller.
        unsafe { at.add(i).write_volatile(*byte) };
    }
}

/// Whether the bytes at the patch are what the plan saw.
///
/// # Safety
/// They are mapped readable.
unsafe fn is_as_planned(patch: &Patch) -> bool {
    let at = core::ptr::with_exposed_provenance::<u8>(patch.address as usize);
    // SAFETY: by the caller.
    patch.old.iter().enumerate().all(|(i, old)| unsafe { at.add(i).read_volatile() } == *old)
}

/// Replaces what the jump changes, which lies in the 8 bytes at `word`, at once.
///
/// # Safety
/// The bytes are mapped writable and lie in one cache line.
unsafe fn at_once(word: u64, patch: &Patch) -> bool {
    // SAFETY: by the caller.
    if !unsafe { is_as_planned(patch) } {
        return false;
    }
    let at = core::ptr::with_exposed_provenance_mut::<u64>(word as usize);
    // SAFETY: by the caller.
    let found = unsafe { at.read_unaligned() };
    let mut bytes = found.to_le_bytes();
    let into = bytes.iter_mut().skip((patch.address - word) as usize);
    into.zip(&*patch.new).for_each(|(byte, new)| *byte = *new);
    let before: u64;
    // SAFETY: by the caller. Locked, and unaligned, which Rust's atomics are not
    // made for.
    unsafe {
        core::arch::asm!(
            "lock cmpxchg qword ptr [{at}], {new}",
            at = in(reg) at,
            new = in(reg) u64::from_le_bytes(bytes),
            inlateout("rax") found => before,
            options(nostack)
        );
        if before == found {
            fill(patch, JUMP, patch.new.len());
        }
    }
    before == found
}

/// Stores two bytes at once.
///
/// # Safety
/// They are mapped writable and lie in one cache line.
unsafe fn store_pair(at: u64, pair: [u8; 2]) {
    // SAFETY: by the caller.
    unsafe {
        core::arch::asm!(
            "mov word ptr [{}], {:x}",
            in(reg) at,
            in(reg) u16::from_le_bytes(pair),
            options(nostack, preserves_flags)
        );
    }
}

/// See the module.
///
/// # Safety
/// The bytes are mapped writable, and lie in two cache lines as `way` says.
unsafe fn in_steps(way: Way, patch: &Patch, stub: u64) -> bool {
    let [first, second, n0, n1, n2, ..] = *patch.new else { return false };
    let at = core::ptr::with_exposed_provenance_mut::<u8>(patch.address as usize);
    IN_STEPS.store(true, Ordering::SeqCst);
    STUB.store(stub, Ordering::SeqCst);
    PLACE.store(patch.address, Ordering::SeqCst);
    // SAFETY: by the caller; whoever comes by is stopped, and at the old `syscall`
    // nothing changes. Each store lies in one line.
    let written = unsafe {
        let as_planned = is_as_planned(patch);
        match way {
            _ if !as_planned => {}
            Way::NumberFirst => {
                at.add(1).cast::<u32>().write_unaligned(u32::from_le_bytes([second, n0, n1, n2]));
                synchronize();
                at.write_volatile(first);
            }
            _ => {
                store_pair(patch.address, SYSCALL);
                synchronize();
                fill(patch, 2, patch.new.len());
                synchronize();
                store_pair(patch.address, [first, second]);
            }
        }
        synchronize();
        as_planned
    };
    PLACE.store(0, Ordering::SeqCst);
    written
}

/// Syscall User Dispatch has stopped a thread in front of `behind`, with a number. If
/// that was no call of the program's but the first step of a patch: where the thread goes
/// on.
pub fn redirected(behind: u64, number: u32) -> Option<u64> {
    if !IN_STEPS.load(Ordering::Acquire) {
        return None;
    }
    // Under way, or the jump is there by now: who was stopped saw PLACE set, so where it
    // is not any more the patch is complete. That is why the bytes are read last.
    let begins = |at: u64| {
        let stub = if PLACE.load(Ordering::SeqCst) == at { STUB.load(Ordering::SeqCst) } else { 0 };
        // Another patch may have begun in between.
        let stub = (stub != 0 && PLACE.load(Ordering::SeqCst) == at).then_some(stub);
        let mut bytes = [0; JUMP];
        let there = memory::get(at, &mut bytes);
        let [_, number @ .., _, _] = bytes;
        let jump = there && is_jump(&bytes);
        (stub.or(jump.then_some(at)), u32::from_le_bytes(number))
    };
    let (at_syscall, _) = begins(behind.wrapping_sub(SYSCALL.len() as u64));
    let (at_number, changed) = begins(behind.wrapping_sub(JUMP as u64));
    at_syscall.or(at_number.filter(|_| changed == number))
}

/// Whether these bytes are a jump through the pointer table.
fn is_jump(bytes: &[u8; JUMP]) -> bool {
    matches!(*bytes, [0xff, 0x24, 0x25, a, b, c, d] if Table::of(u32::from_le_bytes([a, b, c, d])).is_some())
}

/// Makes every thread of the process fetch its instructions anew
/// (membarrier(2); registered at start-up). False: the kernel does not do it.
pub fn synchronize() -> bool {
    const PRIVATE_EXPEDITED_SYNC_CORE: usize = 1 << 5;
    // SAFETY: no memory is named.
    !is_shared() || unsafe { syscall3(nr::MEMBARRIER, PRIVATE_EXPEDITED_SYNC_CORE, 0, 0) } == 0
}

/// Registers the process for `synchronize`; kernels without it make cores
/// serialise often enough on their own.
pub fn register() {
    const REGISTER_PRIVATE_EXPEDITED_SYNC_CORE: usize = 1 << 6;
    // SAFETY: no memory is named.
    unsafe { syscall3(nr::MEMBARRIER, REGISTER_PRIVATE_EXPEDITED_SYNC_CORE, 0, 0) };
}

#[cfg(test)]
mod tests {
    use super::*;
    use zpoline_planner::plan::Bytes;

    fn patch(address: u64, old: &[u8], slot: u32) -> Patch {
        let mut new = [0xff, 0x24, 0x25, 0, 0, 0, 0];
        new[3..].copy_from_slice(&slot.to_le_bytes());
        Patch { address, old: Bytes::new(old).unwrap(), new: Bytes::new(&new).unwrap() }
    }

    const LOAD: [u8; 7] = [0xb8, 0x27, 0, 0, 0, 0x0f, 0x05];

    #[test]
    fn what_changes_decides_how_it_is_written() {
        let at = |address| way(&patch(address, &LOAD, 0x50f_1008));
        assert_eq!(at(0x1000), Way::AtOnce(0x1000));
        // The syscall may lie behind: it does not change.
        assert_eq!(at(0x103b), Way::AtOnce(0x1038));
        for address in 0x103c..0x103f {
            assert_eq!(at(address), Way::SyscallFirst);
        }
        assert_eq!(at(0x103f), Way::NumberFirst);
        assert_eq!(at(0x1040), Way::AtOnce(0x1040));
        assert_eq!(at(0x1007), Way::NumberFirst);
        let unstepped = |address| within_line(&patch(address, &LOAD, 0x50f_1008));
        assert_eq!(unstepped(0x1007), Way::AtOnce(0x1007));
        assert_eq!(unstepped(0x103b), Way::AtOnce(0x1038));
        assert_eq!(unstepped(0x103c), Way::Alone);
        // What is not the load of a number may need rcx or r11.
        let other = [0x48, 0x8b, 0x91, 8, 0, 0, 0, 0x0f, 0x05];
        let mut long = patch(0x103e, &other, 0x50f_1008);
        long.new = Bytes::new(&[0xff, 0x24, 0x25, 8, 0x10, 0x0f, 0x05, 0x0f, 0x05]).unwrap();
        assert_eq!(way(&long), Way::Alone);
    }

    #[test]
    fn all_seven_change_with_the_other_table() {
        let at = |address| way(&patch(address, &LOAD, 0x6_1008));
        assert_eq!(at(0x1039), Way::AtOnce(0x1038));
        assert_eq!(at(0x103a), Way::Alone);
    }

    #[test]
    fn a_store_keeps_what_is_around() {
        #[repr(align(64))]
        struct Line([u8; 128]);
        let mut line = Line([0x90; 128]);
        let start = (&raw mut line.0).expose_provenance();
        line.0[58..65].copy_from_slice(&LOAD);
        let patch = patch(start as u64 + 58, &LOAD, 0x50f_0010);
        let Way::AtOnce(word) = way(&patch) else { panic!("{:?}", way(&patch)) };
        // SAFETY: our own bytes.
        assert!(unsafe { at_once(word, &patch) });
        assert_eq!(line.0[56..67], [0x90, 0x90, 0xff, 0x24, 0x25, 0x10, 0, 0x0f, 0x05, 0x90, 0x90]);
        // SAFETY: as above.
        assert!(!unsafe { at_once(word, &patch) });
    }

    #[test]
    fn steps_end_in_the_jump() {
        for way in [Way::SyscallFirst, Way::NumberFirst] {
            let mut bytes = [[0x90; 8], [0xb8, 0x27, 0, 0, 0, 0x0f, 0x05, 0x90], [0x90; 8]];
            let at = (&raw mut bytes[1]).expose_provenance() as u64;
            let patch = patch(at, &LOAD, 0x50f_0018);
            // SAFETY: our own bytes.
            assert!(unsafe { in_steps(way, &patch, 7) });
            assert_eq!(bytes[1][..JUMP], *patch.new);
            assert_eq!(PLACE.load(Ordering::SeqCst), 0);
            // A thread that was stopped while it was written goes to the jump.
            assert_eq!(redirected(at + 2, 5), Some(at));
            assert_eq!(redirected(at + 7, 0x18_2524), Some(at));
            // The syscall that stays there, and others.
            assert_eq!(redirected(at + 7, 0x27), None);
            assert_eq!(redirected(at + 6, 0x27), None);
        }
        // While it is written, to the stub.
        let bytes = [[0x90u8; 8], [0xb8, 0x24, 0x25, 0x18, 0, 0x0f, 0x05, 0x90]];
        let at = (&raw const bytes[1]).expose_provenance() as u64;
        STUB.store(7, Ordering::SeqCst);
        PLACE.store(at, Ordering::SeqCst);
        assert_eq!(redirected(at + 7, 0x18_2524), Some(7));
        assert_eq!(redirected(at + 2, 5), Some(7));
        assert_eq!(redirected(at + 7, 0x27), None);
        PLACE.store(0, Ordering::SeqCst);
    }
}
