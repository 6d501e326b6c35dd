//! Statistics: the counts are exact, every site that was not patched has a reason,
//! and a program is the same with and without them.

use anyhow::{Context, Result, bail, ensure};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;
use zpoline_tests::command::{End, Run, difference_from_any};
use zpoline_tests::modes::{self, MECHANISMS, Mode};
use zpoline_tests::programs::{self, Program};
use zpoline_tests::scratch::Scratch;
use zpoline_tests::shared::Shared;
use zpoline_tests::suite::{self, Case, Verdict};
use zpoline_tests::{exceptions, guests, places, user};

/// A line: its process, its kind, and what it says.
#[derive(Debug, Clone)]
struct Line {
    pid: u64,
    kind: String,
    values: BTreeMap<String, String>,
}

impl Line {
    /// `stats pid=N KIND key=value ...`: a key starts each word but those of the
    /// last value.
    fn read(text: &str) -> Result<Option<Self>> {
        let Some(rest) = text.strip_prefix("zpoline: stats pid=") else { return Ok(None) };
        let mut words = rest.split(' ');
        let pid = words.next().context("a pid")?.parse()?;
        let kind = words.next().context("a kind")?.to_owned();
        let values = words.filter_map(|word| word.split_once('=')).map(|(a, b)| (a.to_owned(), b.to_owned()));
        Ok(Some(Self { pid, kind, values: values.collect() }))
    }

    fn text(&self, key: &str) -> Result<&str> {
        self.values.get(key).map(String::as_str).with_context(|| format!("no {key} in {self:?}"))
    }

    fn number(&self, key: &str) -> Result<u64> {
        Ok(self.text(key)?.parse()?)
    }
}

/// The reports of a run, each from its `process` line to its `total` line.
fn reports(text: &str) -> Result<Vec<Vec<Line>>> {
    let mut open: BTreeMap<u64, Vec<Line>> = BTreeMap::new();
    let mut whole = Vec::new();
    for line in text.lines() {
        let Some(line) = Line::read(line)? else { continue };
        let (pid, kind) = (line.pid, line.kind.clone());
        let report = open.entry(pid).or_default();
        ensure!(report.is_empty() == (kind == "process"), "a report without its head or end: {line:?}");
        report.push(line);
        if kind == "total" {
            whole.extend(open.remove(&pid));
        }
    }
    ensure!(open.is_empty(), "reports without an end: {open:?}");
    Ok(whole)
}

/// Lines of one kind.
fn of_kind<'a>(report: &'a [Line], kind: &'a str) -> impl Iterator<Item = &'a Line> {
    report.iter().filter(move |line| line.kind == kind)
}

/// calls, guest and sigsys of a number.
fn count(report: &[Line], number: &str) -> Result<[u64; 3]> {
    let line = of_kind(report, "call").find(|line| line.values.get("number").is_some_and(|n| n == number));
    let Some(line) = line else { return Ok([0; 3]) };
    let [calls, native, guest, sigsys] = ["calls", "native", "guest", "sigsys"].map(|key| line.number(key));
    let (calls, guest) = (calls?, guest?);
    ensure!(calls == native? + guest, "the parts of {line:?}");
    Ok([calls, guest, sigsys?])
}

fn counted() -> Result<PathBuf> {
    programs::compile(&places::root().join("tests/programs/lib/counted.c"), "counted", &["-pthread"])
}

/// What is wrong with one report in itself: the sums, and that each site without
/// a patch has its reason.
fn consistent(report: &[Line]) -> Result<()> {
    let total = of_kind(report, "total").next().context("a total")?;
    for key in ["calls", "native", "guest", "sigsys"] {
        let sum: u64 = of_kind(report, "call").map(|line| line.number(key)).sum::<Result<u64>>()?;
        ensure!(sum == total.number(key)?, "{key}: {sum} in all, but {total:?}");
    }
    let calls: Vec<u64> = of_kind(report, "call").map(|line| line.number("calls")).collect::<Result<_>>()?;
    ensure!(calls.is_sorted_by(|a, b| a >= b), "not by frequency: {calls:?}");
    for object in of_kind(report, "object") {
        let path = object.text("path")?;
        let how = |key: &str| object.number(key);
        let patched = how("before")? + how("after")? + how("page0")?;
        let others = how("stub")? + how("left")? + how("unseen")?;
        ensure!(how("sites")? == patched + others, "the parts of {object:?}");
        let sites: Vec<&Line> =
            of_kind(report, "site").filter(|line| line.values.get("path").is_some_and(|p| p == path)).collect();
        ensure!(sites.len() as u64 == others + how("unproven")?, "{} reasons for {object:?}", sites.len());
        let reasons = sites.iter().map(|site| site.text("reason")).collect::<Result<Vec<_>>>()?;
        ensure!(reasons.iter().all(|reason| !reason.is_empty()), "{sites:?}");
    }
    let paths: Vec<&str> = of_kind(report, "object").map(|line| line.text("path")).collect::<Result<_>>()?;
    ensure!(paths.is_sorted(), "not by path: {paths:?}");
    Ok(())
}

