//! Compiles a component exactly as `engine_config` says, and checks nothing:
//! `precompile IN.wasm OUT.cwasm`. The loader's tests make their hooks with it,
//! the broken ones too, which `zpoline compile` would refuse. With a third word it
//! compiles under other settings, as another program would.
//!
//!     cargo run --release -p zpoline-host-abi --features compile --example precompile -- IN OUT

#[cfg(feature = "compile")]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [input, output, others @ ..] = &words[..] else { return Err("expected IN.wasm OUT.cwasm".into()) };
    let mut config = zpoline_host_abi::engine::engine_config()?;
    config.consume_fuel(others.is_empty());
    let engine = wasmtime::Engine::new(&config)?;
    let compiled = engine.precompile_component(&std::fs::read(input)?).map_err(|e| format!("{e:#}"))?;
    std::fs::write(output, compiled)?;
    Ok(())
}

#[cfg(not(feature = "compile"))]
fn main() {}
