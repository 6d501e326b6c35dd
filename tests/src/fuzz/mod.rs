//! What the fuzz tests share: how many cases, random numbers, and guests that call
//! everything there is to import with arguments that mean nothing.
//!
//! The same cases in every run, unless `ZPOLINE_FUZZ_SEED` says otherwise;
//! `ZPOLINE_FUZZ_CASES` says how many, a few thousand at each front door if it
//! says nothing:
//!
//!     ZPOLINE_FUZZ_CASES=1000000 cargo test --release -p zpoline-tests --test fuzz

pub mod guest;

use anyhow::{Context, Result};
use std::path::Path;
use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};
use wit_parser::{Resolve, WorldId};
use zpoline_host_abi::WIT_VERSION;
use zpoline_host_abi::capability::Capability;

/// How many cases to run: as the user says, or this.
pub fn cases(default: u64) -> u64 {
    number("ZPOLINE_FUZZ_CASES").unwrap_or(default)
}

fn number(name: &str) -> Option<u64> {
    let text = std::env::var(name).ok()?;
    Some(text.parse().unwrap_or_else(|_| panic!("{name}={text} is not a number")))
}

/// Random numbers: xorshift64*.
#[derive(Debug, Clone)]
pub struct Random(u64);

impl Random {
    /// For a test of this name.
    pub fn new(test: &str) -> Self {
        let seed = number("ZPOLINE_FUZZ_SEED").unwrap_or(1);
        let mixed = test.bytes().fold(seed, |sum, byte| (sum ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3));
        Self(mixed | 1)
    }

    /// 64 random bits.
    pub fn bits(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    /// Less than `limit`, or 0.
    pub fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.bits() >> 33).unwrap_or(0) % limit.max(1)
    }

    /// So many bytes.
    pub fn bytes(&mut self, length: usize) -> Vec<u8> {
        (0..length).map(|_| self.bits().to_le_bytes()[3]).collect()
    }

    /// Damages bytes: flips, overwrites, removes, doubles and moves.
    pub fn damage(&mut self, bytes: &mut Vec<u8>) {
        for _ in 0..=self.below(4) {
            let at = self.below(bytes.len());
            let length = self.below(16.min(bytes.len() - at.min(bytes.len())));
            match self.below(6) {
                0 => bytes.truncate(at),
                1 => drop(bytes.drain(at..at + length)),
                2 => {
                    let piece = bytes[at..at + length].to_vec();
                    let to = self.below(bytes.len());
                    bytes.splice(to..to, piece);
                }
                3 => bytes[at..at + length].copy_from_slice(&self.bytes(length)),
                _ => {
                    let bit = self.below(8);
                    if let Some(byte) = bytes.get_mut(at) {
                        *byte ^= 1 << bit;
                    }
                }
            }
        }
    }
}

/// The WIT package, and a world in it that imports all there is and exports `any`
/// and `returned`.
fn world() -> Result<(Resolve, WorldId)> {
    let mut resolve = Resolve::default();
    let wit = Path::new(env!("CARGO_MANIFEST_DIR")).join("../wit");
    let (package, _) = resolve.push_path(wit)?;
    let mut text = String::from("package test:hook; world hook {\n");
    for capability in Capability::ALL {
        text.push_str(&format!("import zpoline:hook/{}@{WIT_VERSION};\n", capability.word()));
    }
    for export in ["any", "returned"] {
        text.push_str(&format!("export zpoline:hook/{export}@{WIT_VERSION};\n"));
    }
    text.push('}');
    let own = resolve.push_str("hook.wit", &text)?;
    let world = resolve.select_world(&[own, package], Some("test:hook/hook"))?;
    Ok((resolve, world))
}

/// Makes a component of a core module with that world's imports and exports.
fn componentize(mut module: Vec<u8>) -> Result<Vec<u8>> {
    let (resolve, world) = world()?;
    embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8)?;
    ComponentEncoder::default().validate(true).module(&module)?.encode().context("a component of a random module")
}
