//! `cargo run --release -p zpoline-tests --bin languages [-- --quick]`
//!
//! Prints what a hook costs by the language that it is written in.

use std::process::ExitCode;
use zpoline_tests::bench;

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let (rounds, count) = match &words[..] {
        [] => (21, 50_000),
        [word] if word == "--quick" => (5, 10_000),
        _ => {
            eprintln!("languages: what is {}?\n  usage: languages [--quick]", words.join(" "));
            return ExitCode::from(2);
        }
    };
    println!("medians of one interleaved run: {rounds} rounds of {count} calls\n");
    match bench::languages(rounds, count) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("languages: {error:#}");
            ExitCode::FAILURE
        }
    }
}
