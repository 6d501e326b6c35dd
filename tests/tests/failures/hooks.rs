//! Hooks that misbehave, under each policy.

use super::{ALL_WELL, Body, ITS_OWN, REFUSED, case, expect, subject, under};
use anyhow::ensure;
use zpoline_tests::command::{End, Run};
use zpoline_tests::{guests, modes, places, programs};

const ABORTED: End = End::Signal(6);

/// A hook of guest-examples/hostile that fails in getpid.
struct Hostile {
    name: &'static str,
    says: &'static str,
}

const HOSTILE: [Hostile; 6] = [
    Hostile { name: "loop", says: "ran out of fuel in getpid (39): 100000000 units (ZPOLINE_FUEL)" },
    Hostile { name: "trap", says: "trapped in getpid (39): wasm trap: wasm `unreachable` instruction executed" },
    Hostile { name: "recurse", says: "ran out of stack in getpid (39): 524288 bytes" },
    Hostile { name: "linger", says: "ran out of fuel in getpid (39): 100000000 units (ZPOLINE_FUEL)" },
    Hostile {
        name: "handles",
        says: "failed in getpid (39): cannot allocate another handle: store handle limit exceeded",
    },
    Hostile { name: "outside", says: "failed in getpid (39): pointer out of bounds of memory" },
];

pub(crate) fn all() -> Vec<Body> {
    let mut cases = Vec::new();
    for hostile in HOSTILE {
        let Hostile { name, says } = hostile;
        let denied = |text: &str| ALL_WELL.replace("getpid: an id", &format!("getpid: {text}"));
        cases.push(case(format!("{name}: abort"), move || {
            let fix = "fix: mend the hook, or let the program go on: ZPOLINE_ON_TRAP=pass";
            let origin = format!("compiled from {name}.wat, sha256 ");
            expect(&under(guests::hostile(name)?)?, ABORTED, "", &[says, "by SIGABRT", fix, &origin])
        }));
        let policies = [
            ("deny", denied("Operation not permitted"), "the call fails with EPERM"),
            ("deny:EIO", denied("Input/output error"), "the call fails with EIO"),
            ("pass", ALL_WELL.into(), "the call runs unhooked"),
            ("reload", denied("Operation not permitted"), "it starts anew"),
        ];
        for (policy, said, told) in policies {
            cases.push(case(format!("{name}: {policy}"), move || {
                let run = under(guests::hostile(name)?)?.env("ZPOLINE_ON_TRAP", policy);
                expect(&run, ITS_OWN, &said, &[says, told])
            }));
        }
    }
    cases.push(case("loop: little fuel", || {
        let run = under(guests::hostile("loop")?)?.env("ZPOLINE_FUEL", "1000");
        expect(&run, ABORTED, "", &["ran out of fuel in getpid (39): 1000 units"])
    }));
    cases.push(case("grow: the memory cap makes memory.grow fail", || {
        expect(&under(guests::hostile("grow")?)?.env("ZPOLINE_MEMORY", "2M"), ITS_OWN, ALL_WELL, &[])
    }));
    cases.push(case("tables: the limit makes table.grow fail", || {
        expect(&under(guests::hostile("tables")?)?, ITS_OWN, ALL_WELL, &[])
    }));
    cases.push(case("flood: what is over the rate is dropped", || {
        let run = under(guests::hostile("flood")?)?.env("ZPOLINE_LOG_RATE", "1K");
        let says = [
            "zpoline: hook: line after line...",
            "bytes) of its log were dropped: more than 1024 bytes a second (ZPOLINE_LOG_RATE)",
        ];
        expect(&run, ITS_OWN, ALL_WELL, &says)?;
        let lines = run.outcome()?.complained().lines().count();
        ensure!((8..50).contains(&lines), "{lines} lines in eight kilobytes and what little time there was");
        Ok(())
    }));
    cases.push(case("flood: as much as it likes", || {
        let run = under(guests::hostile("flood")?)?.env("ZPOLINE_LOG_RATE", "unlimited");
        let lines = run.outcome()?.complained().lines().count();
        ensure!(lines == 2000, "{lines} lines");
        Ok(())
    }));
    for name in ["loop", "trap", "grow", "outside", "nonsense", "recurse", "linger", "handles", "tables", "flood"] {
        cases.push(case(format!("{name}: the program's memory is as it was"), move || {
            let source = places::root().join("tests/programs/lib/untouched.c");
            let program = Run::new(programs::compile(&source, "untouched", &[])?);
            let run = modes::preload(program, guests::hostile(name)?)?;
            let run = run.env("ZPOLINE_ON_TRAP", "pass").env("ZPOLINE_LOG_FILE", "/dev/null");
            expect(&run, End::Exit(0), "memory and registers are as they were\n", &[])
        }));
    }
    cases.push(case("nonsense: abort", || {
        let says = "answered getppid (110) with a rewrite to 4000000000: no syscall has that number";
        expect(&under(guests::hostile("nonsense")?)?, ABORTED, "", &[says])
    }));
    cases.push(case("nonsense: pass", || {
        let run = under(guests::hostile("nonsense")?)?.env("ZPOLINE_ON_TRAP", "pass");
        // getpid is completed with errno 4095, which is allowed.
        let said = ALL_WELL.replace("getpid: an id", "getpid: Unknown error 4095");
        expect(&run, ITS_OWN, &said, &["with a rewrite to 4000000000", "failed 2 times in this process"])
    }));
    cases.push(case("a hook that declines to start", || {
        let says = "does not start: this hook wants a tariff";
        expect(
            &under(guests::own("decline")?)?,
            REFUSED,
            "",
            &[says, "fix: give it what it asks for in ZPOLINE_HOOK_ARGS"],
        )
    }));
    cases.push(case("a hook that traps at its start", || {
        expect(&under(guests::own("trap-at-start")?)?, REFUSED, "", &["trapped at its start", "fix: mend the hook"])
    }));
    cases.push(case("a hook that loops at its start", || {
        let says = "ran out of fuel at its start: 2000000000 units (20 times ZPOLINE_FUEL)";
        expect(&under(guests::own("loop-at-start")?)?, REFUSED, "", &[says, "fix: mend the hook"])
    }));
    cases.push(case("a hook that recurses at its start, on a small stack", || {
        let words = ["-c", "ulimit -s 200 && LD_PRELOAD=$LOADER ZPOLINE_HOOK=$HOOK exec \"$@\"", "sh"];
        let run = subject()?.behind("/bin/sh".as_ref(), words);
        let run = run.env("LOADER", places::loader()?).env("HOOK", guests::own("recurse-at-start")?);
        expect(&run, REFUSED, "", &["ran out of stack at its start: 524288 bytes", "fix: mend the hook"])
    }));
    cases
}
