//! strace(1) as the judge of the tracer: the same program, traced by both, made
//! the same calls with the same results.
//!
//! Compared are the calls as a multiset: how the lines of several processes
//! interleave is nobody's business. A program of our own marks what is compared; of
//! programs of the system it is all that they do once the dynamic linker is done,
//! where the loader starts. What differs is listed with its cause.

use anyhow::{Context, Result, ensure};
use std::collections::BTreeMap;
use std::process::ExitCode;
use zpoline_tests::command::{End, Run, tail};
use zpoline_tests::scratch::Scratch;
use zpoline_tests::shared::Shared;
use zpoline_tests::suite::{self, Case, Verdict};
use zpoline_tests::ways::TRACE;
use zpoline_tests::{places, programs, user};

/// How often each call with its result occurs.
type Calls = BTreeMap<String, usize>;

/// The mark: 183 is afs_syscall, which no kernel has.
const MARK: &str = "afs_syscall(";

/// What is not the same on every run, or is the other's own doing.
fn result_of(name: &str, result: &str) -> String {
    let first = result.split_whitespace().next().unwrap_or_default();
    let varies =
        ["fork", "clone", "clone3", "vfork", "wait4", "getpid", "gettid", "getppid", "set_tid_address", "brk", "time"];
    if name == "rt_sigreturn" {
        // It does not return: strace shows the rax that it restores.
        return "?".into();
    }
    if first.starts_with("0x") || (varies.contains(&name) && !first.starts_with('-')) {
        return "some".into();
    }
    // The errno's name counts, its description does not.
    result.split(" (").next().unwrap_or_default().trim().to_owned()
}

/// Where in a trace the comparison begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum From {
    /// At the first of two marks that the program makes.
    Mark,
    /// In each program that is executed, where the dynamic linker is done: there the
    /// loader starts. The trace has all of the dynamic linker's calls.
    LinkerDone,
    /// At once: the trace has nothing that is to be left out.
    Start,
}

/// How far the dynamic linker is, in one process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Linker {
    Loading,
    /// It has asked for the stack's limit, the last but one thing that it does.
    Protecting,
    Done,
}

impl Linker {
    /// The next call of the process.
    fn step(self, line: &str) -> Self {
        match self {
            Self::Loading if line.starts_with("prlimit64(0, RLIMIT_STACK, NULL") => Self::Protecting,
            Self::Protecting if line.starts_with("munmap(") => Self::Done,
            other => other,
        }
    }
}

/// The calls of a trace.
fn read(text: &str, from: From) -> Result<Calls> {
    let mut calls = Calls::new();
    // Calls that were cut in two, by process: their heads.
    let mut open: BTreeMap<String, String> = BTreeMap::new();
    let mut linkers: BTreeMap<String, Linker> = BTreeMap::new();
    let mut marks = 0;
    for line in text.lines() {
        let (pid, line) = process_of(line);
        let joined;
        let line = if let Some(head) = line.strip_suffix(" <unfinished ...>") {
            open.insert(pid, head.to_owned());
            continue;
        } else if let Some((_, rest)) = line.split_once(" resumed>") {
            joined = format!("{}{rest}", open.remove(&pid).unwrap_or_default());
            &joined
        } else {
            line
        };
        if line.starts_with("+++") || line.starts_with("---") {
            continue;
        }
        let Some((name, _)) = line.split_once('(') else { continue };
        let result = line.rsplit_once(" = ").map_or("?", |(_, result)| result);
        // It returns to nobody: our tracer does not show that.
        let executed = name.starts_with("execve") && result.trim() == "0";
        let result = if executed { "?".into() } else { result_of(name, result) };
        // A forked child goes on where its parent is.
        let linker = linkers.entry(pid).or_insert(if calls.is_empty() { Linker::Loading } else { Linker::Done });
        let count = match from {
            From::Mark => marks > 0 || line.starts_with(MARK),
            From::Start => true,
            From::LinkerDone => *linker == Linker::Done,
        };
        marks += usize::from(line.starts_with(MARK));
        *linker = if executed { Linker::Loading } else { linker.step(line) };
        if count {
            *calls.entry(format!("{name} = {result}")).or_default() += 1;
        }
    }
    for head in open.values().filter_map(|head| head.split_once('(')) {
        *calls.entry(format!("{} = ?", head.0)).or_default() += 1;
    }
    ensure!(from != From::Mark || marks == 2, "{marks} marks of 2 in\n{}", tail(text.as_bytes()));
    Ok(calls)
}

