//! What a user grants to a hook: the words of ZPOLINE_ALLOW and of `--allow`.
//!
//! ```text
//! ZPOLINE_ALLOW = GRANT [" " GRANT]...
//! GRANT = memory-write | scratch | clock | random     more power, whole
//!       | invoke=SET                                  syscalls: read,write,%file,!%network,all
//!       | env=NAME[,NAME]...                          environment variables
//!       | files=DIR | files-write=DIR                 a directory, absolute; may be repeated
//! ```
//!
//! Spaces separate grants, commas separate what is in one. A text that holds a
//! U+001F is separated by those instead, so that a directory can have a space in
//! its name. Repeated grants add up; `memory`, `log` and `process` may be named,
//! though every hook has them.

use crate::capability::Capability;
use crate::set::SyscallSet;
use core::fmt;

/// One grant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grant<'a> {
    /// A capability that is granted as a whole.
    Whole(Capability),
    /// Syscalls that the hook may make.
    Invoke(SyscallSet),
    /// Variables, by name, separated by commas.
    Env(&'a str),
    /// A directory to read files below.
    Files(&'a str),
    /// A directory to read and write files below.
    FilesWrite(&'a str),
}

/// A word that is no grant, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GrantError<'a> {
    /// The word.
    pub word: &'a str,
    /// What is wrong with it.
    pub mistake: Mistake<'a>,
}

/// What is wrong with a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mistake<'a> {
    /// It names nothing that can be granted.
    Unknown,
    /// Two grants, separated by a comma.
    Comma,
    /// The capability needs a value.
    NoValue(Capability),
    /// The capability takes no value.
    Value(Capability),
    /// This part of it is neither a syscall nor a class.
    NoCall(&'a str),
    /// The set names nothing but calls that no hook may make.
    Never,
    /// The directory's path is not absolute.
    Relative(&'a str),
    /// This is no name of a variable.
    NoName(&'a str),
}

/// The words of a text.
pub fn words(text: &str) -> impl Iterator<Item = &str> {
    let separator = if text.contains('\x1f') { '\x1f' } else { ' ' };
    text.split(separator).filter(|word| !word.is_empty())
}

/// The grant that a word stands for.
///
/// # Errors
/// If it is none.
pub fn parse(word: &str) -> Result<Grant<'_>, GrantError<'_>> {
    parts(word).map_err(|mistake| GrantError { word, mistake })
}

fn parts(word: &str) -> Result<Grant<'_>, Mistake<'_>> {
    let (name, value) = match word.split_once('=') {
        Some((name, value)) => (name, Some(value)),
        None => (word, None),
    };
    let Some(capability) = Capability::by_word(name) else {
        let first = name.split_once(',').and_then(|(first, _)| Capability::by_word(first));
        return Err(if first.is_some() { Mistake::Comma } else { Mistake::Unknown });
    };
    let needed = || value.filter(|value| !value.is_empty()).ok_or(Mistake::NoValue(capability));
    match capability {
        Capability::Memory
        | Capability::Log
        | Capability::Process
        | Capability::MemoryWrite
        | Capability::Scratch
        | Capability::Clock
        | Capability::Random => match value {
            None => Ok(Grant::Whole(capability)),
            Some(_) => Err(Mistake::Value(capability)),
        },
        Capability::Invoke => {
            let set = SyscallSet::parse(needed()?).map_err(|unknown| Mistake::NoCall(unknown.0))?;
            if set.calls().all(|call| crate::invoke::never(call.number)) {
                Err(Mistake::Never)
            } else {
                Ok(Grant::Invoke(set))
            }
        }
        Capability::Env => {
            let names = needed()?;
            match names.split(',').find(|name| name.is_empty() || name.contains('=')) {
                Some(name) => Err(Mistake::NoName(name)),
                None => Ok(Grant::Env(names)),
            }
        }
        Capability::Files => absolute(needed()?).map(Grant::Files),
        Capability::FilesWrite => absolute(needed()?).map(Grant::FilesWrite),
    }
}

fn absolute(path: &str) -> Result<&str, Mistake<'_>> {
    if path.starts_with('/') { Ok(path) } else { Err(Mistake::Relative(path)) }
}

/// What is wrong, to be read after the name of the variable or option.
impl fmt::Display for GrantError<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = self.word;
        match self.mistake {
            Mistake::Unknown => write!(f, "names `{word}`, which is nothing that can be granted"),
            Mistake::Comma => write!(f, "has `{word}`: spaces separate grants, commas what is in one"),
            Mistake::NoValue(capability) => write!(f, "has `{word}` without a value: {} is wanted", capability.grant()),
            Mistake::Value(capability) => write!(f, "has `{word}`: {} takes no value", capability.word()),
            Mistake::NoCall(name) => write!(f, "has `{word}`: no syscall or class is called `{name}`"),
            Mistake::Never => write!(f, "has `{word}`, and no hook may make such a call"),
            Mistake::Relative(path) => write!(f, "has `{word}`: {path} is not an absolute path"),
            Mistake::NoName(name) => write!(f, "has `{word}`: `{name}` is no name of a variable"),
        }
    }
}

