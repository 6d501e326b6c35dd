//! The one place that writes into the program's code.
//!
//! Invariants: only bytes that still are what the plan saw are overwritten; a
//! patch within a cache line is one store; the mapping stays executable
//! throughout and has its exact old protection afterwards.
//!
//! # Safety
//! Callers pass private file-backed mappings and patches that lie inside them.
#![allow(unsafe_code, reason = "writes code")]

use crate::arch::syscall::{nr, syscall3};
use crate::island::sync::is_shared;
use crate::stats::why::Why;
use zpoline_planner::Patch;

const PROT_WRITE: usize = 2;
const PROT_EXEC: usize = 4;

/// A mapping as /proc/self/maps shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mapping {
    /// First address.
    pub start: u64,
    /// End, exclusive.
    pub end: u64,
    /// PROT_ bits.
    pub protection: usize,
}

/// Writes those of `patches` that lie in `mapping`; answers how many, or the
/// errno that kept it from being written at all.
///
/// # Safety
/// `mapping` is a private mapping of a file with these bounds and protection.
pub unsafe fn apply(mapping: &Mapping, patches: &[Patch]) -> Result<usize, i32> {
    let length = (mapping.end - mapping.start) as usize;
    // SAFETY: the mapping exists; it only gains a right.
    let opened =
        unsafe { syscall3(nr::MPROTECT, mapping.start as usize, length, mapping.protection | PROT_WRITE | PROT_EXEC) };
    if opened != 0 {
        return Err(-opened as i32);
    }
    let mut written = 0;
    for patch in patches {
        if patch.address < mapping.start || patch.address + patch.new.len() as u64 > mapping.end {
            continue;
        }
        // SAFETY: the bytes lie in the mapping, which is writable now.
        written += usize::from(unsafe { write(patch) });
    }
    // SAFETY: restores what was there.
    unsafe { syscall3(nr::MPROTECT, mapping.start as usize, length, mapping.protection) };
    Ok(written)
}

/// Writes the jump of a patch while other threads may execute the code: its first
/// 8 bytes at most by one locked store, which is atomic within a cache line. What
/// the plan has beyond them is unreachable then, and is filled up byte by byte: the
/// planner knows a patch by its filling.
///
/// A patch that straddles a cache line is refused while another task may run: its
/// site stays with Syscall User Dispatch.
///
/// # Safety
/// As for `apply`; the plan excludes all other ways into the patched bytes.
pub unsafe fn apply_live(mapping: &Mapping, patch: &Patch) -> Result<(), Why> {
    const WORD: usize = 8;
    const LINE: u64 = 64;
    let length = patch.new.len().min(WORD);
    let in_line = patch.address % LINE + WORD as u64 <= LINE;
    if !in_line && is_shared() {
        return Err(Why::Straddles);
    }
    if patch.address < mapping.start || patch.address + patch.new.len().max(WORD) as u64 > mapping.end {
        return Err(Why::NotWritten);
    }
    let protect = |protection: usize| {
        // SAFETY: the mapping exists and stays executable.
        unsafe { syscall3(nr::MPROTECT, mapping.start as usize, (mapping.end - mapping.start) as usize, protection) }
    };
    if protect(mapping.protection | PROT_WRITE | PROT_EXEC) != 0 {
        return Err(Why::NotWritten);
    }
    let written = if in_line {
        // SAFETY: 8 bytes in the mapping, writable now; then the rest of the patch.
        unsafe {
            let written = exchange(patch.address, &patch.old[..length], &patch.new[..length]);
            if written {
                fill(patch.address, length, &patch.new);
            }
            written
        }
    } else {
        // SAFETY: writable now, and nobody else runs.
        unsafe { write(patch) }
    };
    protect(mapping.protection);
    synchronize();
    if written { Ok(()) } else { Err(Why::NotWritten) }
}

/// Writes what `new` has from `from` on, at its place behind `address`.
///
/// # Safety
/// The bytes are mapped writable, and nobody executes them.
unsafe fn fill(address: u64, from: usize, new: &[u8]) {
    let at = core::ptr::with_exposed_provenance_mut::<u8>(address as usize);
    for (i, byte) in new.iter().enumerate().skip(from) {
        // SAFETY: by the caller.
        unsafe { at.add(i).write_volatile(*byte) };
    }
}

/// Replaces `old` by `new` in the 8 bytes at `address`, at once.
///
/// # Safety
/// The bytes are mapped writable and lie in one cache line.
unsafe fn exchange(address: u64, old: &[u8], new: &[u8]) -> bool {
    let at = core::ptr::with_exposed_provenance_mut::<u64>(address as usize);
    // SAFETY: by the caller.
    let found = unsafe { at.read_unaligned() };
    let mut bytes = found.to_le_bytes();
    if bytes[..old.len()] != *old {
        return false;
    }
    bytes[..new.len()].copy_from_slice(new);
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
    }
    before == found
}

/// Makes every thread of the process fetch its instructions anew
/// (membarrier(2); registered at start-up).
pub fn synchronize() {
    const PRIVATE_EXPEDITED_SYNC_CORE: usize = 1 << 5;
    if is_shared() {
        // SAFETY: no memory is named.
        unsafe { syscall3(nr::MEMBARRIER, PRIVATE_EXPEDITED_SYNC_CORE, 0, 0) };
    }
}

/// Registers the process for `synchronize`; kernels without it make cores
/// serialise often enough on their own.
pub fn register() {
    const REGISTER_PRIVATE_EXPEDITED_SYNC_CORE: usize = 1 << 6;
    // SAFETY: no memory is named.
    unsafe { syscall3(nr::MEMBARRIER, REGISTER_PRIVATE_EXPEDITED_SYNC_CORE, 0, 0) };
}

/// # Safety
/// The patched bytes are mapped writable.
unsafe fn write(patch: &Patch) -> bool {
    let at = core::ptr::with_exposed_provenance_mut::<u8>(patch.address as usize);
    for (i, &old) in patch.old.iter().enumerate() {
        // SAFETY: by the caller.
        if unsafe { at.add(i).read_volatile() } != old {
            return false;
        }
    }
    if let ([low, high], false) = (&*patch.new, patch.straddles_line()) {
        let both = u16::from_le_bytes([*low, *high]);
        // SAFETY: mapped, by the caller. One store, atomic within a cache line.
        unsafe {
            core::arch::asm!("mov word ptr [{}], {:x}", in(reg) at, in(reg) both, options(nostack, preserves_flags))
        };
        return true;
    }
    // The tail first: until the first byte changes, a thread that comes by
    // still sees an instruction boundary at the start.
    for (i, &new) in patch.new.iter().enumerate().rev() {
        // SAFETY: by the caller.
        unsafe { at.add(i).write_volatile(new) };
    }
    true
}
