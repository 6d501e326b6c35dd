//! A small test harness: runs cases side by side, says what became of each, and
//! ends with libtest's own summary line.
//!
//! Beyond passed and failed a case can be *skipped* (this machine cannot run it)
//! or *declared* (known to differ, listed in `exceptions`); both say why.

use std::io::Write;
use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

/// What became of a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// As wanted.
    Passed,
    /// Cannot run here; why.
    Skipped(String),
    /// Differs as declared; why.
    Declared(String),
    /// Not as wanted; what was seen.
    Failed(String),
}

impl From<anyhow::Result<()>> for Verdict {
    fn from(result: anyhow::Result<()>) -> Self {
        match result {
            Ok(()) => Self::Passed,
            Err(error) => Self::Failed(format!("{error:#}")),
        }
    }
}

type Body<'a> = Box<dyn Fn() -> Verdict + Send + Sync + 'a>;

/// One case.
pub struct Case<'a> {
    name: String,
    body: Body<'a>,
}

impl std::fmt::Debug for Case<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Case").field("name", &self.name).finish_non_exhaustive()
    }
}

impl<'a> Case<'a> {
    /// A case by its name.
    pub fn new<V: Into<Verdict>>(name: impl Into<String>, body: impl Fn() -> V + Send + Sync + 'a) -> Self {
        Self { name: name.into(), body: Box::new(move || body().into()) }
    }
}

/// Name and verdict of each case that ran, in the order given.
pub type Results = Vec<(String, Verdict)>;

/// The words of the command line that libtest knows and we honour.
#[derive(Debug, Default)]
struct Arguments {
    filters: Vec<String>,
    exact: bool,
    list: bool,
    threads: Option<usize>,
}

impl Arguments {
    fn parse(words: impl Iterator<Item = String>) -> Self {
        let mut arguments = Self::default();
        let mut words = words.peekable();
        while let Some(word) = words.next() {
            match word.as_str() {
                "--exact" => arguments.exact = true,
                "--list" => arguments.list = true,
                "--test-threads" => arguments.threads = words.next().and_then(|word| word.parse().ok()),
                _ if word.starts_with("--test-threads=") => {
                    arguments.threads = word["--test-threads=".len()..].parse().ok()
                }
                _ if word.starts_with('-') => {}
                _ => arguments.filters.push(word),
            }
        }
        arguments
    }

    fn wants(&self, name: &str) -> bool {
        self.filters.is_empty()
            || self
                .filters
                .iter()
                .any(|filter| if self.exact { name == filter } else { name.contains(filter.as_str()) })
    }
}

/// Runs the cases that the command line asks for, `threads` side by side unless
/// it says otherwise.
pub fn run(cases: Vec<Case<'_>>, threads: usize) -> (Results, ExitCode) {
    let arguments = Arguments::parse(std::env::args().skip(1));
    let total = cases.len();
    let wanted: Vec<Case<'_>> = cases.into_iter().filter(|case| arguments.wants(&case.name)).collect();
    if arguments.list {
        for case in &wanted {
            say(format_args!("{}: test", case.name));
        }
        return (Vec::new(), ExitCode::SUCCESS);
    }
    let start = Instant::now();
    say(format_args!("\nrunning {} tests", wanted.len()));
    let verdicts: Vec<Mutex<Option<Verdict>>> = wanted.iter().map(|_| Mutex::new(None)).collect();
    let next = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..arguments.threads.unwrap_or(threads).max(1) {
            scope.spawn(|| {
                while let Some(case) = wanted.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let verdict = (case.body)();
                    show(&case.name, &verdict);
                    let at = wanted.iter().position(|other| std::ptr::eq(other, case)).unwrap_or_default();
                    if let Ok(mut slot) = verdicts[at].lock() {
                        *slot = Some(verdict);
                    }
                }
            });
        }
    });
    let results: Results = wanted
        .iter()
        .zip(verdicts)
        .map(|(case, slot)| {
            let verdict = slot.into_inner().ok().flatten();
            (case.name.clone(), verdict.unwrap_or_else(|| Verdict::Failed("the case panicked".into())))
        })
        .collect();
    let code = summary(&results, total - wanted.len(), start);
    (results, code)
}

/// Prints a line of its own, whole.
fn say(text: std::fmt::Arguments<'_>) {
    // A reader that went away is no reason to fail.
    let _ = std::io::stdout().lock().write_all(format!("{text}\n").as_bytes());
}

fn show(name: &str, verdict: &Verdict) {
    match verdict {
        Verdict::Passed => say(format_args!("test {name} ... ok")),
        Verdict::Skipped(why) => say(format_args!("test {name} ... skipped: {why}")),
        Verdict::Declared(why) => say(format_args!("test {name} ... differs, as declared: {why}")),
        Verdict::Failed(_) => say(format_args!("test {name} ... FAILED")),
    }
}

fn summary(results: &Results, filtered: usize, start: Instant) -> ExitCode {
    let count = |wanted: fn(&Verdict) -> bool| results.iter().filter(|(_, verdict)| wanted(verdict)).count();
    let passed = count(|verdict| matches!(verdict, Verdict::Passed));
    let failed = count(|verdict| matches!(verdict, Verdict::Failed(_)));
    let declared = count(|verdict| matches!(verdict, Verdict::Declared(_)));
    let skipped = count(|verdict| matches!(verdict, Verdict::Skipped(_)));
    for (name, verdict) in results {
        if let Verdict::Failed(seen) = verdict {
            say(format_args!("\n---- {name}\n{}", seen.trim_end()));
        }
    }
    let outcome = if failed == 0 { "ok" } else { "FAILED" };
    say(format_args!(
        "\ntest result: {outcome}. {passed} passed; {failed} failed; {skipped} ignored (cannot run here); \
         {declared} declared; {filtered} filtered out; finished in {:.2}s\n",
        start.elapsed().as_secs_f64()
    ));
    if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filters_select_as_libtest_does() {
        let of = |words: &[&str]| Arguments::parse(words.iter().map(ToString::to_string));
        assert!(of(&[]).wants("a/b"));
        assert!(of(&["b"]).wants("a/b"));
        assert!(!of(&["--exact", "b"]).wants("a/b"));
        assert_eq!(of(&["--test-threads", "3", "--nocapture"]).threads, Some(3));
        assert_eq!(of(&["--test-threads=1"]).threads, Some(1));
    }
}
