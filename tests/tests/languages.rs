//! Hooks in every language of guest-examples/languages, under real programs: what
//! each makes of them has to be what the hook written by hand, in text, makes.

use anyhow::{Context, Result, bail, ensure};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use zpoline_tests::command::{End, Outcome, Run, difference};
use zpoline_tests::languages::{self, LANGUAGES, Language};
use zpoline_tests::scratch::Scratch;
use zpoline_tests::suite::{self, Case, Verdict};
use zpoline_tests::{guests, modes, places, programs};

/// A run under a hook, and what the hook wrote.
fn under(run: Run, hook: &Path, arguments: &str, scratch: &Scratch) -> Result<(Outcome, String)> {
    let log = scratch.path("log");
    std::fs::write(&log, "")?;
    let run = modes::preload(run, hook.to_owned())?.env("ZPOLINE_HOOK_ARGS", arguments).env("ZPOLINE_LOG_FILE", &log);
    let outcome = run.outcome()?;
    // Bytes that are no text are kept apart from one another.
    let text = std::fs::read(&log)?.escape_ascii().to_string().replace("\\n", "\n");
    Ok((outcome, text))
}

/// `rm` cannot remove anything, and what is not removed is still there.
fn denies(hook: &Path) -> Result<()> {
    let scratch = Scratch::new("deny")?;
    let directory = scratch.path("d");
    std::fs::create_dir(&directory)?;
    let file = scratch.write("d/file", "kept")?;
    let (outcome, log) = under(Run::new("/bin/rm").args(["-r", "d"]).within(scratch.directory()), hook, "", &scratch)?;
    let complaint = outcome.complained();
    ensure!(outcome.end == End::Exit(1), "rm ends by {}: {complaint}", outcome.end);
    ensure!(complaint == "/bin/rm: cannot remove 'd/file': Operation not permitted\n", "{complaint}");
    ensure!(std::fs::read(&file)? == b"kept", "the file is another");
    ensure!(log.is_empty(), "it says: {log}");
    let (outcome, _) = under(Run::new("/bin/rmdir").arg(&directory), hook, "", &scratch)?;
    ensure!(outcome.complained().ends_with(": Operation not permitted\n"), "{}", outcome.complained());
    // What it does not take runs as ever.
    let (outcome, _) = under(Run::new("/bin/mv").args([&file, &scratch.path("moved")]), hook, "", &scratch)?;
    ensure!(outcome.end == End::Exit(0) && scratch.path("moved").exists(), "{}", outcome.complained());
    Ok(())
}

/// `cat` prints what it prints natively, and the hook tells what it opened.
fn tells(hook: &Path) -> Result<()> {
    let scratch = Scratch::new("paths")?;
    let top = scratch.directory().display().to_string();
    let plain = scratch.write("a", "one\n")?;
    let odd = scratch.directory().join(std::ffi::OsStr::from_bytes(b"\xff\n\"b"));
    std::fs::write(&odd, "two\n")?;
    let missing = scratch.path("missing");
    let long = scratch.path(&"x".repeat(255));
    let run = Run::new("/bin/cat").args([&plain, &odd, &missing, &long]);
    let native = run.outcome()?;
    let (loaded, log) = under(run, hook, &format!("/nowhere {top}"), &scratch)?;
    if let Some(text) = difference(&native, &loaded) {
        bail!("{text}");
    }
    let wanted = format!(
        "openat {top}/a\nopenat {top}/\\xff\n\\\"b\nopenat {top}/missing\nopenat {}\nzpoline: hook: 4 paths\n",
        long.display()
    );
    ensure!(log == wanted, "it says:\n{log}\nwanted:\n{wanted}");
    Ok(())
}

/// A program that starts others, with a repository to look at.
fn git(scratch: &Scratch) -> Result<Run> {
    let repository = scratch.path("repository");
    let git = places::find("git").context("git is missing: apt-get install git")?;
    if !repository.exists() {
        let script = "git init -q repository && cd repository && echo one >a && mkdir d && echo two >d/b && \
            git add . && git -c user.name=n -c user.email=e@x commit -qm first && git gc -q && echo three >>a";
        let outcome = Run::new("/bin/sh").args(["-c", script]).within(scratch.directory()).outcome()?;
        ensure!(outcome.end == End::Exit(0), "{}", outcome.complained());
    }
    let script = format!("{0} status --short; {0} log -p --format=%s; {0} diff", git.display());
    Ok(Run::new("/bin/sh").args(["-c", &script]).within(&repository).env("GIT_OPTIONAL_LOCKS", "0"))
}

