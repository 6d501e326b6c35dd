//! The pitfalls of syscall rewriting that K23 lists (Middleware 2025), each by the
//! programs that show it, under every mechanism and as an ordinary user; and
//! lazypoline's test: code that tcc compiles into memory.
//!
//! What a mechanism does not claim is in `exceptions`.

use anyhow::{Context, Result, ensure};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::ExitCode;
use zpoline_tests::command::{End, Run, difference_from_any};
use zpoline_tests::modes::{self, MECHANISMS, Mode};
use zpoline_tests::programs::{self, Program};
use zpoline_tests::shared::Shared;
use zpoline_tests::suite::{self, Case, Results, Verdict};
use zpoline_tests::{exceptions, guests, places, user};

/// A pitfall.
struct Pitfall {
    /// K23's name.
    name: &'static str,
    what: &'static str,
    /// The programs of tests/programs that show it.
    programs: &'static [&'static str],
}

const PITFALLS: [Pitfall; 9] = [
    Pitfall {
        name: "P1a",
        what: "the hook is shaken off by an execve with another environment",
        programs: &["pitfalls/p1a_exec", "process/exec", "process/spawn"],
    },
    Pitfall {
        name: "P1b",
        what: "the hook is switched off by the program's own prctl",
        programs: &["pitfalls/p1b_dispatch_off", "signals/own_dispatch"],
    },
    Pitfall {
        name: "P2a",
        what: "code is missed: hidden, loaded or generated",
        programs: &["pitfalls/p2a_dlopen", "pitfalls/p2a_generated", "pitfalls/p2a_hidden"],
    },
    // Calls of the vDSO are in tests/reach.rs.
    Pitfall { name: "P2b", what: "calls before main are missed", programs: &["pitfalls/p2b_constructors"] },
    Pitfall { name: "P3a", what: "data is rewritten", programs: &["pitfalls/p3a_data"] },
    Pitfall {
        name: "P3b",
        what: "data is rewritten because control was sent there",
        programs: &["pitfalls/p3b_control"],
    },
    Pitfall {
        name: "P4a",
        what: "a call through NULL goes unnoticed",
        programs: &[
            "pointers/null_call",
            "pointers/null_call_dies",
            "pointers/null_call_in_child",
            "pointers/null_jump",
            "pointers/small_call",
        ],
    },
    Pitfall { name: "P4b", what: "memory grows with the address space", programs: &["pitfalls/p4b_memory"] },
    Pitfall {
        name: "P5",
        what: "patches are torn, or leave pages with other rights",
        programs: &["pitfalls/p5_under_fire", "pitfalls/p5_fire_fixed", "pitfalls/p5_protection"],
    },
];

/// A hook that takes the witness's number alone: what is missed is seen by that.
const HOOK: &str = "idle";

/// Judges a run by what the program does natively.
fn judge(program: &Program, mechanism: &'static str, native: &Run, loaded: &Run) -> Result<Verdict> {
    let natively = native;
    let native = natively.outcome()?;
    if native.end != program.end {
        let why = native.said().lines().find_map(|line| line.strip_prefix("skipped: ").map(str::to_owned));
        return Ok(Verdict::Skipped(why.unwrap_or_else(|| format!("natively {}", native.end))));
    }
    let differs = difference_from_any(&native, &loaded.outcome()?, || natively.outcome())?;
    let differs = differs.map(|text| format!("{text}{}", loaded.shown()));
    Ok(match (differs, exceptions::of(&program.name, Mode { mechanism, hook: HOOK })) {
        (None, None) => Verdict::Passed,
        (Some(_), Some(exception)) => Verdict::Declared(exception.reason.into()),
        (Some(text), None) => Verdict::Failed(text),
        (None, Some(_)) => Verdict::Failed("is as natively, but is declared to differ".into()),
    })
}

fn under(program: &Program, mechanism: &'static str) -> Result<Verdict> {
    if let Some(why) = user::cannot_use(mechanism) {
        return Ok(Verdict::Skipped(why));
    }
    let run = Run::new(program.compile()?);
    let loaded = Mode { mechanism, hook: HOOK }.load(run.clone())?;
    judge(program, mechanism, &modes::native(run), &loaded)
}

fn as_nobody(shared: &Shared, program: &Program) -> Result<Verdict> {
    let file = shared.copy(&program.compile()?, 0o755)?;
    let native = user::as_nobody(Run::new("/usr/bin/env").arg("WITNESS=native").arg(&file))?;
    judge(program, "auto", &native, &shared.load("auto", &[&file.display().to_string()])?)
}

/// The program that tcc runs from memory, or why not.
fn tcc() -> std::result::Result<(PathBuf, PathBuf), Verdict> {
    let source = places::root().join("tests/programs/lib/jitted.c");
    match places::find("tcc") {
        Some(tcc) => Ok((tcc, source)),
        None => Err(Verdict::Skipped("tcc is not installed: apt-get install tcc".into())),
    }
}

