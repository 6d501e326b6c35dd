//! What the user asked for.

use alloc::{format, string::String};

use crate::{call::Limits, select::Selection};

/// How calls are reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Output {
    /// strace's lines.
    Text,
    /// One JSON object a line.
    Json,
    /// A table at the end.
    Summary,
}

/// The options.
#[derive(Clone, Debug)]
pub struct Options {
    /// `-e`.
    pub selection: Selection,
    /// `-s`.
    pub limits: Limits,
    /// `--json`, `-c`.
    pub output: Output,
    /// `-f`: `[pid N]` on every line, not only once there are several.
    pub always_pid: bool,
}

const USAGE: &str = "the tracer knows -e SET, -s SIZE, -f, -c and --json";

impl Default for Options {
    fn default() -> Self {
        Self { selection: Selection::all(), limits: Limits::default(), output: Output::Text, always_pid: false }
    }
}

impl Options {
    /// Parses the words of ZPOLINE_HOOK_ARGS.
    pub fn parse<S: AsRef<str>>(words: &[S]) -> Result<Self, String> {
        let mut options = Self::default();
        let mut words = words.iter().map(AsRef::as_ref);
        while let Some(word) = words.next() {
            let mut value = |attached: &str| match attached {
                "" => words
                    .next()
                    .map(String::from)
                    .ok_or_else(|| format!("{word} needs a value, e.g. `-e file` or `-s 64`")),
                _ => Ok(String::from(attached)),
            };
            match word {
                "-f" => options.always_pid = true,
                "-c" => options.output = Output::Summary,
                "--json" => options.output = Output::Json,
                _ if word.starts_with("-e") => {
                    options.selection = Selection::parse(&value(&word[2..])?)?;
                }
                _ if word.starts_with("-s") => {
                    let text = value(&word[2..])?;
                    options.limits.string = match text.parse() {
                        Ok(size) if size <= 1 << 16 => size,
                        _ => {
                            return Err(format!("-s {text}: wanted a number of bytes from 0 to 65536, e.g. -s 64"));
                        }
                    };
                }
                _ => return Err(format!("unknown option {word:?}: {USAGE}")),
            }
        }
        Ok(options)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use host_abi::nr;

    #[test]
    fn attached_and_separate_values() {
        for words in [["-e", "read", "-s", "8"].as_slice(), &["-eread", "-s8"]] {
            let options = Options::parse(words).unwrap();
            assert!(options.selection.has(nr::READ) && !options.selection.has(nr::WRITE));
            assert_eq!(options.limits.string, 8);
        }
        assert_eq!(Options::parse(&["--json"]).unwrap().output, Output::Json);
        assert_eq!(Options::parse(&["-c"]).unwrap().output, Output::Summary);
    }

    #[test]
    fn mistakes_say_what_is_wanted() {
        for (words, part) in [
            (["-e"].as_slice(), "needs a value"),
            (&["-s", "x"], "0 to 65536"),
            (&["-z"], "-e SET"),
            (&["-e", "opne"], "opne"),
        ] {
            let error = Options::parse(words).unwrap_err();
            assert!(error.contains(part), "{error}");
        }
    }
}
