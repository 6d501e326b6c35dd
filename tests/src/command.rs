//! Runs a program to its end and keeps all that can be seen of it from outside.
//!
//! Invariants: the environment is the one given here and nothing else; a
//! program that does not end in time is killed with all that it started, and
//! the case fails; output goes through files, so that a program which fills
//! both streams cannot block.

use crate::scratch::Scratch;
use anyhow::{Context, Result, bail, ensure};
use std::ffi::{OsStr, OsString};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc::RecvTimeoutError;
use std::time::Duration;

/// What a program did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// Standard output.
    pub stdout: Vec<u8>,
    /// Standard error.
    pub stderr: Vec<u8>,
    /// How it ended.
    pub end: End,
}

/// How a program ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// With this status.
    Exit(i32),
    /// By this signal.
    Signal(i32),
}

impl std::fmt::Display for End {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Exit(status) => write!(f, "exit {status}"),
            Self::Signal(number) => write!(f, "signal {number}"),
        }
    }
}

impl Outcome {
    /// Standard output as text.
    pub fn said(&self) -> String {
        String::from_utf8_lossy(&self.stdout).into_owned()
    }

    /// Standard error as text.
    pub fn complained(&self) -> String {
        String::from_utf8_lossy(&self.stderr).into_owned()
    }
}

/// What to run, and how.
#[derive(Debug, Clone)]
pub struct Run {
    program: PathBuf,
    arguments: Vec<OsString>,
    environment: Vec<(OsString, OsString)>,
    directory: Option<PathBuf>,
    stdin: Option<PathBuf>,
    limit: Duration,
}

/// A time limit that only a program that hangs exceeds.
const LIMIT: Duration = Duration::from_secs(40);

impl Run {
    /// A program, with an environment that is the same everywhere.
    pub fn new(program: impl Into<PathBuf>) -> Self {
        let path = std::env::var_os("PATH").unwrap_or_default();
        let home = std::env::var_os("HOME").unwrap_or_else(|| "/".into());
        let environment = [("PATH", path), ("HOME", home), ("LC_ALL", "C".into()), ("TZ", "UTC".into())];
        Self {
            program: program.into(),
            arguments: Vec::new(),
            environment: environment.into_iter().map(|(name, value)| (name.into(), value)).collect(),
            directory: None,
            stdin: None,
            limit: LIMIT,
        }
    }

    /// Adds an argument.
    #[must_use]
    pub fn arg(mut self, argument: impl AsRef<OsStr>) -> Self {
        self.arguments.push(argument.as_ref().to_owned());
        self
    }

    /// Adds arguments.
    #[must_use]
    pub fn args<A: AsRef<OsStr>>(mut self, arguments: impl IntoIterator<Item = A>) -> Self {
        self.arguments.extend(arguments.into_iter().map(|argument| argument.as_ref().to_owned()));
        self
    }

    /// Sets a variable.
    #[must_use]
    pub fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.environment.retain(|(other, _)| other != name);
        self.environment.push((name.into(), value.as_ref().to_owned()));
        self
    }

    /// Sets variables.
    #[must_use]
    pub fn envs(self, variables: &[(&str, &str)]) -> Self {
        variables.iter().fold(self, |run, (name, value)| run.env(name, value))
    }

    /// Runs in this directory.
    #[must_use]
    pub fn within(mut self, directory: &Path) -> Self {
        self.directory = Some(directory.to_owned());
        self
    }

    /// Reads standard input from this file.
    #[must_use]
    pub fn stdin(mut self, file: &Path) -> Self {
        self.stdin = Some(file.to_owned());
        self
    }

    /// Gives it this long.
    #[must_use]
    pub fn limit(mut self, limit: Duration) -> Self {
        self.limit = limit;
        self
    }

    /// Puts another program in front: `setpriv ... --`, `zpoline run --`.
    #[must_use]
    pub fn behind<A: AsRef<OsStr>>(mut self, program: &Path, arguments: impl IntoIterator<Item = A>) -> Self {
        let mut words: Vec<OsString> = arguments.into_iter().map(|word| word.as_ref().to_owned()).collect();
        words.push(self.program.into_os_string());
        words.append(&mut self.arguments);
        self.program = program.to_owned();
        self.arguments = words;
        self
    }

    /// How the user would type it.
    pub fn shown(&self) -> String {
        let mut text = String::new();
        for (name, value) in &self.environment {
            if ["PATH", "HOME", "LC_ALL", "TZ"].iter().all(|usual| name != usual) {
                text.push_str(&format!("{}={} ", name.display(), value.display()));
            }
        }
        text.push_str(&self.program.display().to_string());
        for argument in &self.arguments {
            text.push_str(&format!(" {:?}", argument.display().to_string()));
        }
        text
    }

    fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        command.args(&self.arguments).env_clear().envs(self.environment.iter().map(|(a, b)| (a, b)));
        if let Some(directory) = &self.directory {
            command.current_dir(directory);
        }
        // A group of its own, so that what it left behind can be ended too.
        command.process_group(0);
        command
    }

    /// Starts it and leaves it running, its output in files below `scratch`.
    pub fn start(&self, scratch: &Scratch, name: &str) -> Result<Running> {
        let file = |kind: &str| std::fs::File::create(scratch.path(&format!("{name}.{kind}")));
        let stdin = match &self.stdin {
            Some(path) => Stdio::from(std::fs::File::open(path)?),
            None => Stdio::null(),
        };
        let child = self
            .command()
            .stdin(stdin)
            .stdout(file("out")?)
            .stderr(file("err")?)
            .spawn()
            .with_context(|| format!("cannot start {}", self.shown()))?;
        Ok(Running { child, shown: self.shown(), limit: self.limit, files: scratch.path(name) })
    }

    /// Starts it with pipes, for a program that waits for what we say.
    pub fn piped(&self) -> Result<std::process::Child> {
        let mut command = self.command();
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        command.spawn().with_context(|| format!("cannot start {}", self.shown()))
    }

    /// Runs it to its end without looking at what it says.
    pub fn status(&self) -> Result<()> {
        let mut command = self.command();
        let status = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status()?;
        ensure!(status.success(), "{}: {status}", self.shown());
        Ok(())
    }

    /// Runs it to its end.
    pub fn outcome(&self) -> Result<Outcome> {
        let scratch = Scratch::new("run")?;
        self.start(&scratch, "program")?.end()
    }
}

