//! `zpoline:hook/memory` and `zpoline:hook/memory-write`: bytes of the program's
//! memory. What they may mean is in [`structures`](super::structures).
//!
//! Invariants: a bad address is EFAULT, and so is one of the loader's
//! ([`program`](super::program)); a read of at most 256 bytes, as of a path or a
//! structure, allocates nothing in the loader.

use super::bytes::{Bytes, MAX, SMALL};
use super::program::{read_c_string, read_exact, read_some, write_exact};
use super::structures;
use crate::guest::instance::Host;
use crate::guest::limits::charge;
use crate::island::memory::Errno;
use wasmtime::component::{LinkerInstance, WasmList};
use wasmtime::{Result, StoreContextMut};

type Answer = (core::result::Result<Bytes, Errno>,);

pub(super) fn define(linker: &mut LinkerInstance<'_, Host>) -> Result<()> {
    linker.func_wrap("read", |mut store: StoreContextMut<'_, Host>, (at, length): (u64, u32)| -> Result<Answer> {
        charge(&mut store, length.min(MAX) as usize)?;
        Ok((Bytes::filled(length, |bytes| read_exact(at, bytes).map(|()| bytes.len())),))
    })?;
    linker.func_wrap(
        "read-some",
        |mut store: StoreContextMut<'_, Host>, (at, length): (u64, u32)| -> Result<Answer> {
            charge(&mut store, length.min(MAX) as usize)?;
            Ok((Bytes::filled(length, |bytes| read_some(at, bytes)),))
        },
    )?;
    linker.func_wrap(
        "read-c-string",
        |mut store: StoreContextMut<'_, Host>, (at, max): (u64, u32)| -> Result<Answer> {
            let max = max.min(MAX);
            charge(&mut store, (max as usize).min(SMALL))?;
            if max as usize > SMALL {
                // Most strings are short.
                let short = Bytes::filled(SMALL as u32, |bytes| read_c_string(at, bytes));
                if !matches!(&short, Ok(bytes) if bytes.as_slice().len() == SMALL) {
                    return Ok((short,));
                }
            }
            charge(&mut store, max as usize)?;
            Ok((Bytes::filled(max, |bytes| read_c_string(at, bytes)),))
        },
    )?;
    structures::define(linker)
}

pub(super) fn define_write(linker: &mut LinkerInstance<'_, Host>) -> Result<()> {
    type Written<T> = (core::result::Result<T, Errno>,);
    linker.func_wrap(
        "write",
        |store: StoreContextMut<'_, Host>, (at, bytes): (u64, WasmList<u8>)| -> Result<Written<()>> {
            Ok((write_exact(at, bytes.as_le_slice(&store)),))
        },
    )?;
    linker.func_wrap(
        "write-scattered",
        |store: StoreContextMut<'_, Host>, (at, count, bytes): (u64, u64, WasmList<u8>)| -> Result<Written<u32>> {
            Ok((structures::scatter(at, count, bytes.as_le_slice(&store)),))
        },
    )?;
    Ok(())
}
