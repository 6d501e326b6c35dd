//! What the facts about a machine mean: pure, so that each sentence has a test.

use super::facts::Facts;
use super::{Finding, Mark};
use std::fmt::Write;
use zpoline_host_abi::errno;

/// All findings about a machine.
pub(super) fn judge(facts: &Facts) -> Vec<Finding> {
    vec![
        kernel(facts),
        page_zero(facts),
        protection_keys(facts),
        read_self(facts),
        user_dispatch(facts),
        registers(facts),
        surroundings(facts),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn name(number: i32) -> String {
    let known = u32::try_from(number).ok().and_then(errno::name);
    known.map_or_else(|| format!("errno {number}"), str::to_owned)
}

fn kernel(facts: &Facts) -> Vec<Finding> {
    let text = format!("Linux {} on {}, glibc {}", facts.release, facts.machine, facts.glibc);
    let good = facts.machine == "x86_64";
    let finding = Finding::new(if good { Mark::Ok } else { Mark::Bad }, "kernel", text);
    vec![if good { finding } else { finding.more("the loader is for x86-64 kernels") }]
}

/// The trampoline's place.
fn page_zero(facts: &Facts) -> Vec<Finding> {
    let mut state = String::new();
    match facts.min_addr {
        Some(address) => {
            let _ = write!(state, "vm.mmap_min_addr={address}");
        }
        None => state.push_str("vm.mmap_min_addr unknown"),
    }
    let _ = write!(state, ", CAP_SYS_RAWIO {}", if facts.rawio { "present" } else { "absent" });
    let error = match facts.page_zero {
        Ok(()) => {
            return vec![Finding::new(Mark::Ok, "page 0", format_args!("can be mapped ({state})"))];
        }
        Err(error) => error,
    };
    let mut finding = Finding::new(Mark::Bad, "page 0", format_args!("cannot be mapped: {} ({state})", name(error)))
        .more("the trampoline must live at address 0");
    if facts.selinux == Some(false) {
        return vec![
            finding
                .more("SELinux enforces and mmap_low_allowed is off")
                .more("fix: sudo setsebool -P mmap_low_allowed 1"),
        ];
    }
    if error == libc::EEXIST {
        return vec![finding.more("something is mapped there already: see /proc/self/maps of a program")];
    }
    if facts.rawio || facts.min_addr == Some(0) {
        finding = finding.more("the usual limits allow it, so a security module or a seccomp filter is in the way");
        return vec![finding];
    }
    vec![
        finding
            .more("fix: sudo sysctl -w vm.mmap_min_addr=0")
            .more("or, for one program: sudo setpriv --reuid $USER --init-groups --inh-caps +sys_rawio \\")
            .more("  --ambient-caps +sys_rawio zpoline run ...; or run it as root")
            .more("not setcap: ld.so ignores LD_PRELOAD for a program with file capabilities")
            .more("in a container the sysctl is the host's"),
    ]
}

fn protection_keys(facts: &Facts) -> Vec<Finding> {
    match facts.protection_key {
        Ok(()) => vec![Finding::new(
            Mark::Ok,
            "PKU",
            "protection keys: page 0 is execute-only, so a read through NULL faults as it should",
        )],
        Err(_) => vec![
            Finding::new(Mark::Note, "PKU", "no protection keys: while a program is hooked, page 0 can be read,")
                .more("so a read through a NULL pointer gives trampoline bytes and no fault"),
        ],
    }
}

fn read_self(facts: &Facts) -> Vec<Finding> {
    match facts.read_self {
        Ok(()) => vec![Finding::new(Mark::Ok, "memory", "hooks can read the program's memory (process_vm_readv)")],
        Err(error) => vec![
            Finding::new(Mark::Bad, "memory", format_args!("process_vm_readv on oneself is refused: {}", name(error)))
                .more("hooks could not see what the arguments of a syscall point to")
                .more("fix: docker run --security-opt seccomp=unconfined, if this is a container"),
        ],
    }
}

fn user_dispatch(facts: &Facts) -> Vec<Finding> {
    vec![match facts.user_dispatch {
        Ok(()) => Finding::new(Mark::Note, "SUD", "Syscall User Dispatch works; the mechanism zpoline does without it"),
        Err(error) => Finding::new(
            Mark::Note,
            "SUD",
            format_args!("no Syscall User Dispatch ({}); the mechanism zpoline does without it", name(error)),
        ),
    }]
}

fn registers(facts: &Facts) -> Vec<Finding> {
    let mut findings = Vec::new();
    if !facts.fsgsbase {
        findings.push(
            Finding::new(Mark::Bad, "FSGSBASE", "absent: the loader finds its thread block by an instruction of it")
                .more("a processor since Ivy Bridge or Zen, and Linux since 5.9, have it"),
        );
    }
    if facts.shadow_stack {
        findings.push(
            Finding::new(Mark::Bad, "CET", "shadow stacks are on: returning from a rewritten call would fault")
                .more("fix: GLIBC_TUNABLES=glibc.cpu.hwcaps=-SHSTK zpoline run ..."),
        );
    }
    if facts.xsave_bytes > 0 {
        findings.push(Finding::new(
            Mark::Note,
            "XSAVE",
            format_args!("{} bytes of vector state; a signal frame is as large", facts.xsave_bytes),
        ));
    }
    findings
}

fn surroundings(facts: &Facts) -> Vec<Finding> {
    let mut findings = Vec::new();
    if facts.seccomp {
        findings.push(Finding::new(Mark::Note, "seccomp", "a filter is on this process, as in a container"));
    }
    if facts.traced {
        findings.push(Finding::new(Mark::Note, "ptrace", "this process is traced, and so will be what it runs"));
    }
    if let Some(setting) = &facts.huge_pages {
        findings.push(Finding::new(Mark::Note, "THP", format_args!("transparent huge pages: {setting}")));
    }
    findings
}

/// Facts of a machine on which all is well.
#[cfg(test)]
fn good() -> Facts {
    Facts {
        release: "6.18.0".to_owned(),
        machine: "x86_64".to_owned(),
        glibc: "2.36".to_owned(),
        page_zero: Ok(()),
        min_addr: Some(4096),
        rawio: true,
        selinux: None,
        user_dispatch: Ok(()),
        protection_key: Ok(()),
        read_self: Ok(()),
        shadow_stack: false,
        fsgsbase: true,
        xsave_bytes: 0,
        seccomp: false,
        traced: false,
        huge_pages: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(facts: &Facts) -> String {
        judge(facts).iter().filter(|finding| finding.mark == Mark::Bad).map(ToString::to_string).collect()
    }

    #[test]
    fn a_good_machine_has_nothing_bad() {
        assert_eq!(said(&good()), "");
        assert_eq!(
            judge(&good())[1].to_string(),
            "  ok    page 0     can be mapped (vm.mmap_min_addr=4096, CAP_SYS_RAWIO present)\n"
        );
    }

    #[test]
    fn an_ordinary_user_learns_why_and_how() {
        let facts = Facts { page_zero: Err(libc::EPERM), min_addr: Some(65536), rawio: false, ..good() };
        assert_eq!(
            said(&facts),
            "  BAD   page 0     cannot be mapped: EPERM (vm.mmap_min_addr=65536, CAP_SYS_RAWIO absent)
                   the trampoline must live at address 0
                   fix: sudo sysctl -w vm.mmap_min_addr=0
                   or, for one program: sudo setpriv --reuid $USER --init-groups --inh-caps +sys_rawio \\
                     --ambient-caps +sys_rawio zpoline run ...; or run it as root
                   not setcap: ld.so ignores LD_PRELOAD for a program with file capabilities
                   in a container the sysctl is the host's
"
        );
    }

    #[test]
    fn selinux_is_named() {
        let facts = Facts { page_zero: Err(libc::EACCES), selinux: Some(false), ..good() };
        let said = said(&facts);
        assert!(said.contains("cannot be mapped: EACCES"), "{said}");
        assert!(said.ends_with("fix: sudo setsebool -P mmap_low_allowed 1\n"), "{said}");
    }

    #[test]
    fn other_reasons_are_not_blamed_on_the_sysctl() {
        let said = said(&Facts { page_zero: Err(libc::EACCES), ..good() });
        assert!(said.contains("a security module or a seccomp filter"), "{said}");
    }

    #[test]
    fn a_container_that_forbids_reading_is_named() {
        let said = said(&Facts { read_self: Err(libc::EPERM), ..good() });
        assert!(said.contains("process_vm_readv on oneself is refused: EPERM"), "{said}");
    }

    #[test]
    fn a_missing_convenience_is_not_bad() {
        let facts = Facts { protection_key: Err(libc::EINVAL), user_dispatch: Err(libc::EINVAL), ..good() };
        assert_eq!(said(&facts), "");
    }
}
