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
//! Reads code and tables of the object that the calling thread is executing,
//! which therefore stays mapped.
#![allow(unsafe_code, reason = "reads and writes the program's code")]

use super::patch::{self, Mapping};
use super::{arena, slots};
use crate::arch::syscall::{nr, syscall1, syscall3};
use crate::dispatch::filter;
use crate::dispatch::origin::Origin;
use crate::island::sync::Lock;
use alloc::vec::Vec;
use core::sync::atomic::{AtomicBool, Ordering};
use zpoline_planner::jump::Detour;
use zpoline_planner::{Object, Phdr, Planner, Site, find_site, object_from_memory};

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
    if !filter::lets_learn() {
        return Origin::Loose { behind };
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
    let wanted = slots::address(index).to_le_bytes();
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
    let parts = maps.object_of(&line);
    let read = |address: u64, length: usize| read_mapped(&parts, address, length);
    let detour = parts.first().filter(|first| first.offset == 0).and_then(|first| {
        let header = read(first.start, 4096.min((first.end - first.start) as usize))?;
        let headers = Phdr::parse_all(header)?;
        let bias = first.start.wrapping_sub(headers.iter().find(|h| h.kind == 1)?.vaddr & !4095);
        let object = object_from_memory(&headers, bias, read);
        let site = find_site(&object, behind - 2)?;
        plan(&object, &site)
    });
    let mapping = Mapping { start: line.start, end: line.end, protection: line.protection };
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
    let Some(patch) = detour.patch(slots::address(index)) else { return false };
    slots::set_writable(true);
    slots::fill(index);
    slots::set_writable(false);
    // SAFETY: /proc/self/maps lists it as a private mapping of a file, and this
    // thread is executing it.
    unsafe { patch::apply_live(mapping, &patch) }
}

/// Mapped bytes of an object's parts.
fn read_mapped(parts: &[Line], address: u64, length: usize) -> Option<&'static [u8]> {
    const PROT_READ: usize = 1;
    let end = address.checked_add(length as u64)?;
    let mut covered = address;
    while covered < end {
        let part = parts.iter().find(|p| (p.start..p.end).contains(&covered) && p.protection & PROT_READ != 0)?;
        covered = part.end;
    }
    // SAFETY: readable mappings of the object that the calling thread executes.
    Some(unsafe { core::slice::from_raw_parts(core::ptr::with_exposed_provenance(address as usize), length) })
}

/// A line of /proc/self/maps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Line {
    start: u64,
    end: u64,
    protection: usize,
    private: bool,
    offset: u64,
    device: u64,
    inode: u64,
}

impl Line {
    fn parse(line: &[u8]) -> Option<Self> {
        let text = core::str::from_utf8(line.get(..line.len().min(96))?).ok()?;
        let mut fields = text.split_ascii_whitespace();
        let (start, end) = fields.next()?.split_once('-')?;
        let rights = fields.next()?.as_bytes();
        let offset = fields.next()?;
        let (major, minor) = fields.next()?.split_once(':')?;
        let hex = |digits: &str| u64::from_str_radix(digits, 16).ok();
        let right = |at: usize, letter: u8, bit: usize| if rights.get(at) == Some(&letter) { bit } else { 0 };
        Some(Self {
            start: hex(start)?,
            end: hex(end)?,
            protection: right(0, b'r', 1) | right(1, b'w', 2) | right(2, b'x', 4),
            private: rights.get(3) == Some(&b'p'),
            offset: hex(offset)?,
            device: hex(major)? << 32 | hex(minor)?,
            inode: fields.next()?.parse().ok()?,
        })
    }

    /// Private, of a file, readable, executable and not writable.
    fn is_steady_code(&self) -> bool {
        self.private && self.inode != 0 && self.protection == 5
    }
}

/// /proc/self/maps, read without libc.
struct Maps(Vec<u8>);

impl Maps {
    fn read() -> Self {
        const CHUNK: usize = 16 << 10;
        const O_RDONLY_CLOEXEC: usize = 0o2_000_000;
        let mut bytes = Vec::new();
        // SAFETY: a path of ours.
        let descriptor = unsafe { syscall3(nr::OPEN, c"/proc/self/maps".as_ptr() as usize, O_RDONLY_CLOEXEC, 0) };
        if descriptor < 0 {
            return Self(bytes);
        }
        loop {
            let used = bytes.len();
            bytes.resize(used + CHUNK, 0);
            // SAFETY: the rest of the vector.
            let got = unsafe { syscall3(nr::READ, descriptor as usize, bytes.as_mut_ptr() as usize + used, CHUNK) };
            bytes.truncate(used + got.max(0) as usize);
            if got <= 0 {
                break;
            }
        }
        // SAFETY: our own descriptor.
        unsafe { syscall1(nr::CLOSE, descriptor as usize) };
        Self(bytes)
    }

    fn lines(&self) -> impl Iterator<Item = Line> + '_ {
        self.0.split(|byte| *byte == b'\n').filter_map(Line::parse)
    }

    /// The parts of the object that `line` belongs to: the same file, from its
    /// beginning at or below the line up to the next beginning.
    fn object_of(&self, line: &Line) -> Vec<Line> {
        let mut parts: Vec<Line> = Vec::new();
        for part in self.lines().filter(|p| p.inode == line.inode && p.device == line.device) {
            if part.offset == 0 && part.protection & 4 == 0 || parts.is_empty() {
                if part.start > line.start {
                    break;
                }
                parts.clear();
            }
            parts.push(part);
        }
        parts
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MAPS: &[u8] = b"\
7f0000000000-7f0000001000 r--p 00000000 fe:00 77   /lib/a.so
7f0000001000-7f0000002000 r-xp 00001000 fe:00 77   /lib/a.so
7f0000002000-7f0000003000 rw-p 00002000 fe:00 77   /lib/a.so
7f0000003000-7f0000004000 rw-p 00000000 00:00 0
7f0000010000-7f0000011000 r--p 00000000 fe:00 77   /lib/a.so
7f0000011000-7f0000012000 r-xp 00001000 fe:00 77   /lib/a.so
7f0000020000-7f0000021000 rwxp 00000000 00:00 0
7f0000030000-7f0000031000 r-xs 00000000 fe:00 78   /lib/shared
";

    #[test]
    fn an_object_is_its_own_mappings() {
        let maps = Maps(MAPS.to_vec());
        let text = maps.lines().nth(1).unwrap();
        assert!(text.is_steady_code());
        let starts: Vec<u64> = maps.object_of(&text).iter().map(|p| p.start & 0xfffff).collect();
        assert_eq!(starts, [0, 0x1000, 0x2000]);
        let second = maps.lines().nth(5).unwrap();
        let starts: Vec<u64> = maps.object_of(&second).iter().map(|p| p.start & 0xfffff).collect();
        assert_eq!(starts, [0x10000, 0x11000]);
    }

    #[test]
    fn only_private_files_that_nobody_writes_are_steady() {
        let maps = Maps(MAPS.to_vec());
        let steady: Vec<bool> = maps.lines().map(|line| line.is_steady_code()).collect();
        assert_eq!(steady, [false, true, false, false, false, true, false, false]);
    }
}
