//! What the user reads when something does not work.
//!
//! Every message has the same shape: the cause with its current value, what it
//! means, one command that helps. `Display` gives it without the `zpoline: `.

use std::fmt;

/// Exit status for our own failures, as env(1) and timeout(1) have it.
pub(crate) const OWN: u8 = 125;
/// The program was found and cannot be executed.
pub(crate) const CANNOT_EXECUTE: u8 = 126;
/// The program was not found.
pub(crate) const NOT_FOUND: u8 = 127;

/// A message and the status to exit with.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Failure {
    /// What to exit with.
    pub(crate) status: u8,
    text: String,
}

/// What everything that can fail returns.
pub(crate) type Result<T> = std::result::Result<T, Failure>;

impl Failure {
    /// A failure of our own, by its cause.
    pub(crate) fn new(cause: impl fmt::Display) -> Self {
        Self { status: OWN, text: cause.to_string() }
    }

    /// Adds a line on what the cause means.
    pub(crate) fn why(mut self, line: impl fmt::Display) -> Self {
        self.text.push_str(&format!("\n  {line}"));
        self
    }

    /// Adds the command that helps.
    pub(crate) fn fix(self, command: impl fmt::Display) -> Self {
        self.why(format_args!("fix: {command}"))
    }

    /// Exits with another status than [`OWN`].
    pub(crate) fn status(mut self, status: u8) -> Self {
        self.status = status;
        self
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl From<lexopt::Error> for Failure {
    fn from(error: lexopt::Error) -> Self {
        let text = error.to_string();
        let mut chars = text.chars();
        let first = chars.next().map(|c| c.to_ascii_lowercase());
        Self::new(first.into_iter().chain(chars).collect::<String>())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_has_a_cause_a_meaning_and_a_fix() {
        let failure = Failure::new("cannot find x").why("it is needed for y").fix("make x");
        assert_eq!(failure.to_string(), "cannot find x\n  it is needed for y\n  fix: make x");
        assert_eq!(failure.status, OWN);
    }

    #[test]
    fn arguments_are_complained_about_in_the_same_style() {
        assert_eq!(Failure::from(lexopt::Error::from("Unexpected thing")).to_string(), "unexpected thing");
    }
}
