//! Function bounds from a symbol table, for code that no FDE covers.
//!
//! The table is kept as raw bytes and only sorted when a candidate needs it: most objects have unwind
//! tables for everything, and libpython alone exports thousands of symbols.

use crate::reader::Reader;
use alloc::vec::Vec;

/// A symbol table as it lies in the object (`Elf64_Sym` records).
#[derive(Clone, Copy, Debug, Default)]
pub struct Symbols<'a> {
    table: &'a [u8],
    bias: u64,
}

const RECORD: usize = 24;
const TYPE_FUNCTION: u8 = 2;
const TYPE_INDIRECT_FUNCTION: u8 = 10;

impl<'a> Symbols<'a> {
    /// `table` holds `Elf64_Sym` records whose values count from `bias`.
    pub fn new(table: &'a [u8], bias: u64) -> Self {
        Self { table, bias }
    }

    /// The function symbols as (start, end), sorted. One without a size has `end == start`.
    pub fn functions(&self) -> Vec<(u64, u64)> {
        let mut functions: Vec<_> =
            self.table.chunks_exact(RECORD).filter_map(|record| self.function(record)).collect();
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
