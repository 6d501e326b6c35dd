//! The component host: holds the hooks, shows them calls, and survives them.
//!
//! [`load`] runs at start-up; everything else runs on a hook stack in the
//! middle of somebody else's program. Invariants from then on:
//! - no libc, no std, no ELF TLS, no panic: every failure is a value that takes
//!   the path of the user's `on-trap` policy ([`trap`]);
//! - an instance is entered by one thread at a time, never recursively, and
//!   never across a fork or a syscall of the program;
//! - after a trap an instance is dropped, never entered again;
//! - a call that the guest forwards allocates nothing;
//! - of several hooks the first is the outermost: each is shown what the ones
//!   before it made of the call, and results go back in reverse order. Each has
//!   its own instance, locks, options and failures.
//!
//! Code map: [`image`] is the memory that a hook's code lies in, [`load`] reads and checks a component, [`exports`] says what it
//! hooks, [`grants`] what it may import, [`imports`] are the host functions,
//! [`chain`] takes a call from hook to hook, [`call`] enters one, [`instance`] is
//! one store with its functions, [`seat`] where it sits, [`direct`]
//! is the short way in ([`artifact`] says where it leads), [`abi`] are the types
//! that cross, [`linear`] its memory, [`limits`] caps that, [`rate`] the log, [`trap`] is the policy,
//! [`platform`] is what wasmtime links against.

mod abi;
mod artifact;
mod call;
mod chain;
mod direct;
mod error;
mod exports;
mod grants;
mod image;
mod imports;
mod instance;
mod limits;
mod linear;
mod load;
mod platform;
mod rate;
mod seat;
mod trap;

use alloc::string::String;
use alloc::vec::Vec;
use zpoline_host_abi::limits as default;

pub use chain::{Observers, bury, enter, exit, finish, fork_lock, fork_unlock, release_instances, takes_short_way};
pub use error::LoadError;
pub use grants::Grants;
pub use image::{Image, Room};
pub use load::{Payload, Source, load};

/// Most hooks that a process can have.
pub const MAX_HOOKS: usize = 8;

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

/// What happens to a call that the hooks were shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// Run it as it is.
    Forward,
    /// Do not run it; the program gets this result.
    Complete(i64),
    /// Run this in its place.
    Rewrite(Call),
}

/// What the user decided about a hook.
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
    /// What is granted beyond what every hook has.
    pub allow: Grants,
    /// Bytes of log a second; None is any number.
    pub log_rate: Option<u64>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            fuel_per_call: default::FUEL,
            memory_bytes: default::MEMORY,
            on_trap: OnTrap::Abort,
            arguments: Vec::new(),
            allow: Grants::default(),
            log_rate: Some(default::LOG_RATE),
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

/// What the loaded hooks intercept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HookSet {
    /// One bit a number.
    pub numbers: [u64; NUMBERS / 64],
    /// Whether one of them hooks every number.
    pub any: bool,
    /// Whether each thread has its own instance of one of them.
    pub per_thread: bool,
}

impl HookSet {
    /// Whether calls with this number are shown to a hook.
    pub fn contains(&self, number: u32) -> bool {
        let number = number as usize;
        number < NUMBERS && self.numbers[number / 64] & (1 << (number % 64)) != 0
    }

    const EMPTY: Self = Self { numbers: [0; NUMBERS / 64], any: false, per_thread: false };

    fn add(&mut self, other: &Self) {
        for (ours, theirs) in self.numbers.iter_mut().zip(other.numbers) {
            *ours |= theirs;
        }
        self.any |= other.any;
        self.per_thread |= other.per_thread;
    }

    fn insert(&mut self, number: usize) {
        if number < NUMBERS && number != RESTART_SYSCALL {
            self.numbers[number / 64] |= 1 << (number % 64);
        }
    }
}
