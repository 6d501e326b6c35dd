//! What an instance may use: bytes of linear memory and elements of tables.
//!
//! Invariant: a refusal is remembered, so that the trap that usually follows it
//! (an allocator that gives up) is reported with its cause.

use core::fmt;
use wasmtime::{ResourceLimiter, Result};

/// Elements that an instance's tables may have together.
const TABLE_ELEMENTS: usize = 1 << 20;

/// A growth that was refused.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Hit {
    /// Bytes of memory the instance would have had, and its cap.
    Memory { wanted: usize, cap: usize },
    /// Elements of tables the instance would have had, and the cap.
    Table { wanted: usize, cap: usize },
}

impl fmt::Display for Hit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Memory { wanted, cap } => {
                write!(f, "it had been refused memory: {wanted} bytes wanted, cap {cap} (ZPOLINE_MEMORY)")
            }
            Self::Table { wanted, cap } => {
                write!(f, "it had been refused a table: {wanted} elements wanted, cap {cap}")
            }
        }
    }
}

/// The caps of one instance and what it uses of them.
#[derive(Debug)]
pub(crate) struct Limits {
    memory_cap: usize,
    memory: usize,
    table: usize,
    pub(crate) hit: Option<Hit>,
}

impl Limits {
    pub(crate) fn new(memory_cap: usize) -> Self {
        Self { memory_cap, memory: 0, table: 0, hit: None }
    }
}

impl ResourceLimiter for Limits {
    fn memory_growing(&mut self, current: usize, desired: usize, _maximum: Option<usize>) -> Result<bool> {
        let wanted = self.memory.saturating_add(desired.saturating_sub(current));
        if wanted > self.memory_cap {
            self.hit = Some(Hit::Memory { wanted, cap: self.memory_cap });
            return Ok(false);
        }
        self.memory = wanted;
        Ok(true)
    }

    fn table_growing(&mut self, current: usize, desired: usize, _maximum: Option<usize>) -> Result<bool> {
        let wanted = self.table.saturating_add(desired.saturating_sub(current));
        if wanted > TABLE_ELEMENTS {
            self.hit = Some(Hit::Table { wanted, cap: TABLE_ELEMENTS });
            return Ok(false);
        }
        self.table = wanted;
        Ok(true)
    }
}
