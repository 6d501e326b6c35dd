//! What is to be said about one program, and of which objects it is made.

use super::{Finding, Mark};
use crate::failure::Result;
use crate::program;
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use zpoline_planner::program as executable;

/// A program, or with its sites asked for any object, and what was found.
#[derive(Debug)]
pub(super) struct Target {
    /// What was examined.
    pub(super) path: PathBuf,
    pub(super) findings: Vec<Finding>,
    /// The objects whose sites are counted.
    pub(super) objects: Vec<PathBuf>,
}

/// Finds a program and examines it.
pub(super) fn examine(name: &OsStr, sites: bool) -> Result<Target> {
    let path = PathBuf::from(name);
    if sites && is_library(&path) {
        return Ok(Target { objects: vec![path.clone()], path, findings: Vec::new() });
    }
    let path = program::find(name, std::env::var_os("PATH").as_deref())?;
    let probe = program::probe(&path);
    let mut findings: Vec<Finding> = probe
        .interpreters
        .iter()
        .map(|interpreter| Finding::new(Mark::Note, "script", format_args!("is run by {}", interpreter.display())))
        .collect();
    let started = probe.interpreters.last().unwrap_or(&path);
    findings.push(match &probe.obstacle {
        None => Finding::new(Mark::Ok, "program", "can be hooked"),
        Some(obstacle) => Finding::new(Mark::Bad, "program", format_args!("cannot be hooked: {obstacle}"))
            .more("zpoline run --unhookable=run runs it without a hook, and says so"),
    });
    let objects = if sites { objects(started) } else { Vec::new() };
    Ok(Target { path, findings, objects })
}

/// A shared library is an object that names no interpreter, and has a name of its
/// own kind: a static program is neither.
fn is_library(path: &Path) -> bool {
    let named = path.file_name().is_some_and(|name| {
        let name = name.as_bytes();
        name.ends_with(b".so") || name.windows(4).any(|part| part == b".so.")
    });
    named && path.is_file()
}

/// A program, its interpreter and the libraries that ld.so will load for it.
fn objects(path: &Path) -> Vec<PathBuf> {
    let mut objects = vec![path.to_owned()];
    let head = std::fs::read(path).unwrap_or_default();
    if let executable::Kind::Dynamic { interpreter } = executable::probe(&head[..head.len().min(executable::HEAD)]) {
        let interpreter = PathBuf::from(OsStr::from_bytes(&interpreter));
        // Lists, and does not run the program.
        let listed = Command::new(&interpreter).arg("--list").arg(path).env_remove("LD_PRELOAD").output();
        objects.push(interpreter);
        if let Ok(listed) = listed {
            objects.extend(libraries(&String::from_utf8_lossy(&listed.stdout)));
        }
    }
    objects
}

/// The paths in what `ld.so --list` prints: `libc.so.6 => /lib/libc.so.6 (0x...)`.
fn libraries(listing: &str) -> Vec<PathBuf> {
    let path = |line: &str| Some(PathBuf::from(line.split_once(" => ")?.1.rsplit_once(" (")?.0));
    listing.lines().filter_map(path).filter(|path| path.is_absolute()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_listing_gives_paths() {
        let listing = "\tlinux-vdso.so.1 (0x00007ffd)\n\tlibc.so.6 => /lib/x86_64-linux-gnu/libc.so.6 (0x00007f5)\n\t/lib64/ld-linux-x86-64.so.2 (0x00007f7)\n";
        assert_eq!(libraries(listing), [PathBuf::from("/lib/x86_64-linux-gnu/libc.so.6")]);
    }

    #[test]
    fn libraries_are_known_by_their_names() {
        let own = std::env::current_exe().expect("a path");
        assert!(!is_library(&own));
        let library = objects(&own).into_iter().find(|path| path.to_string_lossy().contains("libc.so"));
        assert!(library.is_some_and(|path| is_library(&path)));
        assert!(!is_library(Path::new("/no/such/libx.so.1")));
    }
}
