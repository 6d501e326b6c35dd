//! What the facts about a machine mean: pure, so that each sentence has a test.

use super::facts::Facts;
use super::probe::place;
use super::{Finding, Mark};
use std::fmt::Write;
use zpoline_host_abi::errno;
use zpoline_planner::jump::Table;

/// All findings about a machine.
pub(super) fn judge(facts: &Facts) -> Vec<Finding> {
    vec![
        kernel(facts),
        read_self(facts),
        user_dispatch(facts),
        jump_table(facts),
        registers(facts),
        page_zero(facts),
        protection_keys(facts),
        shadow_stack(facts),
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

/// The place of mechanism zpoline's trampoline; no other mechanism needs it.
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
            return vec![Finding::new(
                Mark::Ok,
                "page 0",
                format_args!("can be mapped ({state}): --mechanism zpoline is available"),
            )];
        }
        Err(error) => error,
    };
    let mut finding = Finding::new(Mark::Note, "page 0", format_args!("cannot be mapped: {} ({state})", name(error)))
        .more("so --mechanism zpoline is not available; no other mechanism needs page 0");
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
            "with --mechanism zpoline, page 0 is execute-only: a read through NULL faults as it should",
        )],
        Err(_) => vec![
            Finding::new(Mark::Note, "PKU", "no protection keys: with --mechanism zpoline, page 0 can be read,")
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
        Ok(()) => Finding::new(
            Mark::Ok,
            "SUD",
            "Syscall User Dispatch: every syscall instruction is seen, whatever loads or generates it",
        ),
        Err(error) => Finding::new(Mark::Note, "SUD", format_args!("no Syscall User Dispatch: {}", name(error)))
            .more("so --mechanism sud is not available, and code that is loaded or generated while a")
            .more("program runs (dlopen, JIT) is not seen, nor instructions without room for a jump")
            .more("it needs Linux 5.11 and no sandbox or seccomp filter that refuses prctl"),
    }]
}

/// The pointers that patched sites jump through.
fn jump_table(facts: &Facts) -> Vec<Finding> {
    let [low, high] = [Table::Invalid, Table::Syscall].map(place);
    let (start, end) = (low.start as u64, low.end as u64);
    let Err(error) = facts.jump_table else {
        let other = if facts.auto_table.is_ok() { format!("{:#x} or ", high.start) } else { String::new() };
        let text = format_args!("their table can be mapped at {other}{start:#x}");
        return vec![Finding::new(Mark::Ok, "jumps", text)];
    };
    let consequence = if facts.auto_table.is_ok() {
        "so --mechanism jump is not available, and auto serves programs with a fixed address by SIGSYS alone"
    } else {
        "so --mechanism jump is not available, and auto serves every call by SIGSYS, which is slower"
    };
    let finding = Finding::new(
        Mark::Note,
        "jumps",
        format_args!("their table cannot be mapped at {start:#x}..{end:#x}: {}", name(error)),
    )
    .more(consequence);
    vec![match facts.min_addr {
        Some(address) if address > start && !facts.rawio => {
            finding.more(format_args!("fix: sudo sysctl -w vm.mmap_min_addr=65536 (it is {address})"))
        }
        _ if error == libc::EEXIST => finding.more("something is mapped there already: see /proc/self/maps"),
        _ => finding,
    }]
}

/// What `--mechanism auto`, the default, comes to here.
pub(super) fn mechanism(facts: &Facts) -> Finding {
    let found = |mark, text| Finding::new(mark, "mechanism", text);
    match (facts.user_dispatch, facts.jump_table) {
        (Ok(()), jumps) if jumps.is_ok() || facts.auto_table.is_ok() => {
            found(Mark::Ok, "auto: jumps where there is room for one, Syscall User Dispatch for the rest")
        }
        (Ok(()), _) => found(Mark::Note, "auto: Syscall User Dispatch alone, at a signal a call"),
        (Err(_), Ok(())) => {
            found(Mark::Note, "auto: jumps alone; what has none is not seen (zpoline doctor --sites PROGRAM)")
        }
        (Err(_), Err(_)) => {
            let finding = found(Mark::Bad, "auto: none, since it has neither Syscall User Dispatch nor jumps");
            match facts.page_zero {
                Ok(()) => finding.more("fix: zpoline run --mechanism zpoline ..."),
                Err(_) => finding.more("fix: one of SUD, jumps and page 0, above"),
            }
        }
    }
}

