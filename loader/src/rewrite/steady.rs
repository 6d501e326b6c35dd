//! The objects that were loaded before the loader started: libc, ld.so, the program.
//!
//! Nearly all sites that are ever executed lie in them, and they stay as they are. So
//! they are looked up once, and a site of theirs is learned without reading
//! /proc/self/maps, which costs more than all the rest and which a process may not
//! have (chroot).
//!
//! Invariant: an object in whose mappings the program changes anything is not known
//! from here any more (`touched`, called by `dispatch::claims`).
//!
//! # Safety
//! Slices over the mappings of a loaded object, which stays mapped.
#![allow(unsafe_code, reason = "reads the program's mappings")]

use super::patch::Mapping;
use alloc::boxed::Box;
use alloc::vec::Vec;
use core::ops::Range;
use core::sync::atomic::{AtomicBool, AtomicPtr, Ordering};
use zpoline_planner::{Object, Phdr, object_from_memory};

/// An object of which nothing has changed since start-up.
#[derive(Debug)]
pub struct Steady {
    /// What the dynamic linker added to its addresses.
    bias: u64,
    headers: Vec<Phdr>,
    /// Its readable private mappings.
    mappings: Vec<Mapping>,
    /// libc or the dynamic linker.
    is_libc: bool,
    changed: AtomicBool,
}

static OBJECTS: AtomicPtr<Vec<Steady>> = AtomicPtr::new(core::ptr::null_mut());

/// From here on these objects are known; once, at start-up.
pub fn keep(objects: Vec<Steady>) {
    OBJECTS.store(Box::leak(Box::new(objects)), Ordering::Release);
}

fn objects() -> &'static [Steady] {
    // SAFETY: null or what `keep` leaked.
    unsafe { OBJECTS.load(Ordering::Acquire).as_ref() }.map_or(&[], |objects| objects)
}

/// The object whose code, which nobody can write, is at `address`; and the mapping that
/// it is in.
pub fn at(address: u64) -> Option<(&'static Steady, Mapping)> {
    const READ_EXECUTE: usize = 5;
    let object = objects().iter().find(|object| !object.changed.load(Ordering::Relaxed) && object.holds(address))?;
    let code = object.mappings.iter().find(|m| m.protection == READ_EXECUTE && (m.start..m.end).contains(&address))?;
    Some((object, *code))
}

/// libc and the dynamic linker.
pub fn libc() -> impl Iterator<Item = &'static Steady> {
    objects().iter().filter(|object| object.is_libc && !object.changed.load(Ordering::Relaxed))
}

/// The program is about to change what is mapped in `range`.
pub fn touched(range: &Range<u64>) {
    for object in objects().iter().filter(|object| !object.changed.load(Ordering::Relaxed)) {
        if object.mappings.iter().any(|m| m.start < range.end && range.start < m.end) {
            object.changed.store(true, Ordering::Relaxed);
        }
    }
}

impl Steady {
    /// An object as it is mapped: `mappings` are its readable private ones.
    pub fn new(bias: u64, headers: Vec<Phdr>, mappings: Vec<Mapping>, is_libc: bool) -> Self {
        Self { bias, headers, mappings, is_libc, changed: AtomicBool::new(false) }
    }

    fn holds(&self, address: u64) -> bool {
        self.mappings.iter().any(|m| (m.start..m.end).contains(&address))
    }

    /// For the planner.
    pub fn object(&self) -> Object<'static> {
        object_from_memory(&self.headers, self.bias, |address, length| self.read(address, length))
    }

    /// Mapped readable bytes.
    fn read(&self, address: u64, length: usize) -> Option<&'static [u8]> {
        let end = address.checked_add(length as u64)?;
        let mut covered = address;
        while covered < end {
            covered = self.mappings.iter().find(|m| (m.start..m.end).contains(&covered))?.end;
        }
        // SAFETY: the whole range lies in readable mappings of a loaded object.
        Some(unsafe { core::slice::from_raw_parts(core::ptr::with_exposed_provenance(address as usize), length) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_program_changes_is_not_known_any_more() {
        let mapping = |start, protection| Mapping { start, end: start + 0x1000, protection };
        let object =
            |base| Steady::new(base, Vec::new(), [mapping(base, 1), mapping(base + 0x1000, 5)].to_vec(), false);
        keep([object(0x1_0000), object(0x2_0000)].into());
        let found = |address| at(address).map(|(_, code)| code.start);
        assert_eq!(found(0x1_1004), Some(0x1_1000));
        assert_eq!(found(0x1_0004), None, "it is not code");
        assert_eq!(found(0x1_2000), None, "nothing is there");
        touched(&(0x1_2000..0x2_0000));
        assert_eq!(found(0x1_1004), Some(0x1_1000));
        touched(&(0x2_0000..0x2_0001));
        assert_eq!(found(0x2_1004), None);
        assert_eq!(found(0x1_1004), Some(0x1_1000));
    }
}