impl GrantError<'_> {
    /// What was wanted.
    #[must_use]
    pub fn wanted(&self) -> &'static str {
        match self.mistake {
            Mistake::Unknown | Mistake::Comma | Mistake::NoValue(_) | Mistake::Value(_) => {
                "grants: memory-write scratch invoke=SET clock random env=NAME,... files=/DIR files-write=/DIR"
            }
            Mistake::NoCall(_) => {
                "a set of syscalls: names, %classes and all, separated by commas; ! before it for all others"
            }
            Mistake::Never => "a hook makes no call that changes the process, its threads or its signals",
            Mistake::Relative(_) => "programs that this one starts may run in another directory",
            Mistake::NoName(_) => "variables by name, separated by commas: env=HOME,LANG",
        }
    }

    /// One thing to do, with the variable or option `option` before it.
    #[must_use]
    pub fn fix(&self) -> Fix<'_> {
        Fix(self)
    }
}

/// The fix of a [`GrantError`].
#[derive(Debug)]
pub struct Fix<'a>(&'a GrantError<'a>);

impl fmt::Display for Fix<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.mistake {
            Mistake::Unknown | Mistake::Never => f.write_str("take the word out, or correct it"),
            Mistake::Comma => {
                f.write_str("separate them by spaces:")?;
                self.0.word.split(',').try_for_each(|part| write!(f, " {part}"))
            }
            Mistake::NoValue(capability) | Mistake::Value(capability) => f.write_str(capability.grant()),
            Mistake::NoCall(_) => f.write_str("zpoline syscalls lists the names"),
            Mistake::Relative(path) => write!(f, "give the whole path: $PWD/{path}"),
            Mistake::NoName(_) => f.write_str("env=NAME,..."),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nr;

    #[test]
    fn every_capability_can_be_granted() {
        assert_eq!(parse("memory-write"), Ok(Grant::Whole(Capability::MemoryWrite)));
        assert_eq!(parse("log"), Ok(Grant::Whole(Capability::Log)));
        assert_eq!(parse("env=HOME,LANG"), Ok(Grant::Env("HOME,LANG")));
        assert_eq!(parse("files=/a,b=c"), Ok(Grant::Files("/a,b=c")));
        assert_eq!(parse("files-write=/"), Ok(Grant::FilesWrite("/")));
        let Ok(Grant::Invoke(set)) = parse("invoke=read,%file") else { panic!() };
        assert!(set.contains(nr::READ) && set.contains(nr::OPENAT) && !set.contains(nr::WRITE));
        for capability in Capability::ALL {
            let word = match capability.value() {
                None => capability.word(),
                Some(_) => match capability {
                    Capability::Invoke => "invoke=all",
                    Capability::Env => "env=A",
                    Capability::Files => "files=/a",
                    _ => "files-write=/a",
                },
            };
            assert!(parse(word).is_ok(), "{word}");
        }
    }

    #[test]
    fn words_are_separated_by_spaces_or_unit_separators() {
        assert!(words("clock  random").eq(["clock", "random"]));
        assert!(words("files=/a b\x1fclock\x1f").eq(["files=/a b", "clock"]));
        assert!(words("").next().is_none());
    }

    #[test]
    fn mistakes_say_what_is_wrong() {
        for (word, mistake) in [
            ("everything", Mistake::Unknown),
            ("types", Mistake::Unknown),
            ("clock,random", Mistake::Comma),
            ("invoke", Mistake::NoValue(Capability::Invoke)),
            ("env=", Mistake::NoValue(Capability::Env)),
            ("clock=1", Mistake::Value(Capability::Clock)),
            ("invoke=read,opneat", Mistake::NoCall("opneat")),
            ("invoke=clone,execve", Mistake::Never),
            ("invoke=none", Mistake::Never),
            ("files=etc", Mistake::Relative("etc")),
            ("env=A,,B", Mistake::NoName("")),
            ("env=A=B", Mistake::NoName("A=B")),
        ] {
            assert_eq!(parse(word), Err(GrantError { word, mistake }), "{word}");
        }
    }
}
