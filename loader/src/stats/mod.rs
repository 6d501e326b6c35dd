//! Statistics (`ZPOLINE_STATS`): what became of each site, and who saw how many
//! calls.
//!
//! While they are off nothing of this runs, and a call that nobody hooks touches
//! no counter: it does not come here. While they are on, every number has the
//! route bit `COUNTED`, so that every call enters the island and is counted.
//!
//! A process reports what happened since its last report when it calls
//! exit_group, and when it executes another program; a forked child begins at
//! zero. So the sums over all reports are exact. What runs in borrowed memory (a
//! vfork child) is counted by the process that lent it, and a process that a
//! signal kills says nothing. [`report`] has the format.
//!
//! # Safety
//! Asks the kernel about a path of the program's, which the kernel checks.
#![allow(unsafe_code, reason = "raw faccessat2")]

pub mod calls;
pub mod report;
pub mod sites;
pub mod why;

use crate::arch::syscall::{nr, syscall4};
use crate::dispatch::filter::{self, Deed};
use crate::dispatch::thread::ThreadBlock;
use crate::guest::Call;
use crate::island::output::{self, Sink};
use core::sync::atomic::{AtomicU8, Ordering};

const OFF: u8 = 0;
const LOG: u8 = 1;
const FILE: u8 = 2;

static STATE: AtomicU8 = AtomicU8::new(OFF);
static OWN: Sink = Sink::new(2);

/// Switches statistics on, at start-up: to a descriptor of their own, or to the
/// log.
pub fn switch_on(descriptor: Option<i32>) {
    match descriptor {
        Some(descriptor) => {
            OWN.direct_to(descriptor);
            STATE.store(FILE, Ordering::Relaxed);
        }
        None => STATE.store(LOG, Ordering::Relaxed),
    }
}

/// Whether they are on.
pub fn on() -> bool {
    STATE.load(Ordering::Relaxed) != OFF
}

/// The words of `ZPOLINE_MECHANISM`.
const MECHANISMS: [&str; 4] = ["auto", "zpoline", "jump", "sud"];

static MECHANISM: AtomicU8 = AtomicU8::new(0);

/// Notes the mechanism.
pub fn set_mechanism(word: &str) {
    let index = MECHANISMS.iter().position(|known| *known == word);
    MECHANISM.store(index.and_then(|index| u8::try_from(index).ok()).unwrap_or(u8::MAX), Ordering::Relaxed);
}

/// The mechanism's word.
fn mechanism() -> &'static str {
    MECHANISMS.get(usize::from(MECHANISM.load(Ordering::Relaxed))).copied().unwrap_or("?")
}

/// Where reports go.
fn sink() -> &'static Sink {
    if STATE.load(Ordering::Relaxed) == FILE { &OWN } else { output::log() }
}

/// The process ends.
pub fn at_exit(status: i32) {
    if on() && filter::lets(Deed::Report) {
        report::write(sink(), report::End::Exit(status));
    }
}

/// The process is about to become another program, unless the kernel finds
/// something wrong with that one: then it goes on counting.
pub fn before_exec(block: &ThreadBlock, call: &Call) {
    if on() && filter::lets(Deed::Report) && !block.borrowed.get() && can_be_executed(call) {
        report::write(sink(), report::End::Exec);
    }
}

/// Whether the file that an execve or execveat names is there for us to execute:
/// shells and execvp(3) try one directory after the other.
fn can_be_executed(call: &Call) -> bool {
    const AT_FDCWD: u64 = (-100_i64).cast_unsigned();
    const AT_EACCESS: u64 = 0x200;
    /// AT_EMPTY_PATH and AT_SYMLINK_NOFOLLOW.
    const FLAGS: u64 = 0x1100;
    const EXECUTE: usize = 1;
    const ENOSYS: isize = -38;
    let [first, second, _, _, flags, _] = call.args;
    let (directory, path, flags) = match call.number as usize {
        nr::EXECVE => (AT_FDCWD, first, 0),
        _ => (first, second, flags & FLAGS),
    };
    let flags = (flags | AT_EACCESS) as usize;
    // SAFETY: the kernel reads the path and nothing else.
    let found = unsafe { syscall4(nr::FACCESSAT2, directory as usize, path as usize, EXECUTE, flags) };
    found == 0 || found == ENOSYS
}
