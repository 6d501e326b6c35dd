//! What a `no_std` guest needs to link: an allocator and a panic handler.
//!
//! A guest that is plain std Rust needs neither and works as well; without std
//! the component is a third of the size. `use guest_runtime as _;` links it.
//! A panic traps, which the loader treats as `ZPOLINE_ON_TRAP` says.

#![no_std]

#[cfg(target_arch = "wasm32")]
mod allocator;

#[cfg(target_arch = "wasm32")]
#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    core::arch::wasm32::unreachable()
}
