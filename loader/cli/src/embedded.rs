//! The loader inside this binary, and the file that ld.so can open.

use crate::cache::Cache;
use crate::failure::{Failure, Result};
use crate::sys;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

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
    if !is_intact(&path) {
        cache.store(&name, LOADER, 0o755)?;
        discard_unused(cache.directory(), &name);
    }
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

/// Removes loaders of other versions that were written long ago and that nobody
/// has mapped. A program that runs under one must find it again when it executes
/// another program: without it, that would run without a hook. What cannot be
/// told or removed stays.
fn discard_unused(directory: &Path, current: &str) {
    const LONG: Duration = Duration::from_hours(7 * 24);
    for entry in fs::read_dir(directory).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let is_other = name != current && name.to_str().is_some_and(|name| name.starts_with(LOADER_PREFIX));
        let age = || entry.metadata().ok().filter(fs::Metadata::is_file)?.modified().ok()?.elapsed().ok();
        if is_other
            && age().is_some_and(|age| age > LONG)
            && let Ok(file) = fs::File::open(entry.path())
            && sys::is_used_by_nobody_else(&file)
        {
            let _ = fs::remove_file(entry.path());
        }
    }
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
    fn only_old_loaders_that_nobody_uses_are_discarded() {
        let directory = std::env::temp_dir().join(format!("zpoline-loaders-{}", std::process::id()));
        fs::create_dir_all(&directory).expect("a scratch directory");
        let old = std::time::SystemTime::now() - Duration::from_hours(8 * 24);
        let file = |name: &str, is_old: bool| {
            let file = fs::File::create(directory.join(name)).expect("a file");
            if is_old {
                file.set_modified(old).expect("its time");
            }
        };
        file("libzpoline_loader-current.so", true);
        file("libzpoline_loader-fresh.so", false);
        file("libzpoline_loader-used.so", true);
        file("libzpoline_loader-old.so", true);
        file("hook.cwasm", true);
        let used = fs::File::open(directory.join("libzpoline_loader-used.so")).expect("it");
        discard_unused(&directory, "libzpoline_loader-current.so");
        let mut left: Vec<_> = fs::read_dir(&directory).expect("it").flatten().map(|entry| entry.file_name()).collect();
        left.sort();
        // On a file system without leases nothing is discarded.
        left.retain(|name| name != "libzpoline_loader-old.so");
        let kept =
            ["hook.cwasm", "libzpoline_loader-current.so", "libzpoline_loader-fresh.so", "libzpoline_loader-used.so"];
        assert_eq!(left, kept);
        drop(used);
        fs::remove_dir_all(&directory).expect("cleaned");
    }

    #[test]
    fn the_loader_is_a_shared_library() {
        assert!(LOADER.is_empty() || LOADER.starts_with(b"\x7fELF"));
        assert_eq!(LOADER_SHA256, crate::cache::hex(&crate::cache::sha256(&[LOADER])));
    }
}
