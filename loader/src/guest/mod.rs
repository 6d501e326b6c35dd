//! The component host: holds the hook, shows it calls, and survives it.
//!
//! [`load`] runs at start-up; everything else runs on a hook stack in the
//! middle of somebody else's program. Invariants from then on:
//! - no libc, no std, no ELF TLS, no panic: every failure is a value that takes
//!   the path of the user's `on-trap` policy ([`trap`]);
//! - an instance is entered by one thread at a time, never recursively, and
//!   never across a fork or a syscall of the program;
//! - after a trap an instance is dropped, never entered again;
//! - a call that the guest forwards allocates nothing.
//!
//! Code map: [`load`] reads and checks the component, [`exports`] says what it
//! hooks, [`grants`] what it may import, [`imports`] are the host functions,
//! [`instance`] is one store with its functions, [`call`] enters it, [`direct`]
//! is the short way in ([`artifact`] says where it leads), [`abi`] are the types
//! that cross, [`limits`] caps memory, [`trap`] is the policy,
//! [`platform`] is what wasmtime links against.

mod abi;
mod artifact;
mod call;
mod direct;
mod error;
mod exports;
mod grants;
mod imports;
mod instance;
mod limits;
mod load;
mod platform;
mod seat;
mod trap;

use alloc::string::String;
use alloc::vec::Vec;

pub use call::{bury, enter, exit, finish, fork_lock, fork_unlock, takes_short_way, thread_exit};
pub use error::LoadError;
pub use load::load;

/// Syscall numbers that a hook can have; the dispatch table's length.
pub const NUMBERS: usize = 512;

/// `restart_syscall`: never shown to a hook, it continues a call that was.
const RESTART_SYSCALL: usize = 219;

/// A syscall: the number and the six argument registers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Call {
    /// Syscall number.
    pub number: u32,
    /// rdi, rsi, rdx, r10, r8, r9.
    pub args: [u64; 6],
}

/// What happens to a call that the hook was shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// Run it as it is.
    Forward,
    /// Run it as it is, then call [`exit`].
    Observe,
    /// Do not run it; the program gets this result.
    Complete(i64),
    /// Run this in its place.
    Rewrite(Call),
    /// Run this in its place, then call [`exit`] with the original call.
    RewriteObserve(Call),
}

/// What the user decided about the hook.
#[derive(Debug, Clone)]
pub struct Options {
    /// Fuel for one call, about one unit an instruction.
    pub fuel_per_call: u64,
    /// Cap on an instance's linear memories, in bytes.
    pub memory_bytes: usize,
    /// What to do when the hook traps.
    pub on_trap: OnTrap,
    /// The words for `lifecycle.init`.
    pub arguments: Vec<String>,
    /// Imports granted beyond those that every hook has.
    pub allow: Vec<String>,
}

/// The `fuel_per_call` when the user says nothing: a fraction of a second.
pub const DEFAULT_FUEL: u64 = 100_000_000;
/// The `memory_bytes` when the user says nothing.
pub const DEFAULT_MEMORY: usize = 64 << 20;

impl Default for Options {
    fn default() -> Self {
        Self {
            fuel_per_call: DEFAULT_FUEL,
            memory_bytes: DEFAULT_MEMORY,
            on_trap: OnTrap::Abort,
            arguments: Vec::new(),
            allow: Vec::new(),
        }
    }
}

/// What to do when the hook traps, runs out of fuel or answers nonsense.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnTrap {
    /// Say why and end the program with SIGABRT.
    Abort,
    /// The call fails with this errno; later calls see a new instance.
    Deny(u16),
    /// The call runs as if nobody hooked it; later calls see a new instance.
    Pass,
    /// A new instance is shown the same call; where that fails too, or too
    /// often, the call fails with EPERM.
    Reload,
}

/// What a loaded hook intercepts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HookSet {
    /// One bit a number.
    pub numbers: [u64; NUMBERS / 64],
    /// Whether it hooks every number.
    pub any: bool,
    /// Whether each thread has its own instance.
    pub per_thread: bool,
}

impl HookSet {
    /// Whether calls with this number are shown to the hook.
    pub fn contains(&self, number: u32) -> bool {
        let number = number as usize;
        number < NUMBERS && self.numbers[number / 64] & (1 << (number % 64)) != 0
    }

    fn insert(&mut self, number: usize) {
        if number < NUMBERS && number != RESTART_SYSCALL {
            self.numbers[number / 64] |= 1 << (number % 64);
        }
    }
}
