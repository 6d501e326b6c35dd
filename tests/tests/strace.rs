//! strace(1) as the judge of the tracer: the same program, traced by both, made
//! the same calls with the same results.
//!
//! Compared are the calls between two marks, as a multiset: how the lines of
//! several processes interleave is nobody's business, and what comes before the
//! first mark is the start of the program, in which the loader itself has a part.

use anyhow::{Context, Result, ensure};
use std::collections::BTreeMap;
use std::process::ExitCode;
use zpoline_tests::command::{End, Run};
use zpoline_tests::scratch::Scratch;
use zpoline_tests::suite::{self, Case, Verdict};
use zpoline_tests::ways::TRACE;
use zpoline_tests::{places, programs};

/// How often each call with its result occurs.
type Calls = BTreeMap<String, usize>;

/// The mark: 183 is afs_syscall, which no kernel has.
const MARK: &str = "afs_syscall(";

/// What is not the same on every run, or is the other's own doing.
fn result_of(name: &str, result: &str) -> String {
    let first = result.split_whitespace().next().unwrap_or_default();
    let varies = ["fork", "clone", "clone3", "vfork", "wait4", "getpid", "gettid", "getppid", "set_tid_address", "brk"];
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

/// The calls of a trace, from the first mark on.
fn read(text: &str) -> Result<Calls> {
    let mut calls = Calls::new();
    // Calls that strace cut in two, by process: their heads.
    let mut open: BTreeMap<String, String> = BTreeMap::new();
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
        marks += usize::from(line.starts_with(MARK));
        if marks == 0 || line.starts_with("+++") || line.starts_with("---") {
            continue;
        }
        let Some((name, _)) = line.split_once('(') else { continue };
        let result = line.rsplit_once(" = ").map_or("?", |(_, result)| result);
        *calls.entry(format!("{name} = {}", result_of(name, result))).or_default() += 1;
    }
    ensure!(marks == 2, "{marks} marks of 2 in\n{}", zpoline_tests::command::tail(text.as_bytes()));
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
    let wanted = read(&std::fs::read_to_string(theirs)?)?;
    let got = read(&std::fs::read_to_string(ours)?)?;
    let (missing, more) = (only(&wanted, &got), only(&got, &wanted));
    ensure!(
        missing.is_empty() && more.is_empty(),
        "strace alone has\n{}\nzpoline trace alone has\n{}",
        missing.join("\n"),
        more.join("\n")
    );
    ensure!(wanted.values().sum::<usize>() > 100, "only {} calls were compared", wanted.len());
    Ok(Verdict::Passed)
}

fn main() -> ExitCode {
    let case = Case::new("zpoline trace against strace -f", || {
        if places::find("strace").is_none() {
            return Verdict::Skipped("not installed: strace".into());
        }
        compare().unwrap_or_else(|error| Verdict::Failed(format!("{error:#}")))
    });
    suite::run(vec![case], 1).1
}
