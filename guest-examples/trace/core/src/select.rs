//! Which calls are shown: strace's `trace=` grammar over names and classes.

use alloc::{format, string::String};

use host_abi::syscalls;

use crate::class;

/// One bit for each syscall number below [`Selection::NUMBERS`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Selection([u64; Self::NUMBERS / 64]);

impl Selection {
    const NUMBERS: usize = 512;

    /// Every call, known or not.
    pub fn all() -> Self {
        Self([u64::MAX; Self::NUMBERS / 64])
    }

    fn none() -> Self {
        Self([0; Self::NUMBERS / 64])
    }

    /// Whether the call with this number is shown. Numbers beyond the set are:
    /// they are no known call, and a tracer that hides them hides mistakes.
    pub fn has(&self, number: u32) -> bool {
        let number = number as usize;
        self.0.get(number / 64).is_none_or(|word| word >> (number % 64) & 1 != 0)
    }

    fn add(&mut self, number: u32) {
        let number = number as usize;
        if let Some(word) = self.0.get_mut(number / 64) {
            *word |= 1 << (number % 64);
        }
    }

    /// Parses `[trace=][!]WHAT[,WHAT...]`, where WHAT is a name, a class
    /// (`file` or `%file`), `all` or `none`; `?` before it excuses unknown
    /// names, `/` makes it a part of a name.
    pub fn parse(text: &str) -> Result<Self, String> {
        let text = text.strip_prefix("trace=").or(text.strip_prefix("t=")).unwrap_or(text);
        let (negated, text) = match text.strip_prefix('!') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let mut selection = Self::none();
        for word in text.split(',') {
            let (optional, name) = match word.strip_prefix('?') {
                Some(rest) => (true, rest),
                None => (false, word),
            };
            if !selection.add_word(name) && !optional {
                return Err(format!("-e: no syscall or class is called {name:?}; zpoline syscalls lists the names"));
            }
        }
        if negated {
            for word in &mut selection.0 {
                *word = !*word;
            }
        }
        Ok(selection)
    }

    /// Adds what a word means. Whether it means anything.
    fn add_word(&mut self, word: &str) -> bool {
        match word {
            "all" => {
                *self = Self::all();
                return true;
            }
            "none" => return true,
            _ => {}
        }
        if let Some(part) = word.strip_prefix('/') {
            let matching = syscalls::TABLE.iter().filter(|call| call.name.contains(part));
            return matching.map(|call| self.add(call.number)).count() > 0;
        }
        if let Some(class) = class::by_name(word.strip_prefix('%').unwrap_or(word)) {
            let members = syscalls::TABLE.iter().filter(|call| class(call));
            return members.map(|call| self.add(call.number)).count() > 0;
        }
        match syscalls::by_name(word) {
            Some(call) => {
                self.add(call.number);
                true
            }
            None => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use host_abi::nr;

    fn has(text: &str, number: u32) -> bool {
        Selection::parse(text).unwrap().has(number)
    }

    #[test]
    fn names_classes_and_negation() {
        assert!(has("openat,close", nr::OPENAT));
        assert!(!has("openat,close", nr::READ));
        assert!(has("trace=!read", nr::OPENAT));
        assert!(!has("!read", nr::READ));
        assert!(has("%file", nr::OPENAT) && has("file", nr::EXECVE) && !has("file", nr::READ));
        assert!(has("desc", nr::READ) && has("desc", nr::OPENAT) && !has("desc", nr::GETPID));
        assert!(has("process", nr::CLONE3) && has("process", nr::EXIT_GROUP));
        assert!(has("network", nr::CONNECT) && !has("network", nr::READ));
        assert!(has("signal", nr::RT_SIGACTION) && has("signal", nr::KILL));
        assert!(has("memory", nr::MMAP) && has("memory", nr::BRK));
        assert!(has("/stat", nr::NEWFSTATAT));
        assert!(has("all", nr::READ) && !has("none", nr::READ));
        assert!(has("?nonesuch,read", nr::READ));
    }

    #[test]
    fn unknown_names_are_errors() {
        let error = Selection::parse("opneat").unwrap_err();
        assert!(error.contains("opneat"), "{error}");
    }
}
