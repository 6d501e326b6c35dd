//! Writes into the program's code while nobody executes it; [`super::live`] does while
//! somebody may.
//!
//! Invariants: only bytes that still are what the plan saw are overwritten; the
//! mapping stays executable throughout and has its exact old protection afterwards.
//!
//! # Safety
//! Callers pass private file-backed mappings and patches that lie inside them.
#![allow(unsafe_code, reason = "writes code")]

use crate::arch::syscall::{nr, syscall3};
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

/// Writes one patch, if the bytes are what the plan saw; nobody executes them.
///
/// # Safety
/// The patched bytes are mapped writable.
pub(super) unsafe fn write(patch: &Patch) -> bool {
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
