//! What the loader has mapped, so that calls of the program which would change it
//! can be told from others (`dispatch::claims`).
//!
//! Invariants: a range is listed while it is mapped, as far as there is room; what
//! does not fit is not protected. Where the filter has no bit there is no range.

use core::ops::Range;
use core::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

/// How many ranges can be listed.
const MOST: usize = 8192;

/// First address, 0 where there is none; and the end.
static RANGES: [[AtomicU64; 2]; MOST] = [const { [AtomicU64::new(0), AtomicU64::new(0)] }; MOST];

/// Marks a place that is being filled.
const TAKEN: u64 = 1;

/// A bit for each MiB that ever held a part of a range, folded: a look at it tells of
/// most addresses that they are the program's.
static FILTER: [AtomicU64; FILTER_BITS / 64] = [const { AtomicU64::new(0) }; FILTER_BITS / 64];
const FILTER_BITS: usize = 1 << 15;
const FILTER_UNIT: u32 = 20;

/// The word and the bit of each MiB of a range.
fn filter_bits(range: &Range<u64>) -> impl Iterator<Item = (&'static AtomicU64, u64)> {
    let last = range.end.saturating_sub(1).max(range.start);
    let units = (range.start >> FILTER_UNIT)..=(last >> FILTER_UNIT);
    units.take(FILTER_BITS).filter_map(|unit| {
        let bit = unit as usize % FILTER_BITS;
        FILTER.get(bit / 64).map(|word| (word, 1 << (bit % 64)))
    })
}

/// Places beyond this many are empty.
static USED: AtomicUsize = AtomicUsize::new(0);

/// Lists a mapping.
pub fn add(start: u64, length: usize) {
    // 0 is no range: the first page is listed by another address in it.
    let first = start.max(TAKEN + 1);
    for (word, bit) in filter_bits(&(start..start + length as u64)) {
        word.fetch_or(bit, Ordering::Release);
    }
    for (at, [place, end]) in RANGES.iter().enumerate() {
        if place.load(Ordering::Relaxed) == 0
            && place.compare_exchange(0, TAKEN, Ordering::Acquire, Ordering::Relaxed).is_ok()
        {
            end.store(start + length as u64, Ordering::Release);
            place.store(first, Ordering::Release);
            USED.fetch_max(at + 1, Ordering::Release);
            return;
        }
    }
}

/// Takes a mapping off the list.
pub fn remove(start: u64) {
    let start = start.max(TAKEN + 1);
    let used = USED.load(Ordering::Acquire).min(MOST);
    if let Some([place, _]) = RANGES[..used].iter().find(|[place, _]| place.load(Ordering::Relaxed) == start) {
        place.store(0, Ordering::Release);
    }
}

/// A place's range. What another thread changes meanwhile is read again.
fn read([place, end]: &[AtomicU64; 2]) -> Option<Range<u64>> {
    loop {
        let start = place.load(Ordering::Acquire);
        let end = end.load(Ordering::Acquire);
        if start <= TAKEN {
            return None;
        }
        if place.load(Ordering::Acquire) == start {
            return Some(start & !4095..end);
        }
    }
}

/// The lowest listed range that overlaps this one.
pub fn first_within(range: &Range<u64>) -> Option<Range<u64>> {
    if range.is_empty() || filter_bits(range).all(|(word, bit)| word.load(Ordering::Acquire) & bit == 0) {
        return None;
    }
    let used = USED.load(Ordering::Acquire).min(MOST);
    let overlaps = |own: &Range<u64>| own.start < range.end && own.end > range.start;
    RANGES[..used].iter().filter_map(read).filter(overlaps).min_by_key(|own| own.start)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lowest_overlap_is_found_and_what_is_removed_is_not() {
        const BASE: u64 = 0x5000_0000_0000;
        add(BASE + 0x3000, 0x1000);
        add(BASE + 0x1000, 0x1000);
        let found =
            |from: u64, to: u64| first_within(&(BASE + from..BASE + to)).map(|r| (r.start - BASE, r.end - BASE));
        assert_eq!(found(0, 0x8000), Some((0x1000, 0x2000)));
        assert_eq!(found(0x2000, 0x3001), Some((0x3000, 0x4000)));
        assert_eq!(found(0x2000, 0x3000), None);
        assert_eq!(found(0x1fff, 0x2000), Some((0x1000, 0x2000)));
        remove(BASE + 0x1000);
        assert_eq!(found(0, 0x8000), Some((0x3000, 0x4000)));
        remove(BASE + 0x3000);
        assert_eq!(found(0, 0x8000), None);
    }

    #[test]
    fn page_0_is_a_range() {
        add(0, 4096);
        assert_eq!(first_within(&(0..4096)), Some(0..4096));
        remove(0);
        assert_eq!(first_within(&(0..4096)), None);
    }
}
