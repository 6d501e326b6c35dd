//! Linux's own tests of the system call entry, of signals, segments and extended
//! state (tools/testing/selftests/x86 and .../syscall_user_dispatch): under the
//! loader each says what it says natively, and ends as it ends natively.
//!
//! Their sources come from the distribution's kernel package: tests/run unpacks
//! them, nothing of them is kept. A test that fails natively too, on this machine,
//! has to fail alike.

use anyhow::{Context, Result, ensure};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::OnceLock;
use std::time::Duration;
use zpoline_tests::command::{End, Outcome, Run, difference};
use zpoline_tests::scratch::Scratch;
use zpoline_tests::suite::{self, Case, Verdict};
use zpoline_tests::ways::{NOOP, Way};
use zpoline_tests::{modes, places};

/// A test, and what its Makefile adds to the common flags.
struct Test {
    directory: &'static str,
    name: &'static str,
    more: &'static [&'static str],
}

const fn x86(name: &'static str) -> Test {
    Test { directory: "x86", name, more: &[] }
}

/// Those for 64 bits. Not here: check_initial_reg_state, which is static, and
/// sud_benchmark, which only measures.
const TESTS: [Test; 21] = [
    x86("amx"),
    x86("corrupt_xstate_header"),
    x86("fsgsbase"),
    x86("fsgsbase_restore"),
    x86("ioperm"),
    x86("iopl"),
    x86("ldt_gdt"),
    x86("mov_ss_trap"),
    x86("ptrace_syscall"),
    x86("sigaltstack"),
    x86("sigreturn"),
    x86("sigtrap_loop"),
    x86("single_step_syscall"),
    x86("syscall_arg_fault"),
    x86("syscall_nt"),
    x86("syscall_numbering"),
    x86("sysret_rip"),
    Test { directory: "x86", name: "sysret_ss_attrs", more: &["thunks.S"] },
    x86("test_mremap_vdso"),
    x86("test_vsyscall"),
    Test { directory: "syscall_user_dispatch", name: "sud_test", more: &[] },
];

/// What is known to differ: the test, the mechanisms, and why.
const DIFFERS: [(&str, &[&str], &str); 7] = [
    ("fsgsbase", &modes::MECHANISMS, GS),
    ("fsgsbase_restore", &modes::MECHANISMS, GS),
    ("ldt_gdt", &["sud", "auto"], GS),
    ("syscall_arg_fault", &modes::MECHANISMS, GS),
    (
        "sigreturn",
        &modes::MECHANISMS,
        "a handler starts with the flat stack segment: the loader has made a call before it",
    ),
    ("single_step_syscall", &["zpoline", "sud"], "it counts its steps, and takes one more behind the call"),
    ("ptrace_syscall", &["sud", "auto"], "the tracer sees SIGSYS at each call, and the call made by the loader"),
];

/// Not run, because its tracer swallows every signal of its child, and with them
/// those by which these mechanisms see a call: it would be made again for ever.
const SWALLOWED: (&str, &[&str], &str) = (
    "syscall_numbering",
    &["zpoline", "sud", "auto"],
    "its tracer swallows the signals by which calls with any number are seen: SIGSEGV under zpoline, else SIGSYS",
);

const GS: &str = "it sets the gs register, through which the loader finds its thread block";

/// Long enough for those that make a call a million times under a mechanism that
/// takes a signal for each.
const LIMIT: Duration = Duration::from_secs(120);
/// One that does not end natively on some virtual machines.
const MAY_HANG: &str = "mov_ss_trap";

impl Test {
    fn compile(&self, top: &Path) -> Result<PathBuf> {
        let to = places::built("selftests")?.join(self.name);
        if to.exists() {
            return Ok(to);
        }
        let source = top.join("tools/testing/selftests").join(self.directory);
        let outcome = Run::new(places::find("gcc").context("gcc")?)
            .args(["-m64", "-O2", "-g", "-std=gnu99", "-pthread", "-no-pie", "-w", "-o"])
            .arg(&to)
            .arg(format!("{}.c", self.name))
            .args(self.more)
            .args(["-lrt", "-ldl"])
            .within(&source)
            .outcome()?;
        ensure!(outcome.end == End::Exit(0), "it does not compile: {}", outcome.complained());
        Ok(to)
    }
}

