//! Compiles hooks: the small ones of `tests/guests`, written in the text form
//! so that they need no toolchain, and those of guest-examples, as built there.

use crate::command::Run;
use crate::places;
use anyhow::{Context, Result, ensure};
use std::path::{Path, PathBuf};

/// A hook of `tests/guests`, compiled.
pub fn own(name: &str) -> Result<PathBuf> {
    compile(&places::root().join("tests/guests").join(name).with_extension("wat"))
}

/// A hook of guest-examples/hostile, compiled.
pub fn hostile(name: &str) -> Result<PathBuf> {
    compile(&places::root().join("guest-examples/hostile").join(name).with_extension("wat"))
}

/// The component of a hook of guest-examples, which tests/run has built with
/// guest-examples/build; None if it has not.
pub fn example_component(name: &str) -> Result<Option<PathBuf>> {
    let kept = places::root().join("guest-examples").join(name).join(name).with_extension("wasm");
    let built = places::release()?.parent().context("target")?.join("guests").join(name).with_extension("wasm");
    Ok([built, kept].into_iter().find(|path| path.exists()))
}

/// A hook of guest-examples, compiled; None if it is not built.
pub fn example(name: &str) -> Result<Option<PathBuf>> {
    example_component(name)?.map(|component| compile(&component)).transpose()
}

/// Compiles a hook with the finished command.
pub fn compile(source: &Path) -> Result<PathBuf> {
    let name = source.file_name().context("a hook has a name")?;
    let to = places::built("guests")?.join(name).with_extension("cwasm");
    let command = places::zpoline()?;
    let age = |path: &Path| path.metadata().and_then(|meta| meta.modified());
    let loader = places::loader()?;
    let is_fresh = || {
        let made_of = [source, &command, &loader];
        age(&to).is_ok_and(|have| made_of.iter().all(|path| age(path).is_ok_and(|age| have > age)))
    };
    places::build(&to, is_fresh, || run_command(&command, source, &to))?;
    Ok(to)
}

/// `zpoline compile` puts the file in place whole. An interpreter takes long.
fn run_command(command: &Path, source: &Path, to: &Path) -> Result<()> {
    const LIMIT: std::time::Duration = std::time::Duration::from_secs(600);
    let run = Run::new(command).arg("compile").arg(source).arg("-o").arg(to).limit(LIMIT);
    let outcome = run.outcome()?;
    ensure!(
        outcome.end == crate::command::End::Exit(0),
        "{} does not compile: {}\n{}",
        source.display(),
        outcome.end,
        outcome.complained()
    );
    Ok(())
}
