//! `--hook`: any form of a hook to the compiled file that the loader reads.

use crate::cache::{self, Cache};
use crate::compiler;
use crate::failure::{Failure, Result};
use std::path::{Path, PathBuf};
use zpoline_host_abi::cwasm::{self, CwasmError};

/// The absolute path of a compiled hook. A `.cwasm` of ours is taken as it is;
/// a component, a core module or text is compiled, once for each content.
pub(crate) fn resolve(path: &Path) -> Result<PathBuf> {
    let source = read(path)?;
    let shown = path.to_string_lossy();
    match cwasm::split(&source) {
        Ok(_) => std::path::absolute(path)
            .map_err(|error| Failure::new(format_args!("cannot tell where {shown} is: {error}"))),
        Err(CwasmError::NotCompiled | CwasmError::Text) => cached(&source, path),
        Err(error) => Err(Failure::new(error.about(&shown))),
    }
}

fn cached(source: &[u8], path: &Path) -> Result<PathBuf> {
    let cache = Cache::open()?;
    // The name of the source is in the trailer too, so it is part of the key.
    let name = path.file_name().unwrap_or_default().as_encoded_bytes();
    let key = cache::hex(&cache::sha256(&[source, &compiler::fingerprint()?, name]));
    let file = format!("{}-{}.cwasm", label(path), &key[..16]);
    let present = cache.path(&file);
    // The name has 64 bits of the key; what is inside has all.
    let hash = cache::sha256(&[source]);
    let ours = |content: Vec<u8>| cwasm::split(&content).is_ok_and(|(_, trailer)| trailer.source_sha256 == hash);
    if std::fs::read(&present).is_ok_and(ours) {
        return Ok(present);
    }
    let component = compiler::component(source, path)?;
    let compiled = compiler::compile(&component, source, path)?;
    cache.store(&file, &compiled, 0o644)
}

/// What a hook is called in the cache, and so in what the loader says of it: the
/// plain part of its name.
fn label(path: &Path) -> String {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let plain = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    stem.chars().filter(plain).take(40).collect()
}

/// Reads a hook in any form.
pub(crate) fn read(path: &Path) -> Result<Vec<u8>> {
    std::fs::read(path).map_err(|error| {
        Failure::new(format_args!("cannot read {}: {error}", path.display()))
            .fix("name a hook that is there, .cwasm, .wasm or .wat: zpoline run --hook FILE ...")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cached_hook_is_recognised_by_its_name() {
        assert_eq!(label(Path::new("/a b/no-fsync.wasm")), "no-fsync");
        assert_eq!(label(Path::new("x y:$z\u{e9}.wat")), "xyz");
    }
}
