//! Compiles a component exactly as `engine_config` says, and checks nothing:
//! `precompile IN.wasm OUT.cwasm`. The loader's tests make their hooks with it,
//! the broken ones too, which `zpoline compile` would refuse.
//!
//!     cargo run --release -p zpoline-host-abi --features compile --example precompile -- IN OUT

#[cfg(feature = "compile")]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    let [_, input, output] =
        std::env::args().collect::<Vec<_>>().try_into().map_err(|_| "expected IN.wasm OUT.cwasm")?;
    let engine = wasmtime::Engine::new(&zpoline_host_abi::engine::engine_config()?)?;
    let compiled = engine.precompile_component(&std::fs::read(input)?).map_err(|e| format!("{e:#}"))?;
    std::fs::write(output, compiled)?;
    Ok(())
}

#[cfg(not(feature = "compile"))]
fn main() {}
