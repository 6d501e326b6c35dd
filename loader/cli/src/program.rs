//! Finds the program as execvp(3) would, and tells whether it can be hooked:
//! ld.so has to start it, and has to be willing to preload into it.

use crate::failure::{CANNOT_EXECUTE, Failure, NOT_FOUND, Result};
use crate::sys;
use std::ffi::OsStr;
use std::fmt;
use std::io::Read;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use zpoline_planner::program::{self as executable, Kind};

/// Why a program cannot be hooked by preloading.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Obstacle {
    /// No program interpreter.
    Static,
    /// Another architecture.
    Foreign(&'static str),
    /// ld.so ignores LD_PRELOAD when a program gains rights.
    Privileged(&'static str),
    /// Another C library than the one that the loader is linked with.
    OtherLibc(String),
    /// Not executable at all; exec will say so.
    Broken,
}

impl fmt::Display for Obstacle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Static => f.write_str("it is statically linked: there is no ld.so to preload the loader"),
            Self::Foreign(what) => write!(f, "it is {what}: the loader is x86-64 only"),
            Self::Privileged(what) => write!(f, "it is {what}: ld.so ignores LD_PRELOAD for it"),
            Self::OtherLibc(interpreter) => {
                write!(f, "it is started by {interpreter}: the loader needs glibc's ld.so")
            }
            Self::Broken => f.write_str("it is a damaged ELF file"),
        }
    }
}

/// What was found out about a program.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Probe {
    /// The interpreters that stand before the program that is started in the
    /// end: for a script, `#!`'s.
    pub(crate) interpreters: Vec<PathBuf>,
    /// What is in the way.
    pub(crate) obstacle: Option<Obstacle>,
}

/// Finds a program by name: with a slash as it is, else in `search`.
pub(crate) fn find(name: &OsStr, search: Option<&OsStr>) -> Result<PathBuf> {
    if name.is_empty() {
        return Err(Failure::new("the program's name is empty").status(NOT_FOUND));
    }
    if name.as_bytes().contains(&b'/') {
        let path = PathBuf::from(name);
        return match is_executable(&path) {
            Ok(()) => Ok(path),
            Err(failure) => Err(failure),
        };
    }
    let search = search.unwrap_or(OsStr::new("/bin:/usr/bin"));
    let mut first = None;
    for directory in std::env::split_paths(search) {
        let path = if directory.as_os_str().is_empty() { Path::new(".").join(name) } else { directory.join(name) };
        match is_executable(&path) {
            Ok(()) => return Ok(path),
            Err(failure) if failure.status == CANNOT_EXECUTE => first = first.or(Some(failure)),
            Err(_) => {}
        }
    }
    Err(first.unwrap_or_else(|| {
        Failure::new(format_args!("cannot find {} in PATH", name.display()))
            .why(format_args!("PATH={}", search.display()))
            .status(NOT_FOUND)
    }))
}

fn is_executable(path: &Path) -> Result<()> {
    let shown = path.display();
    let meta = std::fs::metadata(path).map_err(|error| {
        let status = if error.kind() == std::io::ErrorKind::NotFound { NOT_FOUND } else { CANNOT_EXECUTE };
        Failure::new(format_args!("cannot run {shown}: {error}")).status(status)
    })?;
    if meta.is_dir() {
        return Err(Failure::new(format_args!("cannot run {shown}: it is a directory")).status(CANNOT_EXECUTE));
    }
    sys::may_execute(path).map_err(|error| {
        Failure::new(format_args!("cannot run {shown}: {error} (mode {:04o})", meta.mode() & 0o7777))
            .fix(format_args!("chmod +x {shown}"))
            .status(CANNOT_EXECUTE)
    })
}

/// Looks at a program, and at its interpreters if it is a script. A file that
/// cannot be read is taken as hookable: exec decides.
pub(crate) fn probe(path: &Path) -> Probe {
    let mut path = path.to_owned();
    let mut interpreters = Vec::new();
    let obstacle = loop {
        let Ok(head) = head(&path) else { break None };
        match executable::probe(&head) {
            // The kernel follows five.
            Kind::Script { interpreter, .. } if interpreters.len() < 5 => {
                path = PathBuf::from(OsStr::from_bytes(&interpreter));
                interpreters.push(path.clone());
            }
            Kind::Script { .. } | Kind::Broken => break Some(Obstacle::Broken),
            // execvp runs it by /bin/sh.
            Kind::Other => break None,
            Kind::Foreign(what) => break Some(Obstacle::Foreign(what)),
            Kind::Static if is_ld_so(&path) => break None,
            Kind::Static => break Some(Obstacle::Static),
            Kind::Dynamic { interpreter } => {
                let interpreter = String::from_utf8_lossy(&interpreter).into_owned();
                if !is_ld_so(Path::new(&interpreter)) {
                    break Some(Obstacle::OtherLibc(interpreter));
                }
                break privileged(&path).map(Obstacle::Privileged);
            }
        }
    };
    Probe { interpreters, obstacle }
}

fn is_ld_so(path: &Path) -> bool {
    executable::is_ld_so(path.as_os_str().as_bytes())
}

