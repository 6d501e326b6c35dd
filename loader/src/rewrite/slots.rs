//! The pointer table that the jumps of patched sites go through: `jmp *[abs32]`.
//!
//! It lies in one of two places, since its address ends the jump: see
//! `zpoline_planner::jump::Table`. With Syscall User Dispatch it is at 0x50f0000, if
//! the program and its heap are not below it, as those of programs with a fixed
//! address are; else at 0x60000, above every stock vm.mmap_min_addr and below
//! everything that is linked or mapped by default.
//!
//! # Safety
//! Maps with MAP_FIXED_NOREPLACE; slot n belongs to stub n.
#![allow(unsafe_code, reason = "maps and fills the pointer table")]

use super::arena;
use crate::arch::syscall::{nr, syscall1, syscall3, syscall6};
use crate::island::ranges;
use core::sync::atomic::{AtomicU32, Ordering};
use zpoline_planner::jump::Table;

/// First address of the table; 0: there is none.
static START: AtomicU32 = AtomicU32::new(0);

/// Bytes of the table.
const LENGTH: usize = arena::COUNT * 8;

const _: () = {
    let [one, other] = [Table::Syscall.range(), Table::Invalid.range()];
    assert!(one.end - one.start >= LENGTH as u32 && other.end - other.start >= LENGTH as u32);
};

/// Which table there is.
pub fn table() -> Option<Table> {
    Table::of(start())
}

fn start() -> u32 {
    START.load(Ordering::Relaxed)
}

/// Maps the best table that there can be where Syscall User Dispatch is armed; the
/// errno if none can be.
pub fn map_any() -> Result<(), i32> {
    // SAFETY: asks where the heap ends.
    let heap = unsafe { syscall1(nr::BRK, 0) } as usize;
    if heap < Table::Syscall.range().end as usize || map(Table::Syscall).is_err() {
        return map(Table::Invalid);
    }
    Ok(())
}

/// Maps the table, readable and writable; the errno if that cannot be.
pub fn map(table: Table) -> Result<(), i32> {
    const PROT_READ_WRITE: usize = 3;
    const MAP_PRIVATE_ANONYMOUS: usize = 0x22;
    const MAP_FIXED_NOREPLACE: usize = 0x10_0000;
    const EEXIST: i32 = 17;
    let start = table.range().start as usize;
    // SAFETY: NOREPLACE: an existing mapping makes the call fail.
    let at = unsafe {
        syscall6(nr::MMAP, start, LENGTH, PROT_READ_WRITE, MAP_PRIVATE_ANONYMOUS | MAP_FIXED_NOREPLACE, usize::MAX, 0)
    };
    match at {
        _ if at as usize == start => {
            ranges::add(start as u64, LENGTH);
            START.store(table.range().start, Ordering::Relaxed);
            Ok(())
        }
        error if (-4095..0).contains(&error) => Err(-error as i32),
        _ => Err(EEXIST),
    }
}

/// Address of the slot of a stub.
pub fn address(index: u32) -> u32 {
    start() + index * 8
}

/// Makes the slot of a stub lead to it; while the table is writable.
pub fn fill(index: u32) {
    lead(index, index);
}

/// Makes a slot lead to a stub; while the table is writable.
pub fn lead(slot: u32, stub: u32) {
    if table().is_none() {
        return;
    }
    let slot = core::ptr::with_exposed_provenance_mut::<u64>(address(slot) as usize);
    // SAFETY: within the table; a thread that jumps through it now gets to the
    // stub of before, which stays.
    unsafe { slot.write_volatile(arena::entry(stub)) };
}

/// Changes whether slots can be written. False: the kernel does not let us.
pub fn set_writable(writable: bool) -> bool {
    let protection = if writable { 3 } else { 1 };
    // SAFETY: our own table.
    table().is_none() || unsafe { syscall3(nr::MPROTECT, start() as usize, LENGTH, protection) } == 0
}