/// Which calls of the subject a mechanism sees.
fn sees(mechanism: &str, what: &str) -> bool {
    match what {
        "generated" => matches!(mechanism, "auto" | "sud"),
        // int 0x80 is nobody's but Syscall User Dispatch's.
        "int80" => matches!(mechanism, "auto" | "sud"),
        _ => true,
    }
}

/// The reports of the subject, checked.
fn exact(mechanism: &str, text: &str) -> Result<()> {
    let reports = reports(text)?;
    ensure!(reports.len() == 2, "{} reports of 2:\n{text}", reports.len());
    reports.iter().try_for_each(|report| consistent(report))?;
    let by_end = |status: &str| {
        let ends = |report: &&Vec<Line>| report[0].values.get("status").is_some_and(|s| s == status);
        reports.iter().find(ends).with_context(|| format!("no report with status {status}:\n{text}"))
    };
    let (parent, child) = (by_end("6")?, by_end("4")?);
    ensure!(parent[0].pid != child[0].pid, "one pid for both:\n{text}");
    for report in [parent, child] {
        let process = &report[0];
        ensure!(process.text("mechanism")? == mechanism && process.text("end")? == "exit", "{process:?}");
        ensure!(process.text("program")?.ends_with("/counted"), "{process:?}");
    }
    // Beside what the subject says of itself: constructors make no such call.
    let all_by_sigsys = |calls| if mechanism == "sud" { calls } else { 0 };
    let check = |report: &[Line], number: &str, calls: u64, guest: u64, sigsys: u64| -> Result<()> {
        let got = count(report, number)?;
        ensure!(got == [calls, guest, sigsys], "{number}: {got:?} and not {:?}\n{text}", [calls, guest, sigsys]);
        Ok(())
    };
    // libc's generic syscall(): under auto its site is learned at the first call.
    let [calls, guest, sigsys] = count(parent, "110")?;
    ensure!([calls, guest] == [7, 0], "110: {calls} calls, {guest} of them shown\n{text}");
    ensure!(sigsys == all_by_sigsys(7) || mechanism == "auto" && sigsys == 1, "110: {sigsys} by SIGSYS\n{text}");
    check(
        parent,
        "500",
        100,
        0,
        match mechanism {
            "sud" => 100,
            "auto" => 1,
            _ => 0,
        },
    )?;
    let total = |report: &[Line], number: &str| count(report, number).map(|[calls, ..]| calls);
    ensure!(total(parent, "501")? == 150, "501 in threads:\n{text}");
    ensure!(total(parent, "502")? == 0 && total(child, "502")? == 20, "502 in a child:\n{text}");
    ensure!(total(parent, "503")? == 9, "503 in a vfork child:\n{text}");
    let generated = if sees(mechanism, "generated") { 30 } else { 0 };
    check(parent, "504", generated, 0, generated)?;
    ensure!(count(parent, "184")?[..2] == [5, 5], "184, which the hook takes:\n{text}");
    ensure!(count(child, "184")?[0] == 0, "the parent's counts in the child:\n{text}");
    ensure!(total(parent, "other")? == 11, "70000:\n{text}");
    let int80 = of_kind(parent, "total").next().context("total")?.number("int80")?;
    ensure!(int80 == if sees(mechanism, "int80") { 4 } else { 0 }, "int 0x80: {int80}");
    Ok(())
}

