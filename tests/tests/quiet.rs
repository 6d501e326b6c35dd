//! What programs do to the loader without meaning it, and what tools see of a
//! hooked program: closed descriptors, readers that go away, a gs register, a
//! debugger.

use anyhow::{Result, ensure};
use std::path::PathBuf;
use std::process::ExitCode;
use zpoline_tests::command::{End, Outcome, Run};
use zpoline_tests::scratch::Scratch;
use zpoline_tests::suite::{self, Case, Verdict};
use zpoline_tests::{guests, modes, places, programs};

/// The programs' own status.
const ITS_OWN: End = End::Exit(3);
/// What the hook `say` says.
const SAID: &str = "asked for its parent\n";

/// A program of `programs/lib`.
fn compiled(name: &str) -> Result<PathBuf> {
    let source = places::root().join("tests/programs/lib").join(name).with_extension("c");
    programs::compile(&source, name, &[])
}

fn program(name: &str) -> Result<Run> {
    Ok(Run::new(compiled(name)?))
}

fn shown(outcome: &Outcome) -> String {
    format!("{}\nstdout:\n{}\nstderr:\n{}", outcome.end, outcome.said(), outcome.complained())
}

/// The hook's output survives the program's closing of descriptors, so many times
/// over.
fn closes(way: &str, mechanism: &str, calls: usize) -> Result<()> {
    let scratch = Scratch::new("log")?;
    let log = scratch.path("log");
    let run = || -> Result<Run> {
        Ok(modes::preload(program("closes")?.arg(way), guests::own("say")?)?.env("ZPOLINE_MECHANISM", mechanism))
    };
    let outcome = run()?.env("ZPOLINE_LOG_FILE", &log).outcome()?;
    ensure!(outcome.end == ITS_OWN && outcome.said() == "done\n", "{}", shown(&outcome));
    let text = std::fs::read_to_string(&log)?;
    ensure!(text == SAID.repeat(calls), "the log file has {text:?}: {}", shown(&outcome));
    let outcome = run()?.outcome()?;
    ensure!(outcome.end == ITS_OWN && outcome.complained() == SAID.repeat(calls), "to stderr: {}", shown(&outcome));
    Ok(())
}

/// A reader of the output that went away does not end the program.
fn deaf() -> Result<()> {
    let run = modes::preload(program("deaf")?, guests::own("say")?)?;
    let words = ["-c", "exec 3>&1; { \"$0\"; echo \"status $?\"; } 2>&1 >&3 | :"];
    let shell = places::find("sh").unwrap_or_else(|| "/bin/sh".into());
    let outcome = run.behind(&shell, words).outcome()?;
    ensure!(outcome.said() == "went on\nstatus 3\n", "{}", shown(&outcome));
    Ok(())
}

fn gs_by_call() -> Result<()> {
    let outcome = modes::preload(program("gs")?.arg("call"), guests::own("idle")?)?.outcome()?;
    ensure!(outcome.end == ITS_OWN && outcome.said() == "-1 errno 1\nbase 0\n", "{}", shown(&outcome));
    for part in ["wants the gs register (ARCH_SET_GS)", "refused with EPERM", "fix: run it without the loader"] {
        ensure!(outcome.complained().contains(part), "stderr lacks {part:?}: {}", shown(&outcome));
    }
    Ok(())
}

fn gs_by_instruction() -> Result<()> {
    const SIGABRT: i32 = 6;
    let outcome = modes::preload(program("gs")?.arg("instruction"), guests::own("say")?)?.outcome()?;
    ensure!(outcome.end == End::Signal(SIGABRT) && outcome.said().is_empty(), "{}", shown(&outcome));
    for part in ["has set the gs register (wrgsbase)", "cannot be hooked", "fix: run it without the loader"] {
        ensure!(outcome.complained().contains(part), "stderr lacks {part:?}: {}", shown(&outcome));
    }
    Ok(())
}

/// A filter that forbids arming: threads run without it, and the user is told once.
fn unarmed(mechanism: &str) -> Result<()> {
    let run = modes::preload(program("unarmed")?, guests::own("idle")?)?.env("WITNESS", "loaded");
    let outcome = run.env("ZPOLINE_MECHANISM", mechanism).outcome()?;
    ensure!(outcome.end == ITS_OWN && outcome.said() == "both ran\n", "{}", shown(&outcome));
    let told = outcome.complained();
    let told = told.matches("does not allow prctl(PR_SET_SYSCALL_USER_DISPATCH)").count() == 1
        && told.contains("hooked at patched sites only")
        && told.contains("fix: have the filter allow it");
    ensure!(told, "{}", shown(&outcome));
    Ok(())
}

/// A debugger finds its way from a blocked call to the function that made it.
fn backtrace(mechanism: &str, hook: &str) -> Result<Verdict> {
    let Some(gdb) = places::find("gdb") else {
        return Ok(Verdict::Skipped("gdb is missing: apt-get install gdb".into()));
    };
    let mut words = vec!["-batch".into(), "-nx".into(), "-ex".into()];
    words.push(format!(
        // The program ends before main unless the hook answers it (check.h).
        "set exec-wrapper env WITNESS=loaded LD_PRELOAD={} ZPOLINE_HOOK={} ZPOLINE_MECHANISM={mechanism}",
        places::loader()?.display(),
        guests::own(hook)?.display()
    ));
    // The first call from a site comes by SIGSYS under sud and auto.
    words.extend(
        ["-ex", "handle SIGSYS nostop noprint pass", "-ex", "run", "-ex", "bt", "-ex", "kill"].map(String::from),
    );
    let outcome = Run::new(gdb).args(words).arg(compiled("blocked")?).outcome()?;
    let said = outcome.said();
    let frames = ["innermost ()", "outermost ()", "main ()"];
    let mut rest = said.as_str();
    for frame in frames {
        let Some(at) = rest.find(frame) else {
            anyhow::bail!("the backtrace lacks {frame}: {}", shown(&outcome));
        };
        rest = &rest[at..];
    }
    Ok(Verdict::Passed)
}

fn main() -> ExitCode {
    let mut cases = Vec::new();
    for mechanism in modes::possible() {
        for (way, calls) in [("loop", 1), ("range", 1), ("dup", 1), ("listed", 1), ("child", 2)] {
            cases.push(Case::new(format!("closing all by {way} keeps the log, {mechanism}"), move || {
                closes(way, mechanism, calls)
            }));
        }
        for hook in ["idle", "forward", "observe"] {
            cases.push(Case::new(format!("gdb: backtrace from a blocked call, {mechanism}/{hook}"), move || {
                backtrace(mechanism, hook).unwrap_or_else(|error| Verdict::Failed(format!("{error:#}")))
            }));
        }
    }
    for mechanism in ["sud", "auto"] {
        cases.push(Case::new(format!("a filter forbids to arm threads, {mechanism}"), move || unarmed(mechanism)));
    }
    cases.push(Case::new("a reader of the output that is gone", deaf));
    cases.push(Case::new("the gs register: by a call", gs_by_call));
    cases.push(Case::new("the gs register: by the instruction", gs_by_instruction));
    suite::run(cases, 2).1
}
