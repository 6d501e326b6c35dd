//! Notes the environment that children shall have (`dispatch::exec`).

extern crate std;

use super::config::VARIABLES;
use crate::dispatch::exec::{self, Carried, Environment};
use alloc::format;
use alloc::vec::Vec;
use std::env;
use std::ffi::{CStr, OsStr, OsString};
use std::os::fd::AsRawFd;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};

/// Variables that hold a path: a child may start elsewhere.
const PATHS: [&str; 3] = ["ZPOLINE_HOOK", "ZPOLINE_LOG_FILE", "ZPOLINE_STATS"];

/// Whether a variable's value is a path from here.
fn is_relative_path(name: &str, value: &OsStr) -> bool {
    let word = name == "ZPOLINE_STATS" && (value == "0" || value == "1");
    PATHS.contains(&name) && !word && Path::new(value).is_relative()
}

/// Notes it.
pub(super) fn note() {
    let Some(loader) = own_path() else { return };
    let directory = env::current_dir().ok();
    let variables = VARIABLES.iter().filter_map(|name| {
        let value = env::var_os(name).filter(|value| !value.is_empty())?;
        let absolute = match &directory {
            Some(directory) if is_relative_path(name, &value) => Some(directory.join(&value).into_os_string()),
            _ => None,
        };
        let given = absolute.is_some().then(|| variable(name, &value));
        let mut text = variable(name, absolute.as_ref().unwrap_or(&value));
        text.push(0);
        Some(Carried { name: name.len() + 1, text, given })
    });
    exec::carry(Environment { loader, variables: variables.collect() });
}

fn variable(name: &str, value: &OsString) -> Vec<u8> {
    [name.as_bytes(), b"=", OsStr::as_bytes(value)].concat()
}

/// The path of a file without links in it. Not by realpath(3), which uses the
/// program's heap.
fn canonical(path: &OsStr) -> Option<PathBuf> {
    let file = std::fs::File::open(path).ok()?;
    let found = std::fs::read_link(format!("/proc/self/fd/{}", file.as_raw_fd())).ok()?;
    found.is_absolute().then_some(found)
}

/// The path under which the dynamic linker found us.
#[expect(unsafe_code, reason = "dladdr")]
fn own_path() -> Option<Vec<u8>> {
    let mut info = core::mem::MaybeUninit::<libc::Dl_info>::zeroed();
    let here = core::ptr::from_ref(crate::arch::entry::labels()).cast();
    // SAFETY: an address of ours, and room for the answer; the name is a C
    // string of the dynamic linker.
    let name = unsafe {
        if libc::dladdr(here, info.as_mut_ptr()) == 0 || (*info.as_ptr()).dli_fname.is_null() {
            return None;
        }
        CStr::from_ptr((*info.as_ptr()).dli_fname)
    };
    let path = Path::new(OsStr::from_bytes(name.to_bytes()));
    let path = if path.is_absolute() { path.to_path_buf() } else { canonical(path.as_os_str())? };
    let found = path.into_os_string().into_vec();
    // ld.so separates by colons and spaces; such a path cannot be preloaded.
    (!found.iter().any(|byte| matches!(byte, b':' | b' '))).then_some(found)
}
