//! The known sites: which return addresses a `call *%rax` through page 0 may
//! have pushed. Any other call into page 0 is a call through a bad pointer.
//!
//! Two forms: a direct-mapped cache that the entry path reads with three loads
//! and no flags, and the full set. Invariant: the set only grows, at start-up and
//! when code is mapped; the cache only ever holds members of it.
//!
//! # Safety
//! The cache may lie in a mapping made at start-up, which is never unmapped.
#![allow(unsafe_code, reason = "a table outside the image")]

use crate::island::sync::Lock;
use alloc::boxed::Box;
use core::sync::atomic::{AtomicPtr, AtomicU64, AtomicUsize, Ordering};

/// Return addresses, indexed by their bits 0-15; 0 is empty. Whole addresses,
/// so that the entry path reads aligned words only: the program may have set the
/// AC flag.
type Cache = [AtomicU64; 1 << 16];

static OWN: Cache = [const { AtomicU64::new(0) }; 1 << 16];

/// Where the cache is: here, or in low memory behind the landings of the sled.
pub static TABLE: AtomicPtr<Cache> = AtomicPtr::new((&raw const OWN).cast_mut());

/// Moves the cache, before anything is in it.
///
/// # Safety
/// `to` is zeroed, writable, and stays so for ever.
pub unsafe fn move_to(to: *mut Cache) {
    TABLE.store(to, Ordering::Relaxed);
}

/// The full set: a hash table with linear probing, 0 is empty, at most half full.
/// Read without a lock, also by the signal code: a table of twice the size takes the
/// place of a full one, which stays, since somebody may be reading it.
static ALL: AtomicPtr<Box<[AtomicU64]>> = AtomicPtr::new(core::ptr::null_mut());
/// Members of `ALL`.
static COUNT: AtomicUsize = AtomicUsize::new(0);
/// Whose holder adds to the set.
static GROWING: Lock = Lock::new();

fn all() -> &'static [AtomicU64] {
    // SAFETY: null, or a leaked table.
    unsafe { ALL.load(Ordering::Acquire).as_ref() }.map_or(&[], |table| table)
}

/// Where in a table `resume` is, or belongs. None: there is no table.
fn place(table: &[AtomicU64], resume: u64) -> Option<&AtomicU64> {
    // Addresses of one object differ in their low bits first (Knuth, 6.4).
    let from = (resume.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32) as usize;
    let (behind, before) = table.split_at(from.checked_rem(table.len())?);
    let holds = |slot: &&AtomicU64| matches!(slot.load(Ordering::Relaxed), value if value == 0 || value == resume);
    before.iter().chain(behind).find(holds)
}

/// Makes room for so many more. Called under the lock.
fn grow(more: usize) {
    const LEAST: usize = 1024;
    let old = all();
    let wanted = (COUNT.load(Ordering::Relaxed) + more) * 2;
    if wanted <= old.len() {
        return;
    }
    let new: Box<[AtomicU64]> = (0..wanted.max(LEAST).next_power_of_two()).map(|_| AtomicU64::new(0)).collect();
    for member in old.iter().map(|slot| slot.load(Ordering::Relaxed)).filter(|member| *member != 0) {
        if let Some(slot) = place(&new, member) {
            slot.store(member, Ordering::Relaxed);
        }
    }
    ALL.store(Box::into_raw(Box::new(new)), Ordering::Release);
}

fn cache(resume: u64) {
    // SAFETY: the table is always a live one (`move_to`).
    let table = unsafe { &*TABLE.load(Ordering::Relaxed) };
    table[resume as usize & 0xffff].store(resume, Ordering::Relaxed);
}

/// The lock, for holding it across a fork.
pub fn lock() -> &'static Lock {
    &GROWING
}

/// Makes these addresses known ones as well.
pub fn add(resumes: &[u64]) {
    GROWING.lock();
    grow(resumes.iter().filter(|resume| !contains(**resume)).count());
    let table = all();
    for &resume in resumes {
        cache(resume);
        if let Some(slot) = place(table, resume)
            && slot.swap(resume, Ordering::Release) == 0
        {
            COUNT.fetch_add(1, Ordering::Relaxed);
        }
    }
    GROWING.unlock();
}

/// Whether `resume` is the address behind a known site.
pub fn contains(resume: u64) -> bool {
    resume != 0 && place(all(), resume).is_some_and(|slot| slot.load(Ordering::Acquire) == resume)
}

/// As `contains`, and lets the entry path find it next time: two sites whose
/// addresses share their low 16 bits take turns in the cache.
pub fn confirm(resume: u64) -> bool {
    let known = contains(resume);
    if known {
        cache(resume);
    }
    known
}

/// Number of known sites.
pub fn count() -> usize {
    COUNT.load(Ordering::Relaxed)
}
