//! What the planner needs of an ELF64 object: its executable bytes, unwind tables and symbols.
//!
//! The same object can be seen as mapped in this process ([`object_from_memory`]: run-time addresses,
//! no section headers), as one contiguous image such as the vDSO ([`object_from_image`]), or as a file
//! ([`object_from_file`]: link-time addresses, and `.symtab` if it was not stripped).

use crate::frames::Frames;
use crate::reader::Reader;
use crate::symbols::{Count, Symbols};
use alloc::vec::Vec;

/// Bytes and the address of the first one.
#[derive(Clone, Copy, Debug)]
pub struct Segment<'a> {
    /// Address of `bytes[0]`.
    pub vaddr: u64,
    /// The bytes.
    pub bytes: &'a [u8],
}

impl<'a> Segment<'a> {
    /// The bytes from `address` to the end of the segment.
    pub fn from(&self, address: u64) -> Option<&'a [u8]> {
        let offset = usize::try_from(address.checked_sub(self.vaddr)?).ok()?;
        self.bytes.get(offset..)
    }

    /// The bytes of `[start, end)`, all of them or `None`.
    pub fn range(&self, start: u64, end: u64) -> Option<&'a [u8]> {
        let length = usize::try_from(end.checked_sub(start)?).ok()?;
        self.from(start)?.get(..length)
    }

    /// Behind the last byte.
    pub fn end(&self) -> u64 {
        self.vaddr.saturating_add(self.bytes.len() as u64)
    }
}

/// One object: what [`crate::find_sites`] searches and what it knows about function bounds.
#[derive(Clone, Debug, Default)]
pub struct Object<'a> {
    /// The executable segments, in the order of the program headers; no two overlap.
    pub text: Vec<Segment<'a>>,
    /// Its unwind tables.
    pub frames: Option<Frames<'a>>,
    /// Its symbols; empty if there are none.
    pub symbols: Symbols<'a>,
}

impl<'a> Object<'a> {
    /// The executable segment around `address`.
    pub fn segment(&self, address: u64) -> Option<&Segment<'a>> {
        self.text.iter().find(|s| s.vaddr <= address && address < s.end())
    }
}

/// A program header.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Phdr {
    /// `p_type`
    pub kind: u32,
    /// `p_flags`
    pub flags: u32,
    /// `p_offset`
    pub offset: u64,
    /// `p_vaddr`
    pub vaddr: u64,
    /// `p_filesz`
    pub file_size: u64,
    /// `p_memsz`
    pub memory_size: u64,
}

const PT_LOAD: u32 = 1;
const PT_DYNAMIC: u32 = 2;
const PT_GNU_EH_FRAME: u32 = 0x6474_e550;
const PF_X: u32 = 1;
const DT_HASH: u64 = 4;
const DT_SYMTAB: u64 = 6;
const DT_GNU_HASH: u64 = 0x6fff_fef5;
const SHT_SYMTAB: u32 = 2;
const SHT_DYNSYM: u32 = 11;

impl Phdr {
    /// The program headers of the ELF image or file `image`; `None` if it is not x86-64 ELF.
    pub fn parse_all(image: &[u8]) -> Option<Vec<Self>> {
        let header = image.get(..64)?;
        let class_and_order = [2, 1]; // ELFCLASS64, ELFDATA2LSB
        if !header.starts_with(b"\x7fELF") || header.get(4..6)? != class_and_order {
            return None;
        }
        let machine = Reader::at(header, 18).u16()?;
        if machine != 62 {
            return None;
        }
        let table = usize::try_from(Reader::at(header, 32).u64()?).ok()?;
        let mut sizes = Reader::at(header, 54);
        let (size, count) = (usize::from(sizes.u16()?), usize::from(sizes.u16()?));
        if size < 56 {
            return None;
        }
        let phdr = |index: usize| Self::parse(Reader::at(image, table.checked_add(index * size)?));
        (0..count).map(phdr).collect()
    }

    fn parse(mut reader: Reader<'_>) -> Option<Self> {
        let (kind, flags) = (reader.u32()?, reader.u32()?);
        let (offset, vaddr, _physical) = (reader.u64()?, reader.u64()?, reader.u64()?);
        let (file_size, memory_size) = (reader.u64()?, reader.u64()?);
        Some(Self { kind, flags, offset, vaddr, file_size, memory_size })
    }
}

