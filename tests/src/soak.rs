//! The soak: the programs of `tests/stress` under the loader for a long time,
//! two at once, watched from outside.
//!
//! A program fails if what it prints or how it ends is not as natively, if it does
//! not end (a signal or a wake-up was lost), or if it grows: the median of its
//! memory, mappings, threads or descriptors in the last third of its time exceeds
//! that of the second third by more than a little. (Not the peak: how many of the
//! threads that it starts and joins are there at once is chance.) The first third is for
//! what fills once: pools, caches, stacks that are kept.

use crate::command::{Outcome, Run, difference};
use crate::modes::{self, Mode};
use crate::programs::{self, Program};
use crate::scratch::Scratch;
use crate::suite::Case;
use anyhow::{Result, bail, ensure};
use std::time::Duration;

/// How many run at once.
pub const LANES: u32 = 2;

/// What hooks do with the calls; mechanisms take turns with them.
const HOOKS: [&str; 3] = ["forward", "observe", "per-thread"];

/// A program that is still there this long after its time has lost a wake-up.
const TO_END: Duration = Duration::from_secs(60);

/// One program in one mode.
#[derive(Debug, Clone)]
struct Task {
    program: Program,
    mode: Mode,
}

/// The cases of a soak that takes about as long as `whole`.
pub fn cases(whole: Duration) -> Result<Vec<Case<'static>>> {
    let mut tasks = Vec::new();
    for (number, program) in programs::stress()?.into_iter().enumerate() {
        for (turn, mechanism) in modes::possible().enumerate() {
            let mode = Mode { mechanism, hook: HOOKS[(number + turn) % HOOKS.len()] };
            tasks.push(Task { program: program.clone(), mode });
        }
    }
    // Each program runs natively as well, for a second.
    let share = (whole * LANES / tasks.len() as u32).as_secs().saturating_sub(1).max(3);
    let case = |task: Task| {
        let name = format!("{} for {share} s under {}", task.program.name, task.mode);
        Case::new(name, move || soak(&task, share))
    };
    Ok(tasks.into_iter().map(case).collect())
}

fn soak(task: &Task, seconds: u64) -> Result<()> {
    let program = task.program.compile()?;
    let native = modes::native(Run::new(&program).arg("1")).outcome()?;
    let run = task.mode.load(Run::new(&program).arg(seconds.to_string()))?;
    let (loaded, samples) = watch(&run.limit(Duration::from_secs(seconds) + TO_END))?;
    if let Some(text) = difference(&native, &loaded) {
        bail!("{text}");
    }
    ensure!(samples.len() > 5, "it was seen {} times", samples.len());
    grew(&samples).map_or(Ok(()), |text| bail!("{text}"))
}

/// What a process holds at one moment.
#[derive(Debug, Clone, Copy, Default)]
struct Sample {
    /// Resident memory, KiB.
    memory: u64,
    mappings: u64,
    threads: u64,
    descriptors: u64,
}

impl Sample {
    /// None once the process is gone.
    fn of(pid: u32) -> Option<Self> {
        let status = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
        let figure = |name: &str| -> Option<u64> {
            status.lines().find_map(|line| line.strip_prefix(name))?.split_whitespace().next()?.parse().ok()
        };
        Some(Self {
            memory: figure("VmRSS:")?,
            mappings: std::fs::read_to_string(format!("/proc/{pid}/maps")).ok()?.lines().count() as u64,
            threads: figure("Threads:")?,
            descriptors: std::fs::read_dir(format!("/proc/{pid}/fd")).ok()?.count() as u64,
        })
    }
}

/// Runs it to its end and looks at it ten times a second.
fn watch(run: &Run) -> Result<(Outcome, Vec<Sample>)> {
    const OFTEN: Duration = Duration::from_millis(100);
    let scratch = Scratch::new("soak")?;
    let running = run.start(&scratch, "program")?;
    let pid = running.id();
    let watcher = std::thread::spawn(move || {
        let mut samples = Vec::new();
        while let Some(sample) = Sample::of(pid) {
            samples.push(sample);
            std::thread::sleep(OFTEN);
        }
        samples
    });
    let outcome = running.end()?;
    Ok((outcome, watcher.join().unwrap_or_default()))
}

/// What the last third of the time has more than the second, or nothing.
fn grew(samples: &[Sample]) -> Option<String> {
    let third = samples.len() / 3;
    let level = |part: &[Sample], figure: fn(&Sample) -> u64| {
        let mut figures: Vec<u64> = part.iter().map(figure).collect();
        figures.sort_unstable();
        figures.get(figures.len() / 2).copied().unwrap_or(0)
    };
    let compare = |name: &str, slack: u64, figure: fn(&Sample) -> u64| {
        let (before, after) = (level(&samples[third..2 * third], figure), level(&samples[2 * third..], figure));
        (after > before + slack).then(|| format!("{name} grew from {before} to {after}\n"))
    };
    let grown = [
        compare("resident memory in KiB", 1024, |sample| sample.memory),
        compare("mappings", 64, |sample| sample.mappings),
        compare("threads", 8, |sample| sample.threads),
        compare("descriptors", 16, |sample| sample.descriptors),
    ];
    let text: String = grown.into_iter().flatten().collect();
    (!text.is_empty()).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn growth_is_told_from_a_level_that_varies() {
        let sample = |memory| Sample { memory, ..Sample::default() };
        let level: Vec<Sample> = (0..90).map(|n| sample(10_000 + n % 7 * 100)).collect();
        assert_eq!(grew(&level), None);
        let fills_once: Vec<Sample> = (0..90).map(|n| sample(n.min(20) * 1000)).collect();
        assert_eq!(grew(&fills_once), None);
        let burst: Vec<Sample> = (0..90).map(|n| sample(if n == 80 { 50_000 } else { 10_000 })).collect();
        assert_eq!(grew(&burst), None);
        let leak: Vec<Sample> = (0..90).map(|n| sample(n * 100)).collect();
        assert!(grew(&leak).is_some_and(|text| text.contains("resident memory")));
    }
}