/// git behaves as natively, and every path of every process is told as by the hook
/// that was written by hand.
fn tells_of_git(hook: &Path, by_hand: &Path) -> Result<Verdict> {
    if places::find("git").is_none() {
        return Ok(Verdict::Skipped("git is missing: apt-get install git".into()));
    }
    let scratch = Scratch::new("git")?;
    let native = git(&scratch)?.outcome()?;
    let (loaded, log) = under(git(&scratch)?, hook, "", &scratch)?;
    if let Some(text) = difference(&native, &loaded) {
        bail!("{text}");
    }
    let (_, wanted) = under(git(&scratch)?, by_hand, "", &scratch)?;
    ensure!(wanted.lines().filter(|line| line.starts_with("zpoline: hook: ")).count() >= 3, "too few: {wanted}");
    // Git's own threads may open in another order.
    let sorted = |text: &str| {
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        lines.sort();
        lines.join("\n")
    };
    ensure!(sorted(&log) == sorted(&wanted), "it says:\n{log}\nthe hook by hand:\n{wanted}");
    Ok(Verdict::Passed)
}

/// Many calls from several threads at one instance: what a garbage collector, or
/// an allocator that never gives back, would not survive. And addresses that are
/// none, which a guest sees as an error.
fn survives(hook: &Path) -> Result<()> {
    const COUNT: usize = 5000;
    let source = places::root().join("tests/programs/lib/opens.c");
    let program = programs::compile(&source, "opens", &["-pthread"])?;
    let scratch = Scratch::new("many")?;
    let path = scratch.path("missing").display().to_string();
    let run = Run::new(&program).arg(&path).arg(COUNT.to_string());
    let native = run.outcome()?;
    let (loaded, log) = under(run, hook, scratch.path("").to_str().context("a path")?, &scratch)?;
    if let Some(text) = difference(&native, &loaded) {
        bail!("{text}");
    }
    let line = format!("openat {path}\n");
    ensure!(
        log == format!("{}zpoline: hook: {} paths\n", line.repeat(4 * COUNT), 4 * COUNT),
        "{}",
        &log[log.len() - 200..]
    );
    Ok(())
}

fn check(language: &Language, hook: &str, what: impl Fn(&Path) -> Result<Verdict>) -> Verdict {
    let run = || match language.hook(hook)? {
        Ok(built) => what(&built.compiled),
        Err(why) => Ok(Verdict::Skipped(why)),
    };
    run().unwrap_or_else(|error| Verdict::Failed(format!("{error:#}")))
}

/// What our adapter gives a module for WASI preview 1.
fn preview1() -> Result<()> {
    let hook = guests::own("preview1")?;
    let scratch = Scratch::new("preview1")?;
    let perl = places::find("perl").context("perl is missing: apt-get install perl")?;
    let run = Run::new(&perl).args(["-e", "print getppid"]);
    let (outcome, log) = under(run, &hook, "", &scratch)?;
    ensure!(outcome.said() == "23130", "{}: {}\n{log}", outcome.said(), outcome.complained());
    ensure!(log == "hello, log\n", "{log}");
    let (outcome, log) = under(Run::new(&perl).args(["-e", "getpriority(0, 0)"]), &hook, "", &scratch)?;
    ensure!(outcome.end == End::Signal(6) && log.contains("unreachable"), "{}: {log}", outcome.end);
    Ok(())
}

/// A compiler that is not there and must not be fetched is said to be missing.
fn missing_compiler() -> Result<()> {
    let scratch = Scratch::new("missing")?;
    let build = languages::build()?.args(["zig-deny", "-o"]).arg(scratch.path("out"));
    let outcome = build.env("TOOLCHAINS", scratch.path("none")).env("NO_DOWNLOAD", "1").outcome()?;
    let said = languages::reason(&outcome.complained());
    ensure!(outcome.end == End::Exit(3), "{}: {}", outcome.end, outcome.complained());
    ensure!(said.starts_with("NO_DOWNLOAD is set, and the toolchain that ") && said.contains("zig.txt"), "{said}");
    Ok(())
}

