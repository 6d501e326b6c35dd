//! `zpoline:hook/memory`: bytes of the program's memory.
//!
//! Invariant: a read of at most [`SMALL`] bytes, as of a path or a structure,
//! allocates nothing in the loader.
//!
//! # Safety
//! [`Bytes`] is lowered as the slice that it holds, by wasmtime's own code.
#![allow(unsafe_code, reason = "implements wasmtime's unsafe lowering traits")]

use crate::guest::instance::Host;
use crate::guest::limits::charge;
use crate::island::memory::{Errno, read_c_string, read_exact, read_some};
use alloc::vec::Vec;
use core::mem::MaybeUninit;
use wasmtime::component::__internal::{CanonicalAbiInfo, InstanceType, InterfaceType, LowerContext};
use wasmtime::component::{ComponentType, LinkerInstance, Lower};
use wasmtime::{Result, StoreContextMut};

/// Most bytes that one read copies.
const MAX: u32 = 1 << 20;
/// Most bytes that are read into the stack.
const SMALL: usize = 256;
const EINVAL: Errno = 22;

type Answer = (core::result::Result<Bytes, Errno>,);

pub(super) fn define(linker: &mut LinkerInstance<'_, Host>) -> Result<()> {
    linker.func_wrap("read", |mut store: StoreContextMut<'_, Host>, (at, length): (u64, u32)| -> Result<Answer> {
        charge(&mut store, length.min(MAX) as usize)?;
        Ok((read(length, |bytes| read_exact(at, bytes).map(|()| bytes.len())),))
    })?;
    linker.func_wrap(
        "read-some",
        |mut store: StoreContextMut<'_, Host>, (at, length): (u64, u32)| -> Result<Answer> {
            charge(&mut store, length.min(MAX) as usize)?;
            Ok((read(length, |bytes| read_some(at, bytes)),))
        },
    )?;
    linker.func_wrap(
        "read-c-string",
        |mut store: StoreContextMut<'_, Host>, (at, max): (u64, u32)| -> Result<Answer> {
            let max = max.min(MAX);
            charge(&mut store, (max as usize).min(SMALL))?;
            if max as usize > SMALL {
                // Most strings are short.
                let short = read(SMALL as u32, |bytes| read_c_string(at, bytes));
                if !matches!(&short, Ok(bytes) if bytes.as_slice().len() == SMALL) {
                    return Ok((short,));
                }
            }
            charge(&mut store, max as usize)?;
            Ok((read(max, |bytes| read_c_string(at, bytes)),))
        },
    )?;
    Ok(())
}

/// Has `fill` read into a buffer of `length` bytes and answer how many it got.
fn read(
    length: u32,
    fill: impl FnOnce(&mut [u8]) -> core::result::Result<usize, Errno>,
) -> core::result::Result<Bytes, Errno> {
    let length = length as usize;
    if length > MAX as usize {
        return Err(EINVAL);
    }
    if length <= SMALL {
        let mut bytes = [0; SMALL];
        let length = fill(&mut bytes[..length])?;
        return Ok(Bytes::Small { bytes, length });
    }
    let mut bytes = alloc::vec![0; length];
    let length = fill(&mut bytes)?;
    bytes.truncate(length);
    Ok(Bytes::Large(bytes))
}

/// A `list<u8>`.
#[expect(clippy::large_enum_variant, reason = "the point is not to allocate")]
enum Bytes {
    Small { bytes: [u8; SMALL], length: usize },
    Large(Vec<u8>),
}

impl Bytes {
    fn as_slice(&self) -> &[u8] {
        match self {
            Self::Small { bytes, length } => bytes.get(..*length).unwrap_or(bytes),
            Self::Large(bytes) => bytes,
        }
    }
}

// SAFETY: all of it is the slice's.
unsafe impl ComponentType for Bytes {
    type Lower = <[u8] as ComponentType>::Lower;
    const ABI: CanonicalAbiInfo = <[u8] as ComponentType>::ABI;

    fn typecheck(ty: &InterfaceType, types: &InstanceType<'_>) -> Result<()> {
        <[u8] as ComponentType>::typecheck(ty, types)
    }
}

// SAFETY: all of it is the slice's.
unsafe impl Lower for Bytes {
    fn linear_lower_to_flat<T>(
        &self,
        cx: &mut LowerContext<'_, T>,
        ty: InterfaceType,
        to: &mut MaybeUninit<Self::Lower>,
    ) -> Result<()> {
        self.as_slice().linear_lower_to_flat(cx, ty, to)
    }

    fn linear_lower_to_memory<T>(&self, cx: &mut LowerContext<'_, T>, ty: InterfaceType, at: usize) -> Result<()> {
        self.as_slice().linear_lower_to_memory(cx, ty, at)
    }
}
