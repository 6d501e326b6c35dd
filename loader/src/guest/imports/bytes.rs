//! A `list<u8>` for the guest, on the stack while it is small.
//!
//! Invariant: no failure to allocate goes unnoticed: what does not fit into the
//! stack is ENOMEM when there is no memory for it.
//!
//! # Safety
//! [`Bytes`] is lowered as the slice that it holds, by wasmtime's own code.
#![allow(unsafe_code, reason = "implements wasmtime's unsafe lowering traits")]

use crate::island::memory::Errno;
use alloc::vec::Vec;
use core::mem::MaybeUninit;
use wasmtime::Result;
use wasmtime::component::__internal::{CanonicalAbiInfo, InstanceType, InterfaceType, LowerContext};
use wasmtime::component::{ComponentType, Lower};
use zpoline_host_abi::errno::{EINVAL, ENOMEM};

/// Most bytes that one call of a guest gets.
pub(super) const MAX: u32 = 1 << 20;
/// Most bytes that are kept on the stack.
pub(super) const SMALL: usize = 256;

/// A `list<u8>`.
#[expect(clippy::large_enum_variant, reason = "the point is not to allocate")]
pub(super) enum Bytes {
    Small { bytes: [u8; SMALL], length: usize },
    Large(Vec<u8>),
}

impl Bytes {
    /// Has `fill` fill a buffer of `length` bytes and answer how many it got;
    /// EINVAL if they are more than [`MAX`].
    pub(super) fn filled(
        length: u32,
        fill: impl FnOnce(&mut [u8]) -> core::result::Result<usize, Errno>,
    ) -> core::result::Result<Self, Errno> {
        if length > MAX {
            return Err(EINVAL);
        }
        let length = length as usize;
        if length <= SMALL {
            let mut bytes = [0; SMALL];
            let length = fill(bytes.get_mut(..length).unwrap_or_default())?;
            return Ok(Self::Small { bytes, length });
        }
        let mut bytes = zeros(length)?;
        let length = fill(&mut bytes)?;
        bytes.truncate(length);
        Ok(Self::Large(bytes))
    }

    pub(super) fn as_slice(&self) -> &[u8] {
        match self {
            Self::Small { bytes, length } => bytes.get(..*length).unwrap_or(bytes),
            Self::Large(bytes) => bytes,
        }
    }
}

/// A buffer of this many zeros, or ENOMEM.
pub(super) fn zeros(length: usize) -> core::result::Result<Vec<u8>, Errno> {
    let mut bytes = room(length)?;
    bytes.resize(length, 0);
    Ok(bytes)
}

/// An empty vector with room for `count` elements, or ENOMEM.
pub(super) fn room<T>(count: usize) -> core::result::Result<Vec<T>, Errno> {
    let mut vector = Vec::new();
    vector.try_reserve_exact(count).map_err(|_| ENOMEM)?;
    Ok(vector)
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
