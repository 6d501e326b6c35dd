//! The stubs: one for each site that leaves by a jump, or that raised SIGSYS.
//!
//! They lie in the loader's own image, so that the range that Syscall User
//! Dispatch exempts covers them. Invariants: a stub is complete before anything
//! leads to it and never changes or moves afterwards (a site may get another);
//! the arena is executable
//! throughout and writable only while a stub is being written.
//!
//! # Safety
//! `add` writes into the arena under its lock, in a place that nothing leads to
//! yet.
#![allow(unsafe_code, reason = "writes code")]

use super::stub::{self, Plan, Route, SIZE};
use crate::arch::entry::labels;
use crate::arch::syscall::{PAGE, nr, syscall3};
use crate::dispatch::table;
use crate::island::sync::Lock;
use core::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};

/// How many stubs there can be.
pub const COUNT: usize = 8192;

static LOCK: Lock = Lock::new();
static USED: AtomicU32 = AtomicU32::new(0);

/// What is known of a stub.
struct Record {
    /// Address behind the site's `syscall`.
    behind: AtomicU64,
    /// The replaced bytes' address, or 0: nothing was replaced.
    patched: AtomicU64,
    /// The pieces of `Site`, packed: native offset, flags, length of what moved
    /// from behind the site.
    packed: AtomicU32,
    /// Whose slot of the pointer table the patch jumps through.
    slot: AtomicU32,
}

static RECORDS: [Record; COUNT] = [const {
    Record { behind: AtomicU64::new(0), patched: AtomicU64::new(0), packed: AtomicU32::new(0), slot: AtomicU32::new(0) }
}; COUNT];

/// Open addressing by the address behind a site: index + 1, or 0.
const BUCKETS: usize = 2 * COUNT;
static INDEX: [AtomicU32; BUCKETS] = [const { AtomicU32::new(0) }; BUCKETS];

const REENTRANT: u32 = 1 << 8;
const FOLLOWED: u32 = 1 << 9;
const DIRECT: u32 = 1 << 10;
/// Bits above the flags: the length of what moved from behind the site.
const AFTER: u32 = 16;

/// A stub, as the dispatcher and the signal code see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Site {
    /// Address behind the site's `syscall`.
    pub behind: u64,
    /// Where the stub runs the call.
    pub native: u64,
    /// Where the stub goes on once the result is in rax.
    pub returned: u64,
    /// Start of the bytes that were replaced, or 0.
    pub patched: u64,
    /// The call can be begun again at `patched`, as long as it was not made.
    pub reentrant: bool,
    /// Instructions behind the site moved into the stub: the program's address
    /// behind the site is no place to go to.
    pub followed: bool,
}

/// A stub to be made.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// Instructions before and after the call that move into the stub.
    pub before: &'a [u8],
    /// Instructions after the call that move into the stub.
    pub after: &'a [u8],
    /// The call's number, if the site always makes the same.
    pub number: Option<u32>,
    /// Address behind the site's `syscall`.
    pub behind: u64,
    /// Where the program goes on.
    pub resume: u64,
    /// Start of the bytes that the site's jump replaces, or 0.
    pub patched: u64,
}

/// First address of the arena, which `arch::entry` defines together with its
/// unwind rule.
fn base() -> u64 {
    unsafe extern "C" {
        static zpl_arena: u8;
    }
    (&raw const zpl_arena).addr() as u64
}

/// The arena's lock, for holding it across a fork.
pub fn lock() -> &'static Lock {
    &LOCK
}

fn protect(protection: usize) -> bool {
    // SAFETY: the arena is page-aligned and ours.
    unsafe { syscall3(nr::MPROTECT, base() as usize, (COUNT * SIZE).next_multiple_of(PAGE), protection) == 0 }
}

/// The arena can be written. Under its lock.
static OPEN: AtomicBool = AtomicBool::new(false);

/// Makes the arena writable while `write` runs; it stays executable. Where the kernel
/// does not have that (PR_SET_MDWE, a seccomp filter), nothing can be added.
pub fn while_writable<T>(write: impl FnOnce() -> T) -> T {
    const PROT_READ_EXEC: usize = 5;
    const PROT_ALL: usize = 7;
    LOCK.lock();
    OPEN.store(protect(PROT_ALL), Ordering::Relaxed);
    let result = write();
    if OPEN.swap(false, Ordering::Relaxed) {
        protect(PROT_READ_EXEC);
    }
    LOCK.unlock();
    result
}

