//! `cargo run --release -p zpoline-tests --bin bench [-- --quick] [--check]`
//!
//! Prints what a call, a start and a process cost natively and under the loader.
//! `--quick` takes seconds and is less sure; `--check` fails if a promise of the
//! README is not kept.

use anyhow::Result;
use std::process::ExitCode;
use zpoline_tests::bench;

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    if let Some(word) = words.iter().find(|word| !["--quick", "--check"].contains(&word.as_str())) {
        eprintln!("bench: what is {word}?\n  usage: bench [--quick] [--check]");
        return ExitCode::from(2);
    }
    let has = |wanted: &str| words.iter().any(|word| word == wanted);
    match all(has("--quick")) {
        Ok(kept) if kept || !has("--check") => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("bench: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// All measurements; whether the promises hold.
fn all(quick: bool) -> Result<bool> {
    let (rounds, count, starts) = if quick { (5, 50_000, 15) } else { (21, 300_000, 101) };
    println!("medians of one interleaved run: {rounds} rounds of {count} calls, {starts} starts\n");
    let calls = bench::calls(rounds, count)?;
    println!();
    let start = bench::start(starts)?;
    println!();
    bench::memory()?;
    Ok(calls && start)
}
