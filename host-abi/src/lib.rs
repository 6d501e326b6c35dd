//! What the loader, the command and the guests agree on: the syscall table
//! with names, arguments and flags, error numbers, what a hook can be granted,
//! the engine configuration and the file format of a compiled hook.
//!
//! Everything outside the features is `no_std` without allocation and without
//! unsafe, builds for wasm32, and is usable before `main` and inside a hook.
#![no_std]

pub mod capability;
pub mod class;
pub mod cwasm;
#[cfg(feature = "engine")]
pub mod engine;
pub mod errno;
pub mod flags;
mod generated;
pub mod grant;
pub mod invoke;
pub mod limits;
pub mod set;
mod shape;
pub mod syscalls;

pub use generated::nr;

/// Version of the `zpoline:hook` package in `wit/`.
pub const WIT_VERSION: &str = "0.1.0";
