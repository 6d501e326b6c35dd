//! `zpoline:hook/env`: the granted variables, as they were when the process
//! started.

use crate::guest::instance::Host;
use alloc::string::String;
use alloc::vec::Vec;
use wasmtime::component::{LinkerInstance, WasmStr};
use wasmtime::{Result, StoreContextMut};

pub(super) fn define(linker: &mut LinkerInstance<'_, Host>) -> Result<()> {
    linker.func_wrap("get", |store: StoreContextMut<'_, Host>, (name,): (WasmStr,)| -> Result<(Option<Vec<u8>>,)> {
        let name = name.to_str(&store)?;
        let granted = store.data().about.grants.env();
        let found = granted.iter().find(|variable| variable.name == *name);
        Ok((found.and_then(|variable| variable.value.clone()),))
    })?;
    linker.func_wrap("names", |store: StoreContextMut<'_, Host>, (): ()| -> Result<(Vec<String>,)> {
        Ok((store.data().about.grants.env().iter().map(|variable| variable.name.clone()).collect(),))
    })?;
    Ok(())
}