/// The subject under a mechanism, its reports on standard error.
fn by_mechanism(mechanism: &str) -> Verdict {
    if let Some(why) = user::cannot_use(mechanism) {
        return Verdict::Skipped(why);
    }
    let run = || -> Result<()> {
        // The hook is named by its component: `idle` takes 184 alone.
        let run = modes::preload(Run::new(counted()?), guests::own("idle")?)?
            .env("ZPOLINE_MECHANISM", mechanism)
            .env("ZPOLINE_STATS", "1");
        let outcome = run.outcome()?;
        ensure!(outcome.end == End::Exit(6), "{}: {}\n{}", run.shown(), outcome.end, outcome.complained());
        exact(mechanism, &outcome.complained())
    };
    run().into()
}

/// The same as an ordinary user.
fn as_nobody() -> Result<()> {
    let shared = Shared::new("idle")?;
    let program = shared.copy(&counted()?, 0o755)?;
    let run = shared.load_with("auto", &["ZPOLINE_STATS=1"], &[&program.display().to_string()])?;
    let outcome = run.outcome()?;
    ensure!(outcome.end == End::Exit(6), "{}: {}\n{}", run.shown(), outcome.end, outcome.complained());
    // WITNESS makes two calls of 184 more, before main.
    let text = outcome.complained();
    let reports = reports(&text)?;
    let parent = reports.iter().find(|report| report[0].values.get("status").is_some_and(|s| s == "6"));
    let parent = parent.with_context(|| text.clone())?;
    consistent(parent)?;
    ensure!(count(parent, "500")? == [100, 0, 1] && count(parent, "184")?[..2] == [7, 7], "{text}");
    ensure!(parent[0].text("sud")? == "armed" && parent[0].text("jumps")? == "mapped", "{text}");
    Ok(())
}

/// A file by a relative path, by a program that goes elsewhere and executes
/// another without an environment.
fn carried() -> Result<()> {
    let scratch = Scratch::new("stats")?;
    let elsewhere = scratch.path("elsewhere");
    fs::create_dir(&elsewhere)?;
    let run = modes::preload(Run::new(counted()?).arg(&elsewhere), guests::own("idle")?)?
        .env("ZPOLINE_STATS", "out")
        .within(scratch.directory());
    let outcome = run.outcome()?;
    ensure!(outcome.end == End::Exit(0), "{}: {}\n{}", run.shown(), outcome.end, outcome.complained());
    ensure!(outcome.complained().is_empty(), "on stderr: {}", outcome.complained());
    let text = fs::read_to_string(scratch.path("out"))?;
    let reports = reports(&text)?;
    let execs: Vec<_> = reports.iter().filter(|r| r[0].values.get("end").is_some_and(|e| e == "exec")).collect();
    ensure!(execs.len() == 1, "{} reports at an exec, of which one did not work:\n{text}", execs.len());
    let first = execs[0];
    ensure!(count(first, "500")?[0] == 100 && count(first, "59")?[0] == 2, "before the exec:\n{text}");
    let after: Vec<_> = reports.iter().filter(|r| r[0].pid == first[0].pid && !std::ptr::eq(*r, first)).collect();
    let [second] = after[..] else { bail!("{} reports after the exec:\n{text}", after.len()) };
    ensure!(count(second, "506")?[0] == 13 && count(second, "500")?[0] == 0, "after the exec:\n{text}");
    Ok(())
}

/// The loader looks up no names where the program's filter ends whoever opens a file.
fn filtered() -> Result<()> {
    let source = places::root().join("tests/programs/lib/no_open.c");
    let program = programs::compile(&source, "no_open", &[])?;
    for mechanism in ["auto", "sud"] {
        let run = modes::preload(Run::new(&program), guests::own("idle")?)?
            .env("ZPOLINE_MECHANISM", mechanism)
            .env("ZPOLINE_STATS", "1");
        let outcome = run.outcome()?;
        let reports = outcome.complained().contains(" process end=exit status=6 ");
        ensure!(outcome.end == End::Exit(6) && reports, "{mechanism}: {}\n{}", outcome.end, outcome.complained());
    }
    Ok(())
}

/// libc's sites get their jumps before a filter of the program's forbids that.
fn before_a_filter() -> Result<()> {
    let program = programs::all()?.into_iter().find(|program| program.name == "memory/exec_denied");
    let program = program.context("tests/programs/memory/exec_denied.c")?;
    let run = modes::preload(Run::new(program.compile()?), guests::own("idle")?)?
        .env("ZPOLINE_MECHANISM", "auto")
        .env("ZPOLINE_STATS", "1");
    let text = run.outcome()?.complained();
    let reports = reports(&text)?;
    let mut children = 0;
    for child in reports.iter().filter(|report| report[0].values.get("status").is_some_and(|s| s == "7")) {
        children += 1;
        // getrusage, times, getppid and getsid, which are called after it only.
        for number in ["98", "100", "110", "124"] {
            ensure!(count(child, number)? == [1, 0, 0], "{number} by SIGSYS:\n{text}");
        }
    }
    ensure!(children >= 2, "{children} reports of children that forbade it:\n{text}");
    Ok(())
}

