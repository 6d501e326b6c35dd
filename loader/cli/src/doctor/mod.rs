//! `zpoline doctor`: can programs be hooked here, and if not, what helps.
//!
//! Facts are gathered first (`facts`, `probe`), then judged by pure functions
//! (`verdict`, `target`), so that every sentence can be tested on any machine.

mod facts;
mod probe;
mod target;
mod trial;
mod verdict;

use crate::failure::Result;
use std::ffi::OsStr;
use std::fmt;

/// How a finding matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mark {
    /// As it should be.
    Ok,
    /// Worth knowing.
    Note,
    /// Programs cannot be hooked because of this.
    Bad,
}

/// One thing that was found out.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Finding {
    mark: Mark,
    topic: &'static str,
    text: String,
    more: Vec<String>,
}

impl Finding {
    fn new(mark: Mark, topic: &'static str, text: impl fmt::Display) -> Self {
        Self { mark, topic, text: text.to_string(), more: Vec::new() }
    }

    fn more(mut self, line: impl fmt::Display) -> Self {
        self.more.push(line.to_string());
        self
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mark = match self.mark {
            Mark::Ok => "ok",
            Mark::Note => "note",
            Mark::Bad => "BAD",
        };
        writeln!(f, "  {mark:<5} {:<10} {}", self.topic, self.text)?;
        for line in &self.more {
            writeln!(f, "  {:<5} {:<10} {line}", "", "")?;
        }
        Ok(())
    }
}

/// All findings, under headings.
#[derive(Debug, Default)]
pub(crate) struct Report {
    parts: Vec<(String, Vec<Finding>)>,
}

impl Report {
    /// Whether nothing is in the way.
    pub(crate) fn is_well(&self) -> bool {
        self.parts.iter().flat_map(|(_, findings)| findings).all(|finding| finding.mark != Mark::Bad)
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (heading, findings) in &self.parts {
            writeln!(f, "{heading}")?;
            findings.iter().try_for_each(|finding| finding.fmt(f))?;
        }
        Ok(())
    }
}

/// Examines this machine and, if one is given, a program.
pub(crate) fn examine(program: Option<&OsStr>, sites: bool) -> Result<Report> {
    let mut report = Report::default();
    let facts = facts::gather();
    let mut machine = verdict::judge(&facts);
    let mechanism = verdict::mechanism(&facts);
    let nothing_bad = machine.iter().chain([&mechanism]).all(|finding| finding.mark != Mark::Bad);
    machine.extend(trial::run(nothing_bad));
    machine.push(mechanism);
    report.parts.push(("this machine".to_owned(), machine));
    if let Some(name) = program {
        let (path, findings) = target::examine(name, sites)?;
        report.parts.push((path.display().to_string(), findings));
    } else if sites {
        let failure = crate::failure::Failure::new("doctor --sites: no program given");
        return Err(failure.fix("zpoline doctor --sites PROGRAM"));
    }
    Ok(report)
}
