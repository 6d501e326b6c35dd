//! Hooks that misbehave, under each policy.

use super::{ALL_WELL, Body, ITS_OWN, REFUSED, case, expect, under};
use zpoline_tests::command::End;
use zpoline_tests::guests;

const ABORTED: End = End::Signal(6);

/// A hook of guest-examples/hostile that fails in getpid.
struct Hostile {
    name: &'static str,
    says: &'static str,
}

const HOSTILE: [Hostile; 3] = [
    Hostile { name: "loop", says: "ran out of fuel in getpid (39): 100000000 units (ZPOLINE_FUEL)" },
    Hostile { name: "trap", says: "trapped in getpid (39): wasm trap: wasm `unreachable` instruction executed" },
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
    cases
}
