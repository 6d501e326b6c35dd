//! Every host import of the finished loader, with arguments that mean nothing: the
//! program's data is untouched, and strace(1) sees no syscall but those that the
//! imports are made of.
//!
//! A case is one call of an import. (The other front doors have fuzz tests beside
//! them: tests/README.md.)
//!
//!     ZPOLINE_FUZZ_CASES=1000000 cargo test --release -p zpoline-tests --test fuzz

use anyhow::{Context, Result, ensure};
use std::collections::BTreeSet;
use std::os::unix::fs::symlink;
use std::process::ExitCode;
use std::time::Duration;
use zpoline_tests::command::{End, Run};
use zpoline_tests::random;
use zpoline_tests::scratch::Scratch;
use zpoline_tests::suite::{self, Case, Verdict};
use zpoline_tests::{guests, modes, places, programs};

/// All there is to grant: `@` stands for a directory of the test's own. The calls are
/// those that do nothing.
const EVERYTHING: &str = "memory-write scratch clock random env=HOME,NONE files-write=@ \
                          invoke=getpid,getppid,gettid,getuid,geteuid,getgid,getegid,sched_yield";

/// A tree with something to be granted and something beside it.
struct Tree(Scratch);

impl Tree {
    fn new() -> Result<Self> {
        let scratch = Scratch::new("fuzz")?;
        let granted = scratch.path("granted");
        std::fs::create_dir_all(granted.join("a-subdir"))?;
        std::fs::write(granted.join("the-file"), "content")?;
        symlink("../secret", granted.join("the-link"))?;
        symlink(scratch.path("secret"), granted.join("absolute"))?;
        scratch.write("secret", "secret")?;
        Ok(Self(scratch))
    }

    fn is_whole(&self) -> Result<()> {
        ensure!(
            std::fs::read(self.0.path("secret"))? == b"secret",
            "what lies beside the granted directory was written"
        );
        let beside = std::fs::read_dir(self.0.directory())?.count();
        ensure!(beside == 2, "something was made beside the granted directory: {beside} names");
        Ok(())
    }
}

/// The program under the hook, making so many calls of imports.
fn run(tree: &Tree, seed: u64, cases: u64) -> Result<Run> {
    let program = programs::compile(&places::root().join("tests/programs/lib/nonsense.c"), "nonsense", &[])?;
    let granted = tree.0.path("granted");
    let run = Run::new(program).arg(seed.to_string()).arg(cases.to_string());
    let run = run.env("ZPOLINE_ALLOW", EVERYTHING.replace('@', &granted.display().to_string()));
    let run = run.env("ZPOLINE_ON_TRAP", "pass").env("ZPOLINE_LOG_FILE", "/dev/null");
    Ok(modes::preload(run, guests::own("nonsense")?)?.limit(Duration::from_secs(40 + cases / 200)))
}

fn ended(run: &Run) -> Result<()> {
    let outcome = run.outcome()?;
    let well = outcome.end == End::Exit(0) && outcome.said() == "untouched\n";
    ensure!(well, "{}: {}\n{}{}", run.shown(), outcome.end, outcome.said(), outcome.complained());
    Ok(())
}

/// Whether a call is one that the imports, or the loader around them, are made of:
/// its name, and what the line of strace has besides.
fn is_known(name: &str, line: &str, pid: &str) -> bool {
    let has = |part: &str| line.contains(part);
    // Names below a descriptor, without a way.
    let is_plain = || !has("AT_FDCWD") && line.split('"').skip(1).step_by(2).all(|path| !path.contains('/'));
    let is_first = |argument: &str| line.strip_prefix(name).is_some_and(|rest| rest.starts_with(argument));
    match name {
        // A guest that trapped.
        "afs_syscall" => has("ENOSYS"),
        // invoke
        "getpid" | "getppid" | "gettid" | "getuid" | "geteuid" | "getgid" | "getegid" | "sched_yield" => true,
        // clock, random, process
        "clock_gettime" | "getrandom" => true,
        "prctl" => is_first("(PR_GET_NAME, "),
        // memory, memory-write
        "rt_sigreturn" => true,
        "process_vm_readv" | "process_vm_writev" => is_first(&format!("({pid}, ")),
        // files, files-write: every path is resolved beneath a granted directory
        "openat2" => has("RESOLVE_BENEATH") && has("RESOLVE_NO_MAGICLINKS"),
        "mkdirat" | "unlinkat" | "renameat2" => is_plain(),
        "newfstatat" => has("AT_EMPTY_PATH"),
        "close" | "fstat" | "ftruncate" | "getdents64" | "lseek" | "pread64" | "pwrite64" | "readlinkat" => {
            !has("AT_FDCWD")
        }
        // log: to its own descriptor
        "write" => line.split(['(', ',']).nth(1).and_then(|fd| fd.parse::<u32>().ok()).is_some_and(|fd| fd >= 60),
        // The loader's memory.
        "mmap" => is_first("(NULL, ") && has("MAP_ANONYMOUS") && !has("PROT_EXEC"),
        "munmap" | "mremap" => true,
        _ => false,
    }
}

/// The same under strace, which sees the loader's own calls.
fn watched(tree: &Tree, seed: u64, cases: u64) -> Result<Verdict> {
    let Some(strace) = places::find("strace") else { return Ok(Verdict::Skipped("not installed: strace".into())) };
    let trace = tree.0.directory().with_extension("strace");
    let run = run(tree, seed, cases)?.behind(&strace, ["-f".as_ref(), "-v".as_ref(), "-o".as_ref(), trace.as_os_str()]);
    let ended = ended(&run);
    let text = std::fs::read_to_string(&trace).context("strace's file")?;
    std::fs::remove_file(&trace)?;
    ended?;
    let (mut marks, mut seen) = (0, 0);
    let mut strays = BTreeSet::new();
    for line in text.lines() {
        let (pid, line) = line.split_once(' ').context("a line of strace's has the thread's id")?;
        let line = line.trim_start();
        if line.starts_with("security(") {
            marks += 1;
            continue;
        }
        let Some((name, _)) = line.split_once('(').filter(|_| marks == 1 && !line.starts_with("---")) else { continue };
        seen += 1;
        if !is_known(name, line, pid) {
            strays.insert(line);
        }
    }
    ensure!(marks == 2, "{marks} marks of 2");
    let shown: Vec<&str> = strays.into_iter().take(20).collect();
    ensure!(shown.is_empty(), "{seen} calls, and strays:\n{}", shown.join("\n"));
    ensure!(seen as u64 > cases / 4, "{seen} calls seen: too few");
    println!("{seen} syscalls of the loader for {cases} calls of imports");
    Ok(Verdict::Passed)
}

fn main() -> ExitCode {
    let (cases, mut random) = random::begin("every import of the finished loader", 40_000);
    let mut all = Vec::new();
    for mechanism in modes::possible() {
        let seed = random.bits();
        all.push(Case::new(format!("every import with nonsense, by {mechanism}"), move || -> Result<()> {
            let tree = Tree::new()?;
            ended(&run(&tree, seed, cases)?.env("ZPOLINE_MECHANISM", mechanism))?;
            tree.is_whole()
        }));
    }
    let seed = random.bits();
    all.push(Case::new("every import with nonsense, under strace", move || {
        let watch = || -> Result<Verdict> {
            let tree = Tree::new()?;
            let verdict = watched(&tree, seed, cases / 4)?;
            tree.is_whole()?;
            Ok(verdict)
        };
        watch().unwrap_or_else(|error| Verdict::Failed(format!("{error:#}")))
    }));
    suite::run(all, 2).1
}
