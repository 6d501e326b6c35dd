//! Programs that people use, natively, traced, and under a hook that forwards
//! every call: the same output, the same end.

mod databases;
mod developer;
mod files;
mod python;
mod runtimes;
mod servers;
mod shell;

use anyhow::{Context, Result, bail, ensure};
use std::collections::HashMap;
use std::process::ExitCode;
use std::sync::Mutex;
use std::time::Duration;
use zpoline_tests::command::{End, Outcome, Run, difference};
use zpoline_tests::scratch::Scratch;
use zpoline_tests::suite::{self, Case, Verdict};
use zpoline_tests::ways::{JUMP, NOBODY, NOOP, TRACE, Way, Who, ZPOLINE};
use zpoline_tests::{places, user};

/// In which ways a program runs.
type Ways = &'static [Way];

/// What every program goes through.
pub(crate) const USUAL: Ways = &[NOOP, TRACE];
/// Also with each mechanism, and as an ordinary user.
pub(crate) const EVERY: Ways = &[NOOP, TRACE, JUMP, ZPOLINE, NOBODY];
/// Under the forwarding hook alone: what cannot be traced, or takes long.
pub(crate) const FORWARDED: Ways = &[NOOP, JUMP, ZPOLINE, NOBODY];

/// A program to be compared.
pub(crate) struct Real {
    name: &'static str,
    ways: Ways,
    /// What must be there for it; else the case is skipped.
    missing: fn() -> Option<String>,
    /// Prepares `scratch` and says what to run. Called anew for each run, so
    /// that all start from the same state.
    run: fn(&Scratch) -> Result<Run>,
    /// How it ends.
    end: End,
    /// Why it differs with this mechanism here, if that is known.
    differs: fn(&str) -> Option<&'static str>,
}

impl Real {
    pub(crate) fn new(name: &'static str, needs: fn() -> Option<String>, run: fn(&Scratch) -> Result<Run>) -> Self {
        Self { name, ways: USUAL, missing: needs, run, end: End::Exit(0), differs: |_| None }
    }

    pub(crate) fn ways(self, ways: Ways) -> Self {
        Self { ways, ..self }
    }

    pub(crate) fn ends_with(self, status: i32) -> Self {
        Self { end: End::Exit(status), ..self }
    }

    /// It relies on the fault of an access through null.
    pub(crate) fn needs_null_faults(self) -> Self {
        let differs = |mechanism: &str| {
            (mechanism == "zpoline" && !zpoline_tests::exceptions::has_protection_keys())
                .then_some("it catches reads through null, and page 0 is readable: no protection keys (PKU) here")
        };
        Self { differs, ..self }
    }
}

/// Which of these programs are not installed.
pub(crate) fn lacks(programs: &[&str]) -> Option<String> {
    let missing: Vec<&str> = programs.iter().copied().filter(|program| places::find(program).is_none()).collect();
    (!missing.is_empty()).then(|| format!("not installed: {}", missing.join(", ")))
}

/// Real programs take longer than those of tests/programs, on a machine that does
/// other things too.
pub(crate) const LIMIT: Duration = Duration::from_secs(120);

/// A program by its name.
pub(crate) fn program(name: &str) -> Result<Run> {
    let found = places::find(name).with_context(|| format!("{name} is not installed"))?;
    Ok(Run::new(found).limit(LIMIT))
}

/// A script for a shell, run in `scratch`.
pub(crate) fn script(shell: &str, scratch: &Scratch, text: &str) -> Result<Run> {
    Ok(program(shell)?.arg("-c").arg(text).within(scratch.directory()))
}

/// A program, and what it did natively for each user. Its runs take turns: all of
/// them use the same directory, whose name is output too.
struct Subject {
    real: Real,
    native: Mutex<HashMap<bool, Outcome>>,
    directory: Scratch,
}

