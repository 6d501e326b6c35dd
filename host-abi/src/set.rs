//! Sets of syscalls, and the words that name them: strace's `trace=` grammar.

use crate::class;
use crate::syscalls::{self, Syscall};

/// One bit a number.
const WORDS: usize = 8;

/// A set of syscall numbers. A number that no table has is in no set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SyscallSet([u64; WORDS]);

/// A word that names neither a syscall nor a class.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownWord<'a>(pub &'a str);

impl SyscallSet {
    /// Numbers that a set tells apart: those below this.
    pub const NUMBERS: u32 = 64 * WORDS as u32;

    /// No call.
    #[must_use]
    pub const fn none() -> Self {
        Self([0; WORDS])
    }

    /// Every number, those included that nobody uses yet.
    #[must_use]
    pub const fn all() -> Self {
        Self([u64::MAX; WORDS])
    }

    /// Parses `[!]WHAT[,WHAT...]`, where WHAT is a name, a class (`file` or
    /// `%file`), `all` or `none`; `?` before it excuses unknown names, `/` makes
    /// it a part of a name. `!` takes the complement of all that follows.
    ///
    /// # Errors
    /// The first word that means nothing.
    pub fn parse(text: &str) -> Result<Self, UnknownWord<'_>> {
        let (negated, text) = match text.strip_prefix('!') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let mut set = Self::none();
        for word in text.split(',') {
            let (optional, name) = match word.strip_prefix('?') {
                Some(rest) => (true, rest),
                None => (false, word),
            };
            if !set.add_word(name) && !optional {
                return Err(UnknownWord(name));
            }
        }
        Ok(if negated { set.complement() } else { set })
    }

    /// Whether the set has this number.
    #[must_use]
    pub fn contains(&self, number: u32) -> bool {
        let number = number as usize;
        self.0.get(number / 64).is_some_and(|word| word >> (number % 64) & 1 != 0)
    }

    /// Whether it has none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::none()
    }

    /// Adds a number; one that no set tells apart is left out.
    pub fn insert(&mut self, number: u32) {
        let number = number as usize;
        if let Some(word) = self.0.get_mut(number / 64) {
            *word |= 1 << (number % 64);
        }
    }

    /// What is in either.
    #[must_use]
    pub fn union(mut self, other: Self) -> Self {
        for (word, other) in self.0.iter_mut().zip(other.0) {
            *word |= other;
        }
        self
    }

    /// What is not in it.
    #[must_use]
    pub fn complement(self) -> Self {
        Self(self.0.map(|word| !word))
    }

    /// The calls of the table that it has, by number.
    pub fn calls(&self) -> impl Iterator<Item = &'static Syscall> {
        syscalls::TABLE.iter().filter(|call| self.contains(call.number))
    }

    /// Adds what a word means. Whether it means anything.
    fn add_word(&mut self, word: &str) -> bool {
        match word {
            "all" => {
                *self = Self::all();
                return true;
            }
            "none" => return true,
            "" => return false,
            _ => {}
        }
        if let Some(part) = word.strip_prefix('/') {
            return self.add_calls(|call| call.name.contains(part));
        }
        if let Some(class) = class::by_name(word.strip_prefix('%').unwrap_or(word)) {
            return self.add_calls(class);
        }
        self.add_calls(|call| call.name == word)
    }

    fn add_calls(&mut self, wanted: impl Fn(&Syscall) -> bool) -> bool {
        let calls = syscalls::TABLE.iter().filter(|call| wanted(call));
        calls.map(|call| self.insert(call.number)).count() > 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nr;

    fn has(text: &str, number: u32) -> bool {
        SyscallSet::parse(text).unwrap().contains(number)
    }

    #[test]
    fn names_classes_and_negation() {
        assert!(has("openat,close", nr::OPENAT));
        assert!(!has("openat,close", nr::READ));
        assert!(has("!read", nr::OPENAT));
        assert!(!has("!read", nr::READ));
        assert!(has("!read,%file", nr::GETPID) && !has("!read,%file", nr::OPENAT));
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
    fn words_without_meaning_are_named() {
        for (text, word) in [("read,opneat", "opneat"), ("%fiel", "%fiel"), ("", ""), ("read,", ""), ("/qq", "/qq")] {
            assert_eq!(SyscallSet::parse(text), Err(UnknownWord(word)), "{text}");
        }
    }

    #[test]
    fn numbers_beyond_the_set_are_in_none() {
        assert!(!SyscallSet::all().contains(512) && !SyscallSet::all().contains(u32::MAX));
        let mut set = SyscallSet::none();
        set.insert(4096);
        assert!(set.is_empty());
        set.insert(nr::READ);
        assert!(set.union(SyscallSet::none()).calls().map(|call| call.name).eq(["read"]));
    }
}
