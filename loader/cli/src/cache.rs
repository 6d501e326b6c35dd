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
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
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
    /// home that can be written (a daemon), or whose home others can write, gets
    /// one in /tmp.
    pub(crate) fn open() -> Result<Self> {
        let fallback = PathBuf::from(format!("/tmp/zpoline-{}", sys::ids().euid));
        let variable = std::env::var_os;
        let chosen = location(variable("ZPOLINE_CACHE"), variable("XDG_CACHE_HOME"), variable("HOME"));
        let directory = chosen.unwrap_or_else(|| fallback.clone());
        match Self::at(directory.clone()) {
            Err(_) if variable("ZPOLINE_CACHE").is_none() && directory != fallback => Self::at(fallback),
            opened => opened,
        }
    }

    /// Takes a directory as the cache, if it can be made and only its user can
    /// put anything in it.
    fn at(directory: PathBuf) -> Result<Self> {
        fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&directory)
            .map_err(|error| cannot_use(&directory, &error))?;
        // Before anything is written there.
        zpoline_trust::directory(&directory).map_err(|problem| {
            let failure = Failure::new(problem.cause("the cache", &directory))
                .why("what lies there is machine code that programs of this user will run");
            match problem.fix() {
                Some(fix) => failure.fix(format_args!("{fix}; or: ZPOLINE_CACHE=/a/directory/of/yours zpoline ...")),
                None => failure.fix("ZPOLINE_CACHE=/a/directory/of/yours zpoline ..."),
            }
        })?;
        // A directory of ours on a file system that became read-only is not one.
        let (probe, _) = create_new(&directory.join("probe"), 0o600).map_err(|error| cannot_use(&directory, &error))?;
        let _ = fs::remove_file(probe);
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

fn cannot_use(directory: &Path, error: &io::Error) -> Failure {
    Failure::new(format_args!("cannot use {} as a cache: {error}", directory.display()))
        .why("compiled hooks and the loader are kept there")
        .fix("ZPOLINE_CACHE=/a/directory/of/yours zpoline ...")
}

/// Makes a file beside `path` that was not there: what somebody else may have put
/// under the name, a link for example, is not opened.
fn create_new(path: &Path, mode: u32) -> io::Result<(PathBuf, fs::File)> {
    const TRIES: u32 = 100;
    let now = || std::time::SystemTime::UNIX_EPOCH.elapsed().map_or(0, |time| time.subsec_nanos());
    for round in 1..=TRIES {
        let mut name = path.file_name().unwrap_or_default().to_owned();
        name.push(format!(".{}-{:x}~", std::process::id(), now()));
        let temporary = path.with_file_name(name);
        match fs::OpenOptions::new().write(true).create_new(true).mode(mode).open(&temporary) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists && round < TRIES => {}
            made => return made.map(|file| (temporary, file)),
        }
    }
    Err(io::ErrorKind::AlreadyExists.into())
}

/// Writes a file under another name and renames it, so that nobody ever sees,
/// or has mapped, half of one, whoever else writes it at the same time.
pub(crate) fn write_whole(path: &Path, content: &[u8], mode: u32) -> Result<()> {
    let failed = |error: io::Error| Failure::new(format_args!("cannot write {}: {error}", path.display()));
    let (temporary, mut file) = create_new(path, mode).map_err(failed)?;
    let mut write = || {
        file.write_all(content)?;
        // Else a crash of the machine could leave the name without the content.
        file.sync_data()?;
        fs::rename(&temporary, path)
    };
    write().map_err(|error| {
        let _ = fs::remove_file(&temporary);
        failed(error)
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
    use std::os::unix::fs::{MetadataExt, PermissionsExt};

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

    fn scratch(name: &str) -> PathBuf {
        std::env::temp_dir().join(format!("zpoline-cache-{}-{name}", std::process::id()))
    }

    #[test]
    fn a_cache_that_others_can_write_is_refused() {
        let directory = scratch("mode");
        let cache = Cache::at(directory.clone()).expect("a private directory");
        assert_eq!(fs::metadata(&directory).expect("it").mode() & 0o777, 0o700);
        let file = cache.store("x", b"content", 0o755).expect("a file");
        assert_eq!(fs::metadata(&file).expect("it").mode() & 0o777 & !0o022, 0o755);
        assert_eq!(fs::read_dir(cache.directory()).expect("it").count(), 1);

        fs::set_permissions(&directory, fs::Permissions::from_mode(0o777)).expect("its mode");
        let shown = directory.display();
        assert_eq!(
            Cache::at(directory.clone()).expect_err("not private").to_string(),
            format!(
                "the cache {shown} can be written by others (mode 0777)\n  what lies there is machine code that programs of this user will run\n  fix: chmod go-w {shown}; or: ZPOLINE_CACHE=/a/directory/of/yours zpoline ..."
            )
        );
        fs::remove_dir_all(&directory).expect("cleaned");
    }

    #[test]
    fn nothing_is_written_where_others_lay_links() {
        let directory = scratch("links");
        let victim = scratch("victim");
        fs::create_dir(&directory).expect("a directory");
        fs::set_permissions(&directory, fs::Permissions::from_mode(0o777)).expect("its mode");
        fs::write(&victim, "precious").expect("a file");
        // The names that a process of ours could use.
        let id = std::process::id();
        for name in [format!(".{id}"), format!("x.{id}~")] {
            std::os::unix::fs::symlink(&victim, directory.join(name)).expect("a link");
        }
        assert!(Cache::at(directory.clone()).is_err());
        write_whole(&directory.join("x"), b"content", 0o644).expect("written beside them");
        assert_eq!(fs::read(&victim).expect("it"), b"precious");
        // A link in the place of the file is replaced, not followed.
        std::os::unix::fs::symlink(&victim, directory.join("y")).expect("a link");
        write_whole(&directory.join("y"), b"content", 0o644).expect("written");
        assert_eq!(fs::read(&victim).expect("it"), b"precious");
        assert!(fs::symlink_metadata(directory.join("y")).expect("it").is_file());
        fs::remove_dir_all(&directory).expect("cleaned");
        fs::remove_file(&victim).expect("cleaned");
    }

    #[test]
    fn many_writers_leave_one_whole_file() {
        let directory = scratch("writers");
        fs::create_dir(&directory).expect("a directory");
        let path = directory.join("file");
        std::thread::scope(|scope| {
            for writer in 0..8u8 {
                let path = &path;
                scope.spawn(move || {
                    for _ in 0..20 {
                        write_whole(path, &[writer; 5000], 0o644).expect("written");
                        let read = fs::read(path).expect("always there");
                        assert!(read.len() == 5000 && read.iter().all(|byte| *byte == read[0]), "half a file");
                    }
                });
            }
        });
        assert_eq!(fs::read_dir(&directory).expect("it").count(), 1, "no temporary file is left");
        fs::remove_dir_all(&directory).expect("cleaned");
    }

    #[test]
    fn a_hash_is_of_all_parts() {
        assert_eq!(hex(&sha256(&[b"a", b"bc"])), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }
}
