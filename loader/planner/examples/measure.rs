//! Prints what the planner finds in files and how long it takes: `cargo run --release -p zpoline-planner
//! --example measure -- FILE...`
#![allow(missing_docs, reason = "an example")]

use std::time::Instant;
use zpoline_planner::{Proof, find_sites, object_from_file, plan};

fn main() {
    let verbose = std::env::var_os("SITES").is_some();
    for path in std::env::args().skip(1) {
        let Ok(bytes) = std::fs::read(&path) else {
            println!("{path}: cannot be read");
            continue;
        };
        let mut best = f64::MAX;
        let mut first = None;
        for _ in 0..10 {
            let start = Instant::now();
            let object = object_from_file(&bytes);
            let sites = object.as_ref().map(find_sites);
            let time = start.elapsed().as_secs_f64() * 1e3;
            best = best.min(time);
            first.get_or_insert(time);
            std::hint::black_box(sites);
        }
        let Some(object) = object_from_file(&bytes) else {
            println!("{path}: not an x86-64 ELF file");
            continue;
        };
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
        if verbose {
            for site in &found.sites {
                println!("{:x} {:?} {:?}", site.address, site.kind, site.proof);
                assert!(plan::zpoline(&object, site).is_some());
            }
            for unproven in &found.unproven {
                println!("unproven {:x} {:?}", unproven.address, unproven.reason);
            }
        }
    }
}
