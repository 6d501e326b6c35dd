//! Errors of the start: cause, what to do, exit status 125.

extern crate std;

use crate::island::output;
use alloc::string::String;
use std::process;

/// Why the program is not started.
#[derive(Debug)]
pub(super) struct StartError {
    cause: String,
    fix: String,
}

impl StartError {
    /// Cause with the current value, and the fix or what is needed.
    pub(super) fn new(cause: impl Into<String>, fix: impl Into<String>) -> Self {
        Self { cause: cause.into(), fix: fix.into() }
    }

    /// A message that already has its own lines and fix.
    pub(super) fn whole(message: impl Into<String>) -> Self {
        Self { cause: message.into(), fix: String::new() }
    }

    /// Says so and ends the process before main.
    pub(super) fn exit(&self) -> ! {
        const FAILED: i32 = 125;
        if self.fix.is_empty() {
            output::message(format_args!("{}", self.cause));
        } else {
            output::message(format_args!("{}\n  fix: {}", self.cause, self.fix));
        }
        process::exit(FAILED)
    }
}
