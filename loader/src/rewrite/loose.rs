//! Sites that got no stub, such as those of generated code: whether one is to be
//! looked at again, and whether one has ever been left.
//!
//! To look at a site costs many times its call, and what lies there rarely becomes
//! anything better. So it is looked at when the number of its calls has doubled
//! since the last time.
//!
//! Invariants: a site is in the table only after it was looked at and left; cells are
//! written without a lock, so threads and sites that share one make each other be
//! looked at more often, which costs time and nothing else. What was ever left
//! stays known: a thread may be in the kernel on its behalf, and return behind its
//! instruction.

use core::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};

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

/// All that were ever left, by open addressing; written under the lock of `learn`.
static LEFT: [AtomicU64; CELLS] = [const { AtomicU64::new(0) }; CELLS];
/// There are more than the table holds: any site may be one.
static ANY: AtomicBool = AtomicBool::new(false);

fn index(behind: u64) -> usize {
    (behind.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 54) as usize % CELLS
}

/// Counts a call of a site without a stub; whether the site is to be looked at.
pub fn is_due(behind: u64) -> bool {
    let Some(cell) = TABLE.get(index(behind)) else { return true };
    if cell.behind.load(Ordering::Acquire) != behind {
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

/// A site was looked at and left.
pub fn leave(behind: u64) {
    if was_left(behind) && TABLE.get(index(behind)).is_some_and(|cell| cell.behind.load(Ordering::Relaxed) == behind) {
        return;
    }
    let start = index(behind);
    let free = (0..CELLS).find_map(|step| {
        let slot = LEFT.get((start + step) % CELLS)?;
        matches!(slot.load(Ordering::Relaxed), known if known == 0 || known == behind).then_some(slot)
    });
    match free {
        Some(slot) => slot.store(behind, Ordering::Relaxed),
        None => ANY.store(true, Ordering::Relaxed),
    }
    if let Some(cell) = TABLE.get(start) {
        cell.calls.store(1, Ordering::Relaxed);
        cell.due.store(2, Ordering::Relaxed);
        cell.behind.store(behind, Ordering::Release);
    }
}

/// Whether a site may ever have been left.
pub fn was_left(behind: u64) -> bool {
    let start = index(behind);
    let steps = (0..CELLS).map(|step| LEFT.get((start + step) % CELLS).map_or(0, |slot| slot.load(Ordering::Relaxed)));
    ANY.load(Ordering::Relaxed) || steps.take_while(|known| *known != 0).any(|known| known == behind)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_site_that_was_left_is_looked_at_ever_more_rarely() {
        const SITE: u64 = 0x1234_5678;
        assert!(is_due(SITE) && is_due(SITE) && !was_left(SITE));
        leave(SITE);
        let due: u64 = (1..1 << 16).map(|_| u64::from(is_due(SITE))).sum();
        assert_eq!(due, 16);
        leave(SITE);
        assert!(!is_due(SITE) && was_left(SITE));
    }

    #[test]
    fn another_site_in_its_cell_is_looked_at() {
        let other = (2..u64::MAX).find(|&behind| index(behind) == index(1)).unwrap();
        leave(1);
        leave(other);
        assert!(was_left(1) && was_left(other));
        assert!(is_due(1));
    }
}
