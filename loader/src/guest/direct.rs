//! The short way into the guest: core functions called as such.
//!
//! A call through the component's lifted function costs four times what the
//! wasm entry costs (see [`artifact`](super::artifact)). The hook's functions take
//! integers and answer an integer or a small variant in memory, so the canonical
//! ABI is done here by hand: arguments into slots, one core call, one bounded
//! read. Functions with a post-return, and whatever the artifact does not
//! describe, are called the long way.
//!
//! # Safety
//! - The core function belongs to the lifted function whose type was checked
//!   against `Args` and the result: the metadata that says so is the one that
//!   wasmtime instantiated from. Component validation then guarantees its core
//!   type: the flattened parameters, and one result.
//! - A core instance is named by the ids of its store and itself, in the layout
//!   that wasmtime's C interface fixes (asserted below).
//! - A memory's definition, base and length, stays where it is as long as the
//!   store; its layout is shared with compiled code.
#![allow(unsafe_code, reason = "unchecked core calls and reads of guest memory")]

use super::abi::{Action, Args, MAX_PARAMS, WitCall};
use super::artifact::CoreFunction;
use super::instance::Host;
use alloc::vec::Vec;
use core::mem::MaybeUninit;
use core::ptr::NonNull;
use wasmtime::component::__internal::wasmtime_environ::component::{RuntimeInstanceIndex, RuntimeMemoryIndex};
use wasmtime::component::__internal::{CanonicalAbiInfo, InstanceType, InterfaceType, LowerContext};
use wasmtime::component::{ComponentNamedList, ComponentType, Func as LiftedFunc, Lower, TypedFunc};
use wasmtime::{Func, Instance, Result, Store, ValRaw, bail};

/// A core function of the guest and the memory of its results.
#[derive(Debug)]
pub(crate) struct Direct {
    function: Func,
    memory: Option<NonNull<MemoryDefinition>>,
}

// SAFETY: the pointer is into the store that `function` belongs to, and used only
// with that store at hand.
unsafe impl Send for Direct {}

/// How wasmtime describes a linear memory to compiled code.
#[repr(C)]
#[derive(Debug)]
struct MemoryDefinition {
    base: *const u8,
    length: usize,
}

/// Size and alignment of an action in memory.
const ACTION: usize = 64;
const ALIGNMENT: usize = 8;

impl Direct {
    /// Calls an `enter` function.
    #[inline]
    pub(crate) fn enter(&self, store: &mut Store<Host>, args: Args) -> Result<Action> {
        let at = self.call(store, args)?.get_u32() as usize;
        let Some(memory) = self.memory else { bail!("an action without a memory") };
        // SAFETY: see the module's Safety section; no guest code runs now.
        let memory = unsafe { memory.as_ref() };
        if !at.is_multiple_of(ALIGNMENT) {
            bail!("return pointer not aligned");
        }
        if at.checked_add(ACTION).is_none_or(|end| end > memory.length) {
            bail!("pointer out of bounds of memory");
        }
        let word = |offset: usize| {
            // SAFETY: the action's bytes are within the memory.
            unsafe { memory.base.add(at + offset).cast::<u64>().read_unaligned() }
        };
        let call = || WitCall {
            number: word(8) as u32,
            a0: word(16) as i64,
            a1: word(24) as i64,
            a2: word(32) as i64,
            a3: word(40) as i64,
            a4: word(48) as i64,
            a5: word(56) as i64,
        };
        Ok(match word(0) as u8 {
            0 => Action::Forward,
            1 => Action::Observe,
            2 => Action::Complete(word(8) as i64),
            3 => Action::Rewrite(call()),
            4 => Action::RewriteObserve(call()),
            other => bail!("unexpected discriminant: {other}"),
        })
    }

    /// Calls `returned.exit`.
    #[inline]
    pub(crate) fn exit(&self, store: &mut Store<Host>, args: Args) -> Result<i64> {
        Ok(self.call(store, args)?.get_i64())
    }

    #[inline]
    fn call(&self, store: &mut Store<Host>, args: Args) -> Result<ValRaw> {
        let mut slots = args.0.map(ValRaw::u64);
        // SAFETY: the function's type, see the module's Safety section, has at
        // most MAX_PARAMS parameters, integers all, and one result.
        unsafe { self.function.call_unchecked(store, &raw mut slots[..])? };
        Ok(slots[0])
    }
}

