//! The loader inside this binary, and the file that ld.so can open.

use crate::cache::Cache;
use crate::failure::{Failure, Result};
use crate::sys;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// libzpoline_loader.so.
pub(crate) static LOADER: &[u8] = include_bytes!(env!("ZPOLINE_LOADER_SO"));

/// SHA-256 of [`LOADER`], in hexadecimal.
pub(crate) const LOADER_SHA256: &str = env!("ZPOLINE_LOADER_SHA256");

/// Whether the loader has the default tracer built in.
pub(crate) const HAS_TRACER: bool = !env!("ZPOLINE_TRACER_SHA256").is_empty();

/// What the loader's files are called, so that ours are known in LD_PRELOAD.
pub(crate) const LOADER_PREFIX: &str = "libzpoline_loader";

/// The path of the loader in the cache; writes it if it is not there. Its name
/// has its hash, so a program that runs keeps the loader that it has mapped.
pub(crate) fn loader(cache: &Cache) -> Result<PathBuf> {
    let name = format!("{LOADER_PREFIX}-{}.so", &LOADER_SHA256[..16]);
    let path = cache.path(&name);
    let path = if is_intact(&path) { path } else { cache.store(&name, LOADER, 0o755)? };
    preloadable(&path)?;
    if sys::mount_flags(&path) & libc::ST_NOEXEC != 0 {
        return Err(Failure::new(format_args!(
            "cannot load code from {}: its file system is mounted noexec",
            cache.directory().display()
        ))
        .why("the loader is a shared library: ld.so maps it executable")
        .fix("ZPOLINE_CACHE=/a/directory/without/noexec zpoline ..."));
    }
    Ok(path)
}

/// Whether the file is what we would write, and ours alone. Its name has the
/// hash and it was renamed into place when whole, so its size tells enough: to
/// compare 2 MB would double the time of a short run.
fn is_intact(path: &Path) -> bool {
    let Ok(meta) = fs::symlink_metadata(path) else {
        return false;
    };
    meta.is_file()
        && meta.uid() == sys::ids().euid
        && meta.mode() & 0o022 == 0
        && meta.mode() & 0o500 == 0o500
        && meta.len() == LOADER.len() as u64
}

/// ld.so splits LD_PRELOAD at blanks and colons and expands `$`, with no way to
/// quote them.
fn preloadable(path: &Path) -> Result<()> {
    let bad = path.as_os_str().as_bytes().iter().find(|b| b.is_ascii_whitespace() || matches!(b, b':' | b'$'));
    match bad {
        None => Ok(()),
        Some(b) => {
            Err(Failure::new(format_args!("cannot preload {}: its path has a {:?}", path.display(), char::from(*b)))
                .why("ld.so gives no way to quote it in LD_PRELOAD")
                .fix("ZPOLINE_CACHE=/a/plain/path zpoline ..."))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_that_ld_so_would_split_are_refused() {
        assert!(preloadable(Path::new("/home/a-b_c/.cache/x.so")).is_ok());
        assert_eq!(
            preloadable(Path::new("/a b/x.so")).expect_err("a blank").to_string(),
            "cannot preload /a b/x.so: its path has a ' '\n  ld.so gives no way to quote it in LD_PRELOAD\n  fix: ZPOLINE_CACHE=/a/plain/path zpoline ..."
        );
        assert!(preloadable(Path::new("/a:b/x.so")).is_err());
        assert!(preloadable(Path::new("/a$b/x.so")).is_err());
    }

    #[test]
    fn the_loader_is_a_shared_library() {
        assert!(LOADER.is_empty() || LOADER.starts_with(b"\x7fELF"));
        assert_eq!(LOADER_SHA256, crate::cache::hex(&crate::cache::sha256(&[LOADER])));
    }
}
