//! Where compiled hooks and the loader itself are kept between runs.
//!
//! What lies here is machine code that will run inside programs of this user.
//! So the directory belongs to this user and to nobody else, files appear whole
//! or not at all, and their names are made from what they were made of.

use crate::failure::{Failure, Result};
use crate::sys;
use sha2::{Digest, Sha256};
use std::ffi::OsString;
use std::fs;
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

/// An open cache.
#[derive(Debug)]
pub(crate) struct Cache {
    directory: PathBuf,
}

/// Where the cache is: where the user says, else by the rules of the XDG base
/// directory specification.
fn location(own: Option<OsString>, xdg: Option<OsString>, home: Option<OsString>) -> Option<PathBuf> {
    if let Some(own) = own.filter(|own| !own.is_empty()) {
        return std::path::absolute(own).ok();
    }
    let absolute = |word: Option<OsString>| word.map(PathBuf::from).filter(|path| path.is_absolute());
    let base = absolute(xdg).or_else(|| absolute(home).map(|home| home.join(".cache")))?;
    Some(base.join("zpoline"))
}

impl Cache {
    /// Opens this user's cache; makes it if it is not there. A user without a
    /// home that can be written (a daemon) gets one in /tmp.
    pub(crate) fn open() -> Result<Self> {
        let fallback = PathBuf::from(format!("/tmp/zpoline-{}", sys::ids().euid));
        let variable = std::env::var_os;
        let chosen = location(variable("ZPOLINE_CACHE"), variable("XDG_CACHE_HOME"), variable("HOME"));
        let directory = chosen.unwrap_or_else(|| fallback.clone());
        if let Err(error) = make(&directory) {
            let asked_for = variable("ZPOLINE_CACHE").is_some() || directory == fallback;
            if asked_for || make(&fallback).is_err() {
                return Err(cannot_make(&directory, &error));
            }
            return Self::at(fallback);
        }
        Self::at(directory)
    }

    /// Takes an existing directory as the cache, if only its user can write it.
    fn at(directory: PathBuf) -> Result<Self> {
        let shown = directory.display();
        let meta = fs::symlink_metadata(&directory).map_err(|error| cannot_make(&directory, &error))?;
        let me = sys::ids().euid;
        let private = "what lies there is machine code that programs of this user will run";
        if !meta.is_dir() {
            return Err(
                Failure::new(format_args!("the cache {shown} is not a directory")).fix(format_args!("rm {shown}"))
            );
        }
        if meta.uid() != me {
            return Err(Failure::new(format_args!(
                "the cache {shown} belongs to user {}, not to user {me}",
                meta.uid()
            ))
            .why(private)
            .fix("ZPOLINE_CACHE=/a/directory/of/yours zpoline ..."));
        }
        if meta.mode() & 0o022 != 0 {
            return Err(Failure::new(format_args!(
                "the cache {shown} can be written by others (mode {:04o}, wanted 0700)",
                meta.mode() & 0o7777
            ))
            .why(private)
            .fix(format_args!("chmod 700 {shown}")));
        }
        Ok(Self { directory })
    }

    /// The directory.
    pub(crate) fn directory(&self) -> &Path {
        &self.directory
    }

    /// The path of a file of this name, whether it is there or not.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.directory.join(name)
    }

    /// Puts a file in, whole or not at all.
    pub(crate) fn store(&self, name: &str, content: &[u8], mode: u32) -> Result<PathBuf> {
        let path = self.path(name);
        write_whole(&path, content, mode)?;
        Ok(path)
    }
}

fn make(directory: &Path) -> io::Result<()> {
    fs::DirBuilder::new().recursive(true).mode(0o700).create(directory)?;
    // A directory of ours on a file system that became read-only is not one.
    let probe = directory.join(format!(".{}", std::process::id()));
    fs::File::create(&probe)?;
    fs::remove_file(&probe)
}

fn cannot_make(directory: &Path, error: &io::Error) -> Failure {
    Failure::new(format_args!("cannot use {} as a cache: {error}", directory.display()))
        .why("compiled hooks and the loader are kept there")
        .fix("ZPOLINE_CACHE=/a/directory/of/yours zpoline ...")
}

/// Writes a file under another name and renames it, so that nobody ever sees,
/// or has mapped, half of one.
pub(crate) fn write_whole(path: &Path, content: &[u8], mode: u32) -> Result<()> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}~", std::process::id()));
    let temporary = path.with_file_name(name);
    let write = || {
        let mut file = fs::OpenOptions::new().write(true).create(true).truncate(true).mode(mode).open(&temporary)?;
        file.write_all(content)?;
        // Else a crash of the machine could leave the name without the content.
        file.sync_data()?;
        fs::rename(&temporary, path)
    };
    write().map_err(|error| {
        let _ = fs::remove_file(&temporary);
        Failure::new(format_args!("cannot write {}: {error}", path.display()))
    })
}

/// SHA-256 of what `parts` are together.
pub(crate) fn sha256(parts: &[&[u8]]) -> [u8; 32] {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update(part);
    }
    hasher.finalize().into()
}

/// Bytes as hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn xdg_comes_before_home_and_relative_paths_are_ignored() {
        let at = |xdg: Option<&str>, home: Option<&str>| {
            location(None, xdg.map(OsString::from), home.map(OsString::from)).map(|p| p.display().to_string())
        };
        assert_eq!(location(Some("/own".into()), Some("/x".into()), None), Some("/own".into()));
        assert_eq!(at(Some("/x"), Some("/h")).as_deref(), Some("/x/zpoline"));
        assert_eq!(at(Some("x"), Some("/h")).as_deref(), Some("/h/.cache/zpoline"));
        assert_eq!(at(Some(""), None), None);
    }

    #[test]
    fn a_cache_that_others_can_write_is_refused() {
        let directory = std::env::temp_dir().join(format!("zpoline-cache-{}", std::process::id()));
        make(&directory).expect("a scratch directory");
        assert_eq!(fs::metadata(&directory).expect("it").mode() & 0o777, 0o700);
        let cache = Cache::at(directory.clone()).expect("a private directory");
        let file = cache.store("x", b"content", 0o755).expect("a file");
        assert_eq!(fs::metadata(&file).expect("it").mode() & 0o777 & !0o022, 0o755);
        assert_eq!(fs::read_dir(cache.directory()).expect("it").count(), 1);

        fs::set_permissions(&directory, fs::Permissions::from_mode(0o777)).expect("its mode");
        let shown = directory.display();
        assert_eq!(
            Cache::at(directory.clone()).expect_err("not private").to_string(),
            format!(
                "the cache {shown} can be written by others (mode 0777, wanted 0700)\n  what lies there is machine code that programs of this user will run\n  fix: chmod 700 {shown}"
            )
        );
        fs::remove_dir_all(&directory).expect("cleaned");
    }

    #[test]
    fn a_hash_is_of_all_parts() {
        assert_eq!(hex(&sha256(&[b"a", b"bc"])), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }
}
