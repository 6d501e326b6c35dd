//! The tracer without its WebAssembly interface.
//!
//! [`Tracer`] is told what calls run and return and gives the text to print;
//! it reads the program's memory through [`Memory`], so that all of it runs in
//! tests on the host. What the arguments of each call mean is in the table of
//! `host-abi`; here is how strace writes them:
//!
//! - `call`, `argument`, `pointed`: one call, one argument, what it points to;
//! - `structs`, `layout`: the C structs that are plain tables;
//! - `signal`, `socket`, `message`, `file`, `event`, `process`, `ipc`,
//!   `clock`, `terminal`: those that are not;
//! - `outcome`: the result;
//! - `options`, `select`, `class`: what is shown;
//! - `json`, `summary`: other output than lines.

#![no_std]

extern crate alloc;
#[cfg(test)]
extern crate std;

mod argument;
mod call;
mod clock;
mod event;
mod file;
mod ipc;
mod json;
mod layout;
mod line;
mod memory;
mod message;
mod options;
mod outcome;
mod pointed;
mod process;
mod select;
mod signal;
mod snapshot;
mod socket;
mod structs;
mod summary;
mod terminal;
#[cfg(test)]
mod testing;
mod text;
mod tracer;
#[cfg(test)]
mod tracer_tests;

pub use call::Call;
pub use json::Thread;
pub use memory::Memory;
pub use tracer::Tracer;
