//! The place of an instance: empty until somebody needs it, empty again after a
//! trap, filled anew within bounds.
//!
//! Invariants: an instance is made and dropped only under [`MAKING`], which fork
//! holds as well, so that a child never inherits a wasmtime lock in mid-flight;
//! making one that fails is not tried again before a growing pause.
//!
//! # Safety
//! A shared seat is reached only under its lock.
#![allow(unsafe_code, reason = "shares a seat")]

use super::Options;
use super::exports::Exports;
use super::instance::{About, Guest, Host};
use super::rate::now;
use super::trap::Fault;
use crate::island::sync::Lock;
use alloc::string::String;
use alloc::sync::Arc;
use core::cell::UnsafeCell;
use core::sync::atomic::AtomicU64;
use wasmtime::component::InstancePre;

/// Held while an instance is made or dropped, and across fork.
pub(crate) static MAKING: Lock = Lock::new();

/// Reloads of one seat after which the hook stays out.
pub(crate) const MAX_RELOADS: u32 = 16;
/// First pause after a reload or a failed one; doubles each time.
const FIRST_PAUSE: u64 = 1_000_000;
/// An instance that lived this long has earned a clean record.
const GOOD_CONDUCT: u64 = 60_000_000_000;

/// The hook as loaded: all that does not change from instance to instance, and
/// the place of the one instance per process.
#[derive(Debug)]
pub(crate) struct Hook {
    pub(crate) name: String,
    /// What it was compiled from.
    pub(crate) origin: Option<String>,
    /// Its position among the hooks, the outermost at 0.
    pub(crate) at: usize,
    pub(crate) pre: Pre,
    pub(crate) exports: Exports,
    pub(crate) options: Options,
    pub(crate) about: Arc<About>,
    pub(crate) per_thread: bool,
    /// Traps since the start.
    pub(crate) traps: AtomicU64,
    /// Unused where each thread has its own.
    pub(crate) shared: Shared,
}

/// The seat of the one instance per process.
#[derive(Debug, Default)]
pub(crate) struct Shared {
    pub(crate) lock: Lock,
    pub(crate) seat: UnsafeCell<Seat>,
}

// SAFETY: the seat is reached only under the lock.
unsafe impl Sync for Shared {}

/// `InstancePre` with a `Debug`.
pub(crate) struct Pre(pub(crate) InstancePre<Host>);

impl core::fmt::Debug for Pre {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("InstancePre")
    }
}

impl Hook {
    /// Makes an instance and starts it.
    pub(crate) fn make(&self) -> Result<(Guest, bool), Fault> {
        MAKING.lock();
        let result = self.make_locked();
        MAKING.unlock();
        result
    }

    fn make_locked(&self) -> Result<(Guest, bool), Fault> {
        let options = &self.options;
        let mut guest =
            Guest::new(&self.pre.0, &self.exports, &self.about, options.memory_bytes, options.fuel_per_call)
                .map_err(|(error, hit)| Fault::Trap { error, hit })?;
        match guest.init(&options.arguments) {
            Ok(Ok(settings)) => Ok((guest, settings.per_thread)),
            Ok(Err(text)) => Err(Fault::Declined(text)),
            Err(error) => Err(Fault::Trap { error, hit: guest.hit() }),
        }
    }
}

/// Where an instance sits.
#[derive(Debug, Default)]
pub(crate) struct Seat {
    pub(crate) guest: Option<Guest>,
    /// The instance is being called: it must not be entered again.
    pub(crate) entered: bool,
    reloads: u32,
    made_at: u64,
    /// No attempt to fill the seat before this, after one that failed.
    not_before: u64,
    /// No reload in the midst of a call before this.
    reload_not_before: u64,
}

impl Seat {
    pub(crate) fn with(guest: Guest) -> Self {
        Self { guest: Some(guest), ..Self::default() }
    }

    /// Leaves an instance that somebody died in where it is: nothing about it is
    /// certain. Its memory is lost.
    pub(crate) fn abandon(&mut self) {
        core::mem::forget(self.guest.take());
    }

    /// Drops the instance.
    pub(crate) fn clear(&mut self) {
        MAKING.lock();
        self.guest = None;
        MAKING.unlock();
    }

    /// Whether an empty seat may be filled now, or the last attempts went
    /// wrong too recently.
    pub(crate) fn rested(&self) -> bool {
        now() >= self.not_before
    }

    /// Fills an empty seat.
    pub(crate) fn fill(&mut self, hook: &Hook) -> Result<(), Fault> {
        match hook.make() {
            Ok((guest, _)) => {
                self.guest = Some(guest);
                self.made_at = now();
                Ok(())
            }
            Err(fault) => {
                self.not_before = self.pause(now());
                Err(fault)
            }
        }
    }

    /// Whether a reload is allowed now; counts it if so.
    pub(crate) fn may_reload(&mut self) -> bool {
        let now = now();
        if now.saturating_sub(self.made_at) > GOOD_CONDUCT {
            self.reloads = 0;
        }
        if self.worn_out() || now < self.reload_not_before {
            return false;
        }
        // The pause is for the next one; calls that the hook can serve do not
        // wait for it.
        self.reload_not_before = self.pause(now);
        true
    }

    /// Whether the reloads are used up.
    pub(crate) fn worn_out(&self) -> bool {
        self.reloads >= MAX_RELOADS
    }

    /// Counts an attempt; answers when the next one may be.
    fn pause(&mut self, now: u64) -> u64 {
        let until = now.saturating_add(FIRST_PAUSE << self.reloads.min(12));
        self.reloads = self.reloads.saturating_add(1);
        until
    }
}
