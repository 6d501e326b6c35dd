//! Start-up: ordinary Rust with std, before the program's first instruction.
//!
//! Invariants: everything that needs libc, std or ambient authority (the
//! environment, paths) happens here; when `start` returns the GOT is sealed and
//! nothing of this runs again. A start that fails ends the process with status
//! 125 and a message: a hook that silently does not run is the worst outcome.
//!
//! # Safety
//! `start` runs once, in the only thread that the program has, from the
//! dynamic linker's constructor call.
#![allow(unsafe_code, reason = "takes over the process")]

extern crate std;

mod carry;
mod config;
mod error;
mod hook;
mod mechanism;
mod objects;
mod output;
mod seal;
mod trampoline;

use crate::arch::syscall::nr;
use crate::dispatch::{claims, table, thread};
use crate::island::sync;
use crate::signals::{action, hygiene};
use config::{Config, Mechanism};
use error::StartError;

/// The constructor: the dynamic linker calls it before main.
#[cfg(feature = "preload")]
#[ctor::ctor(unsafe)]
fn constructor() {
    if let Err(error) = start() {
        error.exit();
    }
}

/// Takes over the process.
fn start() -> Result<(), StartError> {
    cpu_has_fsgsbase()?;
    let block = thread::allocate(action::initial()).ok_or_else(|| {
        StartError::new("no memory for the first thread block", "raise RLIMIT_AS: ulimit -v unlimited")
    })?;
    // SAFETY: fresh, and this thread's from here on.
    unsafe { thread::adopt(block) };
    if std::fs::read_dir("/proc/self/task").map_or(2, Iterator::count) > 1 {
        sync::threads_begin();
    }
    let config = Config::from_environment()?;
    output::open(&config)?;
    config.warn_unknown();
    let hooks = hook::load(&config)?;
    route(&hooks);
    carry::note();
    // From here on no libc call: its syscalls lead into the hook.
    match config.mechanism {
        Mechanism::Zpoline => mechanism::zpoline()?,
        Mechanism::Jump => mechanism::jump()?,
        Mechanism::Sud => mechanism::sud()?,
        Mechanism::Auto => mechanism::auto()?,
    }
    drop(config);
    seal::seal()
}

/// Fills the dispatch table: what the hook asks for, and what changes the
/// process.
fn route(hooks: &crate::guest::HookSet) {
    for number in 0..table::NUMBERS {
        if hooks.contains(number as u32) {
            table::add(number, table::HOOKED);
        }
    }
    for number in [
        nr::CLONE,
        nr::CLONE3,
        nr::FORK,
        nr::VFORK,
        nr::EXIT,
        nr::EXIT_GROUP,
        nr::EXECVE,
        nr::EXECVEAT,
        nr::RT_SIGACTION,
    ]
    .into_iter()
    .chain(hygiene::NUMBERS)
    .chain(claims::NUMBERS)
    {
        table::add(number, table::STRUCTURAL);
    }
}

/// The thread block is found by %gs, which needs the FSGSBASE instructions
/// (AT_HWCAP2 bit 1; Documentation/arch/x86/x86_64/fsgs.rst).
fn cpu_has_fsgsbase() -> Result<(), StartError> {
    // SAFETY: no preconditions.
    let hwcap2 = unsafe { libc::getauxval(libc::AT_HWCAP2) };
    if hwcap2 & 2 != 0 {
        return Ok(());
    }
    Err(StartError::new(
        "this kernel does not let programs use the FSGSBASE instructions (AT_HWCAP2 bit 1 is clear)",
        "needs Linux 5.9 or newer on a processor of 2012 or newer, booted without nofsgsbase",
    ))
}
