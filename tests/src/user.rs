//! Who runs the tests, and running a program as an ordinary user.

use crate::command::Run;
use crate::places;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

/// A user that has nothing: `nobody` on Debian.
pub const NOBODY: u32 = 65534;

/// The user that this process runs as.
pub fn own() -> u32 {
    // What /proc/self belongs to is the effective user.
    std::fs::metadata("/proc/self").map_or(NOBODY, |meta| meta.uid())
}

/// Whether this process may do all that root may.
pub fn is_root() -> bool {
    own() == 0
}

/// The program as an ordinary user without capabilities: as it is when we are
/// one, else through setpriv(1). None if there is no way.
pub fn as_nobody(run: Run) -> Option<Run> {
    if !is_root() {
        return Some(run);
    }
    let setpriv = places::find("setpriv")?;
    let user = NOBODY.to_string();
    Some(run.behind(
        &setpriv,
        ["--reuid", &user, "--regid", &user, "--clear-groups", "--inh-caps=-all", "--bounding-set=-all", "--"],
    ))
}

/// Whether an ordinary user may map page 0 here.
pub fn may_map_page_0() -> bool {
    let minimum = std::fs::read_to_string(Path::new("/proc/sys/vm/mmap_min_addr")).unwrap_or_default();
    minimum.trim() == "0"
}

/// Whether this process may: the capability, or a machine that lets everybody.
pub fn own_may_map_page_0() -> bool {
    const CAP_SYS_RAWIO: u32 = 17;
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let effective = status.lines().find_map(|line| line.strip_prefix("CapEff:"));
    let bits = effective.and_then(|bits| u64::from_str_radix(bits.trim(), 16).ok()).unwrap_or(0);
    bits >> CAP_SYS_RAWIO & 1 == 1 || may_map_page_0()
}
