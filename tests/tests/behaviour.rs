//! Every program of tests/programs, natively and in every mode: the same
//! standard output, the same standard error, the same end.

use std::collections::BTreeMap;
use std::process::ExitCode;
use std::sync::OnceLock;
use zpoline_tests::command::{End, Outcome, Run, difference_from_any};
use zpoline_tests::modes::{self, Mode};
use zpoline_tests::programs::{self, Program};
use zpoline_tests::suite::{self, Case, Results, Verdict};
use zpoline_tests::{exceptions, user};

/// What a program that this machine cannot run exits with.
const CANNOT_RUN: End = End::Exit(77);

/// A program and what it did natively.
struct Subject {
    program: Program,
    native: OnceLock<Result<Outcome, String>>,
}

impl Subject {
    fn run_natively(&self) -> anyhow::Result<Outcome> {
        modes::native(Run::new(self.program.compile()?)).outcome()
    }

    /// Runs it natively, once.
    fn native(&self) -> Result<&Outcome, String> {
        let outcome = self.native.get_or_init(|| self.run_natively().map_err(|error| format!("{error:#}")));
        let outcome = outcome.as_ref().map_err(Clone::clone)?;
        if outcome.end != self.program.end && outcome.end != CANNOT_RUN {
            let complaint = outcome.complained();
            return Err(format!("natively it ends by {} and not by {}\n{complaint}", outcome.end, self.program.end));
        }
        Ok(outcome)
    }

    /// What differs in a mode, or nothing.
    fn differs(&self, mode: Mode, native: &Outcome) -> anyhow::Result<Option<String>> {
        let run = mode.load(Run::new(self.program.compile()?))?;
        let loaded = run.outcome()?;
        let differs = difference_from_any(native, &loaded, || self.run_natively())?;
        Ok(differs.map(|text| format!("{text}{}", run.shown())))
    }

    fn check(&self, mode: Mode) -> Verdict {
        let native = match self.native() {
            Ok(native) => native,
            Err(why) => return Verdict::Failed(why),
        };
        if native.end == CANNOT_RUN {
            let said = native.said();
            let why = said.lines().find_map(|line| line.strip_prefix("skipped: ")).unwrap_or("it does not say why");
            return Verdict::Skipped(why.into());
        }
        if let Some(why) = user::cannot_use(mode.mechanism) {
            return Verdict::Skipped(why);
        }
        let declared = exceptions::of(&self.program.name, mode);
        // One that hangs, or cannot be run, differs as well.
        let differs = self.differs(mode, native).unwrap_or_else(|error| Some(format!("{error:#}")));
        match (differs, declared) {
            (None, None) => Verdict::Passed,
            (Some(_), Some(exception)) => Verdict::Declared(exception.reason.into()),
            (Some(text), None) => Verdict::Failed(text),
            (None, Some(exception)) => Verdict::Failed(format!(
                "is as natively, but tests/src/exceptions.rs says that it differs: {}",
                exception.reason
            )),
        }
    }
}

/// One line a program, one column a mechanism; what is not the same under all
/// hooks is named.
fn table(results: &Results) -> String {
    type Row<'a> = BTreeMap<&'a str, BTreeMap<&'static str, Vec<&'a str>>>;
    let mut rows: BTreeMap<&str, Row<'_>> = BTreeMap::new();
    for (name, verdict) in results {
        let Some((program, mode)) = name.rsplit_once(" under ") else { continue };
        let Some((mechanism, hook)) = mode.split_once('/') else { continue };
        let word = match verdict {
            Verdict::Passed => "same",
            Verdict::Skipped(_) => "skipped",
            Verdict::Declared(_) => "declared",
            Verdict::Failed(_) => "DIFFERS",
        };
        rows.entry(program).or_default().entry(mechanism).or_default().entry(word).or_default().push(hook);
    }
    let cell = |words: &BTreeMap<&str, Vec<&str>>| match words.iter().next() {
        Some((word, _)) if words.len() == 1 => (*word).to_owned(),
        _ => {
            let others = words.iter().filter(|(word, _)| **word != "same");
            others.map(|(word, hooks)| format!("{word}: {}", hooks.join(" "))).collect::<Vec<_>>().join(", ")
        }
    };
    let mut text = format!("{:<30}", "program");
    for mechanism in modes::MECHANISMS {
        text.push_str(&format!("{mechanism:<12}"));
    }
    for (program, cells) in rows {
        text.push_str(&format!("\n{program:<30}"));
        for mechanism in modes::MECHANISMS {
            text.push_str(&format!("{:<12}", cells.get(mechanism).map(cell).unwrap_or_default()));
        }
    }
    text
}

fn main() -> ExitCode {
    let programs = match programs::all() {
        Ok(programs) => programs,
        Err(error) => {
            eprintln!("{error:#}");
            return ExitCode::FAILURE;
        }
    };
    let subjects: Vec<Subject> =
        programs.into_iter().map(|program| Subject { program, native: OnceLock::new() }).collect();
    let modes = modes::all();
    let mut cases = Vec::new();
    for subject in &subjects {
        for &mode in &modes {
            cases.push(Case::new(format!("{} under {mode}", subject.program.name), move || subject.check(mode)));
        }
    }
    let threads = std::thread::available_parallelism().map_or(2, usize::from);
    let (results, code) = suite::run(cases, threads);
    if results.len() > 1 {
        println!("{}\n", table(&results));
    }
    code
}
