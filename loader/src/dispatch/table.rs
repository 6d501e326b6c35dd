//! The dispatch table: one byte a syscall number, read by the entry path.
//!
//! Invariant: 0 sends the call straight to the kernel without touching wasm, a
//! lock, an allocation or the thread block. The table is filled at start-up;
//! afterwards an entry only ever gains bits.
//!
//! # Safety
//! The copy lies outside the image, in a mapping that is never unmapped.
#![allow(unsafe_code, reason = "a table outside the image")]

use core::sync::atomic::{AtomicPtr, AtomicU8, Ordering};

/// Numbers with an entry of their own: as many as 16 bits can tell apart.
pub const NUMBERS: usize = 1 << 16;

/// The guest wants to see the call.
pub const HOOKED: u8 = 1;
/// The loader itself has to see it: it changes the process.
pub const STRUCTURAL: u8 = 2;
/// The program's own Syscall User Dispatch has to see the call.
pub const WATCHED: u8 = 4;
/// The call is counted (`stats`); then every number has this.
pub const COUNTED: u8 = 8;

/// A copy of the first entries that the fast path in low memory reads, if there
/// is one.
static COPY: AtomicPtr<AtomicU8> = AtomicPtr::new(core::ptr::null_mut());
/// Entries of the copy.
pub const COPIED: usize = 4096;

/// From here on `copy` has what the table has.
///
/// # Safety
/// It has `COPIED` entries and stays mapped and writable.
pub unsafe fn keep_copy(copy: *mut AtomicU8) {
    COPY.store(copy, Ordering::Relaxed);
    for number in 0..COPIED {
        copy_entry(number);
    }
}

fn copy_entry(number: usize) {
    let copy = COPY.load(Ordering::Relaxed);
    if copy.is_null() || number >= COPIED {
        return;
    }
    if let Some(route) = ROUTES.get(number) {
        // SAFETY: by the caller of `keep_copy`.
        unsafe { &*copy.add(number) }.store(route.load(Ordering::Relaxed), Ordering::Relaxed);
    }
}

/// What happens to each number.
pub static ROUTES: [AtomicU8; NUMBERS] = [const { AtomicU8::new(0) }; NUMBERS];

/// Adds `bits` to the route of `number`.
pub fn add(number: usize, bits: u8) {
    if let Some(route) = ROUTES.get(number) {
        route.store(route.load(Ordering::Relaxed) | bits, Ordering::Relaxed);
        copy_entry(number);
    }
}

/// The route of any number; those beyond the table have the one of its last
/// entry, which no kernel defines.
pub fn route(number: u32) -> u8 {
    ROUTES.get(number as usize).unwrap_or(&ROUTES[NUMBERS - 1]).load(Ordering::Relaxed)
}
