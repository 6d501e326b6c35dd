//! The objects that are loaded at start-up, and the rewriting of each.
//!
//! # Safety
//! Slices over mapped code and its tables: the mappings that /proc/self/maps
//! shows readable, while no other thread can unmap them.
#![allow(unsafe_code, reason = "reads the program's mappings")]

extern crate std;

use crate::rewrite::patch::{self, Mapping};
use crate::rewrite::steady::{self, Steady};
use crate::rewrite::{arena, learn, slots};
use crate::stats::sites::{self, Noter, Planned};
use crate::stats::why::{How, Why};
use alloc::vec::Vec;
use std::ffi::{CStr, OsStr, c_int, c_void};
use std::fs::File;
use std::os::fd::AsRawFd;
use std::os::unix::ffi::OsStrExt;
use zpoline_planner::jump::before_private_load;
use zpoline_planner::{
    Object, Patch, Phdr, Planner, Site, find_private_loads, find_sites, object_from_memory, plan, symbols_of,
};

/// What of the objects does not change is learned from, as their sites are executed.
pub(super) fn keep(mut objects: Vec<Loaded>) {
    objects.retain(|object| !object.path.starts_with(b"linux-vdso"));
    let steady = objects.into_iter().map(|mut object| {
        // What the kernel has merged behind it, such as the heap, is not its own.
        let end = object.span().end;
        object.mappings.iter_mut().for_each(|mapping| mapping.end = mapping.end.min(end));
        let is_libc = object.is_libc();
        Steady::new(object.bias, object.headers, object.mappings, is_libc)
    });
    steady::keep(steady.collect());
}

/// A loaded ELF object.
#[derive(Debug)]
pub(super) struct Loaded {
    /// Path, as the dynamic linker has it.
    path: Vec<u8>,
    bias: u64,
    headers: Vec<Phdr>,
    /// Readable private mappings within it.
    mappings: Vec<Mapping>,
}

/// Which sites of an object are replaced by jumps at start-up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Which {
    /// Those that are found and planned without decoding: most.
    PrivateLoads,
    /// Those that have room for one.
    All,
}

/// All loaded objects but the loader itself.
pub(super) fn loaded() -> Vec<Loaded> {
    let mut objects: Vec<Loaded> = Vec::new();
    // SAFETY: the callback gets this vector, and nothing else does meanwhile.
    unsafe { libc::dl_iterate_phdr(Some(note), (&raw mut objects).cast()) };
    let maps = std::fs::read_to_string("/proc/self/maps").unwrap_or_default();
    let mappings: Vec<Mapping> = maps.lines().filter_map(parse_line).collect();
    let own = labels_address();
    objects.retain(|object| !object.span().contains(&own));
    for object in &mut objects {
        let span = object.span();
        object.mappings = mappings.iter().filter(|m| span.contains(&m.start)).copied().collect();
    }
    objects
}

/// The vDSO's mapping.
pub(super) fn vdso() -> Option<Mapping> {
    // SAFETY: no preconditions.
    let start = unsafe { libc::getauxval(libc::AT_SYSINFO_EHDR) };
    let maps = std::fs::read_to_string("/proc/self/maps").ok()?;
    maps.lines().filter_map(parse_line).find(|mapping| start != 0 && mapping.start == start)
}

/// An address inside the loader.
fn labels_address() -> u64 {
    core::ptr::from_ref(crate::arch::entry::labels()) as u64
}

impl Loaded {
    fn span(&self) -> core::ops::Range<u64> {
        const PT_LOAD: u32 = 1;
        let loads = || self.headers.iter().filter(|h| h.kind == PT_LOAD);
        let start = loads().map(|h| h.vaddr).min().unwrap_or(0) & !4095;
        let end = loads().map(|h| h.vaddr + h.memory_size).max().unwrap_or(0).next_multiple_of(4096);
        self.bias + start..self.bias + end
    }

    /// Mapped readable bytes.
    fn read(&self, address: u64, length: usize) -> Option<&[u8]> {
        let end = address.checked_add(length as u64)?;
        let mut covered = address;
        while covered < end {
            covered = self.mappings.iter().find(|m| (m.start..m.end).contains(&covered))?.end;
        }
        // SAFETY: the whole range lies in readable mappings of a loaded object.
        Some(unsafe { core::slice::from_raw_parts(core::ptr::with_exposed_provenance(address as usize), length) })
    }
}

