//! What goes wrong, and what the user is told: a hook that misbehaves, files
//! that are not hooks, settings that mean nothing, page 0 out of reach. Each
//! message says the cause and a fix; each status is the documented one.

mod files;
mod grants;
mod hooks;
mod rewrites;
mod settings;

use anyhow::{Result, ensure};
use std::path::PathBuf;
use std::process::ExitCode;
use zpoline_tests::command::{End, Outcome, Run};
use zpoline_tests::suite::{self, Case};
use zpoline_tests::{modes, places, programs};

/// Before main, by ourselves.
const REFUSED: End = End::Exit(125);
/// The subject's own status.
const ITS_OWN: End = End::Exit(3);
/// What the subject says when nothing is in its way.
const ALL_WELL: &str = "getpid: an id\ngetppid: an id\ngetuid: an id\ngetpid: an id\n";

/// The program that fails or not.
fn subject() -> Result<Run> {
    let source = places::root().join("tests/programs/lib/ids.c");
    Ok(Run::new(programs::compile(&source, "ids", &[])?))
}

/// The subject under a compiled hook.
fn under(hook: PathBuf) -> Result<Run> {
    modes::preload(subject()?, hook)
}

/// Whether a run ended as wanted, said this and complained of all that.
fn expect(run: &Run, end: End, said: &str, complaints: &[&str]) -> Result<()> {
    let outcome = run.outcome()?;
    let shown = |outcome: &Outcome| {
        format!("{}\nstdout:\n{}\nstderr:\n{}\n{}", outcome.end, outcome.said(), outcome.complained(), run.shown())
    };
    ensure!(outcome.end == end, "not {end}: {}", shown(&outcome));
    ensure!(outcome.said() == said, "stdout is not {said:?}: {}", shown(&outcome));
    let stderr = outcome.complained();
    for complaint in complaints {
        ensure!(stderr.contains(complaint), "stderr lacks {complaint:?}: {}", shown(&outcome));
    }
    if complaints.is_empty() {
        ensure!(stderr.is_empty(), "stderr is not empty: {}", shown(&outcome));
    }
    Ok(())
}

fn main() -> ExitCode {
    let mut cases = Vec::new();
    let all = [hooks::all(), files::all(), settings::all(), grants::all(), rewrites::all()];
    for (name, body) in all.into_iter().flatten() {
        cases.push(Case::new(name, body));
    }
    suite::run(cases, 2).1
}

/// A case: its name and what it does.
type Body = (String, Box<dyn Fn() -> Result<()> + Send + Sync>);

fn case(name: impl Into<String>, body: impl Fn() -> Result<()> + Send + Sync + 'static) -> Body {
    (name.into(), Box::new(body))
}
