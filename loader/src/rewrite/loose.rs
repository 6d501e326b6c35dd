//! Sites that got no stub, such as those of generated code: whether one is to be
//! looked at again.
//!
//! To look at a site costs many times its call, and what lies there rarely becomes
//! anything better. So it is looked at when the number of its calls has doubled
//! since the last time.
//!
//! Invariants: a site is in here only once a look has left it without a stub: until
//! then nobody may make its call outside one (see `learn`). Beyond that an answer
//! costs time at worst: the table is direct-mapped and its counts are kept without a
//! lock, so threads and sites that share a cell make each other be looked at more
//! often.

use core::sync::atomic::{AtomicU32, AtomicU64, Ordering};

const CELLS: usize = 1 << 10;
/// At the latest after so many calls.
const MOST: u32 = 1 << 20;

struct Cell {
    /// Address behind the site.
    behind: AtomicU64,
    /// Its calls.
    calls: AtomicU32,
    /// The call at which it is looked at.
    due: AtomicU32,
}

static TABLE: [Cell; CELLS] =
    [const { Cell { behind: AtomicU64::new(0), calls: AtomicU32::new(0), due: AtomicU32::new(0) } }; CELLS];

fn cell(behind: u64) -> Option<&'static Cell> {
    let index = behind.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 54;
    TABLE.get(index as usize)
}

/// Whether a look has left this site without a stub, as far as the table knows.
pub fn was_left(behind: u64) -> bool {
    cell(behind).is_some_and(|cell| cell.behind.load(Ordering::Relaxed) == behind)
}

/// Notes that a look has left this site without a stub.
pub fn leave(behind: u64) {
    let Some(cell) = cell(behind) else { return };
    if cell.behind.load(Ordering::Relaxed) != behind {
        cell.calls.store(1, Ordering::Relaxed);
        cell.due.store(2, Ordering::Relaxed);
        cell.behind.store(behind, Ordering::Relaxed);
    }
}

/// Counts a call; whether its site was left and need not be looked at again now.
pub fn rests(behind: u64) -> bool {
    let Some(cell) = cell(behind) else { return false };
    if cell.behind.load(Ordering::Relaxed) != behind {
        return false;
    }
    let calls = cell.calls.load(Ordering::Relaxed).wrapping_add(1);
    cell.calls.store(calls, Ordering::Relaxed);
    let due = calls == cell.due.load(Ordering::Relaxed);
    if due {
        cell.due.store(calls.wrapping_add(calls.min(MOST)), Ordering::Relaxed);
    }
    !due
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A call of a site that never gets a stub; whether it was looked at.
    fn call(behind: u64) -> bool {
        let looked_at = !rests(behind);
        if looked_at {
            leave(behind);
        }
        looked_at
    }

    #[test]
    fn a_site_is_looked_at_ever_more_rarely() {
        let looks: u64 = (0..1 << 16).map(|_| u64::from(call(0x1234_5678))).sum();
        assert_eq!(looks, 17);
    }

    #[test]
    fn another_site_in_its_cell_is_looked_at() {
        let index = |behind: u64| behind.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 54;
        let other = (2..u64::MAX).find(|&behind| index(behind) == index(1)).unwrap();
        let looked_at = [1, 1, 1, other, 1].map(call);
        assert_eq!(looked_at, [true, true, false, true, true]);
    }

    #[test]
    fn a_site_rests_only_once_a_look_has_left_it() {
        assert!(!rests(0x9999) && !rests(0x9999) && !rests(0x9999) && !was_left(0x9999));
        leave(0x9999);
        assert!(was_left(0x9999) && !rests(0x9999) && rests(0x9999));
    }
}
