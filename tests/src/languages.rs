//! The hooks of guest-examples/languages: built once a run by
//! guest-examples/build, and compiled with the finished command.

use crate::command::{End, Run, tail};
use crate::{guests, places};
use anyhow::{Context, Result, ensure};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::{Duration, SystemTime};

/// A language, or one of its compilers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Language {
    /// What guest-examples/build calls it.
    pub word: &'static str,
    /// What people call it.
    pub shown: &'static str,
    /// The folders with its sources.
    sources: &'static [&'static str],
}

/// All of them. The first needs no compiler.
pub const LANGUAGES: [Language; 10] = [
    Language { word: "wat", shown: "WAT", sources: &["wat"] },
    Language { word: "c", shown: "C, clang", sources: &["c"] },
    Language { word: "zigcc", shown: "C, zig cc, wasi-libc", sources: &["c"] },
    Language { word: "cpp", shown: "C++, zig c++, libc++", sources: &["c", "cpp"] },
    Language { word: "zig", shown: "Zig", sources: &["zig"] },
    Language { word: "rust", shown: "Rust, std", sources: &["rust", "wit"] },
    Language { word: "assemblyscript", shown: "AssemblyScript", sources: &["assemblyscript"] },
    Language { word: "go", shown: "Go", sources: &["go"] },
    Language { word: "javascript", shown: "JavaScript, QuickJS", sources: &["javascript", "wit"] },
    Language { word: "python", shown: "Python, CPython", sources: &["python", "wit"] },
];

/// What `build` says when a compiler cannot be had.
const UNAVAILABLE: End = End::Exit(3);

/// Downloads and first builds of a language's own library take their time.
const LIMIT: Duration = Duration::from_secs(900);

/// A hook as its toolchain made it and as the loader reads it.
#[derive(Debug, Clone)]
pub struct Built {
    /// Component, core module or text.
    pub source: PathBuf,
    /// What `zpoline compile` made of it.
    pub compiled: PathBuf,
}

impl Language {
    /// `deny` or `paths` in this language; or why its compiler cannot be had.
    pub fn hook(&self, hook: &str) -> Result<std::result::Result<Built, String>> {
        static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
        let name = format!("{}-{hook}", self.word);
        let directory = places::release()?.parent().context("target")?.join("guests");
        let ending = if self.word == "wat" { "wat" } else { "wasm" };
        let source = directory.join(&name).with_extension(ending);
        // Two that use one compiler would get it, or build its libraries, twice; and
        // `zpoline compile` uses every core by itself.
        let built = ONE_AT_A_TIME.lock();
        if !self.is_current(&source)? {
            let run = build()?.arg(&name).arg("-o").arg(&directory);
            let outcome = run.outcome()?;
            if outcome.end == UNAVAILABLE {
                return Ok(Err(reason(&outcome.complained())));
            }
            ensure!(outcome.end == End::Exit(0), "{}: {}\n{}", run.shown(), outcome.end, tail(&outcome.stderr));
        }
        let compiled = guests::compile(&source)?;
        drop(built);
        Ok(Ok(Built { source, compiled }))
    }

    /// Whether a built hook is younger than all that it is made of.
    fn is_current(&self, built: &Path) -> Result<bool> {
        let Ok(built) = built.metadata().and_then(|meta| meta.modified()) else { return Ok(false) };
        let top = places::root().join("guest-examples");
        let mut newest = SystemTime::UNIX_EPOCH;
        for path in self.sources.iter().map(|folder| top.join("languages").join(folder)).chain([
            top.join("build"),
            top.join("toolchain"),
            places::root().join("wit"),
        ]) {
            newest = newest.max(changed(&path)?);
        }
        Ok(built > newest)
    }
}

/// When something at or below a path was last written.
fn changed(path: &Path) -> Result<SystemTime> {
    let meta = path.metadata().with_context(|| path.display().to_string())?;
    if !meta.is_dir() {
        return Ok(meta.modified()?);
    }
    let mut newest = SystemTime::UNIX_EPOCH;
    for entry in path.read_dir()? {
        newest = newest.max(changed(&entry?.path())?);
    }
    Ok(newest)
}

/// Why a compiler cannot be had, in one line of what `build` says.
pub fn reason(complaint: &str) -> String {
    let line = complaint.lines().find_map(|line| line.strip_prefix("build: "));
    line.unwrap_or("its compiler cannot be had").to_owned()
}

/// The build script, with what it needs of the environment.
pub fn build() -> Result<Run> {
    let target = places::release()?.parent().context("target")?.to_owned();
    let mut run = Run::new(places::root().join("guest-examples/build")).limit(LIMIT);
    // A Go that another suite has got need not be got again.
    let go = target.join("tests/go/go/bin/go");
    if go.exists() {
        run = run.env("GO", go);
    }
    if std::env::var_os("ZPOLINE_TESTS_NO_INSTALL").is_some() {
        run = run.env("NO_DOWNLOAD", "1");
    }
    for name in ["CARGO_HOME", "RUSTUP_HOME", "RUSTC_WEB_DIR", "TOOLCHAINS", "CC_WASM", "XDG_CACHE_HOME"] {
        if let Some(value) = std::env::var_os(name) {
            run = run.env(name, value);
        }
    }
    Ok(run.env("CARGO_TARGET_DIR", target))
}
