//! Learns sites as they are executed: the first execution of an unpatched
//! syscall instruction raises SIGSYS, which proves that it is code.
//!
//! A site in private, file-backed, read-only code gets a stub and, where the
//! planner finds room for it, a jump that leads there; other code (JIT, anonymous
//! or writable pages) may change or vanish and is served by SIGSYS for ever.
//!
//! Invariant: while threads are armed, no thread is ever in the kernel on behalf
//! of an unpatched site, nor returns behind one: all go through stubs. So a patch
//! may cover the instructions behind a site as well, unless the site was ever left
//! without a stub. It may not cover an instruction before the site that a thread could
//! be about to execute, nor one that an interrupted context could return to.
//!
//! # Safety
//! Writes into the object that the calling thread is executing, which therefore
//! stays mapped.
#![allow(unsafe_code, reason = "writes the program's code")]

use super::maps::{Maps, Pages};
use super::patch::{self, Mapping};
use super::{arena, loose, slots};
use crate::dispatch::filter::{self, Deed};
use crate::dispatch::origin::Origin;
use crate::island::sync::Lock;
use crate::stats::why::{How, Why};
use crate::stats::{report, sites};
use core::sync::atomic::{AtomicBool, Ordering};
use zpoline_planner::jump::Detour;
use zpoline_planner::{Kind, Planner, Site, find_site};

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
    if !loose::is_due(behind) || !filter::lets(Deed::Learn) {
        return Origin::Loose { behind };
    }
    LOCK.lock();
    let index = known().or_else(|| learn(behind));
    if index.is_none() {
        loose::leave(behind);
    }
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
    let Learned { index, how, why } = look_at(behind);
    sites::object_at(behind - 2).note(behind - 2, how, why);
    index
}

/// What became of a site.
struct Learned {
    /// Its stub.
    index: Option<u32>,
    how: How,
    why: Option<Why>,
}

impl Learned {
    /// No stub.
    fn left(why: Why) -> Self {
        Self { index: None, how: How::Left, why: Some(why) }
    }
}

fn look_at(behind: u64) -> Learned {
    let maps = Maps::read();
    let Some(line) = maps.line_at(behind - 2) else { return Learned::left(Why::Gone) };
    if let Some(why) = line.may_change() {
        return Learned::left(why);
    }
    let detour = if SLOTS_MAPPED.load(Ordering::Relaxed) {
        maps.object(&line, Pages::Used).and_then(|object| {
            let site = find_site(&object, behind - 2).map_err(Why::Unproven)?;
            plan_live(&mut Planner::new(&object), &site)
        })
    } else {
        Err(if report::JUMPS.wanted() { Why::NoTable } else { Why::Mechanism })
    };
    install(behind, detour, &line.mapping())
}

/// The jump for a site of code that threads are executing: over the instruction
/// before it, where one that stands on the site faults recognisably, or over those
/// behind it, to which nobody returns.
fn plan_live(planner: &mut Planner<'_, '_>, site: &Site) -> Result<Detour, Why> {
    if site.kind == Kind::Sysenter {
        return Err(Why::NotWritten); // no call by itself in 64-bit code
    }
    match planner.before(site) {
        Ok(detour) if detour.traps_inside => Ok(detour),
        _ if loose::was_left(site.address + 2) => Err(Why::InUse),
        before => {
            planner.after(site).map_err(|after| before.map_or_else(|before| Why::NoRoom(before, after), |_| Why::InUse))
        }
    }
}

/// The jump for a site of code that nobody executes yet: over the instructions
/// before it or over those behind.
pub fn plan(planner: &mut Planner<'_, '_>, site: &Site) -> Result<Detour, Why> {
    match planner.before(site) {
        Ok(detour) if detour.traps_inside => Ok(detour),
        before => planner.after(site).or_else(|after| before.map_err(|before| Why::NoRoom(before, after))),
    }
}

/// Makes the stub and writes the patch.
fn install(behind: u64, detour: Result<Detour, Why>, mapping: &Mapping) -> Learned {
    arena::while_writable(|| {
        let patched = detour.and_then(|detour| {
            let index = arena::add(&request(behind, &detour)).ok_or(Why::NoStub)?;
            write(index, &detour, mapping)?;
            Ok((index, detour))
        });
        match patched {
            Ok((index, detour)) => Learned { index: Some(index), how: detour.form.into(), why: None },
            Err(why) => match arena::add(&bare(behind)) {
                Some(index) => Learned { index: Some(index), how: How::Stub, why: Some(why) },
                None => Learned::left(Why::NoStub),
            },
        }
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
fn write(index: u32, detour: &Detour, mapping: &Mapping) -> Result<(), Why> {
    let patch = detour.patch(slots::address(arena::slot(index))).ok_or(Why::NotWritten)?;
    slots::set_writable(true);
    slots::lead(arena::slot(index), index);
    slots::set_writable(false);
    // SAFETY: /proc/self/maps lists it as a private mapping of a file, and this
    // thread is executing it.
    unsafe { patch::apply_live(mapping, &patch) }
}
