//! Prints what the planner finds in files and how long it takes:
//! `cargo run --release -p zpoline-planner --example measure -- FILE...`
//! With `SITES` in the environment, every site and every undecided candidate too.
#![allow(missing_docs, reason = "an example")]

use std::collections::BTreeMap;
use std::time::Instant;
use zpoline_planner::{Object, Planner, Proof, Sites, find_sites, object_from_file, plan};

fn main() {
    for path in std::env::args().skip(1) {
        let Ok(bytes) = std::fs::read(&path) else {
            println!("{path}: cannot be read");
            continue;
        };
        let Some(object) = object_from_file(&bytes) else {
            println!("{path}: not an x86-64 ELF file");
            continue;
        };
        let mut best = f64::MAX;
        let mut first = None;
        for _ in 0..10 {
            let start = Instant::now();
            let sites = object_from_file(&bytes).as_ref().map(find_sites);
            let time = start.elapsed().as_secs_f64() * 1e3;
            best = best.min(time);
            first.get_or_insert(time);
            std::hint::black_box(sites);
        }
        let found = find_sites(&object);
        let text: usize = object.text.iter().map(|s| s.bytes.len()).sum();
        let by = |proof| found.sites.iter().filter(|s| s.proof == proof).count();
        println!(
            "{path}: {} KiB of text, {} sites (fde {}, symbol {}, linear {}), {} unproven, {} rejected, {best:.2} ms (first {:.2})",
            text / 1024,
            found.sites.len(),
            by(Proof::Fde),
            by(Proof::Symbol),
            by(Proof::Linear),
            found.unproven.len(),
            found.rejected,
            first.unwrap_or_default(),
        );
        let verbose = std::env::var_os("SITES").is_some();
        mechanisms(&object, &found, verbose);
        if verbose {
            for unproven in &found.unproven {
                println!("unproven {:x} {:?}", unproven.address, unproven.reason);
            }
        }
    }
}

/// How many sites each mechanism can take.
fn mechanisms(object: &Object<'_>, found: &Sites, verbose: bool) {
    let start = Instant::now();
    let mut planner = Planner::new(object);
    for site in &found.sites {
        std::hint::black_box(planner.before(site).or_else(|_| planner.after(site)).is_ok());
    }
    let jumps = start.elapsed().as_secs_f64() * 1e3;
    let mut counts = BTreeMap::new();
    let mut planner = Planner::new(object);
    for site in &found.sites {
        let red_zone = planner.red_zone(site);
        let before = planner.before(site);
        let mechanism = match (&before, planner.after(site)) {
            (Ok(detour), _) if detour.traps_inside => "before, live".into(),
            (Ok(_), _) => "before".into(),
            (Err(_), Ok(_)) => "after".into(),
            (Err(before), Err(after)) => format!("no jump ({before:?}, {after:?})"),
        };
        if verbose {
            let lines = plan::zpoline(object, site).map(|patch| patch.straddles_line());
            println!(
                "{:x} {:?} {:?} straddles line: {lines:?}, red zone {red_zone:?}, {mechanism}",
                site.address, site.kind, site.proof
            );
        }
        *counts.entry(mechanism).or_insert(0) += 1;
        *counts.entry(format!("red zone {red_zone:?}")).or_insert(0) += 1;
    }
    if !found.sites.is_empty() {
        println!("    {counts:?}, jumps planned in {jumps:.2} ms");
    }
}
