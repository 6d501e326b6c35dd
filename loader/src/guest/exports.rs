//! Reads from a component's type what it hooks.
//!
//! Invariant: after [`read`] succeeded, every export of `zpoline:hook` that the
//! component has is known, has our version and our signature; nothing is left
//! to be found out when it is called.

use super::abi::{Action, Args, InitResult};
use super::artifact::{Artifact, CoreFunction};
use super::error::LoadError;
use super::grants::own_interface;
use super::{HookSet, NUMBERS};
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use wasmtime::component::types::{Component as ComponentType, ComponentFunc, ComponentItem};
use wasmtime::component::{Component, ComponentExportIndex, Type};
use wasmtime::{Engine, Result};
use zpoline_host_abi::syscalls::{self, Syscall};
use zpoline_host_abi::{WIT_VERSION, syscalls::Type as ParamType};

/// What a component exports to us.
#[derive(Debug)]
pub(crate) struct Exports {
    /// The `enter` functions.
    pub(crate) enter: Vec<ComponentExportIndex>,
    /// The core functions behind them and, last, behind `exit`.
    pub(crate) core: Vec<Option<CoreFunction>>,
    /// Which of them a number goes to: its position plus one; 0 for none.
    pub(crate) slots: [u16; NUMBERS],
    /// The slot of `any`, whose function takes the number as well; 0 for none.
    pub(crate) any: u16,
    /// `returned.exit`
    pub(crate) exit: Option<ComponentExportIndex>,
    /// `lifecycle.init` and `lifecycle.finish`
    pub(crate) lifecycle: Option<(ComponentExportIndex, ComponentExportIndex)>,
    /// The numbers with a slot.
    pub(crate) set: HookSet,
}

/// One exported interface.
struct Interface<'a> {
    component: &'a Component,
    types: &'a ComponentType,
    hook: &'a str,
    /// Full name, with version.
    name: &'a str,
    index: ComponentExportIndex,
    functions: Vec<(String, ComponentFunc)>,
}

/// Reads and checks the exports of `component`, which was made from `artifact`.
pub(crate) fn read(
    component: &Component,
    artifact: Option<&Artifact>,
    engine: &Engine,
    hook: &str,
) -> Result<Exports, LoadError> {
    let types = component.component_type();
    let mut exports = Exports {
        enter: Vec::new(),
        core: Vec::new(),
        slots: [0; NUMBERS],
        any: 0,
        exit: None,
        lifecycle: None,
        set: HookSet::EMPTY,
    };
    for (name, item) in types.exports(engine) {
        // A component may export other things to other hosts; not to us.
        let Some((short, version)) = own_interface(name) else { continue };
        let ComponentItem::ComponentInstance(instance) = item.ty else { continue };
        if version != WIT_VERSION {
            return Err(LoadError::new(
                format!("hook {hook} exports {name}; this loader has {short}@{WIT_VERSION}"),
                format!("a hook and the loader must agree on one version of zpoline:hook, {WIT_VERSION}"),
                format!("rebuild the hook with the wit/ folder of zpoline {WIT_VERSION}"),
            ));
        }
        let index = component.get_export_index(None, name).ok_or_else(|| vanished(hook, name))?;
        let functions = instance
            .exports(engine)
            .filter_map(|(name, item)| match item.ty {
                ComponentItem::ComponentFunc(function) => Some((name.into(), function)),
                _ => None,
            })
            .collect();
        let interface = Interface { component, types: &types, hook, name, index, functions };
        exports.take(short, &interface)?;
        if exports.core.len() < exports.enter.len() {
            exports.core.push(artifact.and_then(|artifact| artifact.core_function(name, "enter")));
        }
    }
    let exit = format!("zpoline:hook/returned@{WIT_VERSION}");
    exports.core.push(artifact.and_then(|artifact| artifact.core_function(&exit, "exit")));
    exports.finish(hook)
}

