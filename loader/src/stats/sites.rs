//! The sites that are known, by object: noted as they are patched, or found to be
//! such that they cannot be.
//!
//! Where sites are learned as they are executed, those that never were are not
//! known. A note replaces an older one of the same address: something else has
//! been mapped there since.

use super::why::{How, Why};
use crate::dispatch::filter::{self, Deed};
use crate::island::memory;
use crate::island::sync::{Lock, Mutex};
use crate::rewrite::maps::Maps;
use alloc::vec::Vec;
use zpoline_planner::Patch;

/// More objects, and more sites, than this are only counted.
const OBJECTS: usize = 1024;
const SITES: usize = 1 << 16;

/// A mapped file, or other memory that code is executed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Object {
    /// Path, or in brackets what it is.
    pub path: Vec<u8>,
    /// Its sites' addresses are shown less this.
    pub base: u64,
}

/// A site.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Record {
    /// Address of the instruction.
    pub address: u64,
    /// Index of its object.
    pub object: u16,
    /// What leads its calls into the loader.
    pub how: How,
    /// Why not by a patch.
    pub why: Option<Why>,
}

/// All that is known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sites {
    /// The objects, as they were met.
    pub objects: Vec<Object>,
    /// The sites, by address.
    pub records: Vec<Record>,
    /// How many were not noted for want of room.
    pub lost: u64,
}

static SITES_KNOWN: Mutex<Sites> = Mutex::new(Sites { objects: Vec::new(), records: Vec::new(), lost: 0 });

/// The lock, for holding it across a fork.
pub fn lock() -> &'static Lock {
    SITES_KNOWN.raw()
}

/// Notes sites of one object.
#[derive(Debug, Clone, Copy)]
pub struct Noter {
    /// None: statistics are off, or there is no room.
    object: Option<u16>,
}

/// For noting the sites of the object that is mapped at `address`.
pub fn object_at(address: u64) -> Noter {
    if !super::on() || !filter::lets(Deed::Look) {
        return Noter { object: None };
    }
    let object = describe(&Maps::read(), address);
    let mut sites = SITES_KNOWN.lock();
    Noter { object: sites.index(object) }
}

impl Noter {
    /// Notes what became of the site at `address`.
    pub fn note(&self, address: u64, how: How, why: Option<Why>) {
        if let Some(object) = self.object {
            SITES_KNOWN.lock().note(Record { address, object, how, why });
        }
    }

    /// Notes a site that cannot be patched; answers what is to be done about one
    /// that can.
    pub fn planned(&self, address: u64, plan: Result<(How, Patch), Why>) -> Option<Planned> {
        match plan {
            Ok((how, patch)) => Some(Planned { address, how, patch }),
            Err(why) => {
                self.note(address, How::Left, Some(why));
                None
            }
        }
    }

    /// Notes sites whose patches were to be written. `was` is not asked while
    /// statistics are off.
    pub fn written(&self, planned: &[Planned], was: impl Fn(&Patch) -> bool) {
        if self.object.is_none() {
            return;
        }
        for Planned { address, how, patch } in planned {
            match was(patch) {
                true => self.note(*address, *how, None),
                false => self.note(*address, How::Left, Some(Why::NotWritten)),
            }
        }
    }
}

/// A site that is about to be patched.
#[derive(Debug, Clone, Copy)]
pub struct Planned {
    /// Address of the instruction.
    pub address: u64,
    /// What will lead its calls into the loader.
    pub how: How,
    /// What is to be written.
    pub patch: Patch,
}

/// A copy of all that is known; None if there is no memory for it.
pub fn snapshot() -> Option<Sites> {
    let sites = SITES_KNOWN.lock();
    let mut copy = Sites { lost: sites.lost, ..Sites::default() };
    copy.objects.try_reserve_exact(sites.objects.len()).ok()?;
    copy.records.try_reserve_exact(sites.records.len()).ok()?;
    copy.records.extend_from_slice(&sites.records);
    for object in &sites.objects {
        let mut path = Vec::new();
        path.try_reserve_exact(object.path.len()).ok()?;
        path.extend_from_slice(&object.path);
        copy.objects.push(Object { path, base: object.base });
    }
    Some(copy)
}

impl Sites {
    fn index(&mut self, object: Object) -> Option<u16> {
        let known = self.objects.iter().position(|other| *other == object);
        let index = match known {
            Some(index) => index,
            None if self.objects.len() < OBJECTS && self.objects.try_reserve(1).is_ok() => {
                self.objects.push(object);
                self.objects.len() - 1
            }
            None => {
                self.lost += 1;
                return None;
            }
        };
        u16::try_from(index).ok()
    }

    fn note(&mut self, record: Record) {
        match self.records.binary_search_by_key(&record.address, |other| other.address) {
            Ok(at) => {
                if let Some(old) = self.records.get_mut(at) {
                    *old = record;
                }
            }
            Err(at) if self.records.len() < SITES && self.records.try_reserve(1).is_ok() => {
                self.records.insert(at, record);
            }
            Err(_) => self.lost += 1,
        }
    }
}

/// The object that is mapped at `address`.
fn describe(maps: &Maps, address: u64) -> Object {
    let named = |name: &[u8]| Object { path: name.to_vec(), base: 0 };
    let Some(line) = maps.line_at(address) else { return named(b"[unmapped]") };
    let path = match maps.name_of(&line) {
        [] => return named(b"[anonymous]"),
        path => path.to_vec(),
    };
    Object { path, base: if line.is_file() { bias(maps.start_of(&line)) } else { 0 } }
}

/// What was added to the link-time addresses of the ELF object at `start`: its
/// programs that are linked to a fixed address run where they were linked to.
fn bias(start: u64) -> u64 {
    const ET_EXEC: [u8; 2] = [2, 0];
    let mut header = [0; 18];
    let fixed = memory::read_exact(start, &mut header).is_ok() && header[16..] == ET_EXEC;
    if fixed { 0 } else { start }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_site_is_noted_once_and_in_order() {
        let mut sites = Sites::default();
        let a = sites.index(Object { path: b"/a".to_vec(), base: 0 }).unwrap();
        let b = sites.index(Object { path: b"/b".to_vec(), base: 0 }).unwrap();
        assert_eq!(sites.index(Object { path: b"/a".to_vec(), base: 0 }), Some(a));
        let record = |address, object, how| Record { address, object, how, why: None };
        sites.note(record(30, a, How::Left));
        sites.note(record(10, a, How::Before));
        sites.note(record(30, b, How::After));
        assert_eq!(sites.records, [record(10, a, How::Before), record(30, b, How::After)]);
    }

    #[test]
    fn an_object_is_its_file() {
        let maps = Maps(
            b"7f0000000000-7f0000001000 r--p 00000000 fe:00 77   /lib/with blank.so\n\
              7f0000001000-7f0000002000 r-xp 00001000 fe:00 77   /lib/with blank.so\n\
              7f0000020000-7f0000021000 rwxp 00000000 00:00 0 \n"
                .to_vec(),
        );
        let object = describe(&maps, 0x7f00_0000_1010);
        assert_eq!(object, Object { path: b"/lib/with blank.so".to_vec(), base: 0x7f00_0000_0000 });
        assert_eq!(describe(&maps, 0x7f00_0002_0010), Object { path: b"[anonymous]".to_vec(), base: 0 });
        assert_eq!(describe(&maps, 0x10), Object { path: b"[unmapped]".to_vec(), base: 0 });
    }
}