/// `[pid N] line` of our tracer and of strace on a terminal, `N line` of
/// strace's files.
fn process_of(line: &str) -> (String, &str) {
    let line = line.trim_start();
    let (pid, rest) = match line.strip_prefix("[pid") {
        Some(rest) => rest.split_once(']').unwrap_or(("", rest)),
        None => match line.split_once(' ') {
            Some((pid, rest)) if !pid.is_empty() && pid.bytes().all(|byte| byte.is_ascii_digit()) => (pid, rest),
            _ => ("", line),
        },
    };
    (pid.trim().to_owned(), rest.trim_start())
}

/// What one has and the other has not.
fn only(these: &Calls, those: &Calls) -> Vec<String> {
    let more = these.iter().filter_map(|(call, &count)| {
        let others = those.get(call).copied().unwrap_or(0);
        (count > others).then(|| format!("  {} x {call}", count - others))
    });
    more.collect()
}

fn compare() -> Result<Verdict> {
    let scratch = Scratch::new("strace")?;
    let source = places::root().join("tests/programs/lib/many_calls.c");
    let program = programs::compile(&source, "many_calls", &["-pthread", "-Wno-unused-result"])?;
    let theirs = scratch.path("strace");
    let strace = places::find("strace").context("strace")?;
    let judged = Run::new(&program).behind(&strace, ["-f".as_ref(), "-o".as_ref(), theirs.as_os_str()]).outcome()?;
    if judged.end != End::Exit(0) {
        return Ok(Verdict::Skipped(format!("strace cannot trace here: {}", judged.complained().trim())));
    }
    let ours = scratch.path("zpoline");
    let run = TRACE.load(Run::new(&program), &ours)?;
    let outcome = run.outcome()?;
    ensure!(outcome.end == End::Exit(0), "{}: {}\n{}", run.shown(), outcome.end, outcome.complained());
    let wanted = read(&std::fs::read_to_string(theirs)?, From::Mark)?;
    let got = read(&std::fs::read_to_string(ours)?, From::Mark)?;
    same(&wanted, &got, &[("clock_gettime", VDSO)])?;
    ensure!(wanted.values().sum::<usize>() > 100, "only {} calls were compared", wanted.len());
    Ok(Verdict::Passed)
}

/// Whether both have the same, but for what is explained: calls by name that
/// `zpoline trace` alone has.
fn same(theirs: &Calls, ours: &Calls, explained: &[(&str, &str)]) -> Result<()> {
    let name_of =
        |line: &String| line.split_once(" x ").and_then(|(_, call)| Some(call.split_once(" = ")?.0.to_owned()));
    let is = |line: &String, name: &str| name_of(line).is_some_and(|own| own == name);
    let (missing, more) = (only(theirs, ours), only(ours, theirs));
    for (name, why) in explained {
        ensure!(more.iter().any(|line| is(line, name)), "no call of {name} more than strace sees, but: {why}");
    }
    let more: Vec<String> = more.into_iter().filter(|line| !explained.iter().any(|(name, _)| is(line, name))).collect();
    ensure!(
        missing.is_empty() && more.is_empty(),
        "strace alone has\n{}\nzpoline trace alone has\n{}",
        missing.join("\n"),
        more.join("\n")
    );
    Ok(())
}

/// Why strace does not see them, and our tracer does.
const VDSO: &str = "libc asks the vDSO, which makes no syscall that strace could see; the tracer takes the \
                    call, and for that the vDSO's functions become calls";

