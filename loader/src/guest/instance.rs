//! One instance of the hook: a store, its functions, its limits.
//!
//! Invariant: each call starts with full fuel. A call that fails leaves the
//! store poisoned; its owner drops the whole instance.

use super::abi::{Action, Args, InitResult, Settings};
use super::exports::Exports;
use super::limits::Limits;
use alloc::string::String;
use alloc::vec::Vec;
use wasmtime::component::{Func, Instance, InstancePre, TypedFunc};
use wasmtime::{Result, Store, format_err};

/// Instantiation and `init` get this many times the fuel of a call: they run
/// once, and start whole language runtimes.
const START_FUEL: u64 = 100;

/// What host functions find in the store.
#[derive(Debug)]
pub(crate) struct Host {
    pub(crate) limits: Limits,
}

/// One instance.
pub(crate) struct Guest {
    store: Store<Host>,
    fuel: u64,
    enter: Vec<TypedFunc<Args, (Action,)>>,
    exit: Option<TypedFunc<Args, (i64,)>>,
    init: Option<Func>,
    finish: Option<TypedFunc<(i32,), ()>>,
}

impl core::fmt::Debug for Guest {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Guest").field("host", self.store.data()).finish_non_exhaustive()
    }
}

impl Guest {
    /// Makes an instance. The error of a failure is wasmtime's; what the limits
    /// refused is in `hit`.
    pub(crate) fn new(
        pre: &InstancePre<Host>,
        exports: &Exports,
        memory_bytes: usize,
        fuel: u64,
    ) -> core::result::Result<Self, (wasmtime::Error, Option<super::limits::Hit>)> {
        let mut store = Store::new(pre.engine(), Host { limits: Limits::new(memory_bytes) });
        store.limiter(|host| &mut host.limits);
        match Self::instantiate(&mut store, pre, exports, fuel) {
            Ok((enter, exit, init, finish)) => Ok(Self { store, fuel, enter, exit, init, finish }),
            Err(error) => Err((error, store.data().limits.hit)),
        }
    }

    #[expect(clippy::type_complexity, reason = "the fields of Guest, used once")]
    fn instantiate(
        store: &mut Store<Host>,
        pre: &InstancePre<Host>,
        exports: &Exports,
        fuel: u64,
    ) -> Result<(
        Vec<TypedFunc<Args, (Action,)>>,
        Option<TypedFunc<Args, (i64,)>>,
        Option<Func>,
        Option<TypedFunc<(i32,), ()>>,
    )> {
        store.set_fuel(fuel.saturating_mul(START_FUEL))?;
        let instance = pre.instantiate(&mut *store)?;
        let mut enter = Vec::with_capacity(exports.enter.len());
        for index in &exports.enter {
            enter.push(function(&instance, store, index)?.typed(&*store)?);
        }
        let exit = match &exports.exit {
            Some(index) => Some(function(&instance, store, index)?.typed(&*store)?),
            None => None,
        };
        let (init, finish) = match &exports.lifecycle {
            Some((init, finish)) => (
                Some(function(&instance, store, init)?),
                Some(function(&instance, store, finish)?.typed(&*store)?),
            ),
            None => (None, None),
        };
        Ok((enter, exit, init, finish))
    }

    /// Calls `lifecycle.init`; default settings where there is none.
    pub(crate) fn init(&mut self, arguments: &[String]) -> Result<InitResult> {
        let Some(init) = self.init else {
            return Ok(Ok(Settings { per_thread: false }));
        };
        self.store.set_fuel(self.fuel.saturating_mul(START_FUEL))?;
        let init = init.typed::<(&[String],), (InitResult,)>(&self.store)?;
        Ok(init.call(&mut self.store, (arguments,))?.0)
    }

    /// Calls the `enter` function of a slot.
    #[inline]
    pub(crate) fn enter(&mut self, slot: u16, args: Args) -> Result<Action> {
        let Some(enter) = self.enter.get(usize::from(slot).wrapping_sub(1)) else {
            return Err(format_err!("no function in slot {slot}"));
        };
        self.store.set_fuel(self.fuel)?;
        Ok(enter.call(&mut self.store, args)?.0)
    }

    /// Calls `returned.exit`.
    #[inline]
    pub(crate) fn exit(&mut self, args: Args) -> Result<i64> {
        let Some(exit) = self.exit else {
            return Err(format_err!("the hook has no `returned` interface"));
        };
        self.store.set_fuel(self.fuel)?;
        Ok(exit.call(&mut self.store, args)?.0)
    }

    /// Calls `lifecycle.finish`, if there is one.
    pub(crate) fn finish(&mut self, status: i32) -> Result<()> {
        let Some(finish) = self.finish else { return Ok(()) };
        self.store.set_fuel(self.fuel.saturating_mul(START_FUEL))?;
        finish.call(&mut self.store, (status,))
    }

    /// What the limits refused, if anything.
    pub(crate) fn hit(&self) -> Option<super::limits::Hit> {
        self.store.data().limits.hit
    }
}

fn function(
    instance: &Instance,
    store: &mut Store<Host>,
    index: &wasmtime::component::ComponentExportIndex,
) -> Result<Func> {
    instance.get_func(store, index).ok_or_else(|| format_err!("an export of the hook has vanished"))
}
