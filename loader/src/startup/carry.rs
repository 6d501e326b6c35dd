//! Notes the environment that children shall have (`dispatch::exec`).

extern crate std;

use super::config::{TRACER, is_about_hooks, is_known};
use crate::dispatch::exec::{self, Carried, Environment};
use alloc::format;
use alloc::vec::Vec;
use std::env;
use std::ffi::{CStr, OsStr, OsString};
use std::os::fd::AsRawFd;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};

/// Notes it.
pub(super) fn note() {
    let Some(loader) = own_path() else { return };
    let directory = env::current_dir().ok();
    let variables = env::vars_os().filter_map(|(name, value)| {
        let name = name.into_string().ok().filter(|name| is_known(name))?;
        if value.is_empty() {
            return None;
        }
        let absolute = directory.as_deref().and_then(|directory| absolute(&name, &value, directory));
        let given = absolute.is_some().then(|| variable(&name, &value));
        let mut text = variable(&name, absolute.as_ref().unwrap_or(&value));
        text.push(0);
        Some(Carried { name: name.len() + 1, text, given, about_hooks: is_about_hooks(&name) })
    });
    exec::carry(Environment { loader, variables: variables.collect() });
}

/// The value with its paths made absolute, since a child may start elsewhere;
/// None if it has none that are not.
fn absolute(name: &str, value: &OsStr, directory: &Path) -> Option<OsString> {
    let one = |path: &[u8]| -> OsString {
        match Path::new(OsStr::from_bytes(path)) {
            path if path.is_relative() && path.as_os_str().as_bytes() != TRACER => directory.join(path).into(),
            path => path.into(),
        }
    };
    let made = match name {
        "ZPOLINE_LOG_FILE" => one(value.as_bytes()),
        // 0 and 1 are words.
        "ZPOLINE_STATS" if value != "0" && value != "1" => one(value.as_bytes()),
        // Behind a directory with a colon, names stay as they are.
        "ZPOLINE_HOOK" if directory.as_os_str().as_bytes().contains(&b':') => return None,
        "ZPOLINE_HOOK" => {
            let hooks: Vec<OsString> = value.as_bytes().split(|&byte| byte == b':').map(one).collect();
            hooks.join(OsStr::new(":"))
        }
        _ => return None,
    };
    (made != value).then_some(made)
}

fn variable(name: &str, value: &OsStr) -> Vec<u8> {
    [name.as_bytes(), b"=", value.as_bytes()].concat()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_become_absolute() {
        let made = |name: &str, value: &str| {
            absolute(name, OsStr::new(value), Path::new("/d")).map(|made| made.into_string().unwrap())
        };
        assert_eq!(made("ZPOLINE_HOOK", "a:/b:c/d").as_deref(), Some("/d/a:/b:/d/c/d"));
        assert_eq!(made("ZPOLINE_HOOK", "@trace:a").as_deref(), Some("@trace:/d/a"));
        assert_eq!(made("ZPOLINE_HOOK", "@trace:/a"), None);
        assert_eq!(made("ZPOLINE_LOG_FILE", "l:og").as_deref(), Some("/d/l:og"));
        assert_eq!(made("ZPOLINE_HOOK_ARGS", "a"), None);
        assert_eq!(absolute("ZPOLINE_HOOK", OsStr::new("a"), Path::new("/x:y")), None);
    }
}