/// What makes programs do the same on every run: hash tables that are not seeded at
/// random take the same memory.
const REPEATABLE: [(&str, &str); 2] = [("HOME", "/nonexistent"), ("PYTHONHASHSEED", "0")];

/// A program of this system, all that it does from the start of the loader on.
struct Subject {
    words: &'static [&'static str],
    /// What `zpoline trace` alone sees, by name, and why.
    explained: &'static [(&'static str, &'static str)],
}

const SUBJECTS: [Subject; 4] = [
    Subject {
        words: &["/usr/bin/python3", "-c", "import ctypes, sqlite3, ssl"],
        explained: &[("clock_gettime", VDSO), ("time", VDSO)],
    },
    // A library of it makes calls in its constructor.
    Subject { words: &["/bin/ls", "-ln", "/etc"], explained: &[("clock_gettime", VDSO)] },
    // Executes another without an environment.
    Subject { words: &["/usr/bin/env", "-i", "/bin/date", "-u", "+%Y"], explained: &[("clock_gettime", VDSO)] },
    // Children, some of which execute another program.
    Subject {
        words: &["/bin/dash", "-c", "(exit 3); x=$(/bin/cat /etc/hostname); /bin/true && exec /bin/echo $x"],
        explained: &[],
    },
];

/// The same as an ordinary user, by the default mechanism.
fn whole(subject: &Subject) -> Result<Verdict> {
    let Some((program, arguments)) = subject.words.split_first() else { return Ok(Verdict::Passed) };
    let strace = places::find("strace").context("strace")?;
    if !std::path::Path::new(program).exists() {
        return Ok(Verdict::Skipped(format!("there is no {program}")));
    }
    let shared = Shared::new("idle")?;
    let (logs, cache, empty) = (shared.directory("logs")?, shared.directory("cache")?, shared.directory("empty")?);
    let (theirs, ours) = (logs.join("strace"), logs.join("zpoline"));
    let zpoline = shared.copy(&places::zpoline()?, 0o755)?;
    let native = || Run::new(program).args(arguments).within(&empty).envs(&REPEATABLE);
    let judged =
        user::as_nobody(native().behind(&strace, ["-f".as_ref(), "-o".as_ref(), theirs.as_os_str()]))?.outcome()?;
    if judged.end != End::Exit(0) {
        return Ok(Verdict::Skipped(format!("strace cannot trace here: {}", judged.complained().trim())));
    }
    let words = ["trace".as_ref(), "-o".as_ref(), ours.as_os_str(), "--".as_ref()];
    let run = user::as_nobody(native().behind(&zpoline, words).env("ZPOLINE_CACHE", &cache))?;
    let outcome = run.outcome()?;
    ensure!(outcome == judged, "{}: {}\n{}", run.shown(), outcome.end, outcome.complained());
    let theirs = read(&std::fs::read_to_string(theirs)?, From::LinkerDone)?;
    let ours = read(&std::fs::read_to_string(ours)?, From::Start)?;
    let count: usize = theirs.values().sum();
    ensure!(count > 10, "only {count} calls of strace's were compared: is the end of the dynamic linker not found?");
    same(&theirs, &ours, subject.explained)?;
    Ok(Verdict::Passed)
}

fn main() -> ExitCode {
    let mut cases: Vec<Case<'_>> = vec![case("zpoline trace against strace -f".into(), compare)];
    for subject in &SUBJECTS {
        let name = format!("an ordinary user's {} against strace -f", subject.words.join(" "));
        cases.push(case(name, move || whole(subject)));
    }
    for subject in &SUBJECTS {
        for (name, why) in subject.explained {
            println!("{}: {name} seen by zpoline trace alone: {why}", subject.words[0]);
        }
    }
    suite::run(cases, 1).1
}

fn case<'a>(name: String, body: impl Fn() -> Result<Verdict> + Send + Sync + 'a) -> Case<'a> {
    Case::new(name, move || {
        if places::find("strace").is_none() {
            return Verdict::Skipped("not installed: strace".into());
        }
        body().unwrap_or_else(|error| Verdict::Failed(format!("{error:#}")))
    })
}
