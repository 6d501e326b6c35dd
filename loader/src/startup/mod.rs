//! Start-up: ordinary Rust with std, before the program's first instruction.
//!
//! Invariants: everything that needs libc, std or ambient authority (the
//! environment, paths) happens here; the program's heap is not used, so that it is
//! laid out as without us; when `start` returns the GOT is sealed and nothing of
//! this runs again. A start that fails ends the process with status
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
mod grants;
mod hook;
mod mechanism;
mod objects;
mod output;
mod seal;
mod trampoline;
mod vdso;

use crate::arch::syscall::nr;
use crate::dispatch::{blocks, claims, table, thread, unhookable};
use crate::island::sync;
use crate::signals::{action, hygiene, sud};
use crate::stats;
use config::{Config, Mechanism};
#[cfg(feature = "preload")]
use core::ffi::{c_char, c_int};
use error::StartError;

/// The constructor: the dynamic linker calls it before main, and before the
/// constructors of all other objects (`-z initfirst`, see build.rs), whose calls are
/// seen for that reason. libc's own is one of them: `early` does the part of it that
/// we need.
#[cfg(feature = "preload")]
#[ctor::ctor(unsafe)]
fn constructor() {
    // SAFETY: this thread's own errno, which the program finds as it was.
    let errno = unsafe { libc::__errno_location() };
    // SAFETY: as above.
    let before = unsafe { errno.read() };
    if let Err(error) = start() {
        error.exit();
    }
    // SAFETY: as above; no call of libc, which is sealed.
    unsafe { errno.write(before) };
}

/// Called before `constructor`, with what the kernel gave the program: libc does not
/// have the environment yet.
#[cfg(feature = "preload")]
extern "C" fn early(_count: c_int, _arguments: *const *const c_char, environment: *const *const c_char) {
    unsafe extern "C" {
        static mut environ: *const *const c_char;
    }
    // SAFETY: one thread; libc will store the same pointer there.
    unsafe {
        if environ.is_null() {
            environ = environment;
        }
    }
}

#[cfg(feature = "preload")]
#[used]
// SAFETY: functions of this type are what the section holds; a priority puts it
// before those without one.
#[unsafe(link_section = ".init_array.00100")]
static EARLY: extern "C" fn(c_int, *const *const c_char, *const *const c_char) = early;

/// Takes over the process.
fn start() -> Result<(), StartError> {
    cpu_has_fsgsbase()?;
    let block = blocks::allocate(action::initial()).ok_or_else(|| {
        StartError::new("no memory for the first thread block", "raise RLIMIT_AS: ulimit -v unlimited")
    })?;
    // SAFETY: fresh, and this thread's from here on.
    unsafe { thread::adopt(block) };
    if threads().unwrap_or(2) > 1 {
        sync::threads_begin();
        sud::not_all_armed();
    }
    let config = Config::from_environment()?;
    output::open(&config)?;
    config.warn_unknown();
    let hooks = hook::load(&config)?;
    route(&hooks);
    stats::set_mechanism(config.mechanism.word());
    carry::note();
    if config.refuse_unhookable {
        unhookable::refuse();
    }
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

/// How many threads this process has, by /proc/self/stat.
fn threads() -> Option<usize> {
    let text = std::fs::read("/proc/self/stat").ok()?;
    // Its second field is the program's name in parentheses, which may hold anything.
    let end = text.iter().rposition(|byte| *byte == b')')?;
    let fields = core::str::from_utf8(text.get(end + 1..)?).ok()?;
    fields.split_ascii_whitespace().nth(17)?.parse().ok()
}

/// Fills the dispatch table: what the hook asks for, what changes the process, and
/// everything if it is to be counted.
fn route(hooks: &crate::guest::HookSet) {
    for number in 0..table::NUMBERS {
        if hooks.contains(number as u32) {
            table::add(number, table::HOOKED);
        }
        if stats::on() {
            table::add(number, table::COUNTED);
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
