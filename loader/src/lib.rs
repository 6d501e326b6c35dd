//! libzpoline_loader.so: takes over the syscalls of the program that it is
//! preloaded into and routes chosen ones into a WebAssembly component.
//!
//! The life of a process: [`startup`] runs once, before main, as ordinary Rust.
//! From then on the loader is an island: no libc, no std, no ELF TLS. A syscall
//! instruction that was rewritten ([`rewrite`]) reaches the assembly of
//! [`arch`], which sends it straight to the kernel or, through [`dispatch`],
//! into the component held by [`guest`]. [`signals`] keeps the program's handlers
//! out of the island, [`stats`] counts.
#![no_std]

extern crate alloc;

pub mod arch;
pub mod dispatch;
pub mod guest;
pub mod island;
pub mod rewrite;
pub mod signals;
pub mod startup;
pub mod stats;
