//! The types of `zpoline:hook` as wasmtime passes them.
//!
//! [`Args`] stands for the parameters of every hook function at once: up to
//! eight integers, each in its own argument slot. One compiled call path serves
//! all typed interfaces, and no value is boxed on the way.
//!
//! # Safety
//! `Args` meets `ComponentType`'s contract: its lowered form is a plain array of
//! argument slots, all of them written; `typecheck` accepts only lists of at
//! most eight 32 or 64 bit integers, each of which takes exactly one slot. The
//! entry code of a function reads as many slots as the function has parameters,
//! and of a 32 bit one only the low half, so a slot can always be written in full.
#![allow(unsafe_code, reason = "implements wasmtime's unsafe lowering traits")]

use alloc::string::String;
use core::mem::MaybeUninit;
use wasmtime::component::__internal::{CanonicalAbiInfo, InstanceType, InterfaceType, LowerContext};
use wasmtime::component::{ComponentNamedList, ComponentType, Lift, Lower};
use wasmtime::{Result, ValRaw, bail};

/// Most parameters that a hook function has (`returned.exit`).
pub(crate) const MAX_PARAMS: usize = 8;

/// The parameters of a hook function; those beyond its own are not read.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Args(pub(crate) [u64; MAX_PARAMS]);

// SAFETY: see the module's Safety section.
unsafe impl ComponentType for Args {
    type Lower = [ValRaw; MAX_PARAMS];
    const ABI: CanonicalAbiInfo = CanonicalAbiInfo::record_static(&[CanonicalAbiInfo::SCALAR8; MAX_PARAMS]);
    const MAY_REQUIRE_REALLOC: bool = false;

    fn typecheck(ty: &InterfaceType, types: &InstanceType<'_>) -> Result<()> {
        let InterfaceType::Tuple(tuple) = ty else { bail!("expected a parameter list") };
        let params = &types.types[*tuple].types;
        if params.len() > MAX_PARAMS {
            bail!("expected at most {MAX_PARAMS} parameters, found {}", params.len());
        }
        for param in params {
            match param {
                InterfaceType::S32 | InterfaceType::U32 | InterfaceType::S64 | InterfaceType::U64 => {}
                _ => bail!("expected parameters of type s32, u32, s64 or u64 only"),
            }
        }
        Ok(())
    }
}

// SAFETY: every slot is written; see the module's Safety section.
unsafe impl Lower for Args {
    #[inline]
    fn linear_lower_to_flat<T>(
        &self,
        _cx: &mut LowerContext<'_, T>,
        _ty: InterfaceType,
        slots: &mut MaybeUninit<Self::Lower>,
    ) -> Result<()> {
        slots.write(self.0.map(ValRaw::u64));
        Ok(())
    }

    fn linear_lower_to_memory<T>(
        &self,
        _cx: &mut LowerContext<'_, T>,
        _ty: InterfaceType,
        _offset: usize,
    ) -> Result<()> {
        bail!("hook parameters are passed in registers only")
    }
}

// SAFETY: `typecheck` checks the whole list.
unsafe impl ComponentNamedList for Args {}

/// `types.call`
#[derive(Debug, Clone, Copy, ComponentType, Lift)]
#[component(record)]
pub(crate) struct WitCall {
    pub(crate) number: u32,
    pub(crate) a0: i64,
    pub(crate) a1: i64,
    pub(crate) a2: i64,
    pub(crate) a3: i64,
    pub(crate) a4: i64,
    pub(crate) a5: i64,
}

/// `types.action`
#[derive(Debug, Clone, Copy, ComponentType, Lift)]
#[component(variant)]
pub(crate) enum Action {
    #[component(name = "forward")]
    Forward,
    #[component(name = "observe")]
    Observe,
    #[component(name = "complete")]
    Complete(i64),
    #[component(name = "rewrite")]
    Rewrite(WitCall),
    #[component(name = "rewrite-observe")]
    RewriteObserve(WitCall),
}

/// `lifecycle.settings`
#[derive(Debug, Clone, Copy, ComponentType, Lift)]
#[component(record)]
pub(crate) struct Settings {
    #[component(name = "per-thread")]
    pub(crate) per_thread: bool,
}

/// What `lifecycle.init` answers.
pub(crate) type InitResult = core::result::Result<Settings, String>;
