//! `cargo run --release -p zpoline-tests --bin soak [-- --minutes=N | --seconds=N] [WORD...]`
//!
//! Runs the stress programs under the loader for about that long, 30 minutes
//! unless told otherwise. Words choose cases as in libtest.

use std::process::ExitCode;
use std::time::Duration;
use zpoline_tests::{soak, suite};

const MINUTE: u64 = 60;

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().collect();
    let given = |name: &str| words.iter().find_map(|word| word.strip_prefix(name)?.parse::<u64>().ok());
    let seconds = given("--seconds=").or_else(|| given("--minutes=").map(|n| n * MINUTE)).unwrap_or(30 * MINUTE);
    match soak::cases(Duration::from_secs(seconds)) {
        Ok(cases) => suite::run(cases, soak::LANES as usize).1,
        Err(error) => {
            eprintln!("soak: {error:#}");
            ExitCode::FAILURE
        }
    }
}
