//! What there is to know about this machine and user.

use super::probe::{self, Tried};
use std::fs;
use zpoline_planner::jump::Table;

/// Everything that [`super::verdict`] judges.
#[derive(Clone, Debug)]
pub(super) struct Facts {
    pub(super) release: String,
    pub(super) machine: String,
    pub(super) glibc: String,
    pub(super) page_zero: Tried,
    /// The table of jump targets in low memory.
    pub(super) jump_table: Tried,
    /// The one that `auto` has first.
    pub(super) auto_table: Tried,
    /// `vm.mmap_min_addr`.
    pub(super) min_addr: Option<u64>,
    /// CAP_SYS_RAWIO in effect.
    pub(super) rawio: bool,
    /// SELinux enforces, and its `mmap_low_allowed`.
    pub(super) selinux: Option<bool>,
    pub(super) user_dispatch: Tried,
    pub(super) protection_key: Tried,
    pub(super) read_self: Tried,
    pub(super) shadow_stack: bool,
    pub(super) fsgsbase: bool,
    pub(super) xsave_bytes: u32,
    /// A seccomp filter is on us, as in most containers.
    pub(super) seccomp: bool,
    /// Somebody traces us, who would trace what we run.
    pub(super) traced: bool,
    /// The selected word of `transparent_hugepage/enabled`.
    pub(super) huge_pages: Option<String>,
}

/// Asks for everything.
pub(super) fn gather() -> Facts {
    let (release, machine) = probe::kernel();
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    Facts {
        release,
        machine,
        glibc: probe::glibc(),
        page_zero: probe::page_zero(),
        jump_table: probe::jump_table(Table::Invalid),
        auto_table: probe::jump_table(Table::Syscall),
        min_addr: number("/proc/sys/vm/mmap_min_addr"),
        rawio: has_rawio(&status),
        selinux: (number("/sys/fs/selinux/enforce") == Some(1)).then(mmap_low_allowed),
        user_dispatch: probe::user_dispatch(),
        protection_key: probe::protection_key(),
        read_self: probe::read_self(),
        shadow_stack: probe::shadow_stack(),
        fsgsbase: probe::fsgsbase(),
        xsave_bytes: probe::xsave_bytes(),
        seccomp: field(&status, "Seccomp:").is_some_and(|mode| mode != "0"),
        traced: field(&status, "TracerPid:").is_some_and(|pid| pid != "0"),
        huge_pages: fs::read_to_string("/sys/kernel/mm/transparent_hugepage/enabled")
            .ok()
            .and_then(|text| selected(&text)),
    }
}

fn number(path: &str) -> Option<u64> {
    fs::read_to_string(path).ok()?.trim().parse().ok()
}

/// The file has two numbers: now, and after the next commit.
fn mmap_low_allowed() -> bool {
    fs::read_to_string("/sys/fs/selinux/booleans/mmap_low_allowed").is_ok_and(|text| text.starts_with('1'))
}

/// A field of `/proc/self/status`.
fn field<'a>(status: &'a str, name: &str) -> Option<&'a str> {
    status.lines().find_map(|line| line.strip_prefix(name)).map(str::trim)
}

fn has_rawio(status: &str) -> bool {
    const CAP_SYS_RAWIO: u32 = 17;
    field(status, "CapEff:")
        .and_then(|digits| u64::from_str_radix(digits, 16).ok())
        .is_some_and(|set| set & (1 << CAP_SYS_RAWIO) != 0)
}

/// The word in brackets.
fn selected(text: &str) -> Option<String> {
    let (_, rest) = text.split_once('[')?;
    Some(rest.split_once(']')?.0.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_of_the_kernel_are_read() {
        let status = "Name:\tx\nTracerPid:\t0\nCapEff:\t000001ffffffffff\nSeccomp:\t2\n";
        assert!(has_rawio(status));
        assert!(!has_rawio("CapEff:\t0000000000000000\n"));
        assert_eq!(field(status, "Seccomp:"), Some("2"));
        assert_eq!(selected("always [madvise] never\n").as_deref(), Some("madvise"));
    }

    #[test]
    fn gathering_leaves_no_trace() {
        let facts = gather();
        assert_eq!(facts.machine, "x86_64");
        assert_eq!(facts.read_self.is_ok(), gather().read_self.is_ok());
    }
}