/// Writes a stub, within `while_writable`; answers its index. None: it does not
/// fit, or the arena is full.
///
/// A site that has been here before, as when a library is loaded again at the
/// same address, gets its old stub.
pub fn add(request: &Request<'_>) -> Option<u32> {
    let route = match request.number {
        Some(number) if table::route(number) == 0 => Route::Native,
        Some(_) => Route::Island,
        None => Route::Lookup,
    };
    let build = |index: u32| {
        stub::build(
            entry(index),
            &Plan {
                index,
                before: request.before,
                after: request.after,
                route,
                behind: request.behind,
                resume: request.resume,
                island: labels().stub,
                routes: table::ROUTES.as_ptr() as u64,
            },
        )
    };
    if let Some(old) = find(request.behind)
        && RECORDS[old as usize % COUNT].patched.load(Ordering::Relaxed) == request.patched
        && build(old).is_some_and(|stub| stub.code == code(old))
    {
        return Some(old);
    }
    let index = USED.load(Ordering::Relaxed);
    if index as usize >= COUNT || !OPEN.load(Ordering::Relaxed) {
        return None;
    }
    let at = entry(index);
    let stub = build(index)?;
    // SAFETY: in the arena, writable now, and nothing leads there yet.
    unsafe { core::ptr::copy_nonoverlapping(stub.code.as_ptr(), at as *mut u8, SIZE) };
    let record = &RECORDS[index as usize];
    // `mov $imm32,%eax` can be done again.
    let reentrant = route == Route::Native && matches!(request.before, [0xb8, _, _, _, _]);
    let followed = !request.after.is_empty();
    record.behind.store(request.behind, Ordering::Relaxed);
    record.patched.store(request.patched, Ordering::Relaxed);
    let flag = |set: bool, flag: u32| if set { flag } else { 0 };
    record.packed.store(
        u32::from(stub.native)
            | flag(reentrant, REENTRANT)
            | flag(followed, FOLLOWED)
            | flag(route == Route::Native, DIRECT)
            | (request.after.len() as u32) << AFTER,
        Ordering::Relaxed,
    );
    record.slot.store(index, Ordering::Relaxed);
    USED.store(index + 1, Ordering::Release);
    publish(request.behind, index);
    Some(index)
}

fn bucket(behind: u64) -> usize {
    (behind.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 50) as usize % BUCKETS
}

/// Makes `index` the stub of the site, in place of any older one.
fn publish(behind: u64, index: u32) {
    let mut at = bucket(behind);
    loop {
        match INDEX[at].load(Ordering::Acquire) {
            0 => break,
            other if RECORDS[other as usize - 1].behind.load(Ordering::Relaxed) == behind => break,
            _ => at = (at + 1) % BUCKETS,
        }
    }
    INDEX[at].store(index + 1, Ordering::Release);
}

/// The stub of the site whose `syscall` ends at `behind`.
pub fn find(behind: u64) -> Option<u32> {
    let mut at = bucket(behind);
    loop {
        let index = INDEX[at].load(Ordering::Acquire).checked_sub(1)?;
        if RECORDS[index as usize].behind.load(Ordering::Relaxed) == behind {
            return Some(index);
        }
        at = (at + 1) % BUCKETS;
    }
}

/// The code of a finished stub.
fn code(index: u32) -> [u8; SIZE] {
    // SAFETY: in the arena, which is always readable.
    unsafe { (entry(index) as *const [u8; SIZE]).read() }
}

/// Where the code of a stub begins.
pub fn entry(index: u32) -> u64 {
    base() + u64::from(index) * SIZE as u64
}

/// A stub by its index, which comes from the stub itself or from `find`.
pub fn site(index: u32) -> Site {
    let record = &RECORDS[index as usize % COUNT];
    let packed = record.packed.load(Ordering::Relaxed);
    let native = entry(index) + u64::from(packed & 0xff);
    Site {
        behind: record.behind.load(Ordering::Relaxed),
        native,
        returned: native + stub::RETURNED,
        patched: record.patched.load(Ordering::Relaxed),
        reentrant: packed & REENTRANT != 0,
        followed: packed & FOLLOWED != 0,
    }
}

/// The stub that `rip` lies in.
pub fn at(rip: u64) -> Option<Site> {
    let index = rip.checked_sub(base())? / SIZE as u64;
    (index < u64::from(USED.load(Ordering::Acquire))).then(|| site(index as u32))
}

/// Whose slot of the pointer table leads to this stub.
pub fn slot(index: u32) -> u32 {
    RECORDS[index as usize % COUNT].slot.load(Ordering::Relaxed)
}

/// Gives every patched site whose stub goes straight to the kernel another one,
/// which looks the number up. False: there is no room for them.
pub fn send_all_to_the_island() -> bool {
    const AFTER_LOAD: usize = 2 + 7;
    while_writable(|| {
        super::slots::set_writable(true);
        let done = (0..used()).all(|old| {
            let record = &RECORDS[old as usize % COUNT];
            let packed = record.packed.load(Ordering::Relaxed);
            let (patched, behind) = (record.patched.load(Ordering::Relaxed), record.behind.load(Ordering::Relaxed));
            if packed & DIRECT == 0 || find(behind) != Some(old) {
                return true;
            }
            let code = code(old);
            let native = (packed & 0xff) as usize;
            let after = native + AFTER_LOAD;
            let resume = code.last_chunk().map_or(behind, |word| u64::from_le_bytes(*word));
            let request = Request {
                before: code.get(..native).unwrap_or_default(),
                after: code.get(after..after + (packed >> AFTER) as usize).unwrap_or_default(),
                number: None,
                behind,
                resume,
                patched,
            };
            let Some(new) = add(&request) else { return false };
            let slot = slot(old);
            RECORDS[new as usize % COUNT].slot.store(slot, Ordering::Relaxed);
            super::slots::lead(slot, new);
            true
        });
        super::slots::set_writable(false);
        done
    })
}

/// Number of stubs.
pub fn used() -> u32 {
    USED.load(Ordering::Relaxed)
}