/// Without, or with 0, nothing is said.
fn off() -> Result<()> {
    for value in ["", "0"] {
        let run = modes::preload(Run::new(counted()?), guests::own("idle")?)?.env("ZPOLINE_STATS", value);
        let outcome = run.outcome()?;
        ensure!(outcome.end == End::Exit(6) && outcome.complained().is_empty(), "{}", outcome.complained());
    }
    Ok(())
}

/// The command sets it, for run and for trace.
fn command() -> Result<()> {
    let scratch = Scratch::new("stats")?;
    let cache = places::built("cache")?;
    let hook = guests::own("idle")?;
    let to_file = format!("--stats={}", scratch.path("out").display());
    let words = ["run".as_ref(), "--hook".as_ref(), hook.as_os_str(), to_file.as_ref(), "--".as_ref()];
    let run = Run::new(counted()?).behind(&places::zpoline()?, words).env("ZPOLINE_CACHE", &cache);
    let outcome = run.outcome()?;
    ensure!(outcome.end == End::Exit(6) && outcome.complained().is_empty(), "{}", outcome.complained());
    exact("auto", &fs::read_to_string(scratch.path("out"))?)?;
    let run =
        Run::new("/bin/true").behind(&places::zpoline()?, ["trace", "--stats", "--"]).env("ZPOLINE_CACHE", &cache);
    let said = run.outcome()?.complained();
    let reports = reports(&said)?;
    ensure!(reports.len() == 1 && said.contains("+++ exited with 0 +++"), "{said}");
    // The tracer takes every call.
    let total = of_kind(&reports[0], "total").next().context("total")?;
    ensure!(total.number("guest")? == total.number("calls")? && total.number("native")? == 0, "{said}");
    Ok(())
}

/// What could not be had, and why: in the statistics, and by the doctor once.
fn refused() -> Result<Verdict> {
    let deny = programs::compile(&places::root().join("tests/programs/lib/deny.c"), "deny", &[])?;
    for (what, key, errno, topic) in [("sud", "sud", "EPERM", "  SUD "), ("jumps", "jumps", "ENOMEM", "  jumps ")] {
        let doctor = Run::new(&deny)
            .arg(what)
            .arg(places::zpoline()?)
            .arg("doctor")
            .env("ZPOLINE_CACHE", places::built("cache")?)
            .outcome()?;
        if doctor.end == End::Exit(77) {
            return Ok(Verdict::Skipped(doctor.said().trim().into()));
        }
        let said = doctor.said();
        let named: Vec<&str> = said.lines().filter(|line| line.contains(errno)).collect();
        ensure!(named.len() == 1 && named[0].contains(topic), "the doctor says {errno} in {named:?}:\n{said}");
        let program = counted()?;
        let run = Run::new("/usr/bin/env")
            .arg(format!("LD_PRELOAD={}", places::loader()?.display()))
            .arg(format!("ZPOLINE_HOOK={}", guests::own("idle")?.display()))
            .arg("ZPOLINE_STATS=1")
            .arg(&program)
            .behind(&deny, [what]);
        let outcome = run.outcome()?;
        let text = outcome.complained();
        ensure!(outcome.end == End::Exit(6), "{}: {}\n{text}", run.shown(), outcome.end);
        for report in reports(&text)? {
            consistent(&report)?;
            ensure!(report[0].text(key)? == errno, "{key} is not {errno}: {:?}", report[0]);
            let how: BTreeSet<&str> = of_kind(&report, "site").map(|line| line.text("how")).collect::<Result<_>>()?;
            match what {
                "sud" => ensure!(how.iter().all(|how| matches!(*how, "unseen" | "unproven")), "{how:?}\n{text}"),
                _ => {
                    let of_file = |line: &&Line| line.values.get("path").is_some_and(|path| path.starts_with('/'));
                    let why: BTreeSet<&str> = of_kind(&report, "site")
                        .filter(of_file)
                        .map(|line| line.text("reason"))
                        .collect::<Result<_>>()?;
                    ensure!(why == BTreeSet::from(["last-call", "no-jump-table"]), "{why:?}\n{text}");
                }
            }
        }
    }
    Ok(Verdict::Passed)
}

