//! The dispatch table: one byte a syscall number, read by the entry path.
//!
//! Invariant: 0 sends the call straight to the kernel without touching wasm, a
//! lock, an allocation or the thread block. The table is filled at start-up and
//! constant afterwards.

use core::sync::atomic::{AtomicU8, Ordering};

/// Numbers with an entry of their own: as many as 16 bits can tell apart.
pub const NUMBERS: usize = 1 << 16;

/// The guest wants to see the call.
pub const HOOKED: u8 = 1;
/// The loader itself has to see it: it changes the process.
pub const STRUCTURAL: u8 = 2;
/// The call is counted (`stats`); then every number has this.
pub const COUNTED: u8 = 4;

/// What happens to each number.
pub static ROUTES: [AtomicU8; NUMBERS] = [const { AtomicU8::new(0) }; NUMBERS];

/// Adds `bits` to the route of `number`.
pub fn add(number: usize, bits: u8) {
    if let Some(route) = ROUTES.get(number) {
        route.store(route.load(Ordering::Relaxed) | bits, Ordering::Relaxed);
    }
}

/// The route of any number; those beyond the table have the one of its last
/// entry, which no kernel defines.
pub fn route(number: u32) -> u8 {
    ROUTES.get(number as usize).unwrap_or(&ROUTES[NUMBERS - 1]).load(Ordering::Relaxed)
}
