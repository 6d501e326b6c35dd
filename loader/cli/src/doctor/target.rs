//! What is to be said about one program, and where its syscalls are.

use super::{Finding, Mark};
use crate::elf::{self, Kind};
use crate::failure::Result;
use crate::program;
use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use zpoline_planner::{Kind as Instruction, Proof, Sites, find_sites, object_from_file};

/// Finds a program and examines it.
pub(super) fn examine(name: &OsStr, sites: bool) -> Result<(PathBuf, Vec<Finding>)> {
    let path = program::find(name, std::env::var_os("PATH").as_deref())?;
    let probe = program::probe(&path);
    let mut findings: Vec<Finding> = probe
        .interpreters
        .iter()
        .map(|interpreter| Finding::new(Mark::Note, "script", format_args!("is run by {}", interpreter.display())))
        .collect();
    let started = probe.interpreters.last().unwrap_or(&path);
    findings.push(match &probe.obstacle {
        None => Finding::new(Mark::Ok, "program", "can be hooked"),
        Some(obstacle) => Finding::new(Mark::Bad, "program", format_args!("cannot be hooked: {obstacle}"))
            .more("zpoline run --unhookable=run runs it without a hook, and says so"),
    });
    if sites {
        findings.extend(objects(started).iter().map(|object| count(object)));
    }
    Ok((path, findings))
}

/// A program, its interpreter and the libraries that ld.so will load for it.
fn objects(path: &Path) -> Vec<PathBuf> {
    let mut objects = vec![path.to_owned()];
    let head = std::fs::read(path).unwrap_or_default();
    if let Kind::Dynamic { interpreter } = elf::probe(&head[..head.len().min(elf::HEAD)]) {
        let interpreter = PathBuf::from(OsStr::from_bytes(&interpreter));
        // Lists, and does not run the program.
        let listed = Command::new(&interpreter).arg("--list").arg(path).env_remove("LD_PRELOAD").output();
        objects.push(interpreter);
        if let Ok(listed) = listed {
            objects.extend(libraries(&String::from_utf8_lossy(&listed.stdout)));
        }
    }
    objects
}

/// The paths in what `ld.so --list` prints: `libc.so.6 => /lib/libc.so.6 (0x...)`.
fn libraries(listing: &str) -> Vec<PathBuf> {
    let path = |line: &str| Some(PathBuf::from(line.split_once(" => ")?.1.rsplit_once(" (")?.0));
    listing.lines().filter_map(path).filter(|path| path.is_absolute()).collect()
}

fn count(path: &Path) -> Finding {
    let shown = path.display();
    let file = match std::fs::read(path) {
        Ok(file) => file,
        Err(error) => {
            return Finding::new(Mark::Note, "sites", format_args!("cannot read {shown}: {error}"));
        }
    };
    match object_from_file(&file) {
        Some(object) => describe(&shown.to_string(), &find_sites(&object)),
        None => Finding::new(Mark::Note, "sites", format_args!("{shown}: not an object that can be read")),
    }
}

fn describe(name: &str, sites: &Sites) -> Finding {
    let mut proofs = BTreeMap::new();
    for site in &sites.sites {
        let proof = match site.proof {
            Proof::Fde => "by unwind tables",
            Proof::Symbol => "by symbols",
            Proof::Linear => "by what surrounds them",
        };
        *proofs.entry(proof).or_insert(0) += 1;
    }
    let list = |counts: &BTreeMap<&str, i32>| {
        counts.iter().map(|(what, number)| format!("{number} {what}")).collect::<Vec<_>>().join(", ")
    };
    let mut text = format!("{name}: {} to patch", sites.sites.len());
    if !proofs.is_empty() {
        text.push_str(&format!(" ({})", list(&proofs)));
    }
    let sysenter = sites.sites.iter().filter(|site| site.kind == Instruction::Sysenter).count();
    if sysenter > 0 {
        text.push_str(&format!(", of which {sysenter} sysenter"));
    }
    let mark = if sites.unproven.is_empty() { Mark::Ok } else { Mark::Note };
    let mut finding = Finding::new(mark, "sites", text);
    for unproven in &sites.unproven {
        finding = finding.more(format_args!("left alone at {:#x}: {:?}", unproven.address, unproven.reason));
    }
    finding
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_listing_gives_paths() {
        let listing = "\tlinux-vdso.so.1 (0x00007ffd)\n\tlibc.so.6 => /lib/x86_64-linux-gnu/libc.so.6 (0x00007f5)\n\t/lib64/ld-linux-x86-64.so.2 (0x00007f7)\n";
        assert_eq!(libraries(listing), [PathBuf::from("/lib/x86_64-linux-gnu/libc.so.6")]);
    }

    #[test]
    fn sites_are_counted_by_proof() {
        let found = describe("libx.so", &Sites::default());
        assert_eq!((found.mark, found.text.as_str()), (Mark::Ok, "libx.so: 0 to patch"));
    }
}