impl Exports {
    fn take(&mut self, short: &str, interface: &Interface<'_>) -> Result<(), LoadError> {
        match short {
            "any" => {
                let enter = interface.function("enter", |f| {
                    let types = interface.types.instance_type();
                    f.typecheck::<(u32, i64, i64, i64, i64, i64, i64), (Action,)>(&types)
                })?;
                self.any = self.push(enter);
            }
            "returned" => {
                self.exit = Some(interface.function("exit", |f| {
                    let types = interface.types.instance_type();
                    f.typecheck::<(u32, i64, i64, i64, i64, i64, i64, i64), (i64,)>(&types)
                })?);
            }
            "lifecycle" => {
                let types = interface.types.instance_type();
                let init = interface.function("init", |f| f.typecheck::<(Vec<String>,), (InitResult,)>(&types))?;
                let finish = interface.function("finish", |f| f.typecheck::<(i32,), ()>(&types))?;
                self.lifecycle = Some((init, finish));
            }
            // Exported along with the functions that use them.
            "types" => {}
            _ => {
                let Some(syscall) = syscalls::by_wit_name(short) else {
                    return Err(LoadError::new(
                        format!(
                            "hook {} exports {}, which is no interface of this loader",
                            interface.hook, interface.name
                        ),
                        format!(
                            "zpoline:hook@{WIT_VERSION} has one interface per syscall, and any, returned, lifecycle"
                        ),
                        "zpoline syscalls lists the names",
                    ));
                };
                let enter = interface.function("enter", |f| check_typed(f, syscall, interface.types))?;
                let slot = self.push(enter);
                if let Some(entry) = self.slots.get_mut(syscall.number as usize) {
                    *entry = slot;
                }
            }
        }
        Ok(())
    }

    /// Adds an `enter` function and answers its slot.
    fn push(&mut self, enter: ComponentExportIndex) -> u16 {
        self.enter.push(enter);
        // The table has fewer than 2^16 syscalls, each exported at most once.
        self.enter.len() as u16
    }

    /// Lets `any` have what no typed interface took, and refuses a hook that
    /// hooks nothing.
    fn finish(mut self, hook: &str) -> Result<Self, LoadError> {
        self.set.any = self.any != 0;
        for (number, slot) in self.slots.iter_mut().enumerate() {
            if *slot == 0 {
                *slot = self.any;
            }
            if *slot != 0 {
                self.set.insert(number);
            }
        }
        if self.enter.is_empty() {
            return Err(LoadError::new(
                format!("hook {hook} hooks nothing: it exports no syscall interface of zpoline:hook"),
                format!(
                    "a hook exports zpoline:hook/any@{WIT_VERSION} or an interface such as zpoline:hook/openat@{WIT_VERSION}"
                ),
                format!("export one in the hook's world; zpoline inspect {hook} lists its exports"),
            ));
        }
        Ok(self)
    }
}

impl Interface<'_> {
    /// Finds a function of the interface and checks its type.
    fn function(
        &self,
        name: &str,
        check: impl FnOnce(&ComponentFunc) -> Result<()>,
    ) -> Result<ComponentExportIndex, LoadError> {
        let Self { hook, name: interface, .. } = self;
        let Some((_, function)) = self.functions.iter().find(|(n, _)| n == name) else {
            return Err(self.wrong(format!("hook {hook} exports {interface} without its function {name}")));
        };
        check(function)
            .map_err(|e| self.wrong(format!("hook {hook}: {name} of {interface} has the wrong type: {e:#}")))?;
        self.component.get_export_index(Some(&self.index), name).ok_or_else(|| vanished(hook, interface))
    }

    fn wrong(&self, cause: String) -> LoadError {
        LoadError::new(
            cause,
            format!("its interfaces must be those of zpoline:hook@{WIT_VERSION} to the letter"),
            format!("rebuild the hook with the wit/ folder of zpoline {WIT_VERSION}"),
        )
    }
}

/// A typed `enter` must have the parameters of the table: [`Args`] alone would
/// take any integers.
fn check_typed(function: &ComponentFunc, syscall: &Syscall, types: &ComponentType) -> Result<()> {
    function.typecheck::<Args, (Action,)>(&types.instance_type())?;
    let found = function.params();
    if found.len() != syscall.params.len() {
        wasmtime::bail!("{} parameters, expected {}", found.len(), syscall.params.len());
    }
    for ((name, ty), param) in found.zip(syscall.params) {
        let (fits, expected) = match param.ty {
            ParamType::S32 | ParamType::Fd => (ty == Type::S32, "s32"),
            ParamType::U32 => (ty == Type::U32, "u32"),
            ParamType::S64 => (ty == Type::S64, "s64"),
            ParamType::U64 | ParamType::Address => (ty == Type::U64, "u64"),
        };
        if !fits {
            wasmtime::bail!("parameter {name} is not {expected}");
        }
    }
    Ok(())
}

/// The type lists an export that the component then does not have.
fn vanished(hook: &str, name: &str) -> LoadError {
    LoadError::new(
        format!("hook {hook}: its type lists {name}, the component does not have it"),
        "the file is inconsistent",
        "compile it again from its .wasm: zpoline compile HOOK.wasm",
    )
}
