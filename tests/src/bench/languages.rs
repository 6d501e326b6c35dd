//! What a hook costs by its language: sizes, the start of a process, a call, and
//! what a process holds. One interleaved run, as everywhere here.

use super::{median, memory};
use crate::command::{End, Run};
use crate::languages::{Built, LANGUAGES};
use crate::{guests, modes, places, programs};
use anyhow::{Context, Result, ensure};
use std::path::PathBuf;
use std::time::Instant;

/// A row.
struct Row {
    shown: &'static str,
    /// `deny` and `paths`; no hook at all in the first row.
    deny: Option<PathBuf>,
    paths: Option<PathBuf>,
    /// Bytes of the component and of the compiled hook.
    sizes: Option<(u64, u64)>,
    start: Vec<f64>,
    rmdir: Vec<f64>,
    open: Vec<f64>,
}

impl Row {
    fn new(shown: &'static str, deny: Option<PathBuf>, paths: Option<PathBuf>) -> Self {
        Self { shown, deny, paths, sizes: None, start: Vec::new(), rmdir: Vec::new(), open: Vec::new() }
    }
}

/// Runs the measurement and prints a table.
pub fn languages(rounds: usize, count: u64) -> Result<()> {
    let mut rows = vec![Row::new("native", None, None)];
    for language in &LANGUAGES {
        match (language.hook("deny")?, language.hook("paths")?) {
            (Ok(deny), Ok(paths)) => {
                let sizes = (component(&deny)?, deny.compiled.metadata()?.len());
                let row = Row::new(language.shown, Some(deny.compiled), Some(paths.compiled));
                rows.push(Row { sizes: Some(sizes), ..row });
            }
            (Err(why), _) | (_, Err(why)) => println!("{}: not measured: {why}", language.shown),
        }
    }
    rows.push(Row::new("WAT, with a post-return", Some(guests::own("post-return")?), None));

    let source = places::root().join("tests/programs/bench/paths.c");
    let program = programs::compile(&source, "bench-paths", &[])?;
    for round in 0..rounds {
        for step in 0..rows.len() {
            let at = (step + round) % rows.len();
            measure(&mut rows[at], &program, count)?;
        }
    }
    print(&mut rows)
}

/// Size of the component that a source is or becomes.
fn component(built: &Built) -> Result<u64> {
    let to = built.compiled.with_extension("component.wasm");
    let run = Run::new(places::zpoline()?).args(["compile", "--component"]).arg(&built.source).arg("-o").arg(&to);
    let outcome = run.outcome()?;
    ensure!(outcome.end == End::Exit(0), "{}", outcome.complained());
    Ok(to.metadata()?.len())
}

fn load(run: Run, hook: Option<&PathBuf>) -> Result<Run> {
    Ok(match hook {
        Some(hook) => modes::preload(run, hook.clone())?.env("ZPOLINE_LOG_FILE", "/dev/null"),
        None => run,
    })
}

fn measure(row: &mut Row, program: &PathBuf, count: u64) -> Result<()> {
    let true_ = load(Run::new("/bin/true"), row.deny.as_ref())?;
    let begin = Instant::now();
    true_.status()?;
    row.start.push(begin.elapsed().as_secs_f64() * 1e3);

    let run = |hook: Option<&PathBuf>, name: &str| -> Result<(f64, bool)> {
        let run = load(Run::new(program).arg(count.to_string()), hook)?;
        let outcome = run.outcome()?;
        ensure!(outcome.end == End::Exit(0), "{}: {}\n{}", run.shown(), outcome.end, outcome.complained());
        let said = outcome.said();
        let figure = said.lines().find_map(|line| line.strip_prefix(name)).context("a figure")?;
        Ok((figure.trim().parse()?, said.contains("errno 1\n")))
    };
    let (rmdir, denied) = run(row.deny.as_ref(), "rmdir ")?;
    ensure!(denied == row.deny.is_some(), "{}: rmdir is answered by the wrong side", row.shown);
    row.rmdir.push(rmdir);
    if row.paths.is_some() || row.deny.is_none() {
        row.open.push(run(row.paths.as_ref(), "open ")?.0);
    }
    Ok(())
}

fn print(rows: &mut [Row]) -> Result<()> {
    let source = places::root().join("tests/programs/bench/threads.c");
    let threads = programs::compile(&source, "bench-threads", &["-pthread"])?;
    println!(
        "{:<24}{:>12}{:>12}{:>10}{:>10}{:>10}{:>8}{:>10}{:>8}{:>12}",
        "", "component", ".cwasm", "start ms", "more", "deny ns", "ratio", "paths ns", "ratio", "memory KiB"
    );
    let mut native = None;
    for row in rows {
        let held = memory::proportional(&load(Run::new(&threads).arg("0"), row.deny.as_ref())?)?;
        let figures = (median(&mut row.start), median(&mut row.rmdir), median(&mut row.open), held);
        let base = *native.get_or_insert(figures);
        let size = |of: fn((u64, u64)) -> u64| row.sizes.map_or_else(String::new, |sizes| of(sizes).to_string());
        println!(
            "{:<24}{:>12}{:>12}{:>10.2}{:>10.2}{:>10.0}{:>8.2}{:>10.0}{:>8.2}{:>12}",
            row.shown,
            size(|sizes| sizes.0),
            size(|sizes| sizes.1),
            figures.0,
            figures.0 - base.0,
            figures.1,
            figures.1 / base.1,
            figures.2,
            figures.2 / base.2,
            figures.3 - base.3
        );
    }
    println!("component, .cwasm: bytes of the hook deny. start: /bin/true under it.");
    println!("deny: rmdir of what is not there, answered by the hook and not by the kernel.");
    println!("paths: open of what is not there; the hook reads the path and writes a line to /dev/null.");
    println!("memory: what a process holds (PSS) more than natively.");
    println!("mechanism auto, Syscall User Dispatch armed.");
    Ok(())
}
