//! Compiles a component exactly as `engine_config` says, and checks nothing:
//! `precompile IN.wasm OUT.cwasm [INTERFACE...]`. The loader's tests make their
//! hooks with it, the broken ones too, which `zpoline compile` would refuse.
//!
//! With interfaces named, IN is a core module that exports their functions
//! (`zpoline:hook/any@0.1.0#enter`) and imports what it likes of `wit/`, or of WASI's
//! preview1, which the adapter of wasmtime's makers turns into WASI 0.2; an empty IN
//! stands for one that imports all of `wit/` and traps. The word `--other-settings`
//! compiles as another program would; `--random=SEED` takes random code that has
//! IN's imports and exports.
//!
//!     cargo run --release -p zpoline-host-abi --features compile --example precompile -- IN OUT

#[cfg(feature = "compile")]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut words: Vec<String> = std::env::args().skip(1).collect();
    let all = words.len();
    words.retain(|word| word != "--other-settings");
    let own_settings = words.len() == all;
    let seed = words.iter().find_map(|word| word.strip_prefix("--random=")).map(str::parse).transpose()?;
    words.retain(|word| !word.starts_with("--random="));
    let [input, output, exports @ ..] = &words[..] else { return Err("expected IN.wasm OUT.cwasm".into()) };
    let mut wasm = std::fs::read(input)?;
    if let Some(seed) = seed {
        wasm = random_code(wasm, seed)?;
    }
    if !exports.is_empty() {
        wasm = componentize(wasm, exports)?;
    }
    let mut config = zpoline_host_abi::engine::engine_config()?;
    config.consume_fuel(own_settings);
    let engine = wasmtime::Engine::new(&config)?;
    let compiled = engine.precompile_component(&wasm).map_err(|e| format!("{e:#}"))?;
    std::fs::write(output, compiled)?;
    Ok(())
}

#[cfg(feature = "compile")]
#[path = "../../tests/src/random.rs"]
#[allow(dead_code, unreachable_pub, reason = "shared")]
mod random;

/// A module with the imports and exports of this one and random code; wasm-smith
/// takes the next seed where it cannot make one of these numbers.
#[cfg(feature = "compile")]
fn random_code(shape: Vec<u8>, seed: u64) -> Result<Vec<u8>, Box<dyn std::error::Error>> {
    let mut random = random::Random::new("random code", seed);
    for _ in 0..100 {
        let config = wasm_smith::Config {
            module_shape: Some(shape.clone()),
            allow_start_export: true,
            bulk_memory_enabled: true,
            custom_page_sizes_enabled: false,
            exceptions_enabled: false,
            gc_enabled: false,
            memory64_enabled: false,
            relaxed_simd_enabled: false,
            shared_everything_threads_enabled: false,
            tail_call_enabled: random.below(2) == 0,
            threads_enabled: false,
            wide_arithmetic_enabled: false,
            max_memories: 1,
            max_instructions: 400,
            ..wasm_smith::Config::default()
        };
        let length = 200 + random.below(6000);
        let bytes = random.bytes(length);
        if let Ok(module) = wasm_smith::Module::new(config, &mut arbitrary::Unstructured::new(&bytes)) {
            return Ok(module.to_bytes());
        }
    }
    Err("wasm-smith makes no module of this".into())
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
