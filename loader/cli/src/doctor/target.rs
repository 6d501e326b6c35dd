//! What is to be said about one program, and where its syscalls are.

use super::{Finding, Mark};
use crate::failure::Result;
use crate::program;
use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use zpoline_planner::program as executable;
use zpoline_planner::{Kind as Instruction, Object, Planner, Proof, Sites, find_sites, object_from_file};

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
        findings.push(legend());
    }
    Ok((path, findings))
}

/// A program, its interpreter and the libraries that ld.so will load for it.
fn objects(path: &Path) -> Vec<PathBuf> {
    let mut objects = vec![path.to_owned()];
    let head = std::fs::read(path).unwrap_or_default();
    if let executable::Kind::Dynamic { interpreter } = executable::probe(&head[..head.len().min(executable::HEAD)]) {
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
        Some(object) => {
            let sites = find_sites(&object);
            describe(&shown.to_string(), &sites, &Jumps::plan(&object, &sites))
        }
        None => Finding::new(Mark::Note, "sites", format_args!("{shown}: not an object that can be read")),
    }
}

/// How many sites can be replaced by a jump, and when.
#[derive(Debug, Default, PartialEq, Eq)]
struct Jumps {
    /// Over the instructions that lead to the site: whatever other threads do.
    any_time: usize,
    /// Only while no thread is in the call: at load time, or, with the net of
    /// Syscall User Dispatch, at the first call.
    no_thread_inside: usize,
    /// No room for one.
    none: usize,
}

impl Jumps {
    /// The choice that the loader makes.
    fn plan(object: &Object<'_>, sites: &Sites) -> Self {
        let mut planner = Planner::new(object);
        let mut jumps = Self::default();
        for site in &sites.sites {
            let before = planner.before(site);
            let count = match &before {
                Ok(detour) if detour.traps_inside => &mut jumps.any_time,
                _ if before.is_ok() || planner.after(site).is_ok() => &mut jumps.no_thread_inside,
                _ => &mut jumps.none,
            };
            *count += 1;
        }
        jumps
    }
}

fn describe(name: &str, sites: &Sites, jumps: &Jumps) -> Finding {
    let mut proofs = BTreeMap::new();
    for site in &sites.sites {
        let proof = match site.proof {
            Proof::Fde => "by unwind tables",
            Proof::Symbol => "by symbols",
            Proof::Linear => "by what surrounds them",
        };
        *proofs.entry(proof).or_insert(0) += 1;
    }
    let mut text = format!("{name}: {} proven", sites.sites.len());
    if !proofs.is_empty() {
        let list: Vec<String> = proofs.iter().map(|(what, number)| format!("{number} {what}")).collect();
        text.push_str(&format!(" ({})", list.join(", ")));
    }
    let sysenter = sites.sites.iter().filter(|site| site.kind == Instruction::Sysenter).count();
    if sysenter > 0 {
        text.push_str(&format!(", of which {sysenter} sysenter"));
    }
    if !sites.unproven.is_empty() {
        text.push_str(&format!(", {} unproven", sites.unproven.len()));
    }
    let mark = if sites.unproven.is_empty() { Mark::Ok } else { Mark::Note };
    let mut finding = Finding::new(mark, "sites", text);
    if !sites.sites.is_empty() {
        finding = finding.more(format_args!(
            "{} jumps at any time, {} at load time or the first call, {} without room for one",
            jumps.any_time, jumps.no_thread_inside, jumps.none
        ));
    }
    for unproven in &sites.unproven {
        finding = finding.more(format_args!("unproven: {:#x} {:?}", unproven.address, unproven.reason));
    }
    finding
}

/// What becomes of those that get no jump.
fn legend() -> Finding {
    Finding::new(Mark::Note, "sites", "what has no room for a jump or is unproven:")
        .more("auto and sud see it: it raises SIGSYS at each call, which takes about 1 us")
        .more("jump does not see it; zpoline sees all that is proven")
}

#[cfg(test)]
mod tests {
    use super::*;
    use zpoline_planner::{Reason, Segment, Site, Unproven};

    #[test]
    fn a_listing_gives_paths() {
        let listing = "\tlinux-vdso.so.1 (0x00007ffd)\n\tlibc.so.6 => /lib/x86_64-linux-gnu/libc.so.6 (0x00007f5)\n\t/lib64/ld-linux-x86-64.so.2 (0x00007f7)\n";
        assert_eq!(libraries(listing), [PathBuf::from("/lib/x86_64-linux-gnu/libc.so.6")]);
    }

    #[test]
    fn an_object_without_sites_is_one_line() {
        let found = describe("libx.so", &Sites::default(), &Jumps::default());
        assert_eq!(found, Finding::new(Mark::Ok, "sites", "libx.so: 0 proven"));
    }

    #[test]
    fn sites_are_counted_by_proof_and_by_jump() {
        let site = |address, proof| Site {
            address,
            kind: Instruction::Syscall,
            proof,
            prefixes: 0,
            function: (0x1000, 0x1100),
        };
        let sites = Sites {
            sites: vec![site(0x1005, Proof::Fde), site(0x1010, Proof::Fde), site(0x1020, Proof::Linear)],
            unproven: vec![Unproven { address: 0x2000, reason: Reason::NoEvidence }],
            rejected: 0,
        };
        let jumps = Jumps { any_time: 1, no_thread_inside: 2, none: 0 };
        assert_eq!(
            describe("libx.so", &sites, &jumps).to_string(),
            "  note  sites      libx.so: 3 proven (2 by unwind tables, 1 by what surrounds them), 1 unproven
                   1 jumps at any time, 2 at load time or the first call, 0 without room for one
                   unproven: 0x2000 NoEvidence
"
        );
    }

    #[test]
    fn what_surrounds_a_site_decides_about_its_jump() {
        let planned = |code: &[u8], site: u64| {
            let object = Object { text: vec![Segment { vaddr: 0x1000, bytes: code }], ..Object::default() };
            let bounds = (0x1000, 0x1000 + code.len() as u64);
            let site = Site {
                address: 0x1000 + site,
                kind: Instruction::Syscall,
                proof: Proof::Symbol,
                prefixes: 0,
                function: bounds,
            };
            Jumps::plan(&object, &Sites { sites: vec![site], ..Sites::default() })
        };
        // mov $39,%eax; syscall; ret
        let any_time = Jumps { any_time: 1, ..Jumps::default() };
        assert_eq!(planned(&[0xb8, 39, 0, 0, 0, 0x0f, 0x05, 0xc3], 5), any_time);
        // mov %edi,%eax; syscall; cmp $-4095,%rax; ret
        let behind = Jumps { no_thread_inside: 1, ..Jumps::default() };
        assert_eq!(planned(&[0x89, 0xf8, 0x0f, 0x05, 0x48, 0x3d, 0x01, 0xf0, 0xff, 0xff, 0xc3], 2), behind);
        // syscall; ret
        assert_eq!(planned(&[0x0f, 0x05, 0xc3], 0), Jumps { none: 1, ..Jumps::default() });
    }
}
