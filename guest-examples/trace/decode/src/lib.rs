//! Turns a syscall into strace's text, reading memory through a trait.

#![no_std]

extern crate alloc;
#[cfg(test)]
extern crate std;

mod line;
mod memory;

pub use line::Line;
pub use memory::Memory;
