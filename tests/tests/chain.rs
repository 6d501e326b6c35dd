//! Several hooks: every combination of two and of three of what a hook can make
//! of a call, under every mechanism, against a model of what must come of it.

use anyhow::{Result, ensure};
use std::process::ExitCode;
use zpoline_tests::command::{End, Run};
use zpoline_tests::suite::{self, Case, Verdict};
use zpoline_tests::{guests, modes, places, programs, user};

/// What a hook makes of the call: tests/guests/chain.wat.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Forward,
    Observe,
    Rewrite,
    RewriteObserve,
    Complete,
    /// Traps, and the call fails with EIO.
    Denies,
    /// Traps, and the call runs as if there were no such hook.
    Passes,
}

const KINDS: [Kind; 7] =
    [Kind::Forward, Kind::Observe, Kind::Rewrite, Kind::RewriteObserve, Kind::Complete, Kind::Denies, Kind::Passes];

impl Kind {
    fn letter(self) -> char {
        match self {
            Self::Forward => 'f',
            Self::Observe => 'o',
            Self::Rewrite => 'w',
            Self::RewriteObserve => 'b',
            Self::Complete => 'c',
            Self::Denies | Self::Passes => 't',
        }
    }
}

/// What the program must see: the result of its lseek to 1000, and where the
/// file is then.
#[derive(Debug, Default)]
struct Model {
    place: i64,
}

impl Model {
    /// The result of a seek as the program of these hooks sees it; `digit` is the
    /// first one's.
    fn seek(&mut self, hooks: &[Kind], digit: i64, offset: i64) -> i64 {
        let Some((&first, inner)) = hooks.split_first() else {
            self.place = offset;
            return offset;
        };
        let digits = offset % 10 * 10 + digit;
        let seen = |outcome: i64| if outcome < 0 { outcome - digits } else { outcome * 100 + digits };
        match first {
            Kind::Forward | Kind::Passes => self.seek(inner, digit + 1, offset),
            Kind::Observe => seen(self.seek(inner, digit + 1, offset)),
            Kind::Rewrite => self.seek(inner, digit + 1, offset + digit),
            Kind::RewriteObserve => seen(self.seek(inner, digit + 1, offset + digit)),
            Kind::Complete => offset * 10 + digit,
            Kind::Denies => -5,
        }
    }
}

fn program() -> Result<Run> {
    Ok(Run::new(programs::compile(&places::root().join("tests/programs/lib/seek.c"), "seek", &[])?))
}

/// The program under these hooks.
fn under(mechanism: &str, hooks: &[Kind]) -> Result<Run> {
    let file = guests::own("chain")?.display().to_string();
    let mut run = modes::preload(program()?, vec![file; hooks.len()].join(":").into())?
        .env("ZPOLINE_MECHANISM", mechanism)
        .env("WITNESS", "loaded");
    for (kind, digit) in hooks.iter().zip(1..) {
        run = run.env(&format!("ZPOLINE_HOOK_ARGS_{digit}"), format!("{}{digit}", kind.letter()));
        match kind {
            Kind::Denies => run = run.env(&format!("ZPOLINE_ON_TRAP_{digit}"), "deny:EIO"),
            Kind::Passes => run = run.env(&format!("ZPOLINE_ON_TRAP_{digit}"), "pass"),
            _ => {}
        }
    }
    Ok(run)
}

fn check(mechanism: &str, hooks: &[Kind]) -> Result<()> {
    let mut model = Model::default();
    let result = model.seek(hooks, 1, 1000);
    let wanted = format!("{result} {}\n", model.place);
    let run = under(mechanism, hooks)?;
    let outcome = run.outcome()?;
    ensure!(
        outcome.end == End::Exit(0) && outcome.said() == wanted,
        "{hooks:?}: {}, wanted {wanted:?}, got {:?}\n{}\n{}",
        outcome.end,
        outcome.said(),
        outcome.complained(),
        run.shown()
    );
    Ok(())
}

/// All combinations that begin with this one.
fn combinations(mechanism: &str, first: Kind) -> Verdict {
    if let Some(why) = user::cannot_use(mechanism) {
        return Verdict::Skipped(why);
    }
    let all = || -> Result<()> {
        for second in KINDS {
            check(mechanism, &[first, second])?;
            for third in KINDS {
                check(mechanism, &[first, second, third])?;
            }
        }
        Ok(())
    };
    all().into()
}

/// Eight hooks at once, and the message of one among them.
fn eight() -> Result<()> {
    use Kind::{Forward, Observe, Passes, Rewrite, RewriteObserve};
    check("auto", &[Forward, Observe, Rewrite, RewriteObserve, Forward, Passes, Rewrite, Observe])
}

fn the_one_that_aborts_is_named() -> Result<()> {
    let run = under("auto", &[Kind::Observe, Kind::Denies])?.env("ZPOLINE_ON_TRAP_2", "abort");
    let outcome = run.outcome()?;
    let complaint = outcome.complained();
    let wanted = format!("hook {} trapped in lseek (8)", guests::own("chain")?.display());
    ensure!(outcome.end == End::Signal(6) && complaint.contains(&wanted), "{}: {complaint}", outcome.end);
    Ok(())
}

fn main() -> ExitCode {
    let mut cases = Vec::new();
    for mechanism in modes::MECHANISMS {
        for first in KINDS {
            let name = format!("{first:?} and one or two more, under {mechanism}");
            cases.push(Case::new(name, move || combinations(mechanism, first)));
        }
    }
    cases.push(Case::new("eight hooks", eight));
    cases.push(Case::new("the one that aborts is named", the_one_that_aborts_is_named));
    suite::run(cases, 2).1
}
