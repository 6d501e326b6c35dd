//! Runs itself under strace, decodes each call it makes with the tracer too,
//! and compares the two texts line by line.
//!
//! Needs strace 6.1 or later and the right to trace; says so and passes where
//! they are missing.

mod files;
mod processes;
mod traced;

use std::{env, fs, process::Command};

/// Calls whose text differs on purpose or by strace's version: the start of
/// the line, and why.
const DIFFERENT: &[(&str, &str)] = &[
    ("execve(", "told before it runs and, if it fails, after"),
    ("<... execve resumed>", "the same"),
    ("membarrier(MEMBARRIER_CMD_QUERY", "strace 6.1 does not know the newest commands"),
];

fn main() {
    if let Some(file) = env::var_os("AGAINST_STRACE_OUT") {
        let mut traced = traced::Traced::new();
        files::all(&mut traced);
        processes::all(&mut traced);
        return fs::write(file, traced.lines()).expect("lines are written");
    }
    let directory = env::temp_dir().join(format!("against-strace-{}", std::process::id()));
    fs::create_dir_all(&directory).expect("a directory for the traces");
    let (ours, theirs) = (directory.join("ours"), directory.join("theirs"));
    let status = Command::new("strace")
        .arg("-o")
        .arg(&theirs)
        .arg(env::current_exe().expect("the path of this test"))
        .env("AGAINST_STRACE_OUT", &ours)
        .current_dir(&directory)
        .status();
    match status {
        Ok(status) if status.success() => {}
        Ok(status) => panic!("the calls failed under strace: {status}"),
        Err(error) => return println!("skipped: strace does not run: {error}"),
    }
    let read = |file| String::from_utf8_lossy(&fs::read(file).expect("a trace")).into_owned();
    let (ours, theirs) = (read(&ours), read(&theirs));
    let mut theirs = theirs.lines();
    let (mut same, mut failures) = (0, 0);
    for line in ours.lines() {
        let name = line.split('(').next().unwrap_or(line);
        let arguments = line.split(" = ").next().unwrap_or(line);
        let rest = theirs.clone();
        if theirs.by_ref().any(|theirs| theirs == line) {
            same += 1;
            continue;
        }
        theirs = rest;
        if DIFFERENT.iter().any(|(start, _)| line.starts_with(start)) {
            continue;
        }
        failures += 1;
        println!("ours:   {line}");
        let near = theirs.clone().filter(|theirs| theirs.starts_with(&format!("{name}(")));
        // The one most alike: same call with the longest common start.
        let common = |other: &str| other.bytes().zip(arguments.bytes()).take_while(|(a, b)| a == b).count();
        if let Some(near) = near.take(400).max_by_key(|other| common(other)) {
            println!("strace: {near}");
        }
    }
    println!("{same} lines as strace's, {failures} others");
    assert_eq!(failures, 0, "see the lines above");
    fs::remove_dir_all(directory).expect("the traces are removed");
}