fn registers(facts: &Facts) -> Vec<Finding> {
    let mut findings = Vec::new();
    if !facts.fsgsbase {
        findings.push(
            Finding::new(Mark::Bad, "FSGSBASE", "absent: the loader finds its thread block by an instruction of it")
                .more("a processor since Ivy Bridge or Zen, and Linux since 5.9, have it"),
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

fn shadow_stack(facts: &Facts) -> Vec<Finding> {
    if !facts.shadow_stack {
        return Vec::new();
    }
    vec![
        Finding::new(Mark::Note, "CET", "shadow stacks are on: a call that --mechanism zpoline rewrote would fault")
            .more("fix, for that mechanism: GLIBC_TUNABLES=glibc.cpu.hwcaps=-SHSTK zpoline run ..."),
    ]
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
        jump_table: Ok(()),
        auto_table: Ok(()),
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

    fn said(facts: &Facts, mark: Mark) -> String {
        let findings = judge(facts).into_iter().chain([mechanism(facts)]);
        findings.filter(|finding| finding.mark == mark).map(|finding| finding.to_string()).collect()
    }

    #[test]
    fn a_good_machine_has_only_good_findings() {
        assert_eq!(said(&good(), Mark::Bad), "");
        assert_eq!(said(&good(), Mark::Note), "");
        let all = said(&good(), Mark::Ok);
        assert!(
            all.contains("  ok    SUD        Syscall User Dispatch: every syscall instruction is seen, whatever loads or generates it\n"),
            "{all}"
        );
        assert!(all.contains("  ok    jumps      their table can be mapped at 0x50f0000 or 0x60000\n"), "{all}");
        assert!(
            all.contains("  ok    page 0     can be mapped (vm.mmap_min_addr=4096, CAP_SYS_RAWIO present): --mechanism zpoline is available\n"),
            "{all}"
        );
        assert!(
            all.ends_with(
                "  ok    mechanism  auto: jumps where there is room for one, Syscall User Dispatch for the rest\n"
            ),
            "{all}"
        );
    }

    #[test]
    fn an_ordinary_user_does_without_page_zero_and_learns_how_to_get_it() {
        let facts = Facts { page_zero: Err(libc::EPERM), min_addr: Some(65536), rawio: false, ..good() };
        assert_eq!(said(&facts, Mark::Bad), "");
        assert_eq!(
            said(&facts, Mark::Note),
            "  note  page 0     cannot be mapped: EPERM (vm.mmap_min_addr=65536, CAP_SYS_RAWIO absent)
                   so --mechanism zpoline is not available; no other mechanism needs page 0
                   fix: sudo sysctl -w vm.mmap_min_addr=0
                   or, for one program: sudo setpriv --reuid $USER --init-groups --inh-caps +sys_rawio \\
                     --ambient-caps +sys_rawio zpoline run ...; or run it as root
                   not setcap: ld.so ignores LD_PRELOAD for a program with file capabilities
                   in a container the sysctl is the host's
"
        );
        assert_eq!(mechanism(&facts), mechanism(&good()));
    }

    #[test]
    fn selinux_is_named() {
        let facts = Facts { page_zero: Err(libc::EACCES), selinux: Some(false), ..good() };
        let said = said(&facts, Mark::Note);
        assert!(said.contains("cannot be mapped: EACCES"), "{said}");
        assert!(said.ends_with("fix: sudo setsebool -P mmap_low_allowed 1\n"), "{said}");
    }

    #[test]
    fn other_reasons_are_not_blamed_on_the_sysctl() {
        let said = said(&Facts { page_zero: Err(libc::EACCES), ..good() }, Mark::Note);
        assert!(said.contains("a security module or a seccomp filter"), "{said}");
    }

    #[test]
    fn without_user_dispatch_auto_jumps_and_does_not_see_all() {
        let facts = Facts { user_dispatch: Err(libc::EINVAL), ..good() };
        assert_eq!(said(&facts, Mark::Bad), "");
        let said = said(&facts, Mark::Note);
        assert!(said.starts_with("  note  SUD        no Syscall User Dispatch: EINVAL\n"), "{said}");
        assert!(said.contains("(dlopen, JIT) is not seen"), "{said}");
        assert!(said.contains("  note  mechanism  auto: jumps alone; "), "{said}");
    }

    #[test]
    fn without_the_jump_table_auto_is_slow() {
        let low = Facts { jump_table: Err(libc::EPERM), min_addr: Some(1 << 20), rawio: false, ..good() };
        let note = said(&low, Mark::Note);
        assert!(note.contains("auto serves programs with a fixed address by SIGSYS alone\n"), "{note}");
        assert!(!note.contains("mechanism  auto"), "{note}");
        let facts = Facts { auto_table: Err(libc::EEXIST), ..low };
        assert_eq!(said(&facts, Mark::Bad), "");
        let said = said(&facts, Mark::Note);
        assert!(
            said.starts_with("  note  jumps      their table cannot be mapped at 0x60000..0x70000: EPERM\n"),
            "{said}"
        );
        assert!(said.contains("fix: sudo sysctl -w vm.mmap_min_addr=65536 (it is 1048576)\n"), "{said}");
        assert!(said.ends_with("  note  mechanism  auto: Syscall User Dispatch alone, at a signal a call\n"), "{said}");
    }

    #[test]
    fn without_either_only_page_zero_is_left() {
        let facts = Facts { user_dispatch: Err(libc::EINVAL), jump_table: Err(libc::EPERM), ..good() };
        let bad = |facts: &Facts| said(facts, Mark::Bad);
        assert!(bad(&facts).ends_with("fix: zpoline run --mechanism zpoline ...\n"), "{}", bad(&facts));
        let facts = Facts { page_zero: Err(libc::EPERM), ..facts };
        assert!(bad(&facts).ends_with("fix: one of SUD, jumps and page 0, above\n"), "{}", bad(&facts));
    }

    #[test]
    fn a_container_that_forbids_reading_is_named() {
        let said = said(&Facts { read_self: Err(libc::EPERM), ..good() }, Mark::Bad);
        assert!(said.contains("process_vm_readv on oneself is refused: EPERM"), "{said}");
    }

    #[test]
    fn what_concerns_mechanism_zpoline_alone_says_so() {
        let facts = Facts { protection_key: Err(libc::EINVAL), shadow_stack: true, ..good() };
        assert_eq!(said(&facts, Mark::Bad), "");
        let notes = said(&facts, Mark::Note);
        let first_lines: Vec<&str> = notes.lines().filter(|line| line.starts_with("  note")).collect();
        assert_eq!(first_lines.len(), 2, "{notes}");
        assert!(first_lines.iter().all(|line| line.contains("--mechanism zpoline")), "{notes}");
    }
}