fn head(path: &Path) -> std::io::Result<Vec<u8>> {
    let mut head = Vec::new();
    std::fs::File::open(path)?.take(executable::HEAD as u64).read_to_end(&mut head)?;
    Ok(head)
}

/// Whether a program gains rights that the caller does not have.
fn privileged(path: &Path) -> Option<&'static str> {
    let meta = std::fs::metadata(path).ok()?;
    if sys::no_new_privileges() || sys::mount_flags(path) & libc::ST_NOSUID != 0 {
        return None;
    }
    gains(meta.mode(), meta.uid(), meta.gid(), sys::has_file_capabilities(path), sys::ids())
}

fn gains(mode: u32, owner: u32, group: u32, capabilities: bool, ids: sys::Ids) -> Option<&'static str> {
    if mode & libc::S_ISUID != 0 && owner != ids.uid {
        return Some("set-user-ID");
    }
    if mode & libc::S_ISGID != 0 && mode & libc::S_IXGRP != 0 && group != ids.gid {
        return Some("set-group-ID");
    }
    (capabilities && ids.uid != 0).then_some("given capabilities by setcap")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    fn scratch(name: &str) -> PathBuf {
        let dir = std::env::temp_dir().join(format!("zpoline-program-{}-{name}", std::process::id()));
        std::fs::create_dir_all(&dir).expect("a scratch directory");
        dir
    }

    fn file(path: &Path, content: &[u8], mode: u32) {
        std::fs::write(path, content).expect("a scratch file");
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).expect("its mode");
    }

    #[test]
    fn a_missing_program_is_127_and_a_data_file_126() {
        let dir = scratch("find");
        file(&dir.join("data"), b"x", 0o644);
        let missing = find(OsStr::new("no-such-program"), Some(dir.as_os_str())).expect_err("not there");
        assert_eq!(missing.to_string(), format!("cannot find no-such-program in PATH\n  PATH={}", dir.display()));
        assert_eq!(missing.status, NOT_FOUND);
        let data = find(OsStr::new("data"), Some(dir.as_os_str())).expect_err("not executable");
        assert_eq!(data.status, CANNOT_EXECUTE);
        let shown = dir.join("data").display().to_string();
        assert_eq!(
            data.to_string(),
            format!("cannot run {shown}: Permission denied (os error 13) (mode 0644)\n  fix: chmod +x {shown}")
        );
        assert_eq!(find(dir.as_os_str(), None).expect_err("a directory").status, CANNOT_EXECUTE);
        std::fs::remove_dir_all(dir).expect("cleaned");
    }

    #[test]
    fn the_interpreter_of_a_script_decides() {
        let dir = scratch("script");
        let (program, inner, outer) = (dir.join("static"), dir.join("inner"), dir.join("outer"));
        file(&program, &executable::sample(2, 62, None), 0o755);
        file(&inner, format!("#!{}\n", program.display()).as_bytes(), 0o755);
        file(&outer, format!("#!{} -x\n", inner.display()).as_bytes(), 0o755);
        assert_eq!(probe(&outer), Probe { interpreters: vec![inner, program], obstacle: Some(Obstacle::Static) });
        file(&outer, b"#!/bin/sh\n", 0o755);
        assert_eq!(probe(&outer).obstacle, None);
        std::fs::remove_dir_all(dir).expect("cleaned");
    }

    #[test]
    fn obstacles_are_said_in_one_line() {
        let dir = scratch("obstacle");
        let path = dir.join("program");
        let said = |class, machine, interpreter| {
            file(&path, &executable::sample(class, machine, interpreter), 0o755);
            probe(&path).obstacle.map(|o| o.to_string())
        };
        assert_eq!(said(2, 62, Some(b"/lib64/ld-linux-x86-64.so.2")), None);
        assert_eq!(
            said(2, 62, None).as_deref(),
            Some("it is statically linked: there is no ld.so to preload the loader")
        );
        assert_eq!(said(1, 3, None).as_deref(), Some("it is a 32-bit x86 program: the loader is x86-64 only"));
        assert_eq!(
            said(2, 62, Some(b"/lib/ld-musl-x86_64.so.1")).as_deref(),
            Some("it is started by /lib/ld-musl-x86_64.so.1: the loader needs glibc's ld.so")
        );
        std::fs::remove_dir_all(dir).expect("cleaned");
    }

    #[test]
    fn only_rights_that_are_gained_count() {
        let user = sys::Ids { uid: 1000, euid: 1000, gid: 1000 };
        let root = sys::Ids { uid: 0, euid: 0, gid: 0 };
        assert_eq!(gains(0o4755, 0, 0, false, user), Some("set-user-ID"));
        assert_eq!(gains(0o4755, 0, 0, false, root), None);
        assert_eq!(gains(0o2755, 0, 42, false, user), Some("set-group-ID"));
        assert_eq!(gains(0o2644, 0, 42, false, user), None);
        assert_eq!(gains(0o755, 0, 0, true, user), Some("given capabilities by setcap"));
        assert_eq!(gains(0o755, 0, 0, true, root), None);
    }
}
