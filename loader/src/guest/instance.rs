//! One instance of the hook: a store, its functions, its limits.
//!
//! Invariant: each call starts with full fuel. A call that fails leaves the
//! store poisoned; its owner drops the whole instance.

use super::abi::{Action, Args, InitResult, Settings};
use super::direct::{self, Direct};
use super::exports::Exports;
use super::grants::Grants;
use super::imports::WasiState;
use super::limits::{Hit, Limits};
use super::rate::Rate;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::sync::atomic::AtomicU64;
use wasmtime::component::{Func, Instance, InstancePre, TypedFunc};
use wasmtime::{Result, Store, format_err};
use zpoline_host_abi::limits;

/// What host functions find in the store.
#[derive(Debug)]
pub(crate) struct Host {
    pub(crate) limits: Limits,
    pub(crate) about: Arc<About>,
    pub(crate) wasi: WasiState,
}

/// What all instances of one hook have in common.
#[derive(Debug)]
pub(crate) struct About {
    /// The hook's name, for messages.
    pub(crate) name: String,
    /// What its own messages begin with.
    pub(crate) label: String,
    pub(crate) log: Rate,
    /// The words for `lifecycle.init`.
    pub(crate) arguments: Vec<String>,
    pub(crate) grants: Grants,
    /// Calls that the user was told the hook may not make, one bit a number.
    pub(crate) refused: [AtomicU64; 8],
}

/// The fuel of a start and of an end, from that of a call.
pub(crate) fn start_fuel(fuel: u64) -> u64 {
    fuel.max(limits::FUEL).saturating_mul(limits::START_FACTOR)
}

/// One instance.
pub(crate) struct Guest {
    store: Store<Host>,
    fuel: u64,
    functions: Functions,
}

/// The functions of an instance.
struct Functions {
    enter: Vec<Way<(Action,)>>,
    exit: Option<Way<(i64,)>>,
    init: Option<Func>,
    finish: Option<TypedFunc<(i32,), ()>>,
}

/// The ways into a function.
struct Way<R> {
    direct: Option<Direct>,
    lifted: TypedFunc<Args, R>,
}

impl core::fmt::Debug for Guest {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Guest").field("host", self.store.data()).finish_non_exhaustive()
    }
}

impl Guest {
    /// Makes an instance. The error of a failure is wasmtime's; what the limits
    /// refused goes with it.
    pub(crate) fn new(
        pre: &InstancePre<Host>,
        exports: &Exports,
        about: &Arc<About>,
        memory_bytes: usize,
        fuel: u64,
    ) -> core::result::Result<Self, (wasmtime::Error, Option<Hit>)> {
        let host = Host { limits: Limits::new(memory_bytes), about: Arc::clone(about), wasi: WasiState::default() };
        let mut store = Store::new(pre.engine(), host);
        store.limiter(|host| &mut host.limits);
        store.set_max_component_handles(limits::HANDLES);
        // No more can come from the guest in one call of a host function.
        store.set_hostcall_fuel(memory_bytes);
        match Functions::new(&mut store, pre, exports, fuel) {
            Ok(functions) => Ok(Self { store, fuel, functions }),
            Err(error) => Err((error, store.data().limits.hit)),
        }
    }

    /// Calls `lifecycle.init`; default settings where there is none.
    pub(crate) fn init(&mut self, arguments: &[String]) -> Result<InitResult> {
        let Some(init) = self.functions.init else {
            return Ok(Ok(Settings { per_thread: false }));
        };
        self.store.set_fuel(start_fuel(self.fuel))?;
        let init = init.typed::<(&[String],), (InitResult,)>(&self.store)?;
        Ok(init.call(&mut self.store, (arguments,))?.0)
    }

    /// Calls the `enter` function of a slot.
    #[inline]
    pub(crate) fn enter(&mut self, slot: u16, args: Args) -> Result<Action> {
        let Some(enter) = self.functions.enter.get(usize::from(slot).wrapping_sub(1)) else {
            return Err(format_err!("no function in slot {slot}"));
        };
        self.store.set_fuel(self.fuel)?;
        match &enter.direct {
            Some(direct) => direct.enter(&mut self.store, args),
            None => Ok(enter.lifted.call(&mut self.store, args)?.0),
        }
    }

    /// Calls `returned.exit`.
    #[inline]
    pub(crate) fn exit(&mut self, args: Args) -> Result<i64> {
        let Some(exit) = &self.functions.exit else {
            return Err(format_err!("the hook has no `returned` interface"));
        };
        self.store.set_fuel(self.fuel)?;
        match &exit.direct {
            Some(direct) => direct.exit(&mut self.store, args),
            None => Ok(exit.lifted.call(&mut self.store, args)?.0),
        }
    }

    /// Calls `lifecycle.finish`, if there is one.
    pub(crate) fn finish(&mut self, status: i32) -> Result<()> {
        let Some(finish) = self.functions.finish else { return Ok(()) };
        self.store.set_fuel(start_fuel(self.fuel))?;
        finish.call(&mut self.store, (status,))
    }

    /// Whether a slot's function is called as a core function.
    pub(crate) fn is_direct(&self, slot: u16) -> bool {
        self.functions.enter.get(usize::from(slot).wrapping_sub(1)).is_some_and(|enter| enter.direct.is_some())
    }

    /// What the limits refused, if anything.
    pub(crate) fn hit(&self) -> Option<Hit> {
        self.store.data().limits.hit
    }
}

impl Functions {
    fn new(store: &mut Store<Host>, pre: &InstancePre<Host>, exports: &Exports, fuel: u64) -> Result<Self> {
        store.set_fuel(start_fuel(fuel))?;
        let instance = pre.instantiate(&mut *store)?;
        let get = |store: &mut Store<Host>, index| function(&instance, store, index);
        let mut lifted = Vec::with_capacity(exports.enter.len());
        for index in &exports.enter {
            lifted.push(get(store, index)?);
        }
        let mut direct = match lifted.first() {
            Some(&any) => direct::find(store, any, &exports.core),
            None => Vec::new(),
        };
        let exit = match &exports.exit {
            Some(index) => {
                let lifted = get(store, index)?.typed(&*store)?;
                Some(Way { direct: direct.pop().flatten(), lifted })
            }
            None => None,
        };
        let mut direct = direct.into_iter();
        let mut enter = Vec::with_capacity(lifted.len());
        for lifted in lifted {
            let direct = direct.next().flatten();
            enter.push(Way { direct, lifted: lifted.typed(&*store)? });
        }
        let (init, finish) = match &exports.lifecycle {
            Some((init, finish)) => (Some(get(store, init)?), Some(get(store, finish)?.typed(&*store)?)),
            None => (None, None),
        };
        Ok(Self { enter, exit, init, finish })
    }
}

fn function(
    instance: &Instance,
    store: &mut Store<Host>,
    index: &wasmtime::component::ComponentExportIndex,
) -> Result<Func> {
    instance.get_func(store, index).ok_or_else(|| format_err!("an export of the hook has vanished"))
}
