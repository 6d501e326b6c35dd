//! Hooks that ask for more than they were granted, and hooks that try more: the
//! user is told, and the program goes on as if nothing were.

use super::{ALL_WELL, Body, ITS_OWN, REFUSED, case, expect, subject, under};
use anyhow::{Result, ensure};
use std::path::Path;
use zpoline_tests::command::Run;
use zpoline_tests::scratch::Scratch;
use zpoline_tests::{guests, modes, places, programs};

/// All that asks.wat asks for.
const EVERYTHING: [&str; 8] =
    ["memory-write", "scratch", "invoke=getpid", "clock", "random", "env=HOME", "files=/", "files-write=/"];

/// Words that are no grants, and what is said.
const BAD: [(&str, &str, &str); 6] = [
    ("everything", "names `everything`, which is nothing that can be granted", "take the word out, or correct it"),
    ("clock,random", "has `clock,random`: spaces separate grants", "separate them by spaces: clock random"),
    ("invoke=opneat", "no syscall or class is called `opneat`", "zpoline syscalls lists the names"),
    ("invoke=fork", "has `invoke=fork`, and no hook may make such a call", "take the word out, or correct it"),
    ("files=etc", "has `files=etc`: etc is not an absolute path", "give the whole path: $PWD/etc"),
    ("files=/no/such", "cannot open the directory that ZPOLINE_ALLOW grants by `files=/no/such`", "No such file"),
];

pub(crate) fn all() -> Vec<Body> {
    let mut cases = Vec::new();
    for (word, says, fix) in BAD {
        cases.push(case(format!("ZPOLINE_ALLOW={word}"), move || {
            expect(&under(guests::own("idle")?)?.env("ZPOLINE_ALLOW", word), REFUSED, "", &["ZPOLINE_ALLOW", says, fix])
        }));
    }
    for missing in EVERYTHING {
        cases.push(case(format!("a hook that was granted all but {missing}"), move || {
            let name = missing.split('=').next().unwrap_or_default();
            let others: Vec<&str> = EVERYTHING
                .into_iter()
                // What may be written may be read.
                .filter(|grant| *grant != missing && !(missing == "files=/" && grant.starts_with("files")))
                .collect();
            let run = under(guests::own("asks")?)?.env("ZPOLINE_ALLOW", others.join(" "));
            let says = format!("zpoline:hook/{name}@0.1.0");
            let fix = format!("fix: if you trust it with that, add to ZPOLINE_ALLOW: {name}");
            expect(&run, REFUSED, "", &[&says, "not granted", "with that it could ", &fix])
        }));
    }
    cases.push(case("a hook that was granted all it asks for", || {
        let run = under(guests::own("asks")?)?.env("ZPOLINE_ALLOW", EVERYTHING.join(" "));
        expect(&run, ITS_OWN, ALL_WELL, &[])
    }));
    cases.push(case("the command grants as the variable does", || {
        let hook = guests::own("asks")?;
        let mut words: Vec<std::ffi::OsString> = vec!["run".into(), "--hook".into(), hook.into()];
        for grant in EVERYTHING {
            words.extend(["--allow".into(), grant.into()]);
        }
        words.push("--".into());
        let run = subject()?.behind(&places::zpoline()?, words).env("ZPOLINE_CACHE", places::built("cache")?);
        expect(&run, ITS_OWN, ALL_WELL, &[])
    }));
    cases.push(case("a hook that tries what it was not given", || {
        let scratch = Scratch::new("overreach")?;
        let secret = scratch.write("secret", "secret")?;
        std::fs::create_dir_all(scratch.path("granted/below"))?;
        let granted = scratch.path("granted");
        let allow = format!("invoke=getpid memory-write files-write={}", granted.display());
        let run = under(guests::own("overreach")?)?.env("ZPOLINE_ALLOW", allow);
        expect(
            &run,
            ITS_OWN,
            ALL_WELL,
            &[
                "tried to make kill (62), which it was not granted; it got EPERM",
                "add to ZPOLINE_ALLOW: invoke=kill",
                "tried to make exit_group (231), which no hook may; it got EPERM",
                "tried to make fork (57), which no hook may; it got EPERM",
                "tried to make munmap (11), which it was not granted; it got EPERM",
                "tried to make a call that does not exist (4000), which it was not granted",
            ],
        )?;
        untouched(&secret)
    }));
    cases.push(case("a hook that reaches for the loader's memory", || {
        let source = places::root().join("tests/programs/lib/reached.c");
        let run = modes::preload(Run::new(programs::compile(&source, "reached", &[])?), guests::own("reaches")?)?;
        for mechanism in modes::possible() {
            let run = run.clone().env("ZPOLINE_MECHANISM", mechanism).env("ZPOLINE_ALLOW", "memory-write");
            expect(&run, ITS_OWN, "the loader is out of reach\n", &[])?;
        }
        Ok(())
    }));
    cases.push(case("a hook that waits is interrupted by the program's signals", || {
        let source = places::root().join("tests/programs/lib/interrupted.c");
        let run = modes::preload(
            Run::new(programs::compile(&source, "interrupted", &["-pthread"])?),
            guests::own("waiting")?,
        )?;
        let said = "before: 1 byte, 1 signal\nwithin: 1 byte, 2 signals\n";
        for mechanism in modes::possible() {
            let run = run.clone().env("ZPOLINE_MECHANISM", mechanism);
            let run = run.env("ZPOLINE_ALLOW", "invoke=read,getpid,gettid,tgkill");
            expect(&run, ITS_OWN, said, &["hook: interrupted\nzpoline: hook: interrupted\n"])?;
        }
        Ok(())
    }));
    cases
}

fn untouched(secret: &Path) -> Result<()> {
    ensure!(std::fs::read(secret)? == b"secret", "{} was touched", secret.display());
    Ok(())
}
