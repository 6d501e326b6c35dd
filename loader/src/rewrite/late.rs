//! Code that is mapped after start-up, where no SIGSYS tells of its calls:
//! mechanisms `zpoline` and `jump`.
//!
//! mmap and mprotect are made by the loader when they make file-backed code
//! executable; before the program gets the result, the code's sites are patched. So
//! a library that dlopen loads is hooked before its first instruction runs. What
//! is not a private, file-backed, read-only mapping (JIT) is left alone and not
//! seen.
//!
//! Invariant: nobody executes the new code yet, so patches may cover what follows
//! a site.
//!
//! # Safety
//! Makes the program's own call; writes into what it has just mapped.
#![allow(unsafe_code, reason = "writes the program's code")]

use super::maps::{Line, Maps, Pages};
use super::{arena, known, learn, live, patch, slots};
use crate::arch::syscall::{nr, syscall6};
use crate::dispatch::Structural;
use crate::dispatch::table;
use crate::guest::Call;
use crate::island::sync::is_shared;
use crate::stats::sites::{self, Noter, Planned};
use crate::stats::why::{How, Why};
use alloc::vec::Vec;
use core::ops::Range;
use core::sync::atomic::{AtomicU8, Ordering};
use zpoline_planner::{Object, Patch, Planner, find_sites, plan};

/// What late code is patched with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum With {
    /// Nothing: SIGSYS tells of its calls.
    Nothing,
    /// `call *%rax` through page 0.
    Calls,
    /// Jumps to stubs.
    Jumps,
}

static WITH: AtomicU8 = AtomicU8::new(With::Nothing as u8);

/// From here on late code is patched; at start-up, before anything is.
pub fn patch_with(with: With) {
    WITH.store(with as u8, Ordering::Relaxed);
    table::add(nr::MMAP, table::STRUCTURAL);
    table::add(nr::MPROTECT, table::STRUCTURAL);
}

fn with() -> With {
    match WITH.load(Ordering::Relaxed) {
        1 => With::Calls,
        2 => With::Jumps,
        _ => With::Nothing,
    }
}

/// mmap or mprotect: made here and now, if it may bring code.
pub fn structural(call: &Call) -> Structural {
    const PROT_EXEC: u64 = 4;
    const MAP_ANONYMOUS: u64 = 0x20;
    let [address, length, protection, flags, ..] = call.args;
    let is_mmap = call.number as usize == nr::MMAP;
    if with() == With::Nothing || protection & PROT_EXEC == 0 || is_mmap && flags & MAP_ANONYMOUS != 0 {
        return Structural::Plain;
    }
    let [a, b, c, d, e, f] = call.args.map(|arg| arg as usize);
    // SAFETY: the program's own call, which does not wait for anything.
    let result = unsafe { syscall6(call.number as usize, a, b, c, d, e, f) };
    if !(-4095..0).contains(&result) {
        let start = if is_mmap { result as u64 } else { address };
        if let Some(end) = start.checked_add(length) {
            mapped(start..end);
        }
    }
    Structural::Done(result as i64)
}

/// Patches the sites in the code of `range`.
fn mapped(range: Range<u64>) {
    let maps = Maps::read();
    for line in maps.lines().filter(|line| line.start < range.end && range.start < line.end) {
        if line.may_change().is_none()
            && let Ok(object) = maps.object(&line, Pages::Tried)
        {
            match with() {
                With::Nothing => {}
                With::Calls => calls(&object, &line),
                With::Jumps => jumps(&object, &line),
            }
        }
    }
}

fn is_within(address: u64, line: &Line) -> bool {
    (line.start..line.end).contains(&address)
}

fn calls(object: &Object<'_>, line: &Line) {
    let noted = sites::object_at(line.start);
    let sites = find_sites(object).sites;
    let sites = sites.iter().filter(|site| is_within(site.address, line));
    let planned: Vec<Planned> = sites
        .filter_map(|site| {
            let patch = plan::zpoline(object, site).ok_or(Why::NotWritten);
            noted.planned(site.address, patch.map(|patch| (How::Page0, patch)))
        })
        .collect();
    // Known before it can be called.
    let behind: Vec<u64> = planned.iter().map(|p| p.patch.address + p.patch.new.len() as u64).collect();
    known::add(&behind);
    write(line, &noted, planned);
}

fn jumps(object: &Object<'_>, line: &Line) {
    let noted = sites::object_at(line.start);
    let sites = find_sites(object).sites;
    let mut planner = Planner::new(object);
    let planned = arena::while_writable(|| {
        slots::set_writable(true);
        let sites = sites.iter().filter(|site| is_within(site.address, line));
        let mut jump = |site: &zpoline_planner::Site| {
            let detour = learn::plan(&mut planner, site)?;
            let index = arena::add(&learn::request(site.address + 2, &detour)).ok_or(Why::NoStub)?;
            let slot = arena::slot(index);
            slots::lead(slot, index);
            Ok((detour.form.into(), detour.patch(slots::address(slot)).ok_or(Why::NotWritten)?))
        };
        let planned = sites.filter_map(|site| noted.planned(site.address, jump(site))).collect();
        slots::set_writable(false);
        planned
    });
    write(line, &noted, planned);
}

fn write(line: &Line, noted: &Noter, planned: Vec<Planned>) {
    if planned.is_empty() {
        return;
    }
    let patches: Vec<Patch> = planned.iter().map(|planned| planned.patch).collect();
    // SAFETY: a private mapping of a file, which the program has just made.
    let written = unsafe { patch::apply(&line.mapping(), &patches) };
    noted.written(&planned, |_| written.is_ok());
    if is_shared() {
        live::synchronize();
    }
}