/// A program that runs.
#[derive(Debug)]
pub struct Running {
    child: std::process::Child,
    shown: String,
    limit: Duration,
    files: PathBuf,
}

impl Running {
    /// Its process id.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Sends a signal to it.
    pub fn signal(&self, name: &str) -> Result<()> {
        kill(name, &self.child.id().to_string())
    }

    /// Whether it has ended.
    pub fn has_ended(&mut self) -> Result<bool> {
        Ok(self.child.try_wait()?.is_some())
    }

    /// Waits for its end.
    pub fn end(mut self) -> Result<Outcome> {
        let id = self.child.id();
        let limit = self.limit;
        let (ended, waits) = std::sync::mpsc::channel::<()>();
        let watchdog = std::thread::spawn(move || {
            let late = waits.recv_timeout(limit) == Err(RecvTimeoutError::Timeout);
            if late {
                let _ = kill("KILL", &format!("-{id}"));
            }
            late
        });
        let status = self.child.wait()?;
        drop(ended);
        if watchdog.join().unwrap_or(false) {
            let (out, err) = (self.file("out")?, self.file("err")?);
            bail!(
                "did not end within {} s: {}\nstdout: {}\nstderr: {}",
                limit.as_secs(),
                self.shown,
                tail(&out),
                tail(&err)
            );
        }
        let end = match (status.code(), status.signal()) {
            (Some(code), _) => End::Exit(code),
            (None, Some(signal)) => End::Signal(signal),
            (None, None) => bail!("ended with neither a status nor a signal: {}", self.shown),
        };
        Ok(Outcome { stdout: self.file("out")?, stderr: self.file("err")?, end })
    }

    fn file(&self, kind: &str) -> Result<Vec<u8>> {
        Ok(std::fs::read(self.files.with_extension(kind))?)
    }
}

fn kill(name: &str, whom: &str) -> Result<()> {
    Command::new("sh").args(["-c", "kill -s \"$0\" -- \"$1\"", name, whom]).status().context("kill")?;
    Ok(())
}

/// The end of a text, enough to see what happened.
pub fn tail(text: &[u8]) -> String {
    const SHOWN: usize = 2000;
    let start = text.len().saturating_sub(SHOWN);
    let cut = if start > 0 { "[...]" } else { "" };
    format!("{cut}{}", String::from_utf8_lossy(&text[start..]))
}

/// What differs between two runs, or nothing.
pub fn difference(native: &Outcome, loaded: &Outcome) -> Option<String> {
    let mut text = String::new();
    if native.end != loaded.end {
        text.push_str(&format!("ended by {}, natively by {}\n", loaded.end, native.end));
    }
    for (name, wanted, got) in [("stdout", &native.stdout, &loaded.stdout), ("stderr", &native.stderr, &loaded.stderr)]
    {
        if wanted != got {
            let same = wanted.iter().zip(got).take_while(|(a, b)| a == b).count();
            let (wanted, got) = (around(wanted, same), around(got, same));
            text.push_str(&format!("{name} natively:\n{wanted}\n{name} under the loader:\n{got}\n"));
        }
    }
    (!text.is_empty()).then_some(text)
}

/// What differs from all that the program does natively, or nothing. Where threads race,
/// a loaded machine can bring out natively, too, what an idle one never shows: before two
/// outcomes count as different, the program runs natively again, and this is said.
pub fn difference_from_any(
    native: &Outcome,
    loaded: &Outcome,
    again: impl Fn() -> Result<Outcome>,
) -> Result<Option<String>> {
    const MORE: usize = 5;
    let Some(text) = difference(native, loaded) else { return Ok(None) };
    for _ in 0..MORE {
        if difference(&again()?, loaded).is_none() {
            println!("note: natively not always the same:\n{text}");
            return Ok(None);
        }
    }
    Ok(Some(text))
}

/// A text around a place in it, from a line's start.
fn around(text: &[u8], at: usize) -> String {
    const BEFORE: usize = 200;
    const AFTER: usize = 1500;
    let start = at.min(text.len()).saturating_sub(BEFORE);
    let line = text[..start].iter().rposition(|&byte| byte == b'\n').map_or(0, |newline| newline + 1);
    let (from, head) = if start == 0 { (0, "") } else { (line.max(start.saturating_sub(BEFORE)), "[...]\n") };
    let to = (at + AFTER).min(text.len());
    let rest = if to < text.len() { "\n[...]" } else { "" };
    format!("{head}{}{rest}", String::from_utf8_lossy(&text[from.min(to)..to]))
}
