//! The known sites: which return addresses a `call *%rax` through page 0 may
//! have pushed. Any other call into page 0 is a call through a bad pointer.
//!
//! Two forms: a direct-mapped cache that the entry path reads with three loads
//! and no flags, and the full sorted set. Invariant: the set only grows, at
//! start-up and when code is mapped; the cache only ever holds members of it.
//!
//! # Safety
//! The cache may lie in a mapping made at start-up, which is never unmapped.
#![allow(unsafe_code, reason = "a table outside the image")]

use crate::island::sync::Lock;
use alloc::boxed::Box;
use alloc::vec::Vec;
use core::sync::atomic::{AtomicPtr, AtomicU64, Ordering};

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

/// The full set, sorted. Read without a lock, also by the signal code: a larger set
/// takes the place of the old one, which stays.
static ALL: AtomicPtr<Vec<u64>> = AtomicPtr::new(core::ptr::null_mut());
/// Whose holder makes the larger set.
static GROWING: Lock = Lock::new();

fn all() -> &'static [u64] {
    // SAFETY: null, or a leaked set.
    unsafe { ALL.load(Ordering::Acquire).as_ref() }.map_or(&[], Vec::as_slice)
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
pub fn add(mut resumes: Vec<u64>) {
    for &resume in &resumes {
        cache(resume);
    }
    GROWING.lock();
    resumes.extend_from_slice(all());
    resumes.sort_unstable();
    resumes.dedup();
    ALL.store(Box::into_raw(Box::new(resumes)), Ordering::Release);
    GROWING.unlock();
}

/// Whether `resume` is the address behind a known site.
pub fn contains(resume: u64) -> bool {
    all().binary_search(&resume).is_ok()
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
    all().len()
}
