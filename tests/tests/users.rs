//! The same as an ordinary user. `zpoline` needs page 0: where that cannot be
//! had, a message names the cause and a fix, and the status is 125. The other
//! mechanisms need nothing: every program of tests/programs has to be as it is
//! natively.

use anyhow::{Result, ensure};
use std::process::ExitCode;
use zpoline_tests::command::{End, Run, difference_from_any};
use zpoline_tests::modes::Mode;
use zpoline_tests::programs::{self, Program};
use zpoline_tests::shared::Shared;
use zpoline_tests::suite::{self, Case, Verdict};
use zpoline_tests::{exceptions, places, user};

/// What everybody gets if they say nothing.
const MODE: Mode = Mode { mechanism: "auto", hook: "forward" };

/// A run that works if an ordinary user may map page 0, and else says why not.
fn page_0(run: &Run) -> Result<()> {
    let outcome = run.outcome()?;
    let complaint = outcome.complained();
    if user::anybody_may_map_page_0() {
        ensure!(outcome.end == End::Exit(0) && outcome.said() == "ran\n", "{}: {complaint}", outcome.end);
        return Ok(());
    }
    ensure!(outcome.end == End::Exit(125), "{} and not exit 125: {complaint}", outcome.end);
    ensure!(outcome.said().is_empty(), "the program ran: {}", outcome.said());
    let parts = [
        "zpoline: cannot map page 0: EPERM (vm.mmap_min_addr=",
        "CAP_SYS_RAWIO absent",
        "sudo sysctl -w vm.mmap_min_addr=0",
    ];
    for part in parts {
        ensure!(complaint.contains(part), "lacks {part:?}: {complaint}");
    }
    Ok(())
}

fn trace(shared: &Shared, mechanism: &str) -> Result<Run> {
    let zpoline = shared.copy(&places::zpoline()?, 0o755)?;
    let cache = shared.directory(&format!("cache-{mechanism}"))?;
    let run = Run::new(&zpoline).args(["trace", "--mechanism", mechanism, "--", "/bin/echo", "ran"]);
    user::as_nobody(run.env("ZPOLINE_CACHE", &cache).env("HOME", "/nonexistent"))
}

/// The command as an ordinary user who has no home.
fn command() -> Result<()> {
    let shared = Shared::new(MODE.hook)?;
    let outcome = trace(&shared, "auto")?.outcome()?;
    let complaint = outcome.complained();
    ensure!(outcome.end == End::Exit(0) && outcome.said() == "ran\n", "{}: {complaint}", outcome.end);
    ensure!(complaint.contains("+++ exited with 0 +++"), "no trace: {complaint}");
    if !user::anybody_may_map_page_0() {
        page_0(&trace(&shared, "zpoline")?)?;
    }
    Ok(())
}

/// The doctor of an ordinary user tells what is missing.
fn doctor() -> Result<()> {
    let shared = Shared::new(MODE.hook)?;
    let zpoline = shared.copy(&places::zpoline()?, 0o755)?;
    let outcome = user::as_nobody(Run::new(&zpoline).arg("doctor"))?.outcome()?;
    let said = outcome.said();
    ensure!(matches!(outcome.end, End::Exit(0 | 1)), "{}:\n{said}{}", outcome.end, outcome.complained());
    ensure!(said.contains("mmap_min_addr"), "nothing about vm.mmap_min_addr:\n{said}");
    Ok(())
}

/// A hook that root owns is anybody's to use; one of a third user is not.
fn hook_of_another() -> Verdict {
    if !user::is_root() {
        return Verdict::Skipped("only root can give a file away".into());
    }
    let run = || -> Result<()> {
        let shared = Shared::new(MODE.hook)?;
        let run = shared.load(MODE.mechanism, &["/bin/true"])?;
        ensure!(run.outcome()?.end == End::Exit(0), "root's hook is refused: {}", run.outcome()?.complained());
        std::os::unix::fs::chown(&shared.hook, Some(1234), None)?;
        let outcome = run.outcome()?;
        let complaint = outcome.complained();
        ensure!(outcome.end == End::Exit(125), "{}: {complaint}", outcome.end);
        ensure!(complaint.contains("belongs to user 1234"), "{complaint}");
        Ok(())
    };
    run().into()
}

/// One program, natively and loaded, both as an ordinary user.
fn compare(shared: &Shared, program: &Program) -> Result<Verdict> {
    let file = shared.copy(&program.compile()?, 0o755)?;
    let natively = user::as_nobody(Run::new("/usr/bin/env").arg("WITNESS=native").arg(&file))?;
    let native = natively.outcome()?;
    if native.end != program.end {
        // A program that only root can run says so, or dies natively too.
        let why = native.said().lines().find_map(|line| line.strip_prefix("skipped: ").map(str::to_owned));
        return Ok(Verdict::Skipped(why.unwrap_or_else(|| format!("natively {} for this user", native.end))));
    }
    let run = shared.load(MODE.mechanism, &[&file.display().to_string()])?;
    let differs = difference_from_any(&native, &run.outcome()?, || natively.outcome())?;
    let differs = differs.map(|text| format!("{text}{}", run.shown()));
    Ok(match (differs, exceptions::of(&program.name, MODE)) {
        (None, None) => Verdict::Passed,
        (Some(_), Some(exception)) => Verdict::Declared(exception.reason.into()),
        (Some(text), None) => Verdict::Failed(text),
        (None, Some(_)) => Verdict::Failed("is as natively, but is declared to differ".into()),
    })
}

fn main() -> ExitCode {
    let who = if user::is_root() { "nobody, through setpriv" } else { "this user" };
    println!("an ordinary user here: {who}; may map page 0: {}", user::anybody_may_map_page_0());
    let (shared, programs) = match Shared::new(MODE.hook).and_then(|shared| Ok((shared, programs::all()?))) {
        Ok(both) => both,
        Err(error) => {
            eprintln!("{error:#}");
            return ExitCode::FAILURE;
        }
    };
    let shared = &shared;
    let mut cases = vec![
        Case::new("page 0", || page_0(&shared.load("zpoline", &["/bin/echo", "ran"])?)),
        Case::new("zpoline trace", command),
        Case::new("zpoline doctor", doctor),
        Case::new("a hook of another user", hook_of_another),
    ];
    for program in &programs {
        cases.push(Case::new(format!("{} under {MODE}", program.name), move || {
            compare(shared, program).unwrap_or_else(|error| Verdict::Failed(format!("{error:#}")))
        }));
    }
    suite::run(cases, 2).1
}
