//! What the loader has instead of libc and std once the program runs: a lock,
//! an allocator, output, and reads of the program's memory that cannot fault.

pub mod alloc;
pub mod descriptors;
pub mod memory;
pub mod output;
pub mod ranges;
pub mod sync;
#[cfg(feature = "preload")]
mod unwind;
