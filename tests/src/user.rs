//! Who runs the tests, what this user may do, and running a program as an
//! ordinary user.

use crate::command::Run;
use crate::places;
use anyhow::{Context, Result};
use std::os::unix::fs::{MetadataExt, lchown};
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
/// one, else through setpriv(1).
pub fn as_nobody(run: Run) -> Result<Run> {
    if !is_root() {
        return Ok(run);
    }
    let setpriv = places::find("setpriv").context("setpriv is missing: apt-get install util-linux")?;
    let user = NOBODY.to_string();
    let drop = ["--reuid", &user, "--regid", &user, "--clear-groups", "--inh-caps=-all", "--bounding-set=-all", "--"];
    Ok(run.behind(&setpriv, drop))
}

/// Gives a directory and all in it to the user of `as_nobody`.
pub fn give_to_nobody(top: &Path) -> Result<()> {
    if !is_root() {
        return Ok(());
    }
    lchown(top, Some(NOBODY), Some(NOBODY)).with_context(|| top.display().to_string())?;
    if top.symlink_metadata()?.is_dir() {
        for entry in std::fs::read_dir(top)? {
            give_to_nobody(&entry?.path())?;
        }
    }
    Ok(())
}

/// Whether an ordinary user may map page 0 here.
pub fn anybody_may_map_page_0() -> bool {
    let minimum = std::fs::read_to_string("/proc/sys/vm/mmap_min_addr").unwrap_or_default();
    minimum.trim() == "0"
}

/// Whether this process may: the capability, or a machine that lets everybody.
fn may_map_page_0() -> bool {
    const CAP_SYS_RAWIO: u32 = 17;
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let effective = status.lines().find_map(|line| line.strip_prefix("CapEff:"));
    let bits = effective.and_then(|bits| u64::from_str_radix(bits.trim(), 16).ok()).unwrap_or(0);
    bits >> CAP_SYS_RAWIO & 1 == 1 || anybody_may_map_page_0()
}

/// Why this user cannot use a mechanism here, or nothing.
pub fn cannot_use(mechanism: &str) -> Option<String> {
    let needs_page_0 = mechanism == "zpoline" && !may_map_page_0();
    needs_page_0.then(|| "this user may not map page 0: run the tests as root".into())
}
