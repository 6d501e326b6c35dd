//! Function bounds from unwind tables: `.eh_frame_hdr`'s search table and the FDEs it points to.
//!
//! Compilers record every function there, stripped or not, which makes it the best answer to "where
//! does the function around this address start". The tables are foreign bytes: a missing, short
//! or contradictory one yields `None`, never a panic, and never bounds outside what was asked for.

use crate::elf::Segment;
use crate::reader::Reader;

/// Encodings of pointers in unwind tables, as used on x86-64.
mod encoding {
    pub(super) const OMIT: u8 = 0xff;
    pub(super) const INDIRECT: u8 = 0x80;
    pub(super) const FORMAT: u8 = 0x0f;
    pub(super) const BASE: u8 = 0x70;
    pub(super) const PC_RELATIVE: u8 = 0x10;
    pub(super) const DATA_RELATIVE: u8 = 0x30;
    /// data-relative, signed 4 bytes: the only table format that linkers write.
    pub(super) const TABLE: u8 = 0x3b;
}

/// The bounds of one function as its FDE states them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Function {
    /// First address.
    pub start: u64,
    /// Behind the last address.
    pub end: u64,
    /// A signal trampoline. Its FDE starts one byte before the function (glibc's `__restore_rt`,
    /// so that unwinders which look up `pc - 1` find it).
    pub signal: bool,
    /// Has exception tables: blocks of it are reached by the unwinder, not by any jump.
    pub landing_pads: bool,
}

impl Function {
    /// Whether `address` lies within.
    pub fn contains(&self, address: u64) -> bool {
        self.start <= address && address < self.end
    }
}

/// What the table knows around an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lookup {
    /// A function contains it.
    Inside(Function),
    /// No function contains it: the nearest one before, and where the next one starts.
    Between(Option<Function>, Option<u64>),
}

/// The unwind tables of one object.
#[derive(Clone, Copy, Debug)]
pub struct Frames<'a> {
    /// The table proper: pairs of (function start, FDE address), sorted, relative to `header_address`.
    table: &'a [u8],
    header_address: u64,
    eh_frame: Segment<'a>,
}

const ENTRY: usize = 8;
/// How many table entries before the nearest are tried: FDEs may nest or be empty.
const NEIGHBOURS: usize = 4;

impl<'a> Frames<'a> {
    /// Reads the header at the start of `header`. `read` gives the mapped bytes from an address to the end of
    /// what is mapped there, for `.eh_frame` itself.
    pub fn parse(header: Segment<'a>, read: impl FnOnce(u64) -> Option<Segment<'a>>) -> Option<Self> {
        let mut reader = Reader::at(header.bytes, 0);
        let (version, pointer, count, table) = (reader.u8()?, reader.u8()?, reader.u8()?, reader.u8()?);
        if version != 1 || table != encoding::TABLE || count == encoding::OMIT {
            return None;
        }
        let eh_frame = encoded(&mut reader, pointer, header.vaddr, header.vaddr)?;
        let count = encoded(&mut reader, count, header.vaddr, header.vaddr)?;
        let start = reader.position();
        let available = header.bytes.len().checked_sub(start)? / ENTRY;
        // A truncated table is still sorted: what there is of it is of use.
        let count = usize::try_from(count).ok()?.min(available);
        Some(Self {
            table: header.bytes.get(start..start + count * ENTRY)?,
            header_address: header.vaddr,
            eh_frame: read(eh_frame)?,
        })
    }

    /// How many functions the table lists.
    pub fn len(&self) -> usize {
        self.table.len() / ENTRY
    }

    /// Whether the table lists none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// From the start of the first function to the end of the last.
    pub fn extent(&self) -> (u64, u64) {
        let last = self.len().saturating_sub(1);
        let end = self.function(last).map(|function| function.end).or_else(|| self.start(last));
        (self.start(0).unwrap_or(0), end.unwrap_or(0))
    }

    /// Finds the function around `address`.
    pub fn lookup(&self, address: u64) -> Lookup {
        let behind = self.entries_up_to(address);
        let mut before = None::<Function>;
        for index in (behind.saturating_sub(NEIGHBOURS)..behind).rev() {
            let Some(function) = self.function(index) else {
                continue;
            };
            if function.contains(address) {
                return Lookup::Inside(function);
            }
            if function.end <= address && before.is_none_or(|b| b.end < function.end) {
                before = Some(function);
            }
        }
        Lookup::Between(before, self.start(behind))
    }

    /// Whether a function starts at exactly `address`.
    pub fn is_start(&self, address: u64) -> bool {
        let behind = self.entries_up_to(address);
        behind > 0 && self.start(behind - 1) == Some(address)
    }