impl Loaded {
    /// Replaces every proven site by `call *%rax`; answers the addresses behind
    /// those that were written.
    pub(super) fn patch_with_calls(&self) -> Vec<u64> {
        let file = self.file();
        let object = self.object(file.as_ref());
        let (sites, noted) = self.sites(&object);
        let plan = |site: &Site| {
            let patch = plan::zpoline(&object, site).ok_or(Why::NotWritten);
            noted.planned(site.address, patch.map(|patch| (How::Page0, patch)))
        };
        let written = self.apply(&noted, sites.iter().filter_map(plan).collect());
        written.iter().map(|p| p.address + p.new.len() as u64).collect()
    }

    /// Replaces sites by jumps to stubs of their own; answers how many. Within
    /// `arena::while_writable`.
    pub(super) fn patch_with_jumps(&self, which: Which) -> usize {
        let file = if which == Which::All { self.file() } else { None };
        let object = self.object(file.as_ref());
        let (sites, noted) = match which {
            Which::PrivateLoads => (find_private_loads(&object), sites::object_at(self.span().start)),
            Which::All => self.sites(&object),
        };
        let mut planner = Planner::new(&object);
        let mut plan = |site: &Site| {
            let detour = match which {
                Which::PrivateLoads => before_private_load(&object, site).ok_or(Why::NotWritten)?,
                Which::All => learn::plan(&mut planner, site)?,
            };
            let index = arena::add(&learn::request(site.address + 2, &detour)).ok_or(Why::NoStub)?;
            slots::fill(index);
            Ok((detour.form.into(), detour.patch(slots::address(arena::slot(index))).ok_or(Why::NotWritten)?))
        };
        let planned = sites.iter().filter_map(|site| noted.planned(site.address, plan(site))).collect();
        self.apply(&noted, planned).len()
    }

    /// The object's sites, and where to note what becomes of them.
    fn sites(&self, object: &Object<'_>) -> (Vec<Site>, Noter) {
        let noted = sites::object_at(self.span().start);
        let found = find_sites(object);
        for unproven in found.unproven {
            noted.note(unproven.address, How::Unproven, Some(Why::Unproven(unproven.reason)));
        }
        (found.sites, noted)
    }

    /// Whether this is libc or the dynamic linker.
    pub(super) fn is_libc(&self) -> bool {
        let file = self.path.rsplit(|byte| *byte == b'/').next().unwrap_or_default();
        [b"libc.so".as_slice(), b"libc-", b"ld-", b"ld.so"].iter().any(|start| file.starts_with(start))
    }

    /// The object; with its file, also what only its full symbol table proves.
    fn object<'a>(&'a self, file: Option<&'a Mapped>) -> Object<'a> {
        let mut object = object_from_memory(&self.headers, self.bias, |address, length| self.read(address, length));
        if let Some(symbols) = file.and_then(|file| symbols_of(file.bytes(), &self.headers, self.bias)) {
            object.symbols = symbols;
        }
        object
    }

    /// The file of the program itself. What all of its sites are matters most: a
    /// child that one makes unseen, while another is seen, would be taken for its
    /// parent. Libraries have their functions in what is mapped.
    fn file(&self) -> Option<Mapped> {
        self.path.is_empty().then(|| Mapped::open(b"/proc/self/exe")).flatten()
    }

    /// Writes the patches; answers those that were written.
    fn apply(&self, noted: &Noter, planned: Vec<Planned>) -> Vec<Patch> {
        const PROT_EXEC: usize = 4;
        let mut patches: Vec<Patch> = planned.iter().map(|planned| planned.patch).collect();
        patches.sort_unstable_by_key(|patch| patch.address);
        let mut written = Vec::new();
        for mapping in self.mappings.iter().filter(|m| m.protection & PROT_EXEC != 0) {
            let first = patches.partition_point(|p| p.address < mapping.start);
            let last = patches.partition_point(|p| p.address < mapping.end);
            let here = &patches[first..last];
            // SAFETY: `mapping` is a private mapping of the object, as the kernel
            // just listed it.
            if !here.is_empty() && unsafe { patch::apply(mapping, here) }.is_ok() {
                written.extend_from_slice(here);
            }
        }
        noted.written(&planned, |patch| written.binary_search_by_key(&patch.address, |p| p.address).is_ok());
        written
    }
}

