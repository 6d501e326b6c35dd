//! What an ordinary user needs to run a program under the loader, where that user
//! can read it, whatever the checkout's own directory allows.

use crate::command::Run;
use crate::scratch::{self, Scratch};
use crate::{guests, places, user};
use anyhow::Result;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

/// The loader and a hook in a directory that everybody can read.
#[derive(Debug)]
pub struct Shared {
    /// The directory.
    pub scratch: Scratch,
    /// The library to preload.
    pub loader: PathBuf,
    /// The compiled hook.
    pub hook: PathBuf,
}

impl Shared {
    /// With a hook of `tests/guests`.
    pub fn new(hook: &str) -> Result<Self> {
        let scratch = Scratch::new("ordinary")?;
        fs::set_permissions(scratch.directory(), fs::Permissions::from_mode(0o755))?;
        let loader = copy(&scratch, &places::loader()?, 0o755)?;
        let hook = copy(&scratch, &guests::own(hook)?, 0o644)?;
        Ok(Self { scratch, loader, hook })
    }

    /// Puts a copy of a file there.
    pub fn copy(&self, from: &Path, mode: u32) -> Result<PathBuf> {
        copy(&self.scratch, from, mode)
    }

    /// A directory there that belongs to the ordinary user.
    pub fn directory(&self, name: &str) -> Result<PathBuf> {
        let path = self.scratch.path(name);
        fs::create_dir(&path)?;
        fs::set_permissions(&path, fs::Permissions::from_mode(0o700))?;
        if user::is_root() {
            std::os::unix::fs::chown(&path, Some(user::NOBODY), Some(user::NOBODY))?;
        }
        Ok(path)
    }

    /// A program under the loader, as an ordinary user. The variables are set
    /// behind setpriv, which is root's.
    pub fn load(&self, mechanism: &str, program: &[&str]) -> Result<Run> {
        self.load_with(mechanism, &[], program)
    }

    /// The same with more variables, `NAME=value`.
    pub fn load_with(&self, mechanism: &str, more: &[&str], program: &[&str]) -> Result<Run> {
        let variables = [
            format!("LD_PRELOAD={}", self.loader.display()),
            format!("ZPOLINE_HOOK={}", self.hook.display()),
            format!("ZPOLINE_MECHANISM={mechanism}"),
            "WITNESS=loaded".into(),
        ];
        user::as_nobody(Run::new("/usr/bin/env").args(variables).args(more).args(program))
    }
}

fn copy(scratch: &Scratch, from: &Path, mode: u32) -> Result<PathBuf> {
    let to = scratch.path(&from.file_name().unwrap_or_default().to_string_lossy());
    scratch::copy(from, &to, mode)?;
    Ok(to)
}
