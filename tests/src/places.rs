//! Where things are: the sources in the tree, the finished command and loader
//! in cargo's target directory, and what the tests themselves build.

use anyhow::{Context, Result, ensure};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

/// The top of the repository.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or(Path::new("."))
}

/// `target/release`, wherever cargo has it.
pub fn release() -> Result<PathBuf> {
    let own = std::env::current_exe().context("the test's own path")?;
    // target/PROFILE/deps/NAME, or target/PROFILE/NAME for the benchmark
    let target = own
        .ancestors()
        .find(|path| path.join("CACHEDIR.TAG").exists())
        .with_context(|| format!("{} is not in a target directory", own.display()))?;
    Ok(target.join("release"))
}

/// A file of the finished build.
fn finished(name: &str) -> Result<PathBuf> {
    let path = release()?.join(name);
    ensure!(
        path.exists(),
        "{} is missing: the tests run what the user runs\n  fix: cargo build --release",
        path.display()
    );
    Ok(path)
}

/// The command.
pub fn zpoline() -> Result<PathBuf> {
    finished("zpoline")
}

/// The library to preload.
pub fn loader() -> Result<PathBuf> {
    finished("libzpoline_loader.so")
}

/// A directory for what the tests build, kept between runs.
pub fn built(name: &str) -> Result<PathBuf> {
    let path = release()?.parent().context("target")?.join("tests").join(name);
    std::fs::create_dir_all(&path).with_context(|| path.display().to_string())?;
    Ok(path)
}

/// Builds a file unless `is_fresh` finds it already there: one case at a time, or a second
/// would replace what the first is already running, and /proc call that "(deleted)".
pub fn build(to: &Path, is_fresh: impl Fn() -> bool, build: impl FnOnce() -> Result<()>) -> Result<()> {
    static LOCKS: LazyLock<Mutex<HashMap<PathBuf, Arc<Mutex<()>>>>> = LazyLock::new(Mutex::default);
    let lock = LOCKS.lock().unwrap_or_else(PoisonError::into_inner).entry(to.to_owned()).or_default().clone();
    let _one = lock.lock().unwrap_or_else(PoisonError::into_inner);
    if is_fresh() { Ok(()) } else { build() }
}

/// Finds a program on the PATH, where administrators' programs count too.
pub fn find(program: &str) -> Option<PathBuf> {
    let path = std::env::var("PATH").unwrap_or_default();
    let more = ["/usr/local/sbin", "/usr/sbin", "/sbin"];
    path.split(':').chain(more).map(|directory| Path::new(directory).join(program)).find(|path| path.is_file())
}
