//! What an instance may use: bytes of linear memory, elements of tables, core
//! instances. (Fuel and handles are the store's own: see `instance`. The stack is
//! the engine's: see `host-abi/src/engine.rs`.)
//!
//! Invariant: a refusal is remembered, so that the trap that usually follows it
//! (an allocator that gives up) is reported with its cause.

use super::instance::Host;
use core::fmt;
use wasmtime::{ResourceLimiter, Result, StoreContextMut, Trap};
use zpoline_host_abi::limits::{CORE_ITEMS, TABLE_ELEMENTS};

/// Has the guest pay for what a host function does on its behalf, as if it had
/// done it itself: for the call, and for bytes copied. Else a guest could have
/// the host work for as long as it likes.
pub(crate) fn charge(store: &mut StoreContextMut<'_, Host>, bytes: usize) -> Result<()> {
    /// What a host function takes that makes a syscall or two.
    const CALL: u64 = 200;
    /// Bytes copied, twice and into fresh memory, in the time of a unit.
    const BYTES: u64 = 16;
    let cost = CALL + bytes as u64 / BYTES;
    let left = store.get_fuel()?.checked_sub(cost);
    store.set_fuel(left.unwrap_or(0))?;
    if left.is_none() { Err(Trap::OutOfFuel.into()) } else { Ok(()) }
}

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

    fn instances(&self) -> usize {
        CORE_ITEMS
    }

    fn tables(&self) -> usize {
        CORE_ITEMS
    }

    fn memories(&self) -> usize {
        CORE_ITEMS
    }
}
