//! From what a toolchain gives to what the loader reads: text to binary, core
//! module to component, component to machine code with a trailer.

use crate::cache;
use crate::failure::{Failure, Result};
use crate::interface::Interface;
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
    let binary = wat::Parser::new().parse_bytes(Some(path), source).map_err(|error| not_wasm(source, path, &error))?;
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
    let mut file = compile()
        .map_err(|error| at(path, Failure::new("the component cannot be compiled").why(format_args!("{error:#}"))))?;
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

/// Why a file cannot even be parsed.
fn not_wasm(source: &[u8], path: &Path, error: &wat::Error) -> Failure {
    let shown = path.display();
    if source.starts_with(b"\x7fELF") {
        return Failure::new(format_args!("{shown} is machine code already: an ELF file"))
            .why("zpoline compile wants the WebAssembly that it came from")
            .fix("zpoline compile HOOK.wasm");
    }
    if source.starts_with(b"\0asm") {
        return Failure::new(format_args!("{shown} is damaged WebAssembly")).why(error);
    }
    if source.iter().take(512).any(|b| *b == 0 || *b >= 0x80) {
        return Failure::new(format_args!("{shown} is neither WebAssembly nor its text form"))
            .why("zpoline compile takes a component or a core module, binary (.wasm) or text (.wat)");
    }
    Failure::new(format_args!("{shown} is not valid WebAssembly text")).why(error)
}

/// Makes a component of a core module.
///
/// wit-bindgen leaves the types of the world in a custom section. A module
/// without one can still be a hook, written by hand: the names of its exports
/// say which interfaces are meant, and what their types must be is known.
fn componentize(mut module: Vec<u8>) -> Result<Vec<u8>> {
    let damaged = |error: wasmparser::BinaryReaderError| Failure::new("the module is damaged").why(error.message());
    let names = CoreNames::of(&module).map_err(damaged)?;
    if names.imports_preview1 {
        return Err(Failure::new("the core module imports wasi_snapshot_preview1")
            .why("a hook runs inside somebody else's program: it has no files, clock or terminal of its own")
            .fix("build it for wasm32-unknown-unknown (Rust), freestanding (C, Zig)"));
    }
    if !names.has_types {
        let interfaces: Vec<&str> = names.interfaces.iter().map(String::as_str).collect();
        if interfaces.is_empty() {
            return Err(Failure::new(
                "the core module has no component-type section and exports no interface of zpoline:hook",
            )
            .why("zpoline compile makes a component of a module that wit-bindgen had a part in,")
            .why(format_args!(
                "or whose exports are named as in zpoline:hook/openat@{}#enter",
                zpoline_host_abi::WIT_VERSION
            ))
            .fix("use wit-bindgen with the wit/ folder, or name the exports so"));
        }
        Interface {
            imports: Vec::new(),
            exports: interfaces.iter().map(|name| format!("zpoline:hook/{name}")).collect(),
            types_only: Vec::new(),
        }
        .check()?;
        let short: Vec<&str> = interfaces.iter().filter_map(|name| name.split('@').next()).collect();
        wit::embed_types(&mut module, &short).map_err(|error| cannot_componentize(&error))?;
    }
    wit_component::ComponentEncoder::default()
        .validate(true)
        .module(&module)
        .and_then(|mut encoder| encoder.encode())
        .map_err(|error| cannot_componentize(&error))
}

fn cannot_componentize(error: &anyhow::Error) -> Failure {
    let mut failure = Failure::new("cannot make a component of the core module");
    for cause in error.chain() {
        failure = failure.why(cause.to_string().trim());
    }
    failure
}

/// What the names in a core module tell.
#[derive(Debug, Default)]
struct CoreNames {
    /// Whether there is a section with the types of a world.
    has_types: bool,
    imports_preview1: bool,
    /// Interfaces of zpoline:hook, with version, of which it exports functions.
    interfaces: Vec<String>,
}

impl CoreNames {
    fn of(module: &[u8]) -> wasmparser::Result<Self> {
        let mut names = Self::default();
        for payload in Parser::new(0).parse_all(module) {
            match payload? {
                Payload::CustomSection(section) => {
                    names.has_types |= section.name().starts_with("component-type");
                }
                Payload::ImportSection(section) => {
                    for import in section.into_imports() {
                        names.imports_preview1 |= import?.module == "wasi_snapshot_preview1";
                    }
                }
                Payload::ExportSection(section) => {
                    for export in section {
                        let interface =
                            export?.name.strip_prefix("zpoline:hook/").and_then(|rest| rest.split_once('#'));
                        match interface {
                            Some((name, _)) if !names.interfaces.iter().any(|known| known == name) => {
                                names.interfaces.push(name.to_owned());
                            }
                            _ => {}
                        }
                    }
                }
                _ => {}
            }
        }
        Ok(names)
    }
}

#[cfg(test)]
#[path = "compiler_tests.rs"]
mod tests;
