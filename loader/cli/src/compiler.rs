//! From what a toolchain gives to what the loader reads: text to binary, core
//! module to component, component to machine code with a trailer.

use crate::cache;
use crate::componentize::componentize;
use crate::failure::{Failure, Result};
use crate::interface::Interface;
use crate::source;
use crate::wit;
use std::path::Path;
use wasmparser::{Encoding, Parser, Payload};
use zpoline_host_abi::cwasm::Trailer;

/// A source file and the component that it is or was made into.
#[derive(Debug)]
pub(crate) struct Component {
    /// The component's bytes.
    pub(crate) bytes: Vec<u8>,
    /// Its imports and exports; checked.
    pub(crate) interface: Interface,
}

/// Makes a component of a source file and checks that it is a hook. `path` is
/// for messages.
pub(crate) fn component(source: &[u8], path: &Path) -> Result<Component> {
    let in_file = |failure: Failure| at(path, failure);
    let binary =
        wat::Parser::new().parse_bytes(Some(path), source).map_err(|error| source::not_wasm(source, path, &error))?;
    let encoding = match Parser::new(0).parse_all(&binary).next() {
        Some(Ok(Payload::Version { encoding, .. })) => Some(encoding),
        _ => None,
    };
    let bytes = match encoding {
        Some(Encoding::Component) => binary.into_owned(),
        Some(Encoding::Module) => componentize(binary.into_owned()).map_err(in_file)?,
        None => {
            return Err(Failure::new(format_args!("{} is not WebAssembly of a version that we know", path.display())));
        }
    };
    let interface = Interface::of(&bytes).map_err(in_file)?;
    interface.check().map_err(in_file)?;
    let names: Vec<&str> = interface.hooks().iter().map(|(name, _)| *name).collect();
    wit::check_types(&bytes, &names).map_err(in_file)?;
    Ok(Component { bytes, interface })
}

/// Compiles a component; `source` is the file that it was made from.
pub(crate) fn compile(component: &Component, source: &[u8], path: &Path) -> Result<Vec<u8>> {
    let compile = || {
        let engine = wasmtime::Engine::new(&zpoline_host_abi::engine::engine_config()?)?;
        engine.precompile_component(&component.bytes)
    };
    let mut file = compile().map_err(|error| {
        let why = format!("{error:#}");
        let failure = Failure::new("the component cannot be compiled").why(&why);
        at(path, if why.contains("not enabled") { failure.fix("build it without that feature") } else { failure })
    })?;
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let trailer = Trailer::new(&name, source.len() as u64, cache::sha256(&[source])).encode(&file);
    file.extend(trailer);
    Ok(file)
}

/// Something that changes whenever the same source would compile to something
/// else: the compiler, its settings, the interfaces, the layout of the file.
pub(crate) fn fingerprint() -> Result<Vec<u8>> {
    use std::hash::{Hash, Hasher};
    use zpoline_host_abi::cwasm;

    let broken = |error: wasmtime::Error| Failure::new(format_args!("cannot set up the compiler: {error:#}"));
    let config = zpoline_host_abi::engine::engine_config().map_err(broken)?;
    let engine = wasmtime::Engine::new(&config).map_err(broken)?;
    let mut hasher = std::hash::DefaultHasher::new();
    engine.precompile_compatibility_hash().hash(&mut hasher);
    let text = format!(
        "{} {} {} {} {:x}",
        env!("CARGO_PKG_VERSION"),
        cwasm::WASMTIME_VERSION,
        zpoline_host_abi::WIT_VERSION,
        cwasm::FORMAT,
        hasher.finish()
    );
    Ok(text.into_bytes())
}

/// Puts the file's name before a message.
fn at(path: &Path, failure: Failure) -> Failure {
    let status = failure.status;
    Failure::new(format_args!("{}: {failure}", path.display())).status(status)
}

#[cfg(test)]
#[path = "compiler_tests.rs"]
mod tests;

#[cfg(test)]
#[path = "compiler_fuzz.rs"]
mod fuzz;
