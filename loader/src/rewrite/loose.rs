//! Sites that got no stub, such as those of generated code: whether one is to be
//! looked at again.
//!
//! To look at a site costs many times its call, and what lies there rarely becomes
//! anything better. So it is looked at when the number of its calls has doubled
//! since the last time.
//!
//! Invariant: an answer costs time at worst. The table is direct-mapped and its
//! cells are written without a lock, so threads and sites that share a cell make
//! each other be looked at more often.

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

/// Counts a call of a site without a stub; whether the site is to be looked at.
pub fn is_due(behind: u64) -> bool {
    let index = behind.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 54;
    let Some(cell) = TABLE.get(index as usize) else { return true };
    if cell.behind.load(Ordering::Relaxed) != behind {
        cell.behind.store(behind, Ordering::Relaxed);
        cell.calls.store(1, Ordering::Relaxed);
        cell.due.store(2, Ordering::Relaxed);
        return true;
    }
    let calls = cell.calls.load(Ordering::Relaxed).wrapping_add(1);
    cell.calls.store(calls, Ordering::Relaxed);
    let due = calls == cell.due.load(Ordering::Relaxed);
    if due {
        cell.due.store(calls.wrapping_add(calls.min(MOST)), Ordering::Relaxed);
    }
    due
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_site_is_looked_at_ever_more_rarely() {
        let due: u64 = (0..1 << 16).map(|_| u64::from(is_due(0x1234_5678))).sum();
        assert_eq!(due, 17);
    }

    #[test]
    fn another_site_in_its_cell_is_looked_at() {
        let cell = |behind: u64| behind.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 54;
        let other = (2..u64::MAX).find(|&behind| cell(behind) == cell(1)).unwrap();
        let looked_at = [1, 1, 1, other, 1].map(is_due);
        assert_eq!(looked_at, [true, true, false, true, true]);
    }
}
