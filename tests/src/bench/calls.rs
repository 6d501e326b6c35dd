//! What a call costs.

use super::{Hook, Variant, median};
use crate::command::{End, Run};
use crate::{modes, places, programs};
use anyhow::{Context, Result, ensure};
use std::collections::HashMap;

/// Figures of one variant.
#[derive(Debug, Default)]
struct Figures {
    getpid: Vec<f64>,
    other: Vec<f64>,
    /// getpid from code that was made at run time.
    generated: Vec<f64>,
    /// Whether code that was made at run time is hooked.
    armed: bool,
}

/// Runs the measurement and prints a table. Answers whether the promises hold.
pub fn calls(rounds: usize, count: u64) -> Result<bool> {
    let source = places::root().join("tests/programs/bench/calls.c");
    let program = programs::compile(&source, "bench-calls", &[])?;
    let mut variants = vec![Variant::Native, Variant::Armed, Variant::Stopped];
    for mechanism in modes::possible() {
        variants.extend(
            [Hook::Elsewhere, Hook::Counted, Hook::Noop, Hook::Answer].map(|hook| Variant::Loaded(mechanism, hook)),
        );
    }
    let mut figures: Vec<Figures> = variants.iter().map(|_| Figures::default()).collect();
    for round in 0..rounds {
        // Another order each time: whoever comes first has no advantage.
        for step in 0..variants.len() {
            let at = (step + round) % variants.len();
            let run = variants[at].apply(Run::new(&program).arg(count.to_string()))?;
            measure(&run, variants[at], &mut figures[at])?;
        }
    }
    Ok(print(&variants, &mut figures))
}

fn measure(run: &Run, variant: Variant, figures: &mut Figures) -> Result<()> {
    let outcome = run.outcome()?;
    ensure!(outcome.end == End::Exit(0), "{}: {}\n{}", run.shown(), outcome.end, outcome.complained());
    let said = outcome.said();
    let words: HashMap<&str, &str> = said.lines().filter_map(|line| line.split_once(' ')).collect();
    let number = |name: &str| -> Result<f64> { Ok(words.get(name).context("a figure")?.parse()?) };
    let answered = matches!(variant, Variant::Loaded(_, Hook::Answer));
    ensure!((words.get("answer") == Some(&"hook")) == answered, "{variant}: answered by the wrong side");
    figures.getpid.push(number("getpid")?);
    figures.other.push(number("pidfd_open")?);
    figures.generated.push(number("generated")?);
    figures.armed |= words.get("made") == Some(&"23130");
    Ok(())
}

fn print(variants: &[Variant], figures: &mut [Figures]) -> bool {
    let medians: Vec<(f64, f64, f64)> = figures
        .iter_mut()
        .map(|figures| (median(&mut figures.getpid), median(&mut figures.other), median(&mut figures.generated)))
        .collect();
    let native = medians.first().copied().unwrap_or((f64::NAN, f64::NAN, f64::NAN));
    let armed = medians.get(1).map_or(native.0, |figures| figures.0);
    println!(
        "{:<32}{:>12}{:>8}{:>16}{:>8}{:>16}{:>8}",
        "ns a call", "getpid 39", "ratio", "pidfd_open 434", "ratio", "generated 39", "ratio"
    );
    let mut kept = true;
    for (variant, (getpid, other, generated)) in variants.iter().zip(&medians) {
        let promise = promise(*variant, native.0, armed, *getpid);
        kept &= promise.as_ref().is_none_or(|(kept, _)| *kept);
        let promise = promise
            .map_or_else(String::new, |(kept, text)| format!("  {text}: {}", if kept { "kept" } else { "NOT KEPT" }));
        println!(
            "{variant:<32}{getpid:>12.1}{:>8.2}{other:>16.1}{:>8.2}{generated:>16.1}{:>8.2}{promise}",
            getpid / native.0,
            other / native.1,
            generated / native.2
        );
    }
    for mechanism in modes::possible() {
        let armed = variants.iter().zip(figures.iter()).any(|(variant, figures)| {
            figures.armed
                && matches!(variant, Variant::Loaded(name, Hook::Elsewhere | Hook::Answer) if *name == mechanism)
        });
        println!("{mechanism}: Syscall User Dispatch {}", if armed { "armed" } else { "not armed" });
    }
    println!(
        "state saved on the hooked path: general registers, flags, MXCSR, xmm0-15; wider registers are not touched (tests/tests/artefact.rs)"
    );
    kept
}

/// What is promised of a variant, and whether it holds. `auto` keeps Syscall
/// User Dispatch armed: its baseline is a native program that does the same.
fn promise(variant: Variant, native: f64, armed: f64, ours: f64) -> Option<(bool, String)> {
    // 130 ns where native getpid is 76 ns: other machines scale.
    let more = 130.0 * native / 76.0;
    match variant {
        Variant::Loaded("auto", Hook::Elsewhere) => Some((ours <= armed * 1.05, "<= 1.05x native, SUD armed".into())),
        Variant::Loaded("zpoline" | "jump", Hook::Elsewhere) => Some((ours <= native * 1.05, "<= 1.05x".into())),
        Variant::Loaded("zpoline" | "jump" | "auto", Hook::Noop) => {
            Some((ours <= native + more, format!("<= native + {more:.0} ns")))
        }
        _ => None,
    }
}
