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
use super::patch::Mapping;
use super::{arena, live, loose, slots, steady};
use crate::arch::syscall::nr;
use crate::dispatch::filter::{self, Deed};
use crate::dispatch::origin::Origin;
use crate::island::sync::Lock;
use crate::stats::why::{How, Why};
use crate::stats::{report, sites};
use zpoline_planner::jump::{Detour, Table, before_private_load};
use zpoline_planner::{Kind, Object, Planner, Site, find_private_loads, find_site};

static LOCK: Lock = Lock::new();

/// The lock, for holding it across a fork.
pub fn lock() -> &'static Lock {
    &LOCK
}

/// Where the call of the syscall instruction that ends at `behind` comes from: the
/// stub of the site, made now if this is its first call. The one with which a process
/// ends is not worth it.
pub fn origin(behind: u64, number: u32) -> Origin {
    let known = || arena::find(behind).filter(|index| !is_stale(*index));
    if let Some(index) = known() {
        return Origin::Stub(index);
    }
    if !loose::is_due(behind) || !filter::lets(Deed::Learn) {
        return Origin::Loose { behind };
    }
    LOCK.lock();
    let last = number as usize == nr::EXIT_GROUP;
    let index = known().or_else(|| if last { note(behind, Learned::left(Why::Last)) } else { learn(behind) });
    if index.is_none() {
        loose::leave(behind);
    }
    LOCK.unlock();
    index.map_or(Origin::Loose { behind }, Origin::Stub)
}

/// Learns what is most likely to be called in libc and ld.so and was not yet: nothing can be
/// learned any more afterwards.
pub fn private_loads() {
    if slots::table() != Some(Table::Syscall) {
        return; // done at start-up, or there are no jumps
    }
    LOCK.lock();
    for steady in steady::libc() {
        let object = steady.object();
        for site in find_private_loads(&object) {
            let behind = site.address + 2;
            if let (None, Some(detour), Some((_, code))) =
                (arena::find(behind), before_private_load(&object, &site), steady::at(site.address))
            {
                note(behind, install(behind, Ok(detour), &code));
            }
        }
    }
    LOCK.unlock();
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
    note(behind, look_at(behind))
}

/// Notes what became of a site; answers its stub.
fn note(behind: u64, learned: Learned) -> Option<u32> {
    sites::object_at(behind - 2).note(behind - 2, learned.how, learned.why);
    learned.index
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
    if let Some((steady, code)) = steady::at(behind - 2) {
        return install(behind, detour(behind, || Ok(steady.object())), &code);
    }
    if !filter::lets(Deed::Look) {
        return Learned::left(Why::Filter);
    }
    let maps = Maps::read();
    let Some(line) = maps.line_at(behind - 2) else { return Learned::left(Why::Gone) };
    if let Some(why) = line.may_change() {
        return Learned::left(why);
    }
    install(behind, detour(behind, || maps.object(&line, Pages::Used)), &line.mapping())
}

/// The jump for a site of this object.
fn detour(behind: u64, object: impl FnOnce() -> Result<Object<'static>, Why>) -> Result<Detour, Why> {
    if slots::table().is_none() {
        return Err(if report::JUMPS.wanted() { Why::NoTable } else { Why::Mechanism });
    }
    let object = object()?;
    let site = find_site(&object, behind - 2).map_err(Why::Unproven)?;
    plan_live(&mut Planner::new(&object), &site)
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
    if !slots::set_writable(true) {
        return Err(Why::NotWritten);
    }
    slots::lead(arena::slot(index), index);
    slots::set_writable(false);
    // SAFETY: a private mapping of a file, and this thread is executing it.
    unsafe { live::apply(mapping, &patch, arena::entry(index)) }
}