/// The commands that the README of a new hook has, with the compiler on the PATH.
fn new_hook(word: &str) -> Result<Verdict> {
    let scratch = Scratch::new("new")?;
    let outcome = Run::new(places::zpoline()?).args(["new", word, "my-hook"]).within(scratch.directory()).outcome()?;
    ensure!(outcome.end == End::Exit(0), "{}", outcome.complained());
    let mut path = std::env::var("PATH").unwrap_or_default();
    // The others need none, or their commands get it.
    if !["wat", "rust", "python"].contains(&word) {
        let compiler = languages::build()?.args(["--compiler", word]).outcome()?;
        match compiler.end {
            End::Exit(0) => path = format!("{}:{path}", compiler.said().trim_end()),
            End::Exit(3) => return Ok(Verdict::Skipped(languages::reason(&compiler.complained()))),
            end => bail!("{end}: {}", compiler.complained()),
        }
    }
    let directory = scratch.path("my-hook");
    let readme = std::fs::read_to_string(directory.join("README.md"))?;
    let commands: Vec<&str> = readme
        .lines()
        .skip(3)
        .take_while(|line| !line.starts_with(char::is_alphabetic))
        .filter_map(|line| line.strip_prefix("    "))
        .collect();
    let (last, build) = commands.split_last().context("no command in the README")?;
    let words = last.strip_prefix("zpoline run ").with_context(|| format!("the last command is {last}"))?;
    let cache = scratch.path("cache");
    std::fs::create_dir(&cache)?;
    let script = format!(
        "{} '{}' run --arg /etc/hostname {words}",
        build.iter().map(|c| format!("{c} >&2 && ")).collect::<String>(),
        places::zpoline()?.display()
    );
    let run = Run::new("/bin/sh")
        .args(["-c", &script])
        .within(&directory)
        .env("PATH", path)
        .env("ZPOLINE_CACHE", &cache)
        .env("XDG_CACHE_HOME", &cache)
        .env("ZIG_GLOBAL_CACHE_DIR", cache.join("zig"))
        .env("GOFLAGS", "-mod=mod")
        .env("GOTOOLCHAIN", "local")
        .limit(std::time::Duration::from_secs(600));
    let outcome = run.outcome()?;
    let hostname = std::fs::read_to_string("/etc/hostname")?;
    ensure!(
        outcome.end == End::Exit(0) && outcome.said() == hostname,
        "{}\n{}\n{}",
        outcome.end,
        outcome.complained(),
        run.shown()
    );
    let complaint = outcome.complained();
    ensure!(complaint.ends_with("openat /etc/hostname\nzpoline: hook: 1 paths\n"), "{complaint}");
    Ok(Verdict::Passed)
}

fn main() -> ExitCode {
    let mut cases = Vec::new();
    for language in &LANGUAGES {
        let name = |what: &str| format!("{}: {what}", language.word);
        let own = move |hook: &'static str, what: fn(&Path) -> Result<()>| {
            move || check(language, hook, |path| Ok(what(path).into()))
        };
        cases.push(Case::new(name("rm under deny"), own("deny", denies)));
        cases.push(Case::new(name("cat under paths"), own("paths", tells)));
        cases.push(Case::new(name("git under paths"), move || {
            check(language, "paths", |path| tells_of_git(path, &by_hand()?))
        }));
        cases.push(Case::new(name("many opens under paths"), own("paths", survives)));
    }
    cases.push(Case::new("a module for WASI preview 1", preview1));
    cases.push(Case::new("a compiler that cannot be had", missing_compiler));
    let all = std::env::var_os("ZPOLINE_TESTS_LANGUAGES").is_some_and(|which| which == "all");
    for word in ["wat", "c", "zig", "assemblyscript", "javascript", "cpp", "rust", "go", "python"] {
        cases.push(Case::new(format!("zpoline new {word}"), move || {
            if !all && ["cpp", "rust", "go", "python"].contains(&word) {
                let why =
                    "takes minutes, and its sources are those of the cases above; ZPOLINE_TESTS_LANGUAGES=all runs it";
                return Verdict::Skipped(why.into());
            }
            new_hook(word).unwrap_or_else(|error| Verdict::Failed(format!("{error:#}")))
        }));
    }
    suite::run(cases, 2).1
}

fn by_hand() -> Result<PathBuf> {
    match LANGUAGES[0].hook("paths")? {
        Ok(built) => Ok(built.compiled),
        Err(why) => bail!("{why}"),
    }
}
