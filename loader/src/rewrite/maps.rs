//! /proc/self/maps, read in the island: which code is mapped from which file.
//!
//! # Safety
//! Slices over mappings that were just listed as readable. Pages beyond a file's
//! end have no memory: of an object that is not in use yet, each page is first
//! read under guard (`island::memory`).
#![allow(unsafe_code, reason = "reads the program's mappings")]

use super::patch::Mapping;
use crate::arch::syscall::{PAGE, nr, syscall1, syscall3};
use crate::island::memory;
use crate::stats::why::Why;
use alloc::vec::Vec;
use zpoline_planner::{Object, Phdr, object_from_memory};

/// Whether there is memory behind every page of an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pages {
    /// It is in use: some thread executes it.
    Used,
    /// Just mapped: the file may be shorter than the mapping.
    Tried,
}

/// Mapped bytes of an object's parts.
fn read_mapped(parts: &[Line], pages: Pages, address: u64, length: usize) -> Option<&'static [u8]> {
    const PROT_READ: usize = 1;
    let end = address.checked_add(length as u64)?;
    let mut covered = address;
    while covered < end {
        let part = parts.iter().find(|p| (p.start..p.end).contains(&covered) && p.protection & PROT_READ != 0)?;
        covered = part.end;
    }
    if pages == Pages::Tried {
        for page in (address & !(PAGE as u64 - 1)..end).step_by(PAGE) {
            memory::read_exact(page.max(address), &mut [0]).ok()?;
        }
    }
    // SAFETY: readable mappings of an object that is in use, with memory behind.
    Some(unsafe { core::slice::from_raw_parts(core::ptr::with_exposed_provenance(address as usize), length) })
}

/// A line of /proc/self/maps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Line {
    pub(super) start: u64,
    pub(super) end: u64,
    pub(super) protection: usize,
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

    /// What a writer of patches needs of it.
    pub(super) fn mapping(&self) -> Mapping {
        Mapping { start: self.start, end: self.end, protection: self.protection }
    }

    /// Why what lies there may change: steady code is private, of a file, readable,
    /// executable and not writable.
    pub(super) fn may_change(&self) -> Option<Why> {
        const WRITE: usize = 2;
        const READ_EXECUTE: usize = 5;
        match self {
            Self { inode: 0, .. } => Some(Why::Anonymous),
            Self { private: false, .. } => Some(Why::Shared),
            _ if self.protection & WRITE != 0 => Some(Why::Writable),
            _ => (self.protection != READ_EXECUTE).then_some(Why::Unreadable),
        }
    }

    /// Whether it maps a file.
    pub(crate) fn is_file(&self) -> bool {
        self.inode != 0
    }
}

/// /proc/self/maps, read without libc.
pub(crate) struct Maps(pub(crate) Vec<u8>);

impl Maps {
    /// As it is now; empty if it cannot be read.
    pub(crate) fn read() -> Self {
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

    /// What is mapped at `address`.
    pub(crate) fn line_at(&self, address: u64) -> Option<Line> {
        self.lines().find(|line| (line.start..line.end).contains(&address))
    }

    /// The file of a line, or what the kernel calls it; empty if it has no name.
    pub(crate) fn name_of(&self, line: &Line) -> &[u8] {
        let wanted = self.0.split(|byte| *byte == b'\n').find(|text| Line::parse(text).as_ref() == Some(line));
        let mut rest = wanted.unwrap_or_default();
        // The name is the sixth field.
        for _ in 0..5 {
            let end = rest.iter().position(|byte| *byte == b' ').unwrap_or(rest.len());
            rest = rest.get(end..).unwrap_or_default().trim_ascii_start();
        }
        rest
    }

    /// Where the object that `line` belongs to begins.
    pub(crate) fn start_of(&self, line: &Line) -> u64 {
        self.object_of(line).first().map_or(line.start, |first| first.start)
    }

    pub(super) fn lines(&self) -> impl Iterator<Item = Line> + '_ {
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

    /// The object that `line` belongs to, as it is mapped, if its beginning is mapped
    /// and is an ELF object's.
    pub(super) fn object(&self, line: &Line, pages: Pages) -> Result<Object<'static>, Why> {
        const PT_LOAD: u32 = 1;
        let parts = self.object_of(line);
        let first = parts.first().filter(|first| first.offset == 0).ok_or(Why::NotAnObject)?;
        let read = |address: u64, length: usize| read_mapped(&parts, pages, address, length);
        let header = read(first.start, PAGE.min((first.end - first.start) as usize)).ok_or(Why::Unreadable)?;
        let headers = Phdr::parse_all(header).ok_or(Why::NotAnObject)?;
        let load = headers.iter().find(|h| h.kind == PT_LOAD).ok_or(Why::NotAnObject)?;
        let bias = first.start.wrapping_sub(load.vaddr & !(PAGE as u64 - 1));
        Ok(object_from_memory(&headers, bias, read))
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
        assert_eq!(text.may_change(), None);
        let starts: Vec<u64> = maps.object_of(&text).iter().map(|p| p.start & 0xfffff).collect();
        assert_eq!(starts, [0, 0x1000, 0x2000]);
        let second = maps.lines().nth(5).unwrap();
        let starts: Vec<u64> = maps.object_of(&second).iter().map(|p| p.start & 0xfffff).collect();
        assert_eq!(starts, [0x10000, 0x11000]);
    }

    #[test]
    fn only_private_files_that_nobody_writes_are_steady() {
        let maps = Maps(MAPS.to_vec());
        let steady: Vec<bool> = maps.lines().map(|line| line.may_change().is_none()).collect();
        assert_eq!(steady, [false, true, false, false, false, true, false, false]);
    }
}