const SEEN: &str = "by tcc: 1000 of 1000\nby itself: 0x5a5a\n";

/// Code that tcc generates is seen, each call of it.
fn jitted(mechanism: &str) -> Verdict {
    let (tcc, source) = match tcc() {
        Ok(both) => both,
        Err(verdict) => return verdict,
    };
    let run = || -> Result<()> {
        let native = Run::new(&tcc).arg("-run").arg(&source);
        let outcome = native.outcome()?;
        ensure!(
            outcome.end == End::Exit(0) && outcome.said().starts_with("by tcc: 0 of 1000\n"),
            "natively {}: {}{}",
            outcome.end,
            outcome.said(),
            outcome.complained()
        );
        let run = modes::preload(native, guests::own(HOOK)?)?.env("ZPOLINE_MECHANISM", mechanism);
        let outcome = run.outcome()?;
        ensure!(
            outcome.end == End::Exit(0) && outcome.said() == SEEN,
            "{}: {}: {}{}",
            run.shown(),
            outcome.end,
            outcome.said(),
            outcome.complained()
        );
        Ok(())
    };
    run().into()
}

/// The same as an ordinary user, by the default.
fn jitted_as_nobody(shared: &Shared) -> Verdict {
    let (tcc, source) = match tcc() {
        Ok(both) => both,
        Err(verdict) => return verdict,
    };
    let run = || -> Result<()> {
        let source = shared.copy(&source, 0o644)?;
        let words = [tcc.display().to_string(), "-run".into(), source.display().to_string()];
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let outcome = shared.load("auto", &words)?.outcome()?;
        ensure!(outcome.said() == SEEN, "{}: {}{}", outcome.end, outcome.said(), outcome.complained());
        Ok(())
    };
    run().into()
}

/// One line a pitfall, one column a mechanism.
fn table(results: &Results) -> String {
    let mut cells: BTreeMap<(&str, &str), &str> = BTreeMap::new();
    for (name, verdict) in results {
        let Some((pitfall, rest)) = name.split_once(' ') else { continue };
        let Some((_, way)) = rest.rsplit_once(" under ") else { continue };
        let word = match verdict {
            Verdict::Failed(_) => "FAILED",
            Verdict::Declared(_) => "not claimed",
            Verdict::Skipped(_) => "skipped",
            Verdict::Passed => "kept",
        };
        // The worst counts.
        let rank = |word: &str| ["kept", "skipped", "not claimed", "FAILED"].iter().position(|other| *other == word);
        let cell = cells.entry((pitfall, way)).or_insert(word);
        if rank(word) > rank(cell) {
            *cell = word;
        }
    }
    let mut text = format!("{:<5}{:<66}", "", "pitfall");
    for mechanism in MECHANISMS {
        text.push_str(&format!("{mechanism:<13}"));
    }
    for Pitfall { name, what, .. } in &PITFALLS {
        text.push_str(&format!("\n{name:<5}{what:<58}"));
        for mechanism in MECHANISMS {
            text.push_str(&format!("{:<13}", cells.get(&(*name, mechanism)).copied().unwrap_or("not run")));
        }
    }
    text
}

fn cases<'a>(programs: &'a [Program], shared: &'a Shared) -> Result<Vec<Case<'a>>> {
    let mut cases = Vec::new();
    let said = |result: Result<Verdict>| result.unwrap_or_else(|error| Verdict::Failed(format!("{error:#}")));
    for pitfall in &PITFALLS {
        for name in pitfall.programs {
            let program = programs.iter().find(|program| program.name == *name);
            let program = program.with_context(|| format!("{}: there is no tests/programs/{name}.c", pitfall.name))?;
            for mechanism in MECHANISMS {
                let title = format!("{} {name} under {mechanism}", pitfall.name);
                cases.push(Case::new(title, move || said(under(program, mechanism))));
            }
            let title = format!("{} {name} as an ordinary user", pitfall.name);
            cases.push(Case::new(title, move || said(as_nobody(shared, program))));
        }
    }
    for mechanism in ["auto", "sud"] {
        cases.push(Case::new(format!("code of tcc under {mechanism}"), move || jitted(mechanism)));
    }
    cases.push(Case::new("code of tcc as an ordinary user", move || jitted_as_nobody(shared)));
    Ok(cases)
}

fn main() -> ExitCode {
    let ready = || -> Result<(Vec<Program>, Shared)> { Ok((programs::all()?, Shared::new(HOOK)?)) };
    let (programs, shared) = match ready() {
        Ok(both) => both,
        Err(error) => {
            eprintln!("{error:#}");
            return ExitCode::FAILURE;
        }
    };
    let cases = match cases(&programs, &shared) {
        Ok(cases) => cases,
        Err(error) => {
            eprintln!("{error:#}");
            return ExitCode::FAILURE;
        }
    };
    let (results, code) = suite::run(cases, 2);
    println!("{}\n", table(&results));
    code
}
