//! The libraries of this machine: the sites are those that `objdump -d` shows.

use std::collections::BTreeSet;
use std::process::Command;
use zpoline_planner::{Kind, find_sites, object_from_file};

/// What is asked for, where distributions have it.
const FILES: [&[&str]; 6] = [
    &["/lib/x86_64-linux-gnu/libc.so.6", "/lib64/libc.so.6", "/usr/lib/libc.so.6"],
    &["/lib64/ld-linux-x86-64.so.2"],
    &["/usr/lib/x86_64-linux-gnu/libcrypto.so.3", "/usr/lib64/libcrypto.so.3", "/usr/lib/libcrypto.so.3"],
    &["/usr/bin/python3"],
    &["/usr/lib/x86_64-linux-gnu/libgomp.so.1", "/usr/lib64/libgomp.so.1"],
    &["/usr/lib/x86_64-linux-gnu/libasan.so.8", "/usr/lib64/libasan.so.8"],
];

/// Pairs that `objdump`, which decodes everything in `.text`, shows as instructions, and that are data:
/// file name and the address's bytes before the pair, as evidence.
const DATA: [(&str, [u8; 8]); 1] = [
    // ecp_nistz256_precomputed, a table of curve points
    ("libcrypto.so.3", [0xfa, 0x28, 0xaa, 0x3f, 0x07, 0x1f, 0x02, 0x0f]),
];

#[test]
fn sites_agree_with_objdump() {
    if Command::new("objdump").arg("--version").output().is_err() {
        println!("objdump is not installed: nothing to compare with");
        return;
    }
    for file in FILES.iter().filter_map(|paths| paths.iter().find(|p| std::fs::exists(p).unwrap_or(false))) {
        let bytes = std::fs::read(file).unwrap();
        let object = object_from_file(&bytes).unwrap();
        let found = find_sites(&object);
        let ours: BTreeSet<u64> = found.sites.iter().map(|site| site.address).collect();
        let theirs = objdump(file);
        let invented: Vec<_> = ours.difference(&theirs).collect();
        assert!(invented.is_empty(), "{file}: not in objdump's listing: {invented:x?}");
        let is_data = |address: &u64| {
            let segment = object.segment(*address).unwrap();
            let before = segment.range(*address - 7, *address + 1);
            DATA.iter().any(|(name, bytes)| file.ends_with(name) && before == Some(bytes))
        };
        let missed: Vec<_> = theirs.difference(&ours).filter(|address| !is_data(address)).collect();
        assert!(missed.is_empty(), "{file}: only in objdump's listing: {missed:x?}");
        assert!(found.sites.iter().all(|site| site.kind == Kind::Syscall));
        println!("{file}: {} sites, {} pairs left alone", ours.len(), found.unproven.len());
    }
}

/// The addresses of the pairs in `syscall` and `sysenter` instructions.
fn objdump(file: &str) -> BTreeSet<u64> {
    let output = Command::new("objdump").args(["-d", "-w", file]).output().unwrap();
    let listing = String::from_utf8_lossy(&output.stdout);
    let address = |line: &str| {
        let (address, rest) = line.split_once(":\t")?;
        let (bytes, text) = rest.split_once('\t')?;
        let name = text.split_whitespace().last()?;
        let length = bytes.split_whitespace().count() as u64;
        let start = u64::from_str_radix(address.trim(), 16).ok()?;
        matches!(name, "syscall" | "sysenter").then(|| start + length - 2)
    };
    listing.lines().filter_map(address).collect()
}
