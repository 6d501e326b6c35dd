//! `zpoline:hook/scratch`: bytes that the call a hook is shown can point to.

use crate::dispatch::{scratch, thread};
use crate::guest::instance::Host;
use crate::island::memory::{Errno, write_exact};
use wasmtime::component::{LinkerInstance, WasmList};
use wasmtime::{Result, StoreContextMut};
use zpoline_host_abi::errno::ENOMEM;

type Placed = (core::result::Result<u64, Errno>,);

pub(super) fn define(linker: &mut LinkerInstance<'_, Host>) -> Result<()> {
    linker.func_wrap("place", |store: StoreContextMut<'_, Host>, (bytes,): (WasmList<u8>,)| -> Result<Placed> {
        Ok((place(bytes.as_le_slice(&store)),))
    })?;
    linker.func_wrap("reserve", |_: StoreContextMut<'_, Host>, (length,): (u32,)| -> Result<Placed> {
        Ok((reserve(length as usize),))
    })?;
    Ok(())
}

fn place(bytes: &[u8]) -> core::result::Result<u64, Errno> {
    let at = scratch::take(thread::current(), bytes.len())?;
    write_exact(at, bytes)?;
    Ok(at)
}

fn reserve(length: usize) -> core::result::Result<u64, Errno> {
    const ZEROS: [u8; scratch::PART] = [0; scratch::PART];
    place(ZEROS.get(..length).ok_or(ENOMEM)?)
}
