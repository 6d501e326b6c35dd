//! How many calls were made, by number: shown to the hook or not, and by SIGSYS or
//! not.
//!
//! Counted is what the program makes, under the number that it has: what the hook
//! makes of it, and the loader's own calls, are not.

use crate::guest::NUMBERS;
use core::sync::atomic::{AtomicU64, Ordering};

/// The row of all numbers that no table has.
pub const OTHERS: usize = NUMBERS;
/// Rows.
pub const ROWS: usize = NUMBERS + 1;

/// Calls with one number.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Count {
    /// All of them.
    pub calls: u64,
    /// Those that the hook was shown.
    pub guest: u64,
    /// Those that came by SIGSYS.
    pub sigsys: u64,
}

struct Row {
    calls: AtomicU64,
    guest: AtomicU64,
    sigsys: AtomicU64,
}

static COUNTS: [Row; ROWS] =
    [const { Row { calls: AtomicU64::new(0), guest: AtomicU64::new(0), sigsys: AtomicU64::new(0) } }; ROWS];
/// `int 0x80` from 64-bit code: other numbers, which no hook is shown.
static INT80: AtomicU64 = AtomicU64::new(0);

fn row(number: u32) -> &'static Row {
    COUNTS.get(number as usize).unwrap_or(&COUNTS[OTHERS])
}

/// Counts a call.
pub fn count(number: u32, guest: bool, sigsys: bool) {
    let row = row(number);
    row.calls.fetch_add(1, Ordering::Relaxed);
    if guest {
        row.guest.fetch_add(1, Ordering::Relaxed);
    }
    if sigsys {
        row.sigsys.fetch_add(1, Ordering::Relaxed);
    }
}

/// Counts an `int 0x80`.
pub fn count_int80() {
    if super::on() {
        INT80.fetch_add(1, Ordering::Relaxed);
    }
}

/// Takes the counts since the last time.
pub fn take() -> ([Count; ROWS], u64) {
    let mut counts = [Count::default(); ROWS];
    for (count, row) in counts.iter_mut().zip(&COUNTS) {
        *count = Count {
            calls: row.calls.swap(0, Ordering::Relaxed),
            guest: row.guest.swap(0, Ordering::Relaxed),
            sigsys: row.sigsys.swap(0, Ordering::Relaxed),
        };
    }
    (counts, INT80.swap(0, Ordering::Relaxed))
}

/// In a forked child: what the parent counted is the parent's.
pub fn start_again() {
    if super::on() {
        take();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_numbers_share_a_row() {
        count(600, false, true);
        count(u32::MAX, true, false);
        let (counts, _) = take();
        assert_eq!(counts[OTHERS], Count { calls: 2, guest: 1, sigsys: 1 });
        assert_eq!(take().0[OTHERS], Count::default());
    }
}
