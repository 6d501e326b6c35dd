//! Compiles a component exactly as `engine_config` says, and checks nothing:
//! `precompile IN.wasm OUT.cwasm [INTERFACE...]`. The loader's tests make their
//! hooks with it, the broken ones too, which `zpoline compile` would refuse.
//!
//! With interfaces named, IN is a core module that exports their functions
//! (`zpoline:hook/any@0.1.0#enter`) and imports what it likes of `wit/`, or of WASI's
//! preview1, which the adapter of wasmtime's makers turns into WASI 0.2; an empty IN
//! stands for one that imports all of `wit/` and traps. The word `--other-settings`
//! compiles as another program would.
//!
//!     cargo run --release -p zpoline-host-abi --features compile --example precompile -- IN OUT

#[cfg(feature = "compile")]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut words: Vec<String> = std::env::args().skip(1).collect();
    let all = words.len();
    words.retain(|word| word != "--other-settings");
    let [input, output, exports @ ..] = &words[..] else { return Err("expected IN.wasm OUT.cwasm".into()) };
    let mut wasm = std::fs::read(input)?;
    if !exports.is_empty() {
        wasm = componentize(wasm, exports)?;
    }
    let mut config = zpoline_host_abi::engine::engine_config()?;
    config.consume_fuel(words.len() == all);
    let engine = wasmtime::Engine::new(&config)?;
    let compiled = engine.precompile_component(&wasm).map_err(|e| format!("{e:#}"))?;
    std::fs::write(output, compiled)?;
    Ok(())
}

/// Makes a component of a core module.
#[cfg(feature = "compile")]
fn componentize(mut module: Vec<u8>, exports: &[String]) -> Result<Vec<u8>, Box<dyn std::error::Error>> {
    use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};

    let mut resolve = wit_parser::Resolve::default();
    let wit = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../wit");
    let (package, _) = resolve.push_path(wit)?;
    let mut world = String::from("package test:hook; world hook {");
    let imports = zpoline_host_abi::capability::Capability::ALL.map(|capability| capability.word());
    for (kind, names) in [("import", &imports[..]), ("export", &exports.iter().map(String::as_str).collect::<Vec<_>>())]
    {
        for name in names {
            world += &format!("{kind} zpoline:hook/{name}@{};", zpoline_host_abi::WIT_VERSION);
        }
    }
    world += "}";
    let own = resolve.push_str("hook.wit", &world)?;
    let world = resolve.select_world(&[own, package], Some("test:hook/hook"))?;
    if module.is_empty() {
        let names = wit_parser::ManglingAndAbi::Legacy(wit_parser::LiftLowerAbi::Sync);
        module = wit_component::dummy_module(&resolve, world, names);
    }
    embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8)?;
    let adapter = wasi_preview1_component_adapter_provider::WASI_SNAPSHOT_PREVIEW1_REACTOR_ADAPTER;
    let encoder = ComponentEncoder::default().validate(true).module(&module)?;
    // An adapter that nothing calls is left out.
    Ok(encoder.adapter("wasi_snapshot_preview1", adapter)?.encode()?)
}

#[cfg(not(feature = "compile"))]
fn main() {}
