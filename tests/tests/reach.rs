//! What a hook reaches that does not come by an ordinary syscall instruction of an
//! ordinary program: the vDSO, code that is loaded later; and what is said of
//! programs that no hook reaches.

use anyhow::{Context, Result, ensure};
use std::path::PathBuf;
use std::process::ExitCode;
use zpoline_tests::command::{End, Run};
use zpoline_tests::scratch::{self, Scratch};
use zpoline_tests::suite::{self, Case, Verdict};
use zpoline_tests::{guests, modes, places, programs, user};

fn program(name: &str, flags: &[&str]) -> Result<PathBuf> {
    variant(name, name, flags)
}

/// The same source with other flags, under a name of its own.
fn variant(name: &str, built: &str, flags: &[&str]) -> Result<PathBuf> {
    programs::compile(&places::root().join("tests/programs/lib").join(name).with_extension("c"), built, flags)
}

/// Whether a run under a hook and a mechanism says this.
fn says(run: Run, hook: &str, mechanism: &str, wanted: &[&str]) -> Result<()> {
    let run = modes::preload(run, guests::own(hook)?)?.env("ZPOLINE_MECHANISM", mechanism);
    let outcome = run.outcome()?;
    let said = outcome.said();
    let complete = wanted.iter().all(|line| said.contains(line));
    ensure!(
        complete && outcome.end == End::Exit(0),
        "{}, wanted {wanted:?}:\n{said}{}\n{}",
        outcome.end,
        outcome.complained(),
        run.shown()
    );
    Ok(())
}

/// The hook sees what libc asks the vDSO for; where it does not want to, the vDSO
/// is as it was.
fn vdso(mechanism: &str) -> Result<()> {
    const ANSWERED: [&str; 7] = [
        "clock_gettime: -1 Timer expired",
        "clock_getres: -1 Timer expired",
        "gettimeofday: -62",
        "time: -62",
        "getcpu: -1 Timer expired",
        "getrandom: -1 Timer expired",
        "the vDSO's code is replaced",
    ];
    says(Run::new(program("clocks", &[])?), "clocks", mechanism, &ANSWERED)?;
    const OWN: [&str; 3] = ["clock_gettime: 0", "time: 0", "the vDSO's code is its own"];
    says(Run::new(program("clocks", &[])?), "idle", mechanism, &OWN)
}

/// A library that dlopen loads is hooked before its first call, and once more after
/// it was unloaded.
fn dlopened(mechanism: &str) -> Result<()> {
    let library = program("dlopened", &["-shared", "-fPIC"])?;
    says(Run::new(program("late", &[])?).arg(library), "idle", mechanism, &["0x5a5a\n0x5a5a\n"])
}

/// Under `auto` a site of libc is patched at its first call; at the start in programs
/// with a fixed address and the heap behind it, where the better table has no place.
fn learned() -> Result<()> {
    const AT_FIRST_CALL: [&str; 3] = ["table: 0x50f0000", "before: as it was", "after: rewritten"];
    says(Run::new(program("learned", &[])?), "idle", "auto", &AT_FIRST_CALL)?;
    const AT_START: [&str; 3] = ["table: 0x60000", "before: rewritten", "after: rewritten"];
    let fixed = variant("learned", "learned_fixed", &["-no-pie"])?;
    // The heap is next to the program where addresses are not random.
    let setarch = places::find("setarch").context("there is no setarch: apt-get install util-linux")?;
    says(Run::new(setarch).arg("-R").arg(fixed), "idle", "auto", &AT_START)
}

/// The same in a root directory that has no /proc.
fn learned_without_proc() -> Verdict {
    if !user::is_root() {
        return Verdict::Skipped("chroot(2) needs root".into());
    }
    let check = || -> Result<()> {
        let scratch = Scratch::new("reach")?;
        let run = Run::new(program("learned", &[])?).arg(scratch.directory());
        says(run, "idle", "auto", &["before: as it was", "after: rewritten"])
    };
    check().into()
}