/// A file mapped to be read; only the pages that are looked at are.
#[derive(Debug)]
struct Mapped {
    start: *mut c_void,
    length: usize,
}

impl Mapped {
    fn open(path: &[u8]) -> Option<Self> {
        let file = File::open(OsStr::from_bytes(path)).ok()?;
        let length = usize::try_from(file.metadata().ok()?.len()).ok()?;
        // SAFETY: a new mapping of an open file.
        let start = unsafe {
            libc::mmap(core::ptr::null_mut(), length, libc::PROT_READ, libc::MAP_PRIVATE, file.as_raw_fd(), 0)
        };
        (start != libc::MAP_FAILED).then_some(Self { start, length })
    }

    fn bytes(&self) -> &[u8] {
        // SAFETY: mapped until this is dropped; what runs is not truncated (ETXTBSY).
        unsafe { core::slice::from_raw_parts(self.start.cast(), self.length) }
    }
}

impl Drop for Mapped {
    fn drop(&mut self) {
        // SAFETY: our own mapping; raw, as the libraries may be patched by now.
        unsafe { crate::arch::syscall::syscall2(crate::arch::syscall::nr::MUNMAP, self.start as usize, self.length) };
    }
}

/// A line of /proc/self/maps: only readable private mappings of files and the
/// vDSO are of interest.
fn parse_line(line: &str) -> Option<Mapping> {
    let mut fields = line.split_ascii_whitespace();
    let (start, end) = fields.next()?.split_once('-')?;
    let rights = fields.next()?.as_bytes();
    if rights.first() != Some(&b'r') || rights.get(3) != Some(&b'p') {
        return None;
    }
    let protection = [(b'r', 1), (b'w', 2), (b'x', 4)];
    let protection = rights.iter().zip(protection).filter(|(have, (want, _))| *have == want).map(|(_, (_, bit))| bit);
    Some(Mapping {
        start: u64::from_str_radix(start, 16).ok()?,
        end: u64::from_str_radix(end, 16).ok()?,
        protection: protection.sum(),
    })
}

/// Callback of dl_iterate_phdr.
unsafe extern "C" fn note(info: *mut libc::dl_phdr_info, _size: usize, data: *mut c_void) -> c_int {
    // SAFETY: the dynamic linker passes a valid structure, and `loaded` a
    // vector of this type.
    let (info, objects) = unsafe { (&*info, &mut *data.cast::<Vec<Loaded>>()) };
    // SAFETY: the header table of a loaded object.
    let headers = unsafe { core::slice::from_raw_parts(info.dlpi_phdr, usize::from(info.dlpi_phnum)) };
    // SAFETY: null or a C string of the dynamic linker.
    let path = if info.dlpi_name.is_null() { c"" } else { unsafe { CStr::from_ptr(info.dlpi_name) } };
    objects.push(Loaded {
        path: path.to_bytes().to_vec(),
        bias: info.dlpi_addr,
        headers: headers
            .iter()
            .map(|h| Phdr {
                kind: h.p_type,
                flags: h.p_flags,
                offset: h.p_offset,
                vaddr: h.p_vaddr,
                file_size: h.p_filesz,
                memory_size: h.p_memsz,
            })
            .collect(),
        mappings: Vec::new(),
    });
    0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn maps_lines() {
        let line = "7f0000000000-7f0000001000 r-xp 00001000 fe:00 1234  /lib/x.so (deleted)";
        let wanted = Mapping { start: 0x7f00_0000_0000, end: 0x7f00_0000_1000, protection: 5 };
        assert_eq!(parse_line(line), Some(wanted));
        assert_eq!(parse_line("1000-2000 ---p 0 0:0 0"), None);
        assert_eq!(parse_line("1000-2000 r-xs 0 0:0 0 /shared"), None);
        assert_eq!(parse_line("ffffffffff600000-ffffffffff601000 --xp 0 0 0 [vsyscall]"), None);
        assert_eq!(parse_line("nonsense"), None);
    }
}
