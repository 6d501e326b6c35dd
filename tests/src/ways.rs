//! The two ways in which real programs run here: under the built-in tracer by
//! the command, and by LD_PRELOAD under a hook that forwards every call. Each
//! leaves a proof that the loader was there, which is looked for.

use crate::command::{End, Run};
use crate::{guests, modes, places};
use anyhow::{Result, ensure};
use std::path::Path;

/// How to run a program under the loader.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// `zpoline trace -o LOG -- PROGRAM`.
    Trace,
    /// `LD_PRELOAD=... ZPOLINE_HOOK=noop.cwasm PROGRAM`.
    Noop,
}

/// Both.
pub const WAYS: [Way; 2] = [Way::Trace, Way::Noop];

/// A variable that the loader does not know: it says so in its log, which proves
/// that it was there even though the hook says nothing.
const UNKNOWN: &str = "ZPOLINE_TESTED";

impl std::fmt::Display for Way {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Trace => "trace",
            Self::Noop => "noop",
        })
    }
}

impl Way {
    /// The program in this way, its messages and the tracer's lines in `log`.
    pub fn load(self, run: Run, log: &Path) -> Result<Run> {
        match self {
            Self::Trace => {
                let words = ["trace".as_ref(), "-o".as_ref(), log.as_os_str(), "--".as_ref()];
                Ok(run.behind(&places::zpoline()?, words).env("ZPOLINE_CACHE", places::built("cache")?))
            }
            Self::Noop => {
                // Without the built guest, one that does the same.
                let hook = guests::example("noop")?.map_or_else(|| guests::own("forward"), Ok)?;
                Ok(modes::preload(run, hook)?.env("ZPOLINE_LOG_FILE", log).env(UNKNOWN, "1"))
            }
        }
    }

    /// Whether the log shows that the loader was there, to the program's end.
    pub fn prove(self, log: &Path, end: End) -> Result<()> {
        let text = String::from_utf8_lossy(&std::fs::read(log)?).into_owned();
        let wanted = match (self, end) {
            (Self::Trace, End::Exit(status)) => format!("+++ exited with {status} +++"),
            (Self::Trace, End::Signal(_)) => "(".into(),
            (Self::Noop, _) => UNKNOWN.into(),
        };
        ensure!(text.contains(&wanted), "the log does not have {wanted:?}:\n{}", crate::command::tail(text.as_bytes()));
        let bug = text.lines().find(|line| line.starts_with("zpoline: internal"));
        ensure!(bug.is_none(), "the loader failed: {}", bug.unwrap_or_default());
        Ok(())
    }
}
