//! The same as an ordinary user: where page 0 cannot be mapped, a message that
//! names the cause and a fix and status 125; where it can, all works.

use anyhow::{Context, Result, ensure};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::ExitCode;
use zpoline_tests::command::{End, Run};
use zpoline_tests::scratch::Scratch;
use zpoline_tests::suite::{self, Case, Verdict};
use zpoline_tests::{guests, places, user};

/// Copies a file to where everybody can read it, whatever the checkout allows.
fn shared(scratch: &Scratch, from: &Path, mode: u32) -> Result<std::path::PathBuf> {
    let to = scratch.path(&from.file_name().context("a file")?.to_string_lossy());
    fs::copy(from, &to)?;
    fs::set_permissions(&to, fs::Permissions::from_mode(mode))?;
    fs::set_permissions(scratch.directory(), fs::Permissions::from_mode(0o755))?;
    Ok(to)
}

/// A program under the idle hook, as an ordinary user.
fn ordinary(scratch: &Scratch, program: &[&str]) -> Result<Option<Run>> {
    let loader = shared(scratch, &places::loader()?, 0o755)?;
    let hook = shared(scratch, &guests::own("idle")?, 0o644)?;
    // Set behind setpriv, which is root's and need not be hooked.
    let settings = [format!("LD_PRELOAD={}", loader.display()), format!("ZPOLINE_HOOK={}", hook.display())];
    let run = Run::new(places::find("env").context("env")?).args(settings).args(program);
    Ok(user::as_nobody(run))
}

fn preload() -> Result<()> {
    let scratch = Scratch::new("ordinary")?;
    let run = ordinary(&scratch, &["/bin/echo", "ran"])?.context("setpriv is missing: apt-get install util-linux")?;
    let outcome = run.outcome()?;
    let complaint = outcome.complained();
    if user::may_map_page_0() {
        ensure!(outcome.end == End::Exit(0) && outcome.said() == "ran\n", "{}: {complaint}", outcome.end);
        return Ok(());
    }
    ensure!(outcome.end == End::Exit(125), "{} and not exit 125: {complaint}", outcome.end);
    ensure!(outcome.said().is_empty(), "the program ran: {}", outcome.said());
    for part in [
        "zpoline: cannot map page 0: EPERM (vm.mmap_min_addr=",
        "CAP_SYS_RAWIO absent",
        "fix: sudo sysctl -w vm.mmap_min_addr=0",
    ] {
        ensure!(complaint.contains(part), "lacks {part:?}: {complaint}");
    }
    Ok(())
}

/// `zpoline trace` says the same, and needs no home.
fn command() -> Result<()> {
    let scratch = Scratch::new("ordinary")?;
    let zpoline = shared(&scratch, &places::zpoline()?, 0o755)?;
    let cache = scratch.path("cache");
    fs::create_dir(&cache)?;
    fs::set_permissions(&cache, fs::Permissions::from_mode(0o700))?;
    if user::is_root() {
        std::os::unix::fs::chown(&cache, Some(user::NOBODY), Some(user::NOBODY))?;
    }
    let run = Run::new(&zpoline)
        .args(["trace", "--", "/bin/echo", "ran"])
        .env("ZPOLINE_CACHE", &cache)
        .env("HOME", "/nonexistent");
    let outcome = user::as_nobody(run).context("setpriv is missing: apt-get install util-linux")?.outcome()?;
    let complaint = outcome.complained();
    if user::may_map_page_0() {
        ensure!(outcome.end == End::Exit(0) && outcome.said() == "ran\n", "{}: {complaint}", outcome.end);
        ensure!(complaint.contains("+++ exited with 0 +++"), "no trace: {complaint}");
    } else {
        ensure!(
            outcome.end == End::Exit(125) && outcome.said().is_empty(),
            "{}: {}{complaint}",
            outcome.end,
            outcome.said()
        );
        ensure!(complaint.contains("cannot map page 0: EPERM"), "{complaint}");
    }
    Ok(())
}

/// The doctor of an ordinary user names what is missing.
fn doctor() -> Result<()> {
    let scratch = Scratch::new("ordinary")?;
    let zpoline = shared(&scratch, &places::zpoline()?, 0o755)?;
    let outcome = user::as_nobody(Run::new(&zpoline).arg("doctor")).context("setpriv is missing")?.outcome()?;
    let said = outcome.said();
    let wanted = if user::may_map_page_0() { End::Exit(0) } else { End::Exit(1) };
    ensure!(outcome.end == wanted, "{} and not {wanted}:\n{said}{}", outcome.end, outcome.complained());
    ensure!(said.contains("mmap_min_addr"), "nothing about vm.mmap_min_addr:\n{said}");
    Ok(())
}

/// A hook that root owns is anybody's to use; one of a third user is not.
fn hook_of_another() -> Verdict {
    if !user::is_root() {
        return Verdict::Skipped("only root can give a file away".into());
    }
    let run = || -> Result<()> {
        let scratch = Scratch::new("ordinary")?;
        let run = ordinary(&scratch, &["/bin/true"])?.context("setpriv is missing")?;
        std::os::unix::fs::chown(scratch.path("idle.cwasm"), Some(1234), None)?;
        let outcome = run.outcome()?;
        let complaint = outcome.complained();
        ensure!(outcome.end == End::Exit(125), "{}: {complaint}", outcome.end);
        ensure!(complaint.contains("belongs to user 1234"), "{complaint}");
        Ok(())
    };
    run().into()
}

fn main() -> ExitCode {
    let who = if user::is_root() { "nobody, through setpriv" } else { "this user" };
    println!("an ordinary user here: {who}; may map page 0: {}", user::may_map_page_0());
    let cases = vec![
        Case::new("LD_PRELOAD as an ordinary user", preload),
        Case::new("zpoline trace as an ordinary user", command),
        Case::new("zpoline doctor as an ordinary user", doctor),
        Case::new("a hook of another user", hook_of_another),
    ];
    suite::run(cases, 2).1
}
