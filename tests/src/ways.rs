//! The ways in which real programs run here: under the built-in tracer by the
//! command, and by LD_PRELOAD under a hook that forwards every call, with each
//! mechanism, as this user and as an ordinary one. Each leaves a proof that the
//! loader was there, which is looked for.

use crate::command::{End, Run};
use crate::{guests, modes, places, scratch, user};
use anyhow::{Context, Result, ensure};
use std::fs;
use std::path::{Path, PathBuf};

/// What the loader does with the calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hook {
    /// `zpoline trace -o LOG -- PROGRAM`.
    Trace,
    /// `LD_PRELOAD=... ZPOLINE_HOOK=noop.cwasm PROGRAM`.
    Noop,
}

/// Who runs the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who {
    /// The user who runs the tests.
    Own,
    /// One without any privilege.
    Nobody,
}

/// How to run a program under the loader.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Way {
    /// The hook.
    pub hook: Hook,
    /// `ZPOLINE_MECHANISM`.
    pub mechanism: &'static str,
    /// The user.
    pub who: Who,
}

/// Traced.
pub const TRACE: Way = Way { hook: Hook::Trace, mechanism: "auto", who: Who::Own };
/// Every call through a hook that forwards it.
pub const NOOP: Way = Way { hook: Hook::Noop, mechanism: "auto", who: Who::Own };
/// The same as an ordinary user.
pub const NOBODY: Way = Way { who: Who::Nobody, ..NOOP };
/// The same with nothing but jumps.
pub const JUMP: Way = Way { mechanism: "jump", ..NOOP };
/// The same through page 0.
pub const ZPOLINE: Way = Way { mechanism: "zpoline", ..NOOP };

/// A variable that the loader does not know: it says so in its log, which proves
/// that it was there even though the hook says nothing.
const UNKNOWN: &str = "ZPOLINE_TESTED";

impl std::fmt::Display for Way {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self.hook {
            Hook::Trace => "trace",
            Hook::Noop => "noop",
        })?;
        if self.mechanism != "auto" {
            write!(f, "/{}", self.mechanism)?;
        }
        f.write_str(if self.who == Who::Nobody { " as nobody" } else { "" })
    }
}

impl Way {
    /// Why this way cannot be gone here, or nothing.
    pub fn cannot(self) -> Option<String> {
        user::cannot_use(self.mechanism)
    }

    /// The program in this way, its messages and the tracer's lines in `log`.
    pub fn load(self, run: Run, log: &Path) -> Result<Run> {
        match self.hook {
            Hook::Trace => {
                let words = ["trace".as_ref(), "-o".as_ref(), log.as_os_str(), "--".as_ref()];
                Ok(run.behind(&places::zpoline()?, words).env("ZPOLINE_CACHE", places::built("cache")?))
            }
            Hook::Noop => {
                // Without the built guest, one that does the same.
                let hook = guests::example("noop")?.map_or_else(|| guests::own("forward"), Ok)?;
                if self.who == Who::Nobody {
                    return self.as_nobody(run, &hook, log);
                }
                let run = modes::preload(run, hook)?.env("ZPOLINE_MECHANISM", self.mechanism);
                Ok(run.env("ZPOLINE_LOG_FILE", log).env(UNKNOWN, "1"))
            }
        }
    }

    /// The same as an ordinary user, who may not be able to read where the loader
    /// and the hook were built: copies lie beside the log. The variables are set
    /// behind setpriv, which is root's.
    fn as_nobody(self, run: Run, hook: &Path, log: &Path) -> Result<Run> {
        let beside = log.parent().context("the log is in a directory")?;
        let loader = copy(&places::loader()?, beside, 0o755)?;
        let hook = copy(hook, beside, 0o644)?;
        if user::is_root() {
            std::os::unix::fs::chown(beside, Some(user::NOBODY), Some(user::NOBODY))?;
        }
        let variables = [
            format!("LD_PRELOAD={}", loader.display()),
            format!("ZPOLINE_HOOK={}", hook.display()),
            format!("ZPOLINE_MECHANISM={}", self.mechanism),
            format!("ZPOLINE_LOG_FILE={}", log.display()),
            format!("{UNKNOWN}=1"),
        ];
        user::as_nobody(run.behind(Path::new("/usr/bin/env"), variables))
    }

    /// Whether the log shows that the loader was there, to the program's end.
    pub fn prove(self, log: &Path, end: End) -> Result<()> {
        let text = String::from_utf8_lossy(&fs::read(log)?).into_owned();
        let wanted = match (self.hook, end) {
            (Hook::Trace, End::Exit(status)) => format!("+++ exited with {status} +++"),
            (Hook::Trace, End::Signal(_)) => "(".into(),
            (Hook::Noop, _) => UNKNOWN.into(),
        };
        ensure!(text.contains(&wanted), "the log does not have {wanted:?}:\n{}", crate::command::tail(text.as_bytes()));
        let bug = text.lines().find(|line| line.starts_with("zpoline: internal"));
        ensure!(bug.is_none(), "the loader failed: {}", bug.unwrap_or_default());
        Ok(())
    }
}

/// Copies a file into a directory, unless it is there already.
fn copy(from: &Path, into: &Path, mode: u32) -> Result<PathBuf> {
    let to = into.join(from.file_name().context("a file has a name")?);
    if !to.exists() {
        scratch::copy(from, &to, mode)?;
    }
    Ok(to)
}
