//! Which calls are shown: strace's `trace=` grammar over names and classes.

use alloc::{format, string::String};

use host_abi::set::SyscallSet;

/// The calls to show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Selection {
    set: SyscallSet,
}

impl Selection {
    /// Every call, known or not.
    pub fn all() -> Self {
        Self { set: SyscallSet::all() }
    }

    /// Whether the call with this number is shown. Numbers beyond the set are:
    /// they are no known call, and a tracer that hides them hides mistakes.
    pub fn has(&self, number: u32) -> bool {
        number >= SyscallSet::NUMBERS || self.set.contains(number)
    }

    /// Parses `[trace=]SET`; [`SyscallSet::parse`] says what a set is.
    pub fn parse(text: &str) -> Result<Self, String> {
        let text = text.strip_prefix("trace=").or(text.strip_prefix("t=")).unwrap_or(text);
        match SyscallSet::parse(text) {
            Ok(set) => Ok(Self { set }),
            Err(unknown) => {
                Err(format!("-e: no syscall or class is called {:?}; zpoline syscalls lists the names", unknown.0))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use host_abi::nr;

    #[test]
    fn what_is_unknown_is_shown() {
        let selection = Selection::parse("trace=openat").unwrap();
        assert!(selection.has(nr::OPENAT) && !selection.has(nr::READ) && selection.has(100_000));
        assert!(!Selection::parse("t=!read").unwrap().has(nr::READ));
    }

    #[test]
    fn unknown_names_are_errors() {
        let error = Selection::parse("opneat").unwrap_err();
        assert!(error.contains("opneat"), "{error}");
    }
}
