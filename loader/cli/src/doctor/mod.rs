//! `zpoline doctor`: can programs be hooked here, and if not, what helps.
//!
//! Facts are gathered first (`facts`, `probe`), then judged by pure functions
//! (`verdict`, `target`), so that every sentence can be tested on any machine.

mod facts;
mod probe;
mod sites;
mod target;
mod trial;
mod verdict;

use crate::failure::Result;
use std::collections::HashSet;
use std::ffi::OsString;
use std::fmt;
use std::path::PathBuf;

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
    sites: Option<sites::Table>,
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
        match &self.sites {
            Some(table) => write!(f, "syscall instructions\n{table}"),
            None => Ok(()),
        }
    }
}

/// Examines this machine and, if some are given, programs.
pub(crate) fn examine(programs: &[OsString], sites: bool) -> Result<Report> {
    let mut report = Report::default();
    let facts = facts::gather();
    let mut machine = verdict::judge(&facts);
    let mechanism = verdict::mechanism(&facts);
    let nothing_bad = machine.iter().chain([&mechanism]).all(|finding| finding.mark != Mark::Bad);
    machine.extend(trial::run(nothing_bad));
    machine.push(mechanism);
    report.parts.push(("this machine".to_owned(), machine));
    if programs.is_empty() && sites {
        let failure = crate::failure::Failure::new("doctor --sites: no program given");
        return Err(failure.fix("zpoline doctor --sites PROGRAM|LIBRARY..."));
    }
    let mut objects = Vec::new();
    for name in programs {
        let target = target::examine(name, sites)?;
        objects.extend(target.objects);
        if !target.findings.is_empty() {
            report.parts.push((target.path.display().to_string(), target.findings));
        }
    }
    if sites {
        let (table, unread) = count(objects);
        report.sites = Some(table);
        report.parts.push(("objects".to_owned(), unread));
        report.parts.retain(|(_, findings)| !findings.is_empty());
    }
    Ok(report)
}

/// The sites of each object once, and what is to be said of those that cannot be
/// read.
fn count(objects: Vec<PathBuf>) -> (sites::Table, Vec<Finding>) {
    let (mut table, mut unread, mut seen) = (sites::Table::default(), Vec::new(), HashSet::new());
    for path in objects {
        if !seen.insert(path.canonicalize().unwrap_or_else(|_| path.clone())) {
            continue;
        }
        match sites::Row::of(&path) {
            Ok(row) => table.add(row),
            Err(why) => unread.push(Finding::new(Mark::Note, "sites", format_args!("{}: {why}", path.display()))),
        }
    }
    (table, unread)
}
