//! Runs programs natively and under the loader and compares.
//!
//! - [`suite`] runs cases and prints what became of each;
//! - [`places`] knows where the finished command and loader are;
//! - [`programs`] compiles `tests/programs/**.c`, one kernel behaviour each;
//! - [`guests`] compiles the hooks that they run under;
//! - [`languages`] builds those of guest-examples/languages, with their toolchains;
//! - [`modes`] is the table of mechanisms and hooks;
//! - [`exceptions`] is the table of what is known to differ, and why;
//! - [`command`] runs a program with a time limit and keeps all it says;
//! - [`user`] runs it as an ordinary user, with what is in [`shared`];
//! - [`scratch`] gives each case a directory of its own;
//! - [`ways`] runs real programs under the tracer and under a hook that forwards;
//! - [`soak`] runs `tests/stress/*.c` for a long time and looks for growth;
//! - [`random`] is what the fuzz tests of all packages share;
//! - [`bench`] measures what a call costs, in one interleaved run.

pub mod bench;
pub mod command;
pub mod exceptions;
pub mod guests;
pub mod languages;
pub mod modes;
pub mod places;
pub mod programs;
pub mod random;
pub mod scratch;
pub mod shared;
pub mod soak;
pub mod suite;
pub mod user;
pub mod ways;
