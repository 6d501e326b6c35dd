//! What a process holds: resident and proportional memory, with one thread and
//! with some more, from /proc/PID/smaps_rollup.

use super::{Hook, Variant};
use crate::command::Run;
use crate::{modes, places, programs};
use anyhow::{Context, Result, ensure};
use std::io::{BufRead, BufReader};

/// Kilobytes.
#[derive(Debug, Clone, Copy)]
struct Held {
    resident: i64,
    proportional: i64,
    private: i64,
}

const THREADS: i64 = 16;

/// Runs the measurement and prints a table.
pub fn memory() -> Result<()> {
    let source = places::root().join("tests/programs/bench/threads.c");
    let program = programs::compile(&source, "bench-threads", &["-pthread"])?;
    println!("{:<32}{:>10}{:>10}{:>10}{:>16}", "KiB a process", "Rss", "Pss", "private", "more a thread");
    let mut variants = vec![Variant::Native];
    for mechanism in modes::possible() {
        variants.extend([Hook::Elsewhere, Hook::Noop, Hook::Tracer].map(|hook| Variant::Loaded(mechanism, hook)));
    }
    let mut native = None;
    for variant in variants {
        let of = |threads: i64| held(&variant.apply(Run::new(&program).arg(threads.to_string()))?);
        let (one, many) = (of(0)?, of(THREADS)?);
        let a_thread = |held: Held, more: Held| (more.private - held.private) / THREADS;
        let (base, thread) = *native.get_or_insert((one, a_thread(one, many)));
        println!(
            "{variant:<32}{:>10}{:>10}{:>10}{:>16}  native + {} KiB, and {} a thread",
            one.resident,
            one.proportional,
            one.private,
            a_thread(one, many),
            one.proportional - base.proportional,
            a_thread(one, many) - thread
        );
    }
    Ok(())
}

/// Proportional memory of the program, in KiB.
pub(super) fn proportional(run: &Run) -> Result<i64> {
    Ok(held(run)?.proportional)
}

/// What the process holds once it says that it is ready.
fn held(run: &Run) -> Result<Held> {
    let mut child = run.piped()?;
    let mut line = String::new();
    let out = child.stdout.take().context("stdout")?;
    BufReader::new(out).read_line(&mut line)?;
    ensure!(line == "ready\n", "{} is not ready: {line}", run.shown());
    let text = std::fs::read_to_string(format!("/proc/{}/smaps_rollup", child.id()))?;
    drop(child.stdin.take());
    child.wait()?;
    let of = |name: &str| -> Result<i64> {
        let line =
            text.lines().find(|line| line.starts_with(name)).with_context(|| format!("{name} in smaps_rollup"))?;
        Ok(line.split_whitespace().nth(1).context("a figure")?.parse()?)
    };
    Ok(Held {
        resident: of("Rss:")?,
        proportional: of("Pss:")?,
        private: of("Private_Dirty:")? + of("Private_Clean:")?,
    })
}
