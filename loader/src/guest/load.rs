//! From the bytes of a precompiled component to a running hook, at start-up.
//!
//! # Safety
//! [`Component::deserialize`] trusts its bytes as it would trust machine code.
//! The caller made sure of them: a file that only root or the user can write,
//! or our own embedded one. [`Component::deserialize_raw`] wants them to stay as
//! they are: an [`Image`](super::image::Image) does.
#![allow(unsafe_code, reason = "Component::deserialize and deserialize_raw")]

use super::artifact::Artifact;
use super::chain::install;
use super::error::LoadError;
use super::image::{Image, Publish};
use super::instance::{About, Host, start_fuel};
use super::linear::Creator;
use super::rate::Rate;
use super::seat::{Hook, Pre, Seat, Shared};
use super::trap::Fault;
use super::{HookSet, MAX_HOOKS, Options, exports, grants, imports};
use alloc::boxed::Box;
use alloc::format;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::ptr::NonNull;
use core::sync::atomic::AtomicU64;
use wasmtime::component::{Component, Linker};
use wasmtime::{Config, Engine, Trap};
use zpoline_host_abi::engine::{GUEST_STACK, engine_config};
use zpoline_host_abi::limits::START_FACTOR;

/// What wasmtime compiled, without our trailer.
#[derive(Debug, Clone, Copy)]
pub enum Payload<'a> {
    /// Somewhere: it is copied.
    Copied(&'a [u8]),
    /// The beginning of an image: it is run there.
    InPlace(Image, usize),
}

impl Payload<'_> {
    fn bytes(&self) -> &[u8] {
        match self {
            Self::Copied(bytes) => bytes,
            Self::InPlace(image, length) => image.bytes().get(..*length).unwrap_or_default(),
        }
    }
}

impl<'a> From<&'a [u8]> for Payload<'a> {
    fn from(bytes: &'a [u8]) -> Self {
        Self::Copied(bytes)
    }
}

/// A hook to load.
#[derive(Debug)]
pub struct Source<'a> {
    /// Its code.
    pub payload: Payload<'a>,
    /// For messages.
    pub name: &'a str,
    /// What it was compiled from, for messages.
    pub origin: Option<String>,
    /// What the user decided about it.
    pub options: Options,
}

/// Loads hooks, the outermost first, starts the first instance of each in that
/// order, and makes them the process's. The calling thread must have its block
/// in %gs.
///
/// # Errors
/// Says what is wrong with a component, or how its start failed. Then the
/// process has the hooks that it had.
pub fn load(sources: &[Source<'_>]) -> Result<HookSet, LoadError> {
    if sources.len() > MAX_HOOKS {
        return Err(LoadError::new(
            format!("{} hooks are named", sources.len()),
            format!("a process can have {MAX_HOOKS}"),
            "run fewer, or make one component of several",
        ));
    }
    let own_memory = |mut config: Config| {
        config.with_host_memory(Arc::new(Creator)).with_custom_code_memory(Some(Arc::new(Publish)));
        config
    };
    let engine = engine_config().and_then(|config| Engine::new(&own_memory(config))).map_err(|e| internal(&e))?;
    let mut hooks = Vec::with_capacity(sources.len());
    let mut set = HookSet::EMPTY;
    for source in sources {
        let place = hooks.len() + 1;
        let label = if sources.len() == 1 { "hook".into() } else { format!("hook {place}") };
        let (hook, first) = load_one(source, hooks.len(), label, &engine)?;
        set.add(&hook.exports.set);
        hooks.push((hook, first));
    }
    install(hooks);
    Ok(set)
}

fn load_one(source: &Source<'_>, at: usize, label: String, engine: &Engine) -> Result<(Box<Hook>, Seat), LoadError> {
    let Source { payload, name, origin, options } = source;
    let bytes = payload.bytes();
    let component = match payload {
        // SAFETY: see the module's Safety section.
        Payload::Copied(bytes) => unsafe { Component::deserialize(engine, bytes) },
        // SAFETY: as above; an image stays as it is until the process ends.
        Payload::InPlace(..) => unsafe { Component::deserialize_raw(engine, NonNull::from(bytes)) },
    };
    let component = component.map_err(|e| mismatch(name, &e))?;
    let allowed = grants::check(&component.component_type(), engine, name, &options.allow)?;
    let artifact = Artifact::read(bytes);
    let exports = exports::read(&component, artifact.as_ref(), engine, name)?;
    drop(artifact);
    let mut linker = Linker::<Host>::new(engine);
    imports::define(&mut linker, &allowed).map_err(|e| internal(&e))?;
    let pre = linker.instantiate_pre(&component).map_err(|e| {
        LoadError::new(
            format!("hook {name} cannot be linked: {e:#}"),
            "its imports must be those of zpoline:hook to the letter",
            "rebuild the hook with the wit/ folder of this zpoline",
        )
    })?;
    let about = Arc::new(About {
        name: (*name).into(),
        label,
        log: Rate::new(options.log_rate),
        arguments: options.arguments.clone(),
        grants: options.allow.clone(),
        refused: Default::default(),
    });
    let mut hook = Box::new(Hook {
        name: (*name).into(),
        origin: origin.clone(),
        at,
        pre: Pre(pre),
        exports,
        options: options.clone(),
        about,
        per_thread: false,
        traps: AtomicU64::new(0),
        shared: Shared::default(),
    });
    let (guest, per_thread) = hook.make().map_err(|fault| not_started(name, &hook, &fault))?;
    hook.per_thread = per_thread;
    hook.exports.set.per_thread = per_thread;
    Ok((hook, Seat::with(guest)))
}

fn internal(error: &wasmtime::Error) -> LoadError {
    LoadError::new(
        format!("the engine does not start: {error:#}"),
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
            "give it what it asks for in ZPOLINE_HOOK_ARGS (zpoline run --arg WORD)",
        ),
        Fault::Trap { error, hit } => {
            let cause = match error.downcast_ref::<Trap>() {
                Some(Trap::OutOfFuel) => {
                    let units = start_fuel(hook.options.fuel_per_call);
                    format!(
                        "hook {name} ran out of fuel at its start: {units} units ({START_FACTOR} times ZPOLINE_FUEL)"
                    )
                }
                Some(Trap::StackOverflow) => {
                    format!("hook {name} ran out of stack at its start: {GUEST_STACK} bytes")
                }
                _ => format!("hook {name} trapped at its start: {}", error.root_cause()),
            };
            LoadError::new(
                match hit {
                    Some(hit) => format!("{cause}\n  {hit}"),
                    None => cause,
                },
                "the program was not started",
                "mend the hook; more memory or fuel: ZPOLINE_MEMORY, ZPOLINE_FUEL",
            )
        }
        Fault::Result(_) | Fault::Observe | Fault::Number(_) | Fault::Return(_) => {
            LoadError::new(format!("hook {name} does not start"), "this is a bug of zpoline", "report it")
        }
    }
}
