//! Settings that mean nothing, and a machine that does not let us.

use super::{ALL_WELL, Body, ITS_OWN, REFUSED, case, expect, subject, under};
use anyhow::{Context, Result, ensure};
use zpoline_tests::command::{End, Run};
use zpoline_tests::{guests, modes, places};

/// Variable, value, what is said.
const BAD: [(&str, &str, &str); 9] = [
    ("ZPOLINE_ON_TRAP", "perhaps", "ZPOLINE_ON_TRAP=perhaps is not abort, deny, deny:ERRNO, pass or reload"),
    ("ZPOLINE_ON_TRAP", "deny:EWHAT", "ZPOLINE_ON_TRAP=deny:EWHAT is not"),
    ("ZPOLINE_MECHANISM", "magic", "ZPOLINE_MECHANISM=magic is not a mechanism"),
    ("ZPOLINE_FUEL", "none", "ZPOLINE_FUEL=none is not a positive number"),
    ("ZPOLINE_FUEL", "0", "ZPOLINE_FUEL=0 is not a positive number"),
    (
        "ZPOLINE_LOG_RATE",
        "some",
        "ZPOLINE_LOG_RATE=some is not a number of bytes a second (K, M and G allowed), or unlimited",
    ),
    ("ZPOLINE_MEMORY", "lots", "ZPOLINE_MEMORY=lots is not a size"),
    (
        "ZPOLINE_STATS",
        "/no/such/directory/stats",
        "cannot open the statistics file /no/such/directory/stats: No such file",
    ),
    ("ZPOLINE_LOG_FILE", "/no/such/directory/log", "cannot open the log file /no/such/directory/log: No such file"),
];

pub(crate) fn all() -> Vec<Body> {
    let mut cases: Vec<Body> = BAD
        .iter()
        .map(|&(name, value, says)| {
            case(format!("{name}={value}"), move || {
                expect(&under(guests::own("idle")?)?.env(name, value), REFUSED, "", &[says, "fix: "])
            })
        })
        .collect();
    cases.push(case("an unknown variable is only warned about", || {
        let run = under(guests::own("idle")?)?.env("ZPOLINE_HOOKS", "x");
        expect(&run, ITS_OWN, ALL_WELL, &["warning: ZPOLINE_HOOKS means nothing to this version"])
    }));
    cases.push(case("an empty name among the hooks", || {
        let says = ["has an empty name: colons separate hooks", "fix: ZPOLINE_HOOK=outer.cwasm:inner.cwasm"];
        let hook = guests::own("idle")?.display().to_string();
        expect(&modes::preload(subject()?, format!("{hook}:").into())?, REFUSED, "", &says)
    }));
    cases.push(case("more hooks than there can be", || {
        let hook = guests::own("idle")?.display().to_string();
        let run = modes::preload(subject()?, vec![hook; 9].join(":").into())?;
        expect(&run, REFUSED, "", &["names 9 hooks; a process can have 8", "fix: name fewer"])
    }));
    cases.push(case("a variable about a hook that there is not", || {
        let says = ["ZPOLINE_FUEL_2 is about hook 2, and ZPOLINE_HOOK names 1", "fix: unset ZPOLINE_FUEL_2"];
        expect(&under(guests::own("idle")?)?.env("ZPOLINE_FUEL_2", "5"), REFUSED, "", &says)
    }));
    cases.push(case("ZPOLINE_FUEL_2=none", || {
        let hook = guests::own("idle")?.display().to_string();
        let run = modes::preload(subject()?, format!("{hook}:{hook}").into())?.env("ZPOLINE_FUEL_2", "none");
        expect(&run, REFUSED, "", &["ZPOLINE_FUEL_2=none is not a positive number", "fix: ZPOLINE_FUEL_2=100000000"])
    }));
    cases.push(case("the second of two hooks is missing", || {
        let hook = guests::own("idle")?.display().to_string();
        let run = modes::preload(subject()?, format!("{hook}:/no/such/hook.cwasm").into())?;
        expect(&run, REFUSED, "", &["cannot open the hook /no/such/hook.cwasm: No such file", "fix: "])
    }));
    cases.push(case("the tracer outside another hook", || {
        let hook = guests::own("answer")?.display().to_string();
        let run = modes::preload(subject()?, format!("@trace:{hook}").into())?;
        let run = run.env("ZPOLINE_HOOK_ARGS_1", "-e getpid,getppid");
        expect(&run, ITS_OWN, ALL_WELL, &["getpid()                                = 23130\n", "getppid() "])
    }));
    cases.push(case("children have the same hooks, wherever they start", || {
        let hooks = guests::own("idle")?;
        let directory = hooks.parent().context("a directory")?;
        let run = Run::new("/bin/sh").args(["-c", "cd / && exec env -u ZPOLINE_HOOK_ARGS_2 id -u"]);
        let run = modes::preload(run.within(directory), "idle.cwasm:@trace".into())?;
        let run = run.env("ZPOLINE_HOOK_ARGS_2", "-e geteuid");
        let outcome = run.outcome()?;
        let lines = outcome.complained().matches("geteuid()").count();
        ensure!(outcome.end == End::Exit(0) && lines >= 2, "{}: {}", outcome.end, outcome.complained());
        Ok(())
    }));
    cases.push(case("no hook is the tracer", || {
        let run = modes::preload(subject()?, "".into())?;
        expect(&run, ITS_OWN, ALL_WELL, &["getppid()", "+++ exited with 3 +++"])
    }));
    cases.push(case("run and trace give the program's own status", || {
        let command = places::zpoline()?;
        let quiet = subject()?
            .behind(&command, ["run".as_ref(), "--hook".as_ref(), guests::own("idle")?.as_os_str(), "--".as_ref()]);
        expect(&cached(quiet)?, ITS_OWN, ALL_WELL, &[])?;
        let traced = subject()?.behind(&command, ["trace", "-e", "getppid", "--"]);
        expect(&cached(traced)?, ITS_OWN, ALL_WELL, &["getppid()"])?;
        let killed =
            Run::new("/bin/sh").args(["-c", "kill -KILL $$"]).behind(&command, ["trace", "-o", "/dev/null", "--"]);
        expect(&cached(killed)?, End::Signal(9), "", &[])?;
        let missing = Run::new("/no/such/program").behind(&command, ["trace", "--"]);
        expect(&cached(missing)?, End::Exit(127), "", &["/no/such/program"])?;
        let no_program = Run::new("/etc/passwd").behind(&command, ["trace", "--"]);
        expect(&cached(no_program)?, End::Exit(126), "", &["/etc/passwd"])
    }));
    cases.push(case("the doctor says what this machine can do", || {
        let outcome = Run::new(places::zpoline()?).arg("doctor").outcome()?;
        let said = outcome.said();
        for topic in ["kernel", "page 0", "PKU"] {
            ensure!(said.contains(topic), "nothing about {topic}:\n{said}");
        }
        ensure!(outcome.end == End::Exit(0), "{}:\n{said}{}", outcome.end, outcome.complained());
        Ok(())
    }));
    cases
}

fn cached(run: Run) -> Result<Run> {
    Ok(run.env("ZPOLINE_CACHE", places::built("cache")?))
}
