//! x86-64 assembly and nothing else: raw syscalls, the entry path, the memory
//! functions. Every offset that assembly uses is an `offset_of!` operand.

pub mod entry;
pub mod invoke;
pub mod labels;
mod mem;
mod signal;
pub mod stack;
pub mod syscall;