/// What becomes of programs that cannot be hooked, executed by a hooked one.
fn unhookable(way: &str, target: PathBuf) -> Result<()> {
    let run = || -> Result<Run> {
        modes::preload(Run::new(program("executor", &[])?).arg(way).arg(&target), guests::own("idle")?)
    };
    let outcome = run()?.outcome()?;
    ensure!(outcome.said() == "plain runs\n" && outcome.end == End::Exit(0), "by itself: {outcome:?}");
    let told = outcome.complained();
    ensure!(told.contains("runs without a hook: it is statically linked"), "by itself: {told}");
    let outcome = run()?.env("ZPOLINE_UNHOOKABLE", "run").outcome()?;
    ensure!(outcome.said() == "plain runs\n" && outcome.complained() == told, "run: {outcome:?}");
    let outcome = run()?.env("ZPOLINE_UNHOOKABLE", "refuse").outcome()?;
    ensure!(outcome.said() == "not executed: Operation not permitted\n", "refuse: {outcome:?}");
    let told = outcome.complained();
    for words in ["refused to execute", "it is statically linked", "fix: ZPOLINE_UNHOOKABLE=run"] {
        ensure!(told.contains(words), "refuse: no {words:?} in {told}");
    }
    let outcome = run()?.env("ZPOLINE_UNHOOKABLE", "perhaps").outcome()?;
    let told = outcome.complained();
    ensure!(outcome.end == End::Exit(125), "perhaps: {outcome:?}");
    ensure!(told.contains("ZPOLINE_UNHOOKABLE=perhaps is not run or refuse"), "perhaps: {told}");
    Ok(())
}

/// A script whose interpreter cannot be hooked.
fn script() -> Result<()> {
    let scratch = Scratch::new("reach")?;
    let text = scratch.write("text", format!("#!{}\n", program("plain", &["-static"])?.display()))?;
    let path = scratch.path("script");
    scratch::copy(&text, &path, 0o755)?;
    unhookable("execve", path)
}

/// A program that gains rights, executed by an ordinary user.
fn privileged() -> Verdict {
    let Some(su) = ["/usr/bin/su", "/bin/su"].into_iter().find(|path| std::fs::metadata(path).is_ok()) else {
        return Verdict::Skipped("there is no su".into());
    };
    let check = || -> Result<()> {
        let run = modes::preload(Run::new(program("executor", &[])?).arg("execve").arg(su), guests::own("idle")?)?;
        let outcome = user::as_nobody(run.env("ZPOLINE_UNHOOKABLE", "refuse"))?.outcome()?;
        let told = outcome.complained();
        ensure!(told.contains("it is set-user-ID: ld.so ignores LD_PRELOAD for it"), "{told}");
        ensure!(outcome.said() == "not executed: Operation not permitted\n", "{outcome:?}");
        Ok(())
    };
    check().into()
}

fn main() -> ExitCode {
    let mut cases = Vec::new();
    for mechanism in modes::MECHANISMS {
        let case = move |body: fn(&str) -> Result<()>| {
            move || match user::cannot_use(mechanism) {
                Some(why) => Verdict::Skipped(why),
                None => body(mechanism).into(),
            }
        };
        cases.push(Case::new(format!("the vDSO under {mechanism}"), case(vdso)));
        cases.push(Case::new(format!("dlopen under {mechanism}"), case(dlopened)));
    }
    for way in ["execve", "execveat"] {
        cases.push(Case::new(format!("a static program by {way}"), move || {
            unhookable(way, program("plain", &["-static"])?)
        }));
    }
    cases.push(Case::new("a script of a static program", script));
    cases.push(Case::new("when a site of libc is patched", learned));
    cases.push(Case::new("a site of libc is patched without /proc", learned_without_proc));
    cases.push(Case::new("a set-user-ID program", privileged));
    suite::run(cases, 2).1
}
