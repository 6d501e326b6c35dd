//! Paths compared by their text.
//!
//! # Safety
//!
//! [`Prefixes`] is written by `init` alone, before any other call, and a
//! component has one thread.

#![allow(unsafe_code, reason = "a static that one thread uses")]

use alloc::{string::String, vec::Vec};
use core::cell::RefCell;

/// Directories, each as its list of names.
pub struct Prefixes(RefCell<Vec<Path>>);

// SAFETY: WebAssembly without threads; see the module.
unsafe impl Sync for Prefixes {}

struct Path {
    absolute: bool,
    names: Vec<Vec<u8>>,
}

impl Prefixes {
    /// None yet.
    pub const fn new() -> Self {
        Self(RefCell::new(Vec::new()))
    }

    /// These and no others.
    pub fn set(&self, directories: &[String]) {
        *self.0.borrow_mut() = directories.iter().map(|text| normal(text.as_bytes())).collect();
    }

    /// Whether `path` is one of the directories or below it.
    pub fn cover(&self, path: &[u8]) -> bool {
        if path.is_empty() {
            return false;
        }
        let path = normal(path);
        self.0.borrow().iter().any(|prefix| prefix.absolute == path.absolute && path.names.starts_with(&prefix.names))
    }
}

/// Resolves `.`, `..` and repeated slashes by the text alone.
fn normal(text: &[u8]) -> Path {
    let absolute = text.starts_with(b"/");
    let mut names: Vec<Vec<u8>> = Vec::new();
    for name in text.split(|byte| *byte == b'/') {
        match name {
            b"" | b"." => {}
            b".." if names.last().is_some_and(|last| last != b"..") => {
                names.pop();
            }
            // Above the root is the root.
            b".." if absolute => {}
            _ => names.push(name.to_vec()),
        }
    }
    Path { absolute, names }
}
