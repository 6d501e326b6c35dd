//! From a core module to a component.
//!
//! wit-bindgen leaves the types of the world in a custom section. A module
//! without one can still be a hook, written by hand: the names of its exports
//! say which interfaces are meant, and what their types must be is known.
//! Modules for WASI preview 1 get an adapter that answers without a system.

use crate::failure::{Failure, Result};
use crate::interface::{Interface, nearest};
use crate::module::{self, Names};
use crate::wit::{self, CoreFunction};
use zpoline_host_abi::WIT_VERSION;

/// See the comment at its top.
const ADAPTER: &str = include_str!("preview1.wat");

/// Makes a component of a core module.
pub(crate) fn componentize(mut module: Vec<u8>) -> Result<Vec<u8>> {
    let names = Names::of(&module)?;
    names.check()?;
    if !names.has_types {
        let own = |names: Vec<&str>| names.into_iter().map(str::to_owned).collect();
        Interface { imports: own(names.capabilities()), exports: own(names.hooks()), types_only: Vec::new() }
            .check()?;
        let hooks = names.hooks();
        let short: Vec<&str> = hooks.iter().filter_map(|name| wit::short(name)).collect();
        let functions = wit::core_functions(&short).map_err(|error| failed(&error))?;
        check_functions(&names, &functions)?;
        wit::embed_types(&mut module, &short).map_err(|error| failed(&error))?;
    }
    encode(&module, names.imports_preview1()).map_err(|error| failed(&error))
}

fn encode(module: &[u8], preview1: bool) -> anyhow::Result<Vec<u8>> {
    let mut encoder = wit_component::ComponentEncoder::default().validate(true).module(module)?;
    if preview1 {
        let mut adapter = wat::parse_str(ADAPTER)?;
        wit::embed_imports(&mut adapter)?;
        encoder = encoder.adapter(module::PREVIEW1, &adapter)?;
    }
    encoder.encode()
}

fn failed(error: &anyhow::Error) -> Failure {
    let mut failure = Failure::new("cannot make a component of the core module");
    for cause in error.chain() {
        failure = failure.why(cause.to_string().trim());
    }
    failure
}

/// Compares a module by hand with what its interfaces ask for, so that what is
/// wrong is told in the words of the one who wrote it.
fn check_functions(names: &Names, functions: &[CoreFunction]) -> Result<()> {
    let mut needs_realloc = None;
    for (module, name, ty) in &names.imports {
        let Some(wanted) = find(functions, false, module, name) else {
            if module == module::PREVIEW1 {
                continue;
            }
            return Err(unknown(functions, false, module, name));
        };
        check_type("import", wanted, ty.as_ref())?;
        if wanted.host_allocates {
            needs_realloc.get_or_insert(wanted);
        }
    }
    for (export, ty) in &names.exports {
        let Some((interface, name)) = module::split(export) else { continue };
        let Some(wanted) = find(functions, true, interface, name) else {
            return Err(unknown(functions, true, interface, name));
        };
        check_type("export", wanted, Some(ty))?;
        if wanted.host_allocates {
            needs_realloc.get_or_insert(wanted);
        }
    }
    for wanted in functions.iter().filter(|function| function.is_export) {
        let CoreFunction { interface, name, .. } = wanted;
        if !names.exports(&format!("{interface}#{name}")) {
            return Err(Failure::new(format_args!("the module exports {interface} without its function {name}"))
                .why("an interface is exported whole")
                .fix(format_args!("export {interface}#{name} as {}", wanted.signature())));
        }
    }
    if !names.has_memory {
        return Err(Failure::new("the module does not export its memory")
            .why("the host reads a hook's answers there")
            .fix("export it under the name memory"));
    }
    match needs_realloc {
        Some(wanted) if !names.exports("cabi_realloc") => {
            Err(Failure::new("the module does not export cabi_realloc, with which the host asks for memory")
                .why(format_args!("{}#{} hands it a string or a list", wanted.interface, wanted.name))
                .fix("export cabi_realloc: (old: i32, old size: i32, alignment: i32, size: i32) -> (i32)"))
        }
        _ => Ok(()),
    }
}

fn find<'a>(functions: &'a [CoreFunction], is_export: bool, interface: &str, name: &str) -> Option<&'a CoreFunction> {
    functions
        .iter()
        .find(|function| function.is_export == is_export && function.interface == interface && function.name == name)
}

fn check_type(what: &str, wanted: &CoreFunction, found: Option<&wasmparser::FuncType>) -> Result<()> {
    let CoreFunction { interface, name, .. } = wanted;
    let is = match found {
        Some(ty) if ty.params() == wanted.params && ty.results() == wanted.results => return Ok(()),
        Some(ty) => module::shown(ty),
        None => "no function".into(),
    };
    Err(Failure::new(format_args!("the {what} {interface}#{name} has the wrong type"))
        .why(format_args!("it is {is}"))
        .fix(format_args!("make it {}: that is {}", wanted.signature(), wanted.wit)))
}

/// A function that an interface does not have.
fn unknown(functions: &[CoreFunction], is_export: bool, interface: &str, name: &str) -> Failure {
    let of_interface = || functions.iter().filter(|f| f.is_export == is_export && f.interface == interface);
    let names: Vec<&str> = of_interface().map(|function| function.name.as_str()).collect();
    let verb = if is_export { "exports" } else { "imports" };
    let failure = Failure::new(format_args!("the module {verb} {interface}#{name}, which there is not"));
    if names.is_empty() {
        return failure.fix(format_args!("rebuild it from the wit/ folder of zpoline {WIT_VERSION}"));
    }
    let failure = failure.why(format_args!("{interface} has {}", names.join(", ")));
    match nearest(name, names.into_iter()) {
        Some(near) => failure.fix(format_args!("call it {near}, if that is meant")),
        None => failure,
    }
}
