//! Programs that people use, natively, traced, and under a hook that forwards
//! every call: the same output, the same status.

mod programs;
mod servers;

use anyhow::{Result, ensure};
use std::process::ExitCode;
use zpoline_tests::command::{End, Run, difference};
use zpoline_tests::scratch::Scratch;
use zpoline_tests::suite::{self, Case, Verdict};
use zpoline_tests::ways::{WAYS, Way};

/// A program to be compared.
pub struct Real {
    name: &'static str,
    /// What must be there for it; else the case is skipped.
    missing: fn() -> Option<String>,
    /// Prepares `scratch` and says what to run. Called anew for each run, so
    /// that all start from the same state.
    run: fn(&Scratch) -> Result<Run>,
}

/// Both runs and their comparison.
fn compare(real: &Real, way: Way) -> Result<()> {
    let scratch = Scratch::new("real")?;
    let native = (real.run)(&scratch)?.outcome()?;
    ensure!(native.end == End::Exit(0), "natively it ends by {}\n{}{}", native.end, native.said(), native.complained());
    // The same directory again, empty: names are output too.
    let scratch = scratch.renewed()?;
    let logs = Scratch::new("logs")?;
    let log = logs.path("log");
    let run = way.load((real.run)(&scratch)?, &log)?;
    let loaded = run.outcome()?;
    if let Some(text) = difference(&native, &loaded) {
        anyhow::bail!("{text}{}", run.shown());
    }
    way.prove(&log, loaded.end)
}

fn check(real: &Real, way: Way) -> Verdict {
    if let Some(why) = (real.missing)() {
        return Verdict::Skipped(why);
    }
    compare(real, way).into()
}

fn main() -> ExitCode {
    let reals = programs::all();
    let mut cases = Vec::new();
    for real in &reals {
        for way in WAYS {
            cases.push(Case::new(format!("{} under {way}", real.name), move || check(real, way)));
        }
    }
    for way in WAYS {
        for (name, missing, body) in servers::all() {
            cases.push(Case::new(format!("{name} under {way}"), move || match missing() {
                Some(why) => Verdict::Skipped(why),
                None => body(way).into(),
            }));
        }
    }
    suite::run(cases, 2).1
}
