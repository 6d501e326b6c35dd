//! Compiles `tests/programs/**/*.c` (and `.cc`): one kernel behaviour a file.
//!
//! The first comment of a program says what it shows. Lines in it of the form
//! ` * expect: ...`, ` * needs: ...` and ` * with: ...` tell the harness how it
//! ends natively (default `exit 0`), what the compiler must be told (`-pthread`),
//! and which shared object of `lib/` it loads (its path is OWN_LIBRARY).

use crate::command::End;
use crate::places;
use anyhow::{Context, Result, bail, ensure};
use std::path::{Path, PathBuf};
use std::process::Command;

/// A program of `tests/programs`.
#[derive(Debug, Clone)]
pub struct Program {
    /// `signals/nested`.
    pub name: String,
    /// Its source.
    pub source: PathBuf,
    /// How it ends natively.
    pub end: End,
    flags: Vec<String>,
    library: Option<String>,
}

/// All of them, by name. Shared objects and benchmarks are not programs of
/// their own.
pub fn all() -> Result<Vec<Program>> {
    let top = places::root().join("tests/programs");
    let mut programs = Vec::new();
    for area in
        entries(&top)?.into_iter().filter(|path| path.is_dir() && !path.ends_with("bench") && !path.ends_with("lib"))
    {
        for source in entries(&area)?.into_iter().filter(|path| path.extension().is_some_and(|e| e == "c" || e == "cc"))
        {
            programs.push(read(&top, source)?);
        }
    }
    ensure!(!programs.is_empty(), "no programs in {}", top.display());
    Ok(programs)
}

/// Those of `tests/stress`: they run for the number of seconds in their first
/// argument.
pub fn stress() -> Result<Vec<Program>> {
    let top = places::root().join("tests/stress");
    let sources = entries(&top)?.into_iter().filter(|path| path.extension().is_some_and(|e| e == "c"));
    sources.map(|source| read(&top, source)).collect()
}

fn entries(directory: &Path) -> Result<Vec<PathBuf>> {
    let list = std::fs::read_dir(directory).with_context(|| directory.display().to_string())?;
    let mut paths = list.map(|entry| entry.map(|entry| entry.path())).collect::<Result<Vec<_>, _>>()?;
    paths.sort();
    Ok(paths)
}

fn read(top: &Path, source: PathBuf) -> Result<Program> {
    let text = std::fs::read_to_string(&source)?;
    let said = |key: &str| {
        let marker = format!(" * {key}: ");
        text.lines().find_map(|line| line.strip_prefix(&marker).map(str::to_owned))
    };
    let end = match said("expect") {
        Some(words) => parse_end(&words).with_context(|| format!("{}: expect: {words}", source.display()))?,
        None => End::Exit(0),
    };
    let flags = said("needs").map_or_else(Vec::new, |words| words.split_whitespace().map(str::to_owned).collect());
    let name = source.strip_prefix(top)?.with_extension("").display().to_string();
    Ok(Program { name, source, end, flags, library: said("with") })
}

fn parse_end(words: &str) -> Option<End> {
    let (kind, number) = words.split_once(' ')?;
    let number = number.parse().ok()?;
    match kind {
        "exit" => Some(End::Exit(number)),
        "signal" => Some(End::Signal(number)),
        _ => None,
    }
}

impl Program {
    /// Compiles it, if it is not there already; the finished program.
    pub fn compile(&self) -> Result<PathBuf> {
        let mut flags = self.flags.clone();
        if let Some(library) = &self.library {
            let source = places::root().join("tests/programs/lib").join(library).with_extension("c");
            let built = compile(&source, &format!("{library}.so"), &["-shared", "-fPIC"])?;
            flags.push(format!("-DOWN_LIBRARY=\"{}\"", built.display()));
        }
        let flags: Vec<&str> = flags.iter().map(String::as_str).collect();
        // tests/programs and tests/stress have programs of the same name.
        let area = self.source.parent().and_then(Path::file_name).unwrap_or_default().to_string_lossy();
        let name = self.name.rsplit('/').next().unwrap_or(&self.name);
        compile(&self.source, &format!("{area}-{name}"), &flags)
    }
}

/// Compiles one C or C++ file into `target/tests/programs`.
pub fn compile(source: &Path, name: &str, flags: &[&str]) -> Result<PathBuf> {
    let to = places::built("programs")?.join(name);
    let headers = ["tests/programs/check.h", "tests/stress/stress.h"].map(|header| places::root().join(header));
    let age = |path: &Path| path.metadata().and_then(|meta| meta.modified());
    let is_fresh = || {
        let (Ok(have), Ok(of_source)) = (age(&to), age(source)) else { return false };
        have > of_source && headers.iter().all(|header| age(header).is_ok_and(|of_header| have > of_header))
    };
    places::build(&to, is_fresh, || run_compiler(source, &to, flags))?;
    Ok(to)
}

/// The compiler's run, under another name first: the finished file is there whole.
fn run_compiler(source: &Path, to: &Path, flags: &[&str]) -> Result<()> {
    let mut fresh = to.as_os_str().to_owned();
    fresh.push(format!(".new-{}", std::process::id()));
    let plus = source.extension().is_some_and(|e| e == "cc");
    let (variable, usual, standard) = if plus { ("CXX", "g++", "-std=gnu++17") } else { ("CC", "gcc", "-std=gnu11") };
    let compiler = std::env::var(variable).unwrap_or_else(|_| usual.into());
    let output = Command::new(&compiler)
        // -fcf-protection=none: some compilers default to endbr64, some not.
        .args([
            standard,
            "-O1",
            "-g",
            "-Wall",
            "-Wextra",
            "-Werror",
            "-Wno-unused-parameter",
            "-Wno-clobbered",
            "-fcf-protection=none",
        ])
        .arg("-I")
        .arg(places::root().join("tests/programs"))
        .arg("-I")
        .arg(places::root().join("tests/stress"))
        .arg(source)
        .args(flags)
        .arg("-o")
        .arg(&fresh)
        .output()
        .with_context(|| format!("cannot start the compiler {compiler}: apt-get install gcc g++ libc6-dev"))?;
    if !output.status.success() {
        bail!("{} does not compile:\n{}", source.display(), String::from_utf8_lossy(&output.stderr));
    }
    std::fs::rename(&fresh, to)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_are_read() {
        assert_eq!(parse_end("exit 3"), Some(End::Exit(3)));
        assert_eq!(parse_end("signal 11"), Some(End::Signal(11)));
        assert_eq!(parse_end("exit"), None);
        assert_eq!(parse_end("stops 1"), None);
    }
}
