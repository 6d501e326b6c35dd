//! `zpoline:hook/log`: what the hook tells the user.

use crate::guest::instance::Host;
use crate::guest::limits::charge;
use crate::island::output::{hook_output, message};
use wasmtime::component::{ComponentType, Lift, LinkerInstance, WasmList, WasmStr};
use wasmtime::{Result, StoreContextMut};

/// `log.level`
#[derive(Debug, Clone, Copy, ComponentType, Lift)]
#[component(enum)]
#[repr(u8)]
#[expect(dead_code, reason = "wasmtime makes the values from discriminants")]
enum Level {
    #[component(name = "error")]
    Error,
    #[component(name = "warning")]
    Warning,
    #[component(name = "info")]
    Info,
    #[component(name = "debug")]
    Debug,
}

impl Level {
    fn label(self) -> &'static str {
        match self {
            Self::Error => "error: ",
            Self::Warning => "warning: ",
            Self::Info => "",
            Self::Debug => "debug: ",
        }
    }
}

pub(super) fn define(linker: &mut LinkerInstance<'_, Host>) -> Result<()> {
    linker.func_wrap("write", |mut store: StoreContextMut<'_, Host>, (level, text): (Level, WasmStr)| {
        let length = text.to_str(&store)?.len();
        charge(&mut store, length)?;
        let about = &store.data().about;
        let text = text.to_str(&store)?;
        if about.log.allows(text.len(), &about.name) {
            message(format_args!("{}: {}{}", about.label, level.label(), text));
        }
        Ok(())
    })?;
    linker.func_wrap("output", |mut store: StoreContextMut<'_, Host>, (bytes,): (WasmList<u8>,)| {
        charge(&mut store, bytes.len())?;
        let about = &store.data().about;
        let bytes = bytes.as_le_slice(&store);
        if about.log.allows(bytes.len(), &about.name) {
            hook_output(bytes);
        }
        Ok(())
    })?;
    Ok(())
}