/// An object as it is mapped: `read(address, length)` gives the mapped bytes, or `None` where nothing readable
/// is mapped. Addresses in the result are run-time addresses.
///
/// `load_bias` is what the dynamic linker added to the link-time addresses (`dlpi_addr`).
pub fn object_from_memory<'a>(
    phdrs: &[Phdr],
    load_bias: u64,
    read: impl Fn(u64, usize) -> Option<&'a [u8]>,
) -> Object<'a> {
    let segment = |address: u64, length: u64| {
        let bytes = read(address, usize::try_from(length).ok()?)?;
        Some(Segment { vaddr: address, bytes })
    };
    let loads = || phdrs.iter().filter(|p| p.kind == PT_LOAD);
    let mut text: Vec<Segment<'a>> = Vec::new();
    let executable = loads().filter(|p| p.flags & PF_X != 0 && p.file_size != 0);
    for found in executable.filter_map(|p| segment(load_bias.wrapping_add(p.vaddr), p.file_size)) {
        // An address has one byte: of two that overlap, the first counts.
        if !text.iter().any(|other| other.vaddr < found.end() && found.vaddr < other.end()) {
            text.push(found);
        }
    }
    // From an address to the end of the file-backed part of its segment.
    let rest = |address: u64| {
        let load = loads().find_map(|p| {
            let start = load_bias.wrapping_add(p.vaddr);
            let end = start.checked_add(p.file_size)?;
            (start <= address && address < end).then_some(end)
        })?;
        segment(address, load - address)
    };
    let of_kind = |kind| phdrs.iter().find(|p| p.kind == kind);
    let frames = of_kind(PT_GNU_EH_FRAME).and_then(|p| {
        let header = segment(load_bias.wrapping_add(p.vaddr), p.file_size)?;
        Frames::parse(header, rest)
    });
    let symbols = of_kind(PT_DYNAMIC).and_then(|p| {
        let dynamic = segment(load_bias.wrapping_add(p.vaddr), p.file_size)?;
        dynamic_symbols(dynamic.bytes, load_bias, rest)
    });
    Object { text, frames, symbols: symbols.unwrap_or_default() }
}

/// The dynamic symbol table. Its length is written nowhere but in the hash tables.
fn dynamic_symbols<'a>(
    dynamic: &[u8],
    load_bias: u64,
    rest: impl Fn(u64) -> Option<Segment<'a>>,
) -> Option<Symbols<'a>> {
    let (mut table, mut hash, mut gnu_hash) = (None, None, None);
    let mut reader = Reader::at(dynamic, 0);
    while let (Some(tag @ 1..), Some(value)) = (reader.u64(), reader.u64()) {
        match tag {
            DT_SYMTAB => table = Some(value),
            DT_HASH => hash = Some(value),
            DT_GNU_HASH => gnu_hash = Some(value),
            _ => {}
        }
    }
    // glibc writes the run-time address back into the dynamic section, others leave the link-time one.
    let find = |value: u64| rest(value).or_else(|| rest(load_bias.wrapping_add(value)));
    let count = match (hash.and_then(find), gnu_hash.and_then(find)) {
        (Some(hash), _) => Count::Hash(hash.bytes),
        (None, hash) => Count::GnuHash(hash?.bytes),
    };
    Some(Symbols::counted(find(table?)?.bytes, count, load_bias))
}

/// An object that lies in one piece at `address`, such as the vDSO (`AT_SYSINFO_EHDR`).
pub fn object_from_image(image: &[u8], address: u64) -> Option<Object<'_>> {
    let phdrs = Phdr::parse_all(image)?;
    let first = phdrs.iter().find(|p| p.kind == PT_LOAD)?;
    let bias = address.wrapping_sub(first.vaddr).wrapping_add(first.offset);
    Some(object_from_memory(&phdrs, bias, |at, length| {
        let offset = usize::try_from(at.checked_sub(address)?).ok()?;
        image.get(offset..offset.checked_add(length)?)
    }))
}

/// An object as a file. Addresses in the result are link-time addresses.
pub fn object_from_file(file: &[u8]) -> Option<Object<'_>> {
    let phdrs = Phdr::parse_all(file)?;
    let mut object = object_from_memory(&phdrs, 0, |at, length| {
        let load = |p: &&Phdr| p.kind == PT_LOAD && p.vaddr <= at && at - p.vaddr < p.file_size;
        let load = phdrs.iter().find(load)?;
        let offset = usize::try_from((at - load.vaddr).checked_add(load.offset)?).ok()?;
        file.get(offset..offset.checked_add(length)?)
    });
    if let Some(symbols) = symbols_of_file(file, 0) {
        object.symbols = symbols;
    }
    Some(object)
}

/// The full symbol table of the file that a mapped object comes from, which is not mapped: Go and hand-written
/// assembly have no unwind tables. `phdrs` are the mapped object's own; another file's table is of no use.
pub fn symbols_of<'a>(file: &'a [u8], phdrs: &[Phdr], load_bias: u64) -> Option<Symbols<'a>> {
    if Phdr::parse_all(file)? != phdrs {
        return None;
    }
    symbols_of_file(file, load_bias)
}

/// `.symtab`, else `.dynsym`, by the section headers.
fn symbols_of_file(file: &[u8], load_bias: u64) -> Option<Symbols<'_>> {
    let table = usize::try_from(Reader::at(file, 40).u64()?).ok()?;
    let mut sizes = Reader::at(file, 58);
    let (size, count) = (usize::from(sizes.u16()?), usize::from(sizes.u16()?));
    if table == 0 || size < 64 {
        return None;
    }
    let section = |index: usize| {
        let header = file.get(table.checked_add(index * size)?..)?;
        let kind = Reader::at(header, 4).u32()?;
        let mut place = Reader::at(header, 24);
        Some((kind, place.u64()?, place.u64()?))
    };
    let find = |wanted| {
        let (_, offset, length) = (0..count).filter_map(section).find(|(kind, ..)| *kind == wanted)?;
        let offset = usize::try_from(offset).ok()?;
        file.get(offset..offset.checked_add(usize::try_from(length).ok()?)?)
    };
    Some(Symbols::new(find(SHT_SYMTAB).or_else(|| find(SHT_DYNSYM))?, load_bias))
}
