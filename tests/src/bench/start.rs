//! What a start costs: /bin/true, from fork to the end of wait.

use super::{Hook, Variant, median};
use crate::command::Run;
use crate::modes;
use anyhow::Result;
use std::time::Instant;

/// Runs the measurement and prints a table. Answers whether the promise holds.
pub fn start(rounds: usize) -> Result<bool> {
    let mut variants = vec![Variant::Native];
    for mechanism in modes::possible() {
        variants.extend([Hook::Elsewhere, Hook::Noop, Hook::Tracer].map(|hook| Variant::Loaded(mechanism, hook)));
    }
    let runs: Vec<Run> = variants.iter().map(|variant| variant.apply(Run::new("/bin/true"))).collect::<Result<_>>()?;
    let mut figures: Vec<Vec<f64>> = variants.iter().map(|_| Vec::with_capacity(rounds)).collect();
    for round in 0..rounds {
        for step in 0..runs.len() {
            let at = (step + round) % runs.len();
            let begin = Instant::now();
            runs[at].status()?;
            figures[at].push(begin.elapsed().as_secs_f64() * 1e3);
        }
    }
    let medians: Vec<f64> = figures.iter_mut().map(|figures| median(figures)).collect();
    println!("{:<32}{:>12}{:>12}", "ms for /bin/true", "median", "more");
    let mut kept = true;
    for (variant, figure) in variants.iter().zip(&medians) {
        let more = figure - medians[0];
        let promised = promised(*variant);
        kept &= more <= promised;
        let verdict = if more <= promised { "kept" } else { "NOT KEPT" };
        let promise =
            if *variant == Variant::Native { String::new() } else { format!("  <= native + {promised} ms: {verdict}") };
        println!("{variant:<32}{figure:>12.2}{more:>12.2}{promise}");
    }
    Ok(kept)
}

/// How many milliseconds a variant may take more. What patches at the start takes long.
fn promised(variant: Variant) -> f64 {
    match variant {
        Variant::Loaded("auto" | "sud", Hook::Elsewhere | Hook::Noop) => 1.5,
        _ => 15.0,
    }
}
