//! `zpoline:hook/memory`: bytes of the program's memory.

use crate::guest::instance::Host;
use crate::island::memory::{Errno, read_c_string, read_exact, read_some};
use alloc::vec::Vec;
use wasmtime::component::LinkerInstance;
use wasmtime::{Result, StoreContextMut};

/// Most bytes that one read copies.
const MAX: u32 = 1 << 20;
const EINVAL: Errno = 22;

type Bytes = core::result::Result<Vec<u8>, Errno>;

pub(super) fn define(linker: &mut LinkerInstance<'_, Host>) -> Result<()> {
    linker.func_wrap("read", |_: StoreContextMut<'_, Host>, (at, length): (u64, u32)| {
        Ok((bounded(length).and_then(|mut bytes| read_exact(at, &mut bytes).map(|()| bytes)),))
    })?;
    linker.func_wrap("read-some", |_: StoreContextMut<'_, Host>, (at, length): (u64, u32)| {
        Ok((bounded(length).and_then(|mut bytes| cut(read_some(at, &mut bytes), bytes)),))
    })?;
    linker.func_wrap("read-c-string", |_: StoreContextMut<'_, Host>, (at, max): (u64, u32)| {
        Ok((bounded(max.min(MAX)).and_then(|mut bytes| cut(read_c_string(at, &mut bytes), bytes)),))
    })?;
    Ok(())
}

/// A buffer of `length` bytes, or EINVAL.
fn bounded(length: u32) -> Bytes {
    if length > MAX { Err(EINVAL) } else { Ok(alloc::vec![0; length as usize]) }
}

fn cut(length: core::result::Result<usize, Errno>, mut bytes: Vec<u8>) -> Bytes {
    bytes.truncate(length?);
    Ok(bytes)
}
