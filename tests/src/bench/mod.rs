//! What the loader costs, measured in one interleaved run: every round runs
//! every variant once, so that what else the machine does hits all alike.
//! Figures are medians over the rounds; ratios are of those.

mod calls;
mod languages;
mod memory;
mod start;

pub use calls::calls;
pub use languages::languages;
pub use memory::memory;
pub use start::start;

use crate::command::Run;
use crate::{guests, modes};
use anyhow::Result;

/// A way to run a program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Variant {
    /// Without the loader.
    Native,
    /// Without it, but with Syscall User Dispatch armed, every address exempt:
    /// what the kernel alone takes for that.
    Armed,
    /// The same, and code that is made at run time is not exempt: its calls are answered
    /// by a handler of SIGSYS.
    Stopped,
    /// With it; mechanism and what the hook does with the calls measured.
    Loaded(&'static str, Hook),
}

/// What the hook does with the calls measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hook {
    /// It hooks another number.
    Elsewhere,
    /// It hooks another number, and calls are counted (`ZPOLINE_STATS`).
    Counted,
    /// It hooks every number and forwards.
    Noop,
    /// It answers.
    Answer,
    /// It is the tracer; its lines go to /dev/null.
    Tracer,
}

impl std::fmt::Display for Variant {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (mechanism, hook) = match self {
            Self::Native => return f.pad("native"),
            Self::Armed => return f.pad("native, SUD armed"),
            Self::Stopped => return f.pad("native, SIGSYS handled"),
            Self::Loaded(mechanism, hook) => (mechanism, hook),
        };
        let what = match hook {
            Hook::Elsewhere => "unhooked",
            Hook::Counted => "unhooked, counted",
            Hook::Noop => "noop on any",
            Hook::Answer => "answered by the hook",
            Hook::Tracer => "traced to /dev/null",
        };
        f.pad(&format!("{mechanism}: {what}"))
    }
}

impl Variant {
    /// The program in this variant.
    fn apply(self, run: Run) -> Result<Run> {
        let (mechanism, hook) = match self {
            Self::Native => return Ok(run),
            Self::Armed => return Ok(run.arg("armed")),
            Self::Stopped => return Ok(run.arg("stopped")),
            Self::Loaded(mechanism, hook) => (mechanism, hook),
        };
        let run = match hook {
            Hook::Elsewhere => modes::preload(run, guests::own("idle")?)?,
            Hook::Counted => modes::preload(run, guests::own("idle")?)?.env("ZPOLINE_STATS", "/dev/null"),
            Hook::Answer => modes::preload(run, guests::own("answer")?)?,
            Hook::Tracer => modes::preload(run, "".into())?.env("ZPOLINE_LOG_FILE", "/dev/null"),
            Hook::Noop => {
                // The Rust guest where it is built, else the same in WAT.
                let hook = guests::example("noop")?.map_or_else(|| guests::own("forward"), Ok)?;
                modes::preload(run, hook)?
            }
        };
        Ok(run.env("ZPOLINE_MECHANISM", mechanism))
    }
}

/// The middle of some figures.
fn median(figures: &mut [f64]) -> f64 {
    figures.sort_by(f64::total_cmp);
    match figures.len() {
        0 => f64::NAN,
        length if length % 2 == 1 => figures[length / 2],
        length => f64::midpoint(figures[length / 2 - 1], figures[length / 2]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn medians() {
        assert_eq!(median(&mut [3.0, 1.0, 2.0]), 2.0);
        assert_eq!(median(&mut [4.0, 1.0, 2.0, 3.0]), 2.5);
        assert!(median(&mut []).is_nan());
    }
}
