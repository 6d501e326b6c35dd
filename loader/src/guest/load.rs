//! From the bytes of a precompiled component to a running hook, at start-up.
//!
//! # Safety
//! [`Component::deserialize`] trusts its bytes as it would trust machine code.
//! The caller made sure of them: a file that only root or the user can write,
//! or our own embedded one.
#![allow(unsafe_code, reason = "Component::deserialize")]

use super::artifact::Artifact;
use super::call::install;
use super::error::LoadError;
use super::instance::{About, Host};
use super::seat::{Hook, Pre, Seat};
use super::trap::Fault;
use super::{HookSet, Options, exports, grants, imports};
use alloc::boxed::Box;
use alloc::format;
use alloc::sync::Arc;
use core::sync::atomic::AtomicU64;
use wasmtime::Engine;
use wasmtime::component::{Component, Linker};
use zpoline_host_abi::engine::engine_config;

/// Loads the component in `payload` (what wasmtime compiled, without our
/// trailer), starts its first instance and makes it the process's hook. `name`
/// is for messages. The calling thread must have its block in %gs.
///
/// # Errors
/// Says what is wrong with the component, or how its start failed.
pub fn load(payload: &[u8], name: &str, options: Options) -> Result<HookSet, LoadError> {
    let engine = engine_config().and_then(|config| Engine::new(&config)).map_err(|e| internal(name, &e))?;
    // SAFETY: see the module's Safety section.
    let component = unsafe { Component::deserialize(&engine, payload) }.map_err(|e| mismatch(name, &e))?;
    let allowed = grants::check(&component.component_type(), &engine, name, &options.allow)?;
    let artifact = Artifact::read(payload);
    let exports = exports::read(&component, artifact.as_ref(), &engine, name)?;
    drop(artifact);
    let mut linker = Linker::<Host>::new(&engine);
    imports::define(&mut linker, &allowed).map_err(|e| internal(name, &e))?;
    let pre = linker.instantiate_pre(&component).map_err(|e| {
        LoadError::new(
            format!("hook {name} cannot be linked: {e:#}"),
            "its imports must be those of zpoline:hook to the letter",
            "rebuild the hook with the wit/ folder of this zpoline",
        )
    })?;
    let about = Arc::new(About {
        name: name.into(),
        arguments: options.arguments.clone(),
        grants: options.allow.clone(),
        refused: Default::default(),
    });
    let mut hook = Box::new(Hook {
        name: name.into(),
        pre: Pre(pre),
        exports,
        options,
        about,
        per_thread: false,
        traps: AtomicU64::new(0),
    });
    let (guest, per_thread) = hook.make().map_err(|fault| not_started(name, &hook, &fault))?;
    hook.per_thread = per_thread;
    hook.exports.set.per_thread = per_thread;
    let set = hook.exports.set;
    install(hook, Seat::with(guest));
    Ok(set)
}

fn internal(name: &str, error: &wasmtime::Error) -> LoadError {
    LoadError::new(
        format!("hook {name}: the engine does not start: {error:#}"),
        "this is a bug of zpoline",
        "report it with this message",
    )
}

fn mismatch(name: &str, error: &wasmtime::Error) -> LoadError {
    LoadError::new(
        format!("hook {name} does not fit this loader: {error:#}"),
        format!(
            "wanted: a component compiled by wasmtime {} with zpoline's settings",
            zpoline_host_abi::cwasm::WASMTIME_VERSION
        ),
        "compile it again from its .wasm: zpoline compile HOOK.wasm",
    )
}

fn not_started(name: &str, hook: &Hook, fault: &Fault) -> LoadError {
    let words = hook.options.arguments.join(" ");
    match fault {
        Fault::Declined(text) => LoadError::new(
            format!("hook {name} does not start: {text}"),
            format!("its arguments are: {}", if words.is_empty() { "none" } else { &words }),
            "give it what it asks for in ZPOLINE_HOOK_ARGS (zpoline run --hook-args)",
        ),
        Fault::Trap { error, hit } => LoadError::new(
            match hit {
                Some(hit) => format!("hook {name} trapped at its start: {}\n  {hit}", error.root_cause()),
                None => format!("hook {name} trapped at its start: {}", error.root_cause()),
            },
            "the program was not started",
            "mend the hook; more memory or fuel: ZPOLINE_MEMORY, ZPOLINE_FUEL",
        ),
        Fault::Result(_) | Fault::Observe | Fault::Number(_) => {
            LoadError::new(format!("hook {name} does not start"), "this is a bug of zpoline", "report it")
        }
    }
}
