//! Builds the trampoline in page 0, and says why where that cannot be done.

extern crate std;

use super::error::StartError;
use crate::arch::entry::{self, Return};
use crate::rewrite::page0::{self, MapError};
use alloc::format;
use alloc::string::String;

const EPERM: i32 = 1;
const EACCES: i32 = 13;
const EEXIST: i32 = 17;

/// Builds it.
pub(super) fn build() -> Result<(), StartError> {
    if kernel_scrambles_returns() {
        entry::set_return(Return::Jump);
    }
    page0::build().map(|_| ()).map_err(|error| {
        let minimum = std::fs::read_to_string("/proc/sys/vm/mmap_min_addr").unwrap_or_default();
        explain(error, minimum.trim(), &capability_state())
    })
}

/// Whether every syscall empties the processor's return stack, so that the next
/// `ret` is mispredicted (Documentation/admin-guide/hw-vuln/srso.rst).
fn kernel_scrambles_returns() -> bool {
    let directory = "/sys/devices/system/cpu/vulnerabilities/";
    let has = |file: &str, word: &str| {
        std::fs::read_to_string(format!("{directory}{file}")).is_ok_and(|text| text.contains(word))
    };
    has("spec_rstack_overflow", "Safe RET") || has("retbleed", "untrained return thunk")
}

/// The message for a trampoline that could not be mapped.
fn explain(error: MapError, minimum: &str, capability: &str) -> StartError {
    let MapError { at, errno } = error;
    match errno {
        EPERM => StartError::whole(format!(
            "cannot map page 0: EPERM (vm.mmap_min_addr={minimum}, CAP_SYS_RAWIO {capability})\n  \
             the trampoline must live at address 0\n  \
             fix: leave ZPOLINE_MECHANISM=zpoline out, or: sudo sysctl -w vm.mmap_min_addr=0      (other ways: zpoline doctor)"
        )),
        EACCES => StartError::whole(
            "cannot map page 0: EACCES (SELinux denies mmap_zero)\n  \
             the trampoline must live at address 0\n  \
             fix: sudo setsebool -P mmap_low_allowed 1",
        ),
        EEXIST => StartError::whole(format!(
            "cannot map address {at:#x}: something is mapped there already\n  \
             the trampoline must live at address 0; is another rewriting tool loaded?\n  \
             fix: run without it (see LD_PRELOAD and /etc/ld.so.preload)"
        )),
        _ => StartError::new(
            format!("cannot map address {at:#x} for the trampoline: error {errno}"),
            "see what the machine allows: zpoline doctor",
        ),
    }
}

/// "present" or "absent", from /proc/self/status.
fn capability_state() -> String {
    const CAP_SYS_RAWIO: u32 = 17;
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let effective = status.lines().find_map(|line| line.strip_prefix("CapEff:"));
    let bits = effective.and_then(|hex| u64::from_str_radix(hex.trim(), 16).ok()).unwrap_or(0);
    if bits >> CAP_SYS_RAWIO & 1 == 1 { "present".into() } else { "absent".into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_cause_has_its_fix() {
        let shown = |errno| format!("{:?}", explain(MapError { at: 0, errno }, "65536", "absent"));
        assert!(shown(EPERM).contains("vm.mmap_min_addr=65536, CAP_SYS_RAWIO absent"));
        assert!(shown(EPERM).contains("sysctl -w vm.mmap_min_addr=0"));
        assert!(shown(EACCES).contains("setsebool -P mmap_low_allowed 1"));
        assert!(shown(EEXIST).contains("another rewriting tool"));
        assert!(shown(12).contains("error 12"));
    }
}
