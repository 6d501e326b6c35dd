//! The table of ways to run a program: a mechanism and a hook.
//!
//! Every hook here answers one number that no kernel has (`tuxcall`, 184), and
//! every program of `tests/programs` makes that call first: a test in which the
//! loader was not active fails, whatever else it compares. Natively the same
//! call has to fail with ENOSYS.

use crate::command::Run;
use crate::{guests, places, user};
use anyhow::Result;
use std::path::PathBuf;

/// A mechanism and a hook.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mode {
    /// `ZPOLINE_MECHANISM`.
    pub mechanism: &'static str,
    /// A hook of `tests/guests`.
    pub hook: &'static str,
}

/// Mechanisms that this version has.
pub const MECHANISMS: [&str; 4] = ["zpoline", "jump", "sud", "auto"];

/// The hooks, from the one that does least.
const HOOKS: [&str; 7] = [
    // hooks tuxcall and nothing else: the fast path
    "idle",
    // hooks `any` and forwards
    "forward",
    // the same, an instance for each thread
    "per-thread",
    // hooks `any`, sees each result and gives it back
    "observe",
    // hooks `any` and replaces each call by the same one
    "rewrite",
    // four at once: see `Mode::files`
    "several",
    // as `rewrite`, with names and bytes copied to scratch memory
    "scratch",
];

/// The hooks that `several` stands for, the outermost first.
const SEVERAL: [&str; 4] = ["observe", "rewrite", "per-thread", "observe"];

/// All of them.
pub fn all() -> Vec<Mode> {
    MECHANISMS.iter().flat_map(|&mechanism| HOOKS.iter().map(move |&hook| Mode { mechanism, hook })).collect()
}

impl std::fmt::Display for Mode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.mechanism, self.hook)
    }
}

impl Mode {
    /// What ZPOLINE_HOOK has to be.
    fn files(self) -> Result<PathBuf> {
        if self.hook != "several" {
            return guests::own(self.hook);
        }
        let files = SEVERAL.iter().map(|name| guests::own(name)).collect::<Result<Vec<_>>>()?;
        let files: Vec<String> = files.iter().map(|file| file.display().to_string()).collect();
        Ok(files.join(":").into())
    }

    /// The program under this mode.
    pub fn load(self, run: Run) -> Result<Run> {
        let run = preload(run, self.files()?)?.env("ZPOLINE_MECHANISM", self.mechanism);
        Ok(run.env("ZPOLINE_ALLOW", "scratch invoke=all").env("WITNESS", "loaded"))
    }
}

/// The mechanisms that this user can have here.
pub fn possible() -> impl Iterator<Item = &'static str> {
    MECHANISMS.into_iter().filter(|mechanism| user::cannot_use(mechanism).is_none())
}

/// The program natively: it makes sure that no loader is there.
pub fn native(run: Run) -> Run {
    run.env("WITNESS", "native")
}

/// The program under a compiled hook, in the way that needs no command.
pub fn preload(run: Run, hook: PathBuf) -> Result<Run> {
    Ok(run.env("LD_PRELOAD", places::loader()?).env("ZPOLINE_HOOK", hook))
}