/// A test and what it did natively.
struct Subject {
    test: &'static Test,
    native: OnceLock<Result<Outcome, String>>,
}

/// Addresses and times differ from run to run.
fn settled(outcome: Outcome) -> Outcome {
    let settle = |text: &[u8]| {
        let text = String::from_utf8_lossy(text);
        let mut out = String::new();
        for line in text.lines().filter(|line| !line.contains("time offsets")) {
            let mut rest = line;
            while let Some((before, after)) = rest.split_once("0x") {
                out.push_str(before);
                out.push_str("0x…");
                rest = after.trim_start_matches(|c: char| c.is_ascii_hexdigit());
            }
            out.push_str(rest);
            out.push('\n');
        }
        out.into_bytes()
    };
    Outcome { stdout: settle(&outcome.stdout), stderr: settle(&outcome.stderr), end: outcome.end }
}

impl Subject {
    fn native(&self, top: &Path) -> Result<&Outcome, String> {
        let limit = if self.test.name == MAY_HANG { Duration::from_secs(5) } else { LIMIT };
        let run = || Run::new(self.test.compile(top)?).limit(limit).outcome().map(settled);
        self.native.get_or_init(|| run().map_err(|error| format!("{error:#}"))).as_ref().map_err(Clone::clone)
    }

    /// What differs, or nothing.
    fn differs(&self, top: &Path, way: Way, native: &Outcome) -> Result<Option<String>> {
        let logs = Scratch::new("selftest")?;
        let log = logs.path("log");
        let run = way.load(Run::new(self.test.compile(top)?), &log)?.limit(LIMIT);
        let loaded = settled(run.outcome()?);
        if let Some(text) = difference(native, &loaded) {
            return Ok(Some(format!("{text}{}", run.shown())));
        }
        way.prove(&log, loaded.end)?;
        Ok(None)
    }

    fn check(&self, top: &Path, way: Way) -> Verdict {
        if let Some(why) = way.cannot() {
            return Verdict::Skipped(why);
        }
        let (name, mechanisms, why) = SWALLOWED;
        if name == self.test.name && mechanisms.contains(&way.mechanism) {
            return Verdict::Skipped(why.into());
        }
        let native = match self.native(top) {
            Ok(native) => native,
            Err(why) if self.test.name == MAY_HANG && why.contains("did not end within") => {
                return Verdict::Skipped("natively it does not end on this machine".into());
            }
            Err(why) => return Verdict::Failed(why),
        };
        let declared =
            DIFFERS.iter().find(|(name, mechanisms, _)| *name == self.test.name && mechanisms.contains(&way.mechanism));
        // One that hangs differs as well.
        let differs = self.differs(top, way, native).unwrap_or_else(|error| Some(format!("{error:#}")));
        match (differs, declared) {
            (None, None) => Verdict::Passed,
            (Some(_), Some((_, _, reason))) => Verdict::Declared((*reason).into()),
            (Some(text), None) => Verdict::Failed(text),
            (None, Some(_)) => Verdict::Failed("is as natively, but is declared to differ".into()),
        }
    }
}

/// The unpacked sources: LINUX_SOURCE, or where tests/run puts them.
fn sources() -> Option<PathBuf> {
    let given = std::env::var_os("LINUX_SOURCE").map(PathBuf::from);
    let top = given.or_else(|| Some(places::built("linux-source").ok()?.join("linux")))?;
    top.join("tools/testing/selftests/x86").is_dir().then_some(top)
}

fn main() -> ExitCode {
    let Some(top) = sources() else {
        let case = Case::new("Linux's selftests", || {
            Verdict::Skipped("no sources: tests/run unpacks Debian's linux-source, or set LINUX_SOURCE".into())
        });
        return suite::run(vec![case], 1).1;
    };
    let subjects: Vec<Subject> = TESTS.iter().map(|test| Subject { test, native: OnceLock::new() }).collect();
    let (subjects, top) = (&subjects, &top);
    let ways = modes::MECHANISMS.iter().map(|&mechanism| Way { mechanism, ..NOOP });
    let cases = ways.flat_map(|way| {
        subjects.iter().map(move |subject| {
            Case::new(format!("{} under {way}", subject.test.name), move || subject.check(top, way))
        })
    });
    suite::run(cases.collect(), 2).1
}