    /// The number of entries that start at or before `address`.
    fn entries_up_to(&self, address: u64) -> usize {
        let (mut low, mut high) = (0, self.len());
        while low < high {
            let middle = low + (high - low) / 2;
            if self.start(middle).is_some_and(|start| start <= address) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        low
    }

    fn entry(&self, index: usize) -> Option<(u64, u64)> {
        let mut reader = Reader::at(self.table, index.checked_mul(ENTRY)?);
        let mut relative = || {
            let value = reader.u32()?.cast_signed();
            Some(self.header_address.wrapping_add_signed(i64::from(value)))
        };
        Some((relative()?, relative()?))
    }

    fn start(&self, index: usize) -> Option<u64> {
        self.entry(index).map(|(start, _)| start)
    }

    fn function(&self, index: usize) -> Option<Function> {
        let (start, fde) = self.entry(index)?;
        let function = self.parse_fde(fde)?;
        // The table and the FDE must agree, or one of them is not what it seems.
        (function.start == start).then_some(function)
    }

    fn offset(&self, address: u64) -> Option<usize> {
        usize::try_from(address.checked_sub(self.eh_frame.vaddr)?).ok()
    }

    fn parse_fde(&self, address: u64) -> Option<Function> {
        let (body, mut reader) = self.record(address)?;
        let distance = reader.u32()?;
        let cie = body.checked_sub(u64::from(distance)).filter(|_| distance != 0)?;
        let cie = self.parse_cie(cie)?;
        let start = encoded(&mut reader, cie.encoding, self.eh_frame.vaddr, 0)?;
        let length = encoded(&mut reader, cie.encoding & encoding::FORMAT, 0, 0)?;
        let mut landing_pads = false;
        if let Some(lsda) = cie.lsda
            && lsda != encoding::OMIT
            && reader.uleb()? > 0
        {
            // A null pointer is written as zero whatever it is relative to.
            landing_pads = encoded(&mut reader, lsda & encoding::FORMAT, 0, 0)? != 0;
        }
        Some(Function { start, end: start.checked_add(length)?, signal: cie.signal, landing_pads })
    }

    /// The record at `address`: where its body starts, and a reader there that ends with the record.
    fn record(&self, address: u64) -> Option<(u64, Reader<'a>)> {
        let start = self.offset(address)?;
        let mut reader = Reader::at(self.eh_frame.bytes, start);
        let length = reader.u32()?;
        let body = reader.position();
        let end = body.checked_add(usize::try_from(length).ok()?)?;
        let record = self.eh_frame.bytes.get(..end)?;
        Some((self.eh_frame.vaddr.checked_add(body as u64)?, Reader::at(record, body)))
    }

    fn parse_cie(&self, address: u64) -> Option<Cie> {
        let (_, mut reader) = self.record(address)?;
        if reader.u32()? != 0 {
            return None; // not a CIE
        }
        let version = reader.u8()?;
        let mut cie = Cie { encoding: 0, lsda: None, signal: false };
        let augmentation = reader;
        while reader.u8()? != 0 {}
        if version == 4 {
            reader.take(2)?; // address and segment sizes
        }
        reader.uleb()?; // code alignment
        reader.sleb()?; // data alignment
        if version == 1 {
            reader.u8()?;
        } else {
            reader.uleb()?; // return address register
        }
        let mut letters = augmentation;
        match letters.u8()? {
            0 => return Some(cie),
            b'z' => reader.uleb()?,
            _ => return None, // pre-standard augmentations have no length: what follows is unknown
        };
        loop {
            match letters.u8()? {
                0 => return Some(cie),
                b'R' => cie.encoding = reader.u8()?,
                b'L' => cie.lsda = Some(reader.u8()?),
                b'P' => {
                    let personality = reader.u8()?;
                    encoded(&mut reader, personality & encoding::FORMAT, 0, 0)?;
                }
                b'S' => cie.signal = true,
                b'B' | b'G' => {}
                _ => return Some(cie),
            }
        }
    }
}

struct Cie {
    encoding: u8,
    lsda: Option<u8>,
    signal: bool,
}

/// Reads a pointer encoded as `how`. `base` is the address of the reader's first byte, `data` what
/// data-relative pointers count from.
fn encoded(reader: &mut Reader<'_>, how: u8, base: u64, data: u64) -> Option<u64> {
    if how == encoding::OMIT || how & encoding::INDIRECT != 0 {
        return None;
    }
    let here = base.wrapping_add(reader.position() as u64);
    let value = match how & encoding::FORMAT {
        0x00 | 0x04 | 0x0c => reader.u64()?,
        0x01 => reader.uleb()?,
        0x02 => u64::from(reader.u16()?),
        0x03 => u64::from(reader.u32()?),
        0x09 => reader.sleb()?,
        0x0a => i64::from(reader.u16()?.cast_signed()).cast_unsigned(),
        0x0b => i64::from(reader.u32()?.cast_signed()).cast_unsigned(),
        _ => return None,
    };
    match how & encoding::BASE {
        0 => Some(value),
        encoding::PC_RELATIVE => Some(here.wrapping_add(value)),
        encoding::DATA_RELATIVE => Some(data.wrapping_add(value)),
        _ => None,
    }
}
