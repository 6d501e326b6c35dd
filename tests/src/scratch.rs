//! A directory of its own for each case, gone afterwards.

use anyhow::{Context, Result, ensure};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

/// A directory that is removed when this is dropped.
#[derive(Debug)]
pub struct Scratch(PathBuf);

static NEXT: AtomicU32 = AtomicU32::new(0);

impl Scratch {
    /// An empty directory that everybody can read; `name` helps to find it.
    pub fn new(name: &str) -> Result<Self> {
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("zpoline-tests-{}-{number}-{name}", std::process::id()));
        std::fs::create_dir_all(&path).with_context(|| path.display().to_string())?;
        Ok(Self(path))
    }

    /// Empties it; it belongs to us again.
    pub fn empty(&self) -> Result<()> {
        std::fs::remove_dir_all(&self.0)?;
        std::fs::create_dir(&self.0)?;
        Ok(())
    }

    /// The directory.
    pub fn directory(&self) -> &Path {
        &self.0
    }

    /// A file in it.
    pub fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// Writes a file in it.
    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) -> Result<PathBuf> {
        let path = self.path(name);
        std::fs::write(&path, content).with_context(|| path.display().to_string())?;
        Ok(path)
    }
}

/// Copies a file that is to be executed, by a process of its own. A child that another
/// case starts inherits what this process has open for writing until it executes, and
/// meanwhile execve(2) of the file fails with `ETXTBSY`.
pub fn copy(from: &Path, to: &Path, mode: u32) -> Result<()> {
    let copied = std::process::Command::new("cp").arg("--").args([from, to]).output().context("cp")?;
    let complaint = String::from_utf8_lossy(&copied.stderr);
    ensure!(copied.status.success(), "cp: {} ({})", complaint.trim_end(), copied.status);
    std::fs::set_permissions(to, std::fs::Permissions::from_mode(mode)).with_context(|| to.display().to_string())
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // What a program left there in a mode that we cannot remove stays.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
