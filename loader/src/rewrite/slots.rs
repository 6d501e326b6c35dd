//! The pointer table that the jumps of patched sites go through: `jmp *[abs32]`.
//!
//! It lies between 0x60000 and 0x80000, above every stock vm.mmap_min_addr and
//! below everything that is linked or mapped by default. There the third byte
//! of an address is 06 or 07, which are invalid opcodes in 64-bit code: see
//! `zpoline_planner::jump`.
//!
//! # Safety
//! Maps with MAP_FIXED_NOREPLACE; slot n belongs to stub n.
#![allow(unsafe_code, reason = "maps and fills the pointer table")]

use super::arena;
use crate::arch::syscall::{nr, syscall3, syscall6};
use crate::island::ranges;
use zpoline_planner::jump::SLOTS;

/// Maps the table, readable and writable; the errno if that cannot be.
pub fn map() -> Result<(), i32> {
    const PROT_READ_WRITE: usize = 3;
    const MAP_PRIVATE_ANONYMOUS: usize = 0x22;
    const MAP_FIXED_NOREPLACE: usize = 0x10_0000;
    const EEXIST: i32 = 17;
    let start = SLOTS.start as usize;
    // SAFETY: NOREPLACE: an existing mapping makes the call fail.
    let at = unsafe {
        syscall6(
            nr::MMAP,
            start,
            arena::COUNT * 8,
            PROT_READ_WRITE,
            MAP_PRIVATE_ANONYMOUS | MAP_FIXED_NOREPLACE,
            usize::MAX,
            0,
        )
    };
    match at {
        _ if at as usize == start => {
            ranges::add(start as u64, arena::COUNT * 8);
            Ok(())
        }
        error if (-4095..0).contains(&error) => Err(-error as i32),
        _ => Err(EEXIST),
    }
}

/// Address of the slot of a stub.
pub fn address(index: u32) -> u32 {
    SLOTS.start + index * 8
}

/// Makes the slot of a stub lead to it; while the table is writable.
pub fn fill(index: u32) {
    lead(index, index);
}

/// Makes a slot lead to a stub; while the table is writable.
pub fn lead(slot: u32, stub: u32) {
    let slot = core::ptr::with_exposed_provenance_mut::<u64>(address(slot) as usize);
    // SAFETY: within the table; a thread that jumps through it now gets to the
    // stub of before, which stays.
    unsafe { slot.write_volatile(arena::entry(stub)) };
}

/// Changes whether slots can be written.
pub fn set_writable(writable: bool) {
    let protection = if writable { 3 } else { 1 };
    // SAFETY: our own table.
    unsafe { syscall3(nr::MPROTECT, SLOTS.start as usize, arena::COUNT * 8, protection) };
}

const _: () = assert!(SLOTS.end - SLOTS.start >= arena::COUNT as u32 * 8);
