//! Why a hook cannot be loaded, in the shape of every message: cause with the
//! current value, what it means, and one thing that fixes it.

use alloc::string::String;
use core::fmt;

/// A hook that cannot be loaded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoadError {
    /// What is wrong, with the value found.
    pub cause: String,
    /// What was wanted, or why it matters.
    pub wanted: String,
    /// One thing to do.
    pub fix: String,
}

impl LoadError {
    pub(crate) fn new(cause: impl Into<String>, wanted: impl Into<String>, fix: impl Into<String>) -> Self {
        Self { cause: cause.into(), wanted: wanted.into(), fix: fix.into() }
    }
}

impl fmt::Display for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}\n  {}\n  fix: {}", self.cause, self.wanted, self.fix)
    }
}

impl core::error::Error for LoadError {}