impl Subject {
    /// What to run, in the emptied directory.
    fn prepare(&self, who: Who) -> Result<Run> {
        self.directory.empty()?;
        let run = (self.real.run)(&self.directory)?;
        if who == Who::Nobody {
            user::give_to_nobody(self.directory.directory())?;
            return Ok(run.env("HOME", self.directory.directory()));
        }
        Ok(run)
    }

    fn native(&self, who: Who) -> Result<Outcome> {
        let run = self.prepare(who)?;
        let run = if who == Who::Nobody { user::as_nobody(run)? } else { run };
        let native = run.outcome()?;
        let end = self.real.end;
        ensure!(
            native.end == end,
            "natively it ends by {} and not by {end}\n{}{}",
            native.end,
            native.said(),
            native.complained()
        );
        Ok(native)
    }

    /// What differs in a way, or nothing.
    fn differs(&self, way: Way) -> Result<Option<String>> {
        let mut natives = self.native.lock().map_err(|_| anyhow::anyhow!("an earlier case panicked"))?;
        let who = way.who;
        let native = match natives.get(&(who == Who::Nobody)) {
            Some(native) => native.clone(),
            None => self.native(who)?,
        };
        natives.insert(who == Who::Nobody, native.clone());
        let logs = Scratch::new("logs")?;
        let log = logs.path("log");
        let run = way.load(self.prepare(who)?, &log)?;
        let loaded = run.outcome()?;
        if let Some(text) = difference(&native, &loaded) {
            let messages = std::fs::read_to_string(&log).unwrap_or_default();
            let ours: Vec<&str> = messages.lines().filter(|line| line.starts_with("zpoline: ")).take(5).collect();
            return Ok(Some(format!("{text}{}\n{}", run.shown(), ours.join("\n"))));
        }
        way.prove(&log, loaded.end)?;
        Ok(None)
    }

    fn check(&self, way: Way) -> Verdict {
        if let Some(why) = (self.real.missing)().or_else(|| way.cannot()) {
            return Verdict::Skipped(why);
        }
        match (self.differs(way), (self.real.differs)(way.mechanism)) {
            (Ok(None), None) => Verdict::Passed,
            (Ok(Some(_)), Some(reason)) => Verdict::Declared(reason.into()),
            (Ok(Some(text)), None) => Verdict::Failed(text),
            (Ok(None), Some(_)) => Verdict::Failed("is as natively, but is declared to differ".into()),
            (Err(error), _) => Verdict::Failed(format!("{error:#}")),
        }
    }
}

fn subjects() -> Result<Vec<Subject>> {
    let reals = [files::all(), shell::all(), python::all(), developer::all(), runtimes::all(), databases::all()];
    let subject = |real: Real| -> Result<Subject> {
        Ok(Subject { real, native: Mutex::default(), directory: Scratch::new("real")? })
    };
    reals.into_iter().flatten().map(subject).collect()
}

fn main() -> ExitCode {
    let subjects = match subjects() {
        Ok(subjects) => subjects,
        Err(error) => {
            eprintln!("{error:#}");
            return ExitCode::FAILURE;
        }
    };
    let mut cases = Vec::new();
    // Way by way, so that two runs of one program seldom wait for each other.
    for way in EVERY.iter().copied() {
        for subject in subjects.iter().filter(|subject| subject.real.ways.contains(&way)) {
            cases.push(Case::new(format!("{} under {way}", subject.real.name), move || subject.check(way)));
        }
        for server in servers::all() {
            if server.ways.contains(&way) {
                cases.push(Case::new(format!("{} under {way}", server.name), move || server.check(way)));
            }
        }
    }
    suite::run(cases, 2).1
}

/// Runs a client or a tool that has to succeed.
pub(crate) fn ask(run: Run) -> Result<Outcome> {
    let outcome = run.outcome()?;
    if outcome.end != End::Exit(0) {
        bail!("{}: {}\n{}{}", run.shown(), outcome.end, outcome.said(), outcome.complained());
    }
    Ok(outcome)
}
