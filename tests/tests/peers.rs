//! Rows for other rewriters in the table of behaviours: the programs of
//! tests/programs, natively and under copies that the reader has built.
//!
//!     ZPOLINE_PEERS="zpoline=DIR lazypoline=DIR zpoline-rs=DIR"
//!         cargo test --release -p zpoline-tests --test peers
//!
//! DIR is where the peer's libraries are after its own build. Nothing fails here:
//! the table says what was measured. Compared are standard output and the end; a
//! peer may say things of its own on standard error.

use anyhow::{Context, Result, bail, ensure};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;
use zpoline_tests::command::{End, Run};
use zpoline_tests::programs::{self, Program};
use zpoline_tests::suite::{self, Case, Verdict};
use zpoline_tests::{exceptions, modes, places};

/// How a peer is put under a program.
#[derive(Debug)]
struct Peer {
    name: &'static str,
    /// Its library for LD_PRELOAD.
    preload: &'static str,
    /// A variable that it wants, and the file that it names.
    variable: Option<(&'static str, &'static str)>,
    /// How its build makes them.
    build: &'static str,
}

const PEERS: [Peer; 3] = [
    Peer { name: "zpoline", preload: "libzpoline.so", variable: None, build: "make" },
    Peer {
        name: "lazypoline",
        preload: "libbootstrap.so",
        variable: Some(("LIBLAZYPOLINE", "liblazypoline.so")),
        build: "PRINT_SYSCALLS 0 in config.h; cmake, make",
    },
    Peer { name: "zpoline-rs", preload: "libzpoline_loader.so", variable: None, build: "cargo build --release" },
];

/// A program that waits for ever under a peer is one that it breaks.
const LIMIT: Duration = Duration::from_secs(20);

/// A peer and the directory with its libraries.
#[derive(Debug)]
struct Copy {
    peer: &'static Peer,
    directory: PathBuf,
}

impl Copy {
    fn load(&self, run: Run) -> Run {
        let run = run.env("LD_PRELOAD", self.directory.join(self.peer.preload));
        match self.peer.variable {
            Some((name, file)) => run.env(name, self.directory.join(file)),
            None => run,
        }
    }

    /// Makes sure that it is there at all, in a program that does hardly anything:
    /// all three have their trampoline at address 0.
    fn prove(&self) -> Result<()> {
        let library = self.directory.join(self.peer.preload);
        ensure!(library.is_file(), "{} is missing: {}", library.display(), self.peer.build);
        let source = places::root().join("tests/programs/lib/page_0.c");
        let program = programs::compile(&source, "page_0", &[])?;
        let outcome = self.load(Run::new(program)).limit(LIMIT).outcome()?;
        ensure!(
            outcome.said().contains("page 0 is mapped"),
            "it is not active: {}\n{}{}",
            outcome.end,
            outcome.said(),
            outcome.complained()
        );
        Ok(())
    }

    /// What a program does under it.
    fn result(&self, program: &Program) -> Result<&'static str> {
        let native = Run::new(program.compile()?).limit(LIMIT).outcome()?;
        if native.end != program.end {
            return Ok("-");
        }
        let Ok(loaded) = self.load(Run::new(program.compile()?)).limit(LIMIT).outcome() else { return Ok("hangs") };
        Ok(match loaded.end {
            end if end == native.end && loaded.stdout == native.stdout => "same",
            End::Signal(_) if loaded.end != native.end => "killed",
            _ => "differs",
        })
    }
}

/// The copies that ZPOLINE_PEERS names.
fn copies() -> Result<Vec<Copy>> {
    let given = std::env::var("ZPOLINE_PEERS").unwrap_or_default();
    let copy = |word: &str| {
        let (name, directory) =
            word.split_once('=').with_context(|| format!("ZPOLINE_PEERS: {word} is not NAME=DIR"))?;
        let Some(peer) = PEERS.iter().find(|peer| peer.name == name) else {
            bail!("ZPOLINE_PEERS: {name} is none of zpoline, lazypoline, zpoline-rs");
        };
        Ok(Copy { peer, directory: Path::new(directory).canonicalize().context(directory.to_owned())? })
    };
    given.split_whitespace().map(copy).collect()
}

fn table(copies: &[Copy], results: &BTreeMap<String, Vec<&str>>) -> String {
    let mut text = format!("{:<32}", "program");
    for copy in copies {
        text.push_str(&format!("{:<14}", copy.peer.name));
    }
    text.push_str("here, as declared\n");
    for (program, row) in results {
        text.push_str(&format!("{program:<32}"));
        row.iter().for_each(|word| text.push_str(&format!("{word:<14}")));
        let ours = modes::MECHANISMS.iter().copied().filter(|mechanism| {
            modes::all().iter().any(|mode| mode.mechanism == *mechanism && exceptions::of(program, *mode).is_some())
        });
        let differs: Vec<&str> = ours.collect();
        text.push_str(if differs.is_empty() { "same" } else { "differs: " });
        text.push_str(&format!("{}\n", differs.join(" ")));
    }
    for (at, copy) in copies.iter().enumerate() {
        let count = |word: &str| results.values().filter(|row| row.get(at) == Some(&word)).count();
        let words = ["same", "differs", "killed", "hangs"].map(|word| format!("{} {word}", count(word)));
        text.push_str(&format!("{}: {}\n", copy.peer.name, words.join(", ")));
    }
    text
}

fn measure(copies: &[Copy]) -> Result<()> {
    let mut results = BTreeMap::new();
    for copy in copies {
        copy.prove().with_context(|| copy.peer.name)?;
    }
    for program in programs::all()? {
        let row = copies.iter().map(|copy| copy.result(&program)).collect::<Result<Vec<_>>>()?;
        results.insert(program.name, row);
    }
    println!("\n{}", table(copies, &results));
    Ok(())
}

fn main() -> ExitCode {
    let case = Case::new("other rewriters", || match copies() {
        Ok(copies) if copies.is_empty() => {
            Verdict::Skipped("ZPOLINE_PEERS names no copy that you have built: see tests/README.md".into())
        }
        Ok(copies) => measure(&copies).into(),
        Err(error) => Verdict::Failed(format!("{error:#}")),
    });
    suite::run(vec![case], 1).1
}
