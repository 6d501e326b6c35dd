//! `zpoline:hook/random`: bytes that nobody can guess, from getrandom(2).
//!
//! # Safety
//! The kernel writes to the buffer given.
#![allow(unsafe_code, reason = "raw getrandom")]

use super::bytes::Bytes;
use crate::arch::syscall::{nr, syscall3};
use crate::guest::instance::Host;
use crate::island::memory::Errno;
use wasmtime::component::LinkerInstance;
use wasmtime::{Result, StoreContextMut};
use zpoline_host_abi::errno::{EINTR, EIO};

pub(super) fn define(linker: &mut LinkerInstance<'_, Host>) -> Result<()> {
    type Answer = (core::result::Result<Bytes, Errno>,);
    linker.func_wrap("bytes", |_: StoreContextMut<'_, Host>, (length,): (u32,)| -> Result<Answer> {
        Ok((Bytes::filled(length, |bytes| fill(bytes).map(|()| bytes.len())),))
    })?;
    linker.func_wrap("number", |_: StoreContextMut<'_, Host>, (): ()| Ok((number()?,)))?;
    Ok(())
}

/// Fills a buffer with random bytes.
pub(super) fn fill(mut bytes: &mut [u8]) -> core::result::Result<(), Errno> {
    while !bytes.is_empty() {
        // SAFETY: the buffer is the caller's.
        let got = unsafe { syscall3(nr::GETRANDOM, bytes.as_mut_ptr() as usize, bytes.len(), 0) };
        match usize::try_from(got) {
            Ok(got) => bytes = bytes.get_mut(got..).unwrap_or_default(),
            Err(_) if got == -(EINTR as isize) => {}
            // The kernel has had it since 3.17; a filter may say otherwise.
            Err(_) => return Err(u32::try_from(-got).unwrap_or(EIO)),
        }
    }
    Ok(())
}

/// A random number; a trap where the kernel has none to give.
pub(super) fn number() -> Result<u64> {
    let mut bytes = [0; 8];
    match fill(&mut bytes) {
        Ok(()) => Ok(u64::from_le_bytes(bytes)),
        Err(errno) => Err(wasmtime::format_err!("getrandom failed with errno {errno}")),
    }
}
