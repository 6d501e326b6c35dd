//! Writes WebAssembly at random: `zpoline-random-modules SEED COUNT [SHAPE.wasm]`.
//!
//! To standard output, each after its length (4 bytes, little-endian): modules and
//! components in turn or, if a shape is given, modules with its imports and
//! exports and no feature that the loader does not have. The same for the same seed.

#[path = "../../src/random.rs"]
#[allow(dead_code, unreachable_pub, reason = "shared")]
mod random;

use arbitrary::Unstructured;
use random::Random;
use std::error::Error;
use std::io::Write;
use wasm_smith::{Component, Config, Module};

/// Anything there is.
fn anything(random: &mut Random) -> Config {
    Config {
        max_instructions: 200,
        allow_start_export: true,
        exceptions_enabled: random.below(4) == 0,
        gc_enabled: random.below(4) == 0,
        memory64_enabled: random.below(4) == 0,
        threads_enabled: random.below(4) == 0,
        ..Config::default()
    }
}

/// Code behind these imports and exports.
fn shaped(shape: &[u8], random: &mut Random) -> Config {
    Config {
        module_shape: Some(shape.to_vec()),
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
        ..Config::default()
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [seed, count, shape @ ..] = &words[..] else { return Err("expected SEED COUNT [SHAPE.wasm]".into()) };
    let mut random = Random::new("random modules", seed.parse()?);
    let shape = shape.first().map(std::fs::read).transpose()?;
    let count: u64 = count.parse()?;
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    let mut made = 0;
    while made < count {
        let length = if shape.is_some() { 200 + random.below(6000) } else { random.below(4000) };
        let bytes = random.bytes(length);
        let mut bytes = Unstructured::new(&bytes);
        // Of some numbers nothing can be made.
        let module = match &shape {
            Some(shape) => Module::new(shaped(shape, &mut random), &mut bytes).map(|module| module.to_bytes()),
            None if made % 2 == 0 => Module::new(anything(&mut random), &mut bytes).map(|module| module.to_bytes()),
            None => Component::new(anything(&mut random), &mut bytes).map(|component| component.to_bytes()),
        };
        let Ok(module) = module else { continue };
        out.write_all(&u32::try_from(module.len())?.to_le_bytes())?;
        out.write_all(&module)?;
        made += 1;
    }
    out.flush()?;
    Ok(())
}
