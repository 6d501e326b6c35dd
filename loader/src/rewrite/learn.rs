//! Learns sites as they are executed: the first execution of an unpatched
//! syscall instruction raises SIGSYS, which proves that it is code.
//!
//! A site in private, file-backed, read-only code gets a stub and, where the
//! planner finds room for it, a jump that leads there; other code (JIT, anonymous
//! or writable pages) may change or vanish and is served by SIGSYS for ever.
//!
//! Invariant: while threads are armed, no thread is ever in the kernel on behalf
//! of an unpatched site, nor returns behind one: all go through stubs. So a patch
//! may cover the instructions behind a site as well.
//!
//! # Safety
//! Writes into the object that the calling thread is executing, which therefore
//! stays mapped.
#![allow(unsafe_code, reason = "writes the program's code")]

use super::maps::{Maps, Pages};
use super::patch::{self, Mapping};
use super::{arena, slots};
use crate::dispatch::origin::Origin;
use crate::island::sync::Lock;
use core::sync::atomic::{AtomicBool, Ordering};
use zpoline_planner::jump::Detour;
use zpoline_planner::{Object, Planner, Site, find_site};

static LOCK: Lock = Lock::new();
static SLOTS_MAPPED: AtomicBool = AtomicBool::new(false);

/// The lock, for holding it across a fork.
pub fn lock() -> &'static Lock {
    &LOCK
}

/// From here on, sites may be patched with jumps.
pub fn slots_are_mapped() {
    SLOTS_MAPPED.store(true, Ordering::Relaxed);
}

/// Where the call of the syscall instruction that ends at `behind` comes from: the
/// stub of the site, made now if this is its first call.
pub fn origin(behind: u64) -> Origin {
    let known = || arena::find(behind).filter(|index| !is_stale(*index));
    if let Some(index) = known() {
        return Origin::Stub(index);
    }
    LOCK.lock();
    let index = known().or_else(|| learn(behind));
    LOCK.unlock();
    index.map_or(Origin::Loose { behind }, Origin::Stub)
}

/// Whether the code at a patched site is no longer the patch: something else has
/// been mapped there since.
fn is_stale(index: u32) -> bool {
    let site = arena::site(index);
    if site.patched == 0 {
        return false;
    }
    let mut bytes = [0; 7];
    let wanted = slots::address(arena::slot(index)).to_le_bytes();
    crate::island::memory::read_exact(site.patched, &mut bytes).is_err()
        || bytes[..3] != [0xff, 0x24, 0x25]
        || bytes[3..] != wanted
}

/// Makes a stub for a site in code that stays as it is.
fn learn(behind: u64) -> Option<u32> {
    let maps = Maps::read();
    let line = maps.lines().find(|line| (line.start..line.end).contains(&(behind - 2)))?;
    if !line.is_steady_code() {
        return None;
    }
    let detour = maps.object(&line, Pages::Used).and_then(|object| {
        let site = find_site(&object, behind - 2)?;
        plan(&object, &site)
    });
    let mapping = line.mapping();
    let detour = detour.filter(|_| SLOTS_MAPPED.load(Ordering::Relaxed));
    install(behind, detour.as_ref(), &mapping)
}

/// The jump for a site: over the instructions before it if it can be, which is
/// safe in every state of other threads, else over those behind.
pub fn plan(object: &Object<'_>, site: &Site) -> Option<Detour> {
    let mut planner = Planner::new(object);
    match planner.before(site) {
        Ok(detour) if detour.traps_inside => Some(detour),
        other => planner.after(site).ok().or_else(|| other.ok()),
    }
}

/// Makes the stub and writes the patch.
fn install(behind: u64, detour: Option<&Detour>, mapping: &Mapping) -> Option<u32> {
    arena::while_writable(|| {
        let Some(detour) = detour else { return arena::add(&bare(behind)) };
        let Some(index) = arena::add(&request(behind, detour)) else { return arena::add(&bare(behind)) };
        if write(index, detour, mapping) {
            return Some(index);
        }
        arena::add(&bare(behind))
    })
}

/// A stub that only makes the call.
pub fn bare(behind: u64) -> arena::Request<'static> {
    arena::Request { before: &[], after: &[], number: None, behind, resume: behind, patched: 0 }
}

/// The stub of a planned jump.
pub fn request(behind: u64, detour: &Detour) -> arena::Request<'_> {
    arena::Request {
        before: &detour.before,
        after: &detour.after,
        number: detour.number,
        behind,
        resume: detour.resume,
        patched: detour.address,
    }
}

/// Writes the jump while other threads may run the code.
fn write(index: u32, detour: &Detour, mapping: &Mapping) -> bool {
    let Some(patch) = detour.patch(slots::address(arena::slot(index))) else { return false };
    slots::set_writable(true);
    slots::lead(arena::slot(index), index);
    slots::set_writable(false);
    // SAFETY: /proc/self/maps lists it as a private mapping of a file, and this
    // thread is executing it.
    unsafe { patch::apply_live(mapping, &patch) }
}
