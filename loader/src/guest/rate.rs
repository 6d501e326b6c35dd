//! How much a hook may write to the log: so many bytes a second for long, and
//! some seconds' worth of that at once.
//!
//! Invariants: what is over the limit is dropped, never waited for, and counted;
//! the next line that is written comes behind a note that says how much. No
//! lock: threads with instances of their own share one account.
//!
//! # Safety
//! A clock is read into a buffer on our own stack.
#![allow(unsafe_code, reason = "raw clock_gettime")]

use crate::arch::syscall::{nr, syscall2};
use crate::island::output::message;
use core::fmt;
use core::sync::atomic::{AtomicU64, Ordering::Relaxed};
use zpoline_host_abi::limits::LOG_BURST;

/// The account of one hook.
#[derive(Debug)]
pub(crate) struct Rate {
    /// Bytes a second; None is any number.
    limit: Option<u64>,
    /// Bytes that may be written now.
    left: AtomicU64,
    /// When `left` was last added to; 0 is never.
    since: AtomicU64,
    /// What was dropped since the last note.
    lines: AtomicU64,
    bytes: AtomicU64,
}

/// What a line costs beyond its bytes: the write itself.
const LINE: u64 = 32;

impl Rate {
    /// A full account.
    pub(crate) fn new(limit: Option<u64>) -> Self {
        Self {
            limit,
            left: AtomicU64::new(limit.unwrap_or(0).saturating_mul(LOG_BURST)),
            since: AtomicU64::new(0),
            lines: AtomicU64::new(0),
            bytes: AtomicU64::new(0),
        }
    }

    /// Whether a line of this length may be written. If so, and lines before it
    /// were not, says how many.
    pub(crate) fn allows(&self, length: usize, name: &str) -> bool {
        let Some(limit) = self.limit else { return true };
        let cost = (length as u64).saturating_add(LINE).min(limit.saturating_mul(LOG_BURST));
        if !(self.take(cost) || self.refill(limit, now()) && self.take(cost)) {
            self.lines.fetch_add(1, Relaxed);
            self.bytes.fetch_add(length as u64, Relaxed);
            return false;
        }
        self.note(name);
        true
    }

    /// Says how much was dropped, if anything.
    pub(crate) fn note(&self, name: &str) {
        let dropped = Dropped { lines: self.lines.swap(0, Relaxed), bytes: self.bytes.swap(0, Relaxed) };
        if let (1.., Some(limit)) = (dropped.lines, self.limit) {
            message(format_args!(
                "hook {name}: {dropped} of its log were dropped: more than {limit} bytes a second (ZPOLINE_LOG_RATE)"
            ));
        }
    }

    fn take(&self, cost: u64) -> bool {
        self.left.try_update(Relaxed, Relaxed, |left| left.checked_sub(cost)).is_ok()
    }

    /// Adds what has become due; false if nothing has.
    fn refill(&self, limit: u64, now: u64) -> bool {
        let since = self.since.load(Relaxed);
        // Since the start nothing has been due: the account was full.
        let due = if since == 0 { 0 } else { due(limit, now.saturating_sub(since)) };
        if since != 0 && due == 0 {
            return false;
        }
        if self.since.compare_exchange(since, now, Relaxed, Relaxed).is_err() {
            // Another thread does it.
            return true;
        }
        let full = limit.saturating_mul(LOG_BURST);
        // What was there is there still, so this cannot fail.
        let _ = self.left.try_update(Relaxed, Relaxed, |left| Some(left.saturating_add(due).min(full)));
        due != 0
    }
}

/// Bytes of `limit` a second in some nanoseconds.
fn due(limit: u64, nanoseconds: u64) -> u64 {
    u64::try_from(u128::from(limit) * u128::from(nanoseconds) / 1_000_000_000).unwrap_or(u64::MAX)
}

/// Lines that were not written.
struct Dropped {
    lines: u64,
    bytes: u64,
}

impl fmt::Display for Dropped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { lines, bytes } = self;
        let s = if *lines == 1 { "" } else { "s" };
        write!(f, "{lines} line{s} ({bytes} bytes)")
    }
}

/// Nanoseconds of CLOCK_MONOTONIC.
pub(crate) fn now() -> u64 {
    const CLOCK_MONOTONIC: usize = 1;
    let mut time = [0u64; 2];
    // SAFETY: the kernel writes one struct timespec, two words.
    unsafe { syscall2(nr::CLOCK_GETTIME, CLOCK_MONOTONIC, time.as_mut_ptr() as usize) };
    time[0].saturating_mul(1_000_000_000).saturating_add(time[1])
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: u64 = 1_000_000_000;

    #[test]
    fn without_a_limit_everything_is_allowed() {
        let rate = Rate::new(None);
        assert!((0..10_000).all(|_| rate.allows(1 << 20, "x")));
    }

    #[test]
    fn a_burst_then_the_rate() {
        let rate = Rate::new(Some(1000));
        let lines = (0..1000).take_while(|_| rate.allows(68, "x")).count();
        assert_eq!(lines, 80, "eight seconds' worth of lines that cost 100");
        assert!(!rate.allows(68, "x"));
        assert_eq!((rate.lines.load(Relaxed), rate.bytes.load(Relaxed)), (2, 136));
        // The clock was started by the first that was dropped.
        let start = rate.since.load(Relaxed);
        assert!(start != 0);
        assert!(!rate.refill(1000, start));
        assert!(rate.refill(1000, start + SECOND));
        assert_eq!((0..1000).take_while(|_| rate.take(100)).count(), 10);
        // A long rest fills it, and no more.
        assert!(rate.refill(1000, start + 1000 * SECOND));
        assert_eq!(rate.left.load(Relaxed), 8000);
    }

    #[test]
    fn little_time_adds_up() {
        let rate = Rate::new(Some(1000));
        rate.left.store(0, Relaxed);
        assert!(!rate.refill(1000, 5 * SECOND));
        // Too little for one byte, so the time is not used up.
        assert!(!rate.refill(1000, 5 * SECOND + 900_000));
        assert!(rate.refill(1000, 5 * SECOND + 1_100_000));
    }

    #[test]
    fn one_line_is_never_too_long() {
        let rate = Rate::new(Some(10));
        assert!(rate.allows(1 << 20, "x"));
        assert!(!rate.allows(0, "x"));
    }
}