/// Why generated code and code that may be written have no patch.
fn reasons() -> Result<()> {
    let run = modes::preload(Run::new(counted()?), guests::own("idle")?)?.env("ZPOLINE_STATS", "1");
    let text = run.outcome()?.complained();
    let reports = reports(&text)?;
    let sites = || reports.iter().flat_map(|report| of_kind(report, "site"));
    let generated = sites().filter(|site| site.values.get("path").is_some_and(|path| path == "[anonymous]"));
    let generated: Vec<_> = generated.collect();
    ensure!(generated.len() == 1, "one generated site in one of two reports:\n{text}");
    ensure!(generated[0].text("how")? == "left" && generated[0].text("reason")? == "anonymous", "{generated:?}");
    // The address of a site is the one that objdump prints.
    let mut looked_at = 0;
    for site in sites().filter(|site| site.values.get("path").is_some_and(|path| path.ends_with("/libc.so.6"))) {
        let file = fs::read(site.text("path")?)?;
        let at = usize::from_str_radix(site.text("at")?.trim_start_matches("0x"), 16)?;
        let reason = site.text("reason")?;
        let known = ["straddles-line", "last-call"].contains(&reason);
        ensure!(reason.starts_with("no-room:") || known, "{site:?}");
        // libc's text is mapped at its offset in the file.
        ensure!(file.get(at..at + 2) == Some(&[0x0f, 0x05]), "no syscall at {at:#x} of libc");
        looked_at += 1;
    }
    ensure!(looked_at > 0, "no site of libc without a jump:\n{text}");
    Ok(())
}

/// A program of tests/programs, counted: as it is natively.
fn unchanged(program: &Program) -> Result<Verdict> {
    let mode = Mode { mechanism: "auto", hook: "idle" };
    let natively = modes::native(Run::new(program.compile()?));
    let native = natively.outcome()?;
    if native.end != program.end {
        let why = native.said().lines().find_map(|line| line.strip_prefix("skipped: ").map(str::to_owned));
        return Ok(Verdict::Skipped(why.unwrap_or_else(|| format!("natively {}", native.end))));
    }
    let run = mode.load(Run::new(program.compile()?))?.env("ZPOLINE_STATS", "/dev/null");
    let differs = difference_from_any(&native, &run.outcome()?, || natively.outcome())?;
    let differs = differs.map(|text| format!("{text}{}", run.shown()));
    // Counted calls go the way of hooked ones.
    let declared = exceptions::of(&program.name, Mode { hook: "forward", ..mode });
    Ok(match (differs, declared) {
        (None, None) => Verdict::Passed,
        (Some(_), Some(exception)) => Verdict::Declared(exception.reason.into()),
        (Some(text), None) => Verdict::Failed(text),
        (None, Some(_)) => Verdict::Failed("is as natively, but is declared to differ".into()),
    })
}

fn main() -> ExitCode {
    let programs = match programs::all() {
        Ok(programs) => programs,
        Err(error) => {
            eprintln!("{error:#}");
            return ExitCode::FAILURE;
        }
    };
    let mut cases: Vec<Case<'_>> = MECHANISMS
        .iter()
        .map(|mechanism| Case::new(format!("exact counts under {mechanism}"), move || by_mechanism(mechanism)))
        .collect();
    cases.extend([
        Case::new("exact counts of an ordinary user", as_nobody),
        Case::new("a file is carried over an exec without environment", carried),
        Case::new("nothing is said without them", off),
        Case::new("zpoline run --stats, zpoline trace --stats", command),
        Case::new("reasons of sites that are not patched", reasons),
        Case::new("beside a filter that allows no open", filtered),
        Case::new("libc's jumps are there before a filter forbids them", before_a_filter),
        Case::new("what is refused is named", || {
            refused().unwrap_or_else(|error| Verdict::Failed(format!("{error:#}")))
        }),
    ]);
    for program in &programs {
        cases.push(Case::new(format!("{}, counted", program.name), move || {
            unchanged(program).unwrap_or_else(|error| Verdict::Failed(format!("{error:#}")))
        }));
    }
    suite::run(cases, 2).1
}
