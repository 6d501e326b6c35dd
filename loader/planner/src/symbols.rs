//! Function bounds from a symbol table, for code that no FDE covers.
//!
//! The table is kept as raw bytes, and only read when a candidate needs it: most objects have unwind tables for
//! everything, libpython alone exports thousands of symbols, and every page of theirs that is touched costs a fault.

use crate::reader::Reader;
use alloc::vec::Vec;

/// A symbol table as it lies in the object (`Elf64_Sym` records).
#[derive(Clone, Copy, Debug, Default)]
pub struct Symbols<'a> {
    table: &'a [u8],
    count: Count<'a>,
    bias: u64,
}

/// How many symbols a table has.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) enum Count<'a> {
    /// As many as there are bytes for.
    #[default]
    All,
    /// What the hash table (`DT_HASH`) says.
    Hash(&'a [u8]),
    /// What the hash table (`DT_GNU_HASH`) covers.
    GnuHash(&'a [u8]),
}

impl Count<'_> {
    fn get(self) -> Option<usize> {
        match self {
            Self::All => Some(usize::MAX),
            Self::Hash(bytes) => usize::try_from(Reader::at(bytes, 4).u32()?).ok(),
            Self::GnuHash(bytes) => gnu_hash_count(bytes),
        }
    }
}

/// The end of the chain that starts last.
fn gnu_hash_count(bytes: &[u8]) -> Option<usize> {
    let mut reader = Reader::at(bytes, 0);
    let (buckets, first, bloom) = (reader.u32()?, reader.u32()?, reader.u32()?);
    reader.u32()?;
    reader.take(usize::try_from(bloom).ok()?.checked_mul(8)?)?;
    let buckets = reader.take(usize::try_from(buckets).ok()?.checked_mul(4)?)?;
    let mut last = 0;
    let mut bucket = Reader::at(buckets, 0);
    while let Some(start) = bucket.u32() {
        last = last.max(start);
    }
    if last < first {
        return usize::try_from(first).ok();
    }
    reader.take(usize::try_from(last - first).ok()?.checked_mul(4)?)?;
    while reader.u32()? & 1 == 0 {
        last = last.checked_add(1)?;
    }
    usize::try_from(last).ok()?.checked_add(1)
}

const RECORD: usize = 24;
const TYPE_FUNCTION: u8 = 2;
const TYPE_INDIRECT_FUNCTION: u8 = 10;

impl<'a> Symbols<'a> {
    /// `table` holds `Elf64_Sym` records whose values count from `bias`.
    pub fn new(table: &'a [u8], bias: u64) -> Self {
        Self::counted(table, Count::All, bias)
    }

    pub(crate) fn counted(table: &'a [u8], count: Count<'a>, bias: u64) -> Self {
        Self { table, count, bias }
    }

    /// The function symbols as (start, end), sorted. One without a size has `end == start`.
    pub fn functions(&self) -> Vec<(u64, u64)> {
        let count = self.count.get().unwrap_or(0);
        let mut functions: Vec<_> =
            self.table.chunks_exact(RECORD).take(count).filter_map(|record| self.function(record)).collect();
        functions.sort_unstable();
        functions.dedup();
        functions
    }

    fn function(&self, record: &[u8]) -> Option<(u64, u64)> {
        let mut reader = Reader::at(record, 4);
        let kind = reader.u8()? & 0xf;
        reader.u8()?;
        let section = reader.u16()?;
        let (value, size) = (reader.u64()?, reader.u64()?);
        let defined = section != 0 && value != 0;
        if !defined || !matches!(kind, TYPE_FUNCTION | TYPE_INDIRECT_FUNCTION) {
            return None;
        }
        let start = self.bias.checked_add(value)?;
        Some((start, start.checked_add(size)?))
    }
}
