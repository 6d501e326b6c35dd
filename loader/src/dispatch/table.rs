//! The dispatch table: one byte a syscall number, read by the entry path.
//!
//! Invariant: 0 sends the call straight to the kernel without touching wasm, a
//! lock, an allocation or the thread block. The table is filled at start-up and
//! constant afterwards.
//!
//! # Safety
//! The table may lie in a mapping made at start-up, which is never unmapped.
#![allow(unsafe_code, reason = "a table outside the image")]

use core::sync::atomic::{AtomicPtr, AtomicU8, Ordering};

/// Numbers that the sled can deliver: every offset in page 0.
pub const NUMBERS: usize = 4096;

/// The guest wants to see the call.
pub const HOOKED: u8 = 1;
/// The loader itself has to see it: it changes the process.
pub const STRUCTURAL: u8 = 2;

/// One byte a number.
type Routes = [AtomicU8; NUMBERS];

static OWN: Routes = [const { AtomicU8::new(0) }; NUMBERS];

/// Where the table is: here, or in low memory behind the landings of the sled.
pub static TABLE: AtomicPtr<Routes> = AtomicPtr::new((&raw const OWN).cast_mut());

/// Moves the table, before anything is in it.
///
/// # Safety
/// `to` is zeroed, writable, and stays so for ever.
pub unsafe fn move_to(to: *mut Routes) {
    TABLE.store(to, Ordering::Relaxed);
}

fn routes() -> &'static Routes {
    // SAFETY: the table is always a live one (`move_to`).
    unsafe { &*TABLE.load(Ordering::Relaxed) }
}

/// Adds `bits` to the route of `number`.
pub fn add(number: usize, bits: u8) {
    if let Some(route) = routes().get(number) {
        route.fetch_or(bits, Ordering::Relaxed);
    }
}

/// The route of any number; those beyond the table have the one of its last
/// entry, which no kernel defines.
pub fn route(number: u32) -> u8 {
    let routes = routes();
    routes.get(number as usize).unwrap_or(&routes[NUMBERS - 1]).load(Ordering::Relaxed)
}