/// Finds the core functions of `wanted` in the instance that `any` is a
/// function of.
pub(crate) fn find(store: &mut Store<Host>, any: LiftedFunc, wanted: &[Option<CoreFunction>]) -> Vec<Option<Direct>> {
    let mut found: Vec<Option<Found>> = Vec::new();
    // SAFETY: `Probe` never gets as far as the function whose type it claims.
    let probe = unsafe { TypedFunc::<Probe, ()>::new_unchecked(any) };
    let probe = probe.call(&mut *store, Probe { wanted: wanted.into(), found: &raw mut found });
    debug_assert!(probe.is_err(), "a probe ends before the call");
    found.resize(wanted.len(), None);
    wanted
        .iter()
        .zip(found)
        .map(|(wanted, found)| {
            let (wanted, found) = (wanted.as_ref()?, found?);
            let function = found.instance.get_func(&mut *store, &wanted.name)?;
            Some(Direct { function, memory: found.memory })
        })
        .collect()
}

/// A core instance and one of the component's memories.
#[derive(Clone, Copy)]
struct Found {
    instance: Instance,
    memory: Option<NonNull<MemoryDefinition>>,
}

/// Parameters of a call that never happens: while they are lowered, wasmtime
/// shows the component instance; then they fail.
struct Probe {
    wanted: Vec<Option<CoreFunction>>,
    found: *mut Vec<Option<Found>>,
}

// SAFETY: a probe lives for one call in one thread.
unsafe impl Send for Probe {}
// SAFETY: as above.
unsafe impl Sync for Probe {}

// SAFETY: never lowered, so never read.
unsafe impl ComponentType for Probe {
    type Lower = [ValRaw; MAX_PARAMS];
    const ABI: CanonicalAbiInfo = <Args as ComponentType>::ABI;
    fn typecheck(_: &InterfaceType, _: &InstanceType<'_>) -> Result<()> {
        bail!("a probe has no type")
    }
}

// SAFETY: always an error, so the slots are never read.
unsafe impl Lower for Probe {
    fn linear_lower_to_flat<T>(
        &self,
        cx: &mut LowerContext<'_, T>,
        _: InterfaceType,
        _: &mut MaybeUninit<Self::Lower>,
    ) -> Result<()> {
        let handle = cx.instance_handle();
        let component = cx.instance();
        let found = self.wanted.iter().map(|wanted| {
            let wanted = wanted.as_ref()?;
            let id = component.instance(RuntimeInstanceIndex::from_u32(wanted.instance)).as_u32();
            let memory = wanted.memory.map(|memory| {
                component.runtime_memory(RuntimeMemoryIndex::from_u32(memory)).cast::<MemoryDefinition>()
            });
            Some(Found { instance: core_instance(handle, id), memory })
        });
        let found = found.collect();
        // SAFETY: `find`'s own vector, alive during the call.
        unsafe { *self.found = found };
        bail!("a probe")
    }

    fn linear_lower_to_memory<T>(&self, _: &mut LowerContext<'_, T>, _: InterfaceType, _: usize) -> Result<()> {
        bail!("a probe")
    }
}

// SAFETY: `typecheck` accepts nothing.
unsafe impl ComponentNamedList for Probe {}

/// The layout of core and component instances alike: `wasmtime_instance_t`.
#[repr(C)]
#[derive(Clone, Copy)]
struct Handle {
    store: u64,
    instance: u32,
}

const _: () = assert!(size_of::<Instance>() == size_of::<Handle>());
const _: () = assert!(size_of::<wasmtime::component::Instance>() == size_of::<Handle>());

/// The core instance `id` of the store that `neighbour` lives in.
fn core_instance(neighbour: wasmtime::component::Instance, id: u32) -> Instance {
    // SAFETY: see the module's Safety section.
    unsafe {
        let Handle { store, .. } = core::mem::transmute::<wasmtime::component::Instance, Handle>(neighbour);
        core::mem::transmute::<Handle, Instance>(Handle { store, instance: id })
    }
}
