//! Golden tests: `golden/NAME.in` is code as bytes, `golden/NAME.out` what the planner makes of it.
//!
//! An input has the address of its first byte (`at`), bytes (what follows `|` is for the reader), `fill COUNT BYTE`, and marks:
//! `fde` or `signal` to `end` is a function in the unwind tables, `symbol` to `end symbol` one in the symbol
//! table (without the end: a symbol without a size).
//!
//! `UPDATE=1 cargo test -p zpoline-planner --test golden` writes the outputs anew: read the diff.

mod support;

use std::fmt::Write as _;
use std::path::Path;
use support::{Fde, Tables};
use zpoline_planner::jump::{Detour, Refusal};
use zpoline_planner::symbols::Symbols;
use zpoline_planner::{Object, Patch, Planner, Segment, find_sites, plan};

#[derive(Default)]
struct Input {
    address: u64,
    code: Vec<u8>,
    fdes: Vec<Fde>,
    symbols: Vec<u8>,
}

impl Input {
    fn parse(text: &str) -> Self {
        let mut input = Self::default();
        let mut fde: Option<(u64, bool)> = None;
        let mut symbol: Option<u64> = None;
        for line in text.lines() {
            let line = line.split(['|', '#']).next().unwrap().trim();
            let here = input.address + input.code.len() as u64;
            let words: Vec<&str> = line.split_whitespace().collect();
            match words[..] {
                [] => {}
                ["at", address] => input.address = u64::from_str_radix(address, 16).unwrap(),
                ["fde"] => fde = Some((here, false)),
                ["signal"] => fde = Some((here, true)),
                ["end"] => {
                    let (start, signal) = fde.take().unwrap();
                    input.fdes.push(Fde { start, end: here, signal });
                }
                ["symbol"] => {
                    if let Some(start) = symbol.replace(here) {
                        input.symbols.extend(support::symbol(start, 0));
                    }
                }
                ["end", "symbol"] => {
                    let start = symbol.take().unwrap();
                    input.symbols.extend(support::symbol(start, here - start));
                }
                ["fill", count, byte] => {
                    let count: usize = count.parse().unwrap();
                    let byte = u8::from_str_radix(byte, 16).unwrap();
                    input.code.resize(input.code.len() + count, byte);
                }
                _ => {
                    let bytes = words.iter().map(|word| u8::from_str_radix(word, 16).unwrap());
                    input.code.extend(bytes);
                }
            }
        }
        input
    }

    fn output(&self) -> String {
        let tables = Tables::new(&self.fdes);
        let object = Object {
            text: vec![Segment { vaddr: self.address, bytes: &self.code }],
            frames: tables.frames().filter(|frames| !frames.is_empty()),
            symbols: Symbols::new(&self.symbols, 0),
        };
        let found = find_sites(&object);
        let mut planner = Planner::new(&object);
        let mut out = String::new();
        for site in &found.sites {
            let (start, end) = site.function;
            let function = if start < end { format!(" of {start:x}..{end:x}") } else { String::new() };
            let (kind, proof) = (site.kind, site.proof);
            writeln!(out, "{kind:?} at {:x}{function}, by {proof:?}", site.address).unwrap();
            let patch = plan::zpoline(&object, site);
            writeln!(out, "    zpoline {}", patch.as_ref().map_or("none".into(), describe)).unwrap();
            writeln!(out, "    red zone {:?}", planner.red_zone(site)).unwrap();
            writeln!(out, "    before: {}", describe_jump(planner.before(site))).unwrap();
            writeln!(out, "    after: {}", describe_jump(planner.after(site))).unwrap();
        }
        for unproven in &found.unproven {
            writeln!(out, "unproven at {:x}: {:?}", unproven.address, unproven.reason).unwrap();
        }
        writeln!(out, "{} inside other instructions", found.rejected).unwrap();
        out
    }
}

fn describe(patch: &Patch) -> String {
    let mut text = format!("{:x}: {} -> {}", patch.address, hex(&patch.old), hex(&patch.new));
    if patch.straddles_line() {
        text += ", straddles a line";
    }
    if patch.straddles_page() {
        text += ", straddles a page";
    }
    text
}

fn describe_jump(jump: Result<Detour, Refusal>) -> String {
    let jump = match jump {
        Ok(jump) => jump,
        Err(refusal) => return format!("{refusal:?}"),
    };
    let mut text = describe(&jump.patch(0x60008).unwrap());
    write!(text, "; stub: {} syscall {}, to {:x}", hex(&jump.before), hex(&jump.after), jump.resume).unwrap();
    if let Some(number) = jump.number {
        write!(text, ", number {number}").unwrap();
    }
    if jump.traps_inside {
        text += ", traps inside";
    }
    text
}

fn hex(bytes: &[u8]) -> String {
    let bytes: Vec<_> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    bytes.join(" ")
}

#[test]
fn plans_are_as_written() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let update = std::env::var_os("UPDATE").is_some();
    let mut names: Vec<_> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "in"))
        .collect();
    names.sort();
    let mut wrong = Vec::new();
    for input in &names {
        let out = Input::parse(&std::fs::read_to_string(input).unwrap()).output();
        let expected = input.with_extension("out");
        if update {
            std::fs::write(expected, out).unwrap();
        } else if std::fs::read_to_string(&expected).unwrap_or_default() != out {
            wrong.push(format!("{}:\n{out}", expected.display()));
        }
    }
    assert!(names.len() >= 40, "only {} inputs", names.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
