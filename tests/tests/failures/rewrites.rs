//! Rewrites to calls that change the process, and to some that mean nothing.

use super::{Body, case, expect};
use anyhow::Result;
use zpoline_tests::command::{End, Run};
use zpoline_tests::{guests, modes, places, programs, user};

/// What getppid becomes (number and first argument), what the program then says,
/// and how it ends.
const BECOMES: [(&str, &str, &str, End); 12] = [
    ("fork", "57 0", "a child that exited with 7\n", End::Exit(3)),
    ("vfork", "58 0", "a child that exited with 7\n", End::Exit(3)),
    ("clone", "56 17", "a child that exited with 7\n", End::Exit(3)),
    ("clone3 of nothing", "435 0", "-22\n", End::Exit(3)),
    ("exit", "60 5", "", End::Exit(5)),
    ("exit_group", "231 5", "", End::Exit(5)),
    ("execve of nowhere", "59 8192", "-14\n", End::Exit(3)),
    ("rt_sigaction of nothing", "13 0", "-22\n", End::Exit(3)),
    ("munmap of nothing", "11 0", "-22\n", End::Exit(3)),
    // These are as a trap, and the policy says EIO.
    ("rt_sigreturn", "15 0", "-5\n", End::Exit(3)),
    ("restart_syscall", "219 0", "-5\n", End::Exit(3)),
    ("no syscall at all", "1000 0", "-5\n", End::Exit(3)),
];

fn subject(mechanism: &str, words: &str) -> Result<Run> {
    let source = places::root().join("tests/programs/lib/becomes.c");
    let run = modes::preload(Run::new(programs::compile(&source, "becomes", &[])?), guests::own("becomes")?)?;
    Ok(run
        .env("ZPOLINE_MECHANISM", mechanism)
        .env("WITNESS", "loaded")
        .env("ZPOLINE_HOOK_ARGS", words)
        .env("ZPOLINE_LOG_FILE", "/dev/null"))
}

fn all_of(mechanism: &str) -> Result<()> {
    for (_, words, says, end) in BECOMES {
        expect(&subject(mechanism, words)?.env("ZPOLINE_ON_TRAP", "deny:EIO"), end, says, &[])?;
    }
    // Nothing runs behind exit_group: another exit may take its place, or else
    // the policy counts, and then the call itself.
    expect(&subject(mechanism, "231 9")?.arg("exit"), End::Exit(9), "", &[])?;
    expect(&subject(mechanism, "60 9")?.arg("exit"), End::Exit(9), "", &[])?;
    for policy in ["pass", "deny", "reload"] {
        expect(&subject(mechanism, "39 0")?.arg("exit").env("ZPOLINE_ON_TRAP", policy), End::Exit(0), "", &[])?;
    }
    expect(&subject(mechanism, "39 0")?.arg("exit"), End::Signal(6), "", &[])
}

pub(crate) fn all() -> Vec<Body> {
    let mut cases: Vec<Body> = modes::MECHANISMS
        .into_iter()
        .map(|mechanism| {
            case(format!("rewrites that change the process, under {mechanism}"), move || {
                match user::cannot_use(mechanism) {
                    Some(why) => println!("skipped: {why}"),
                    None => all_of(mechanism)?,
                }
                Ok(())
            })
        })
        .collect();
    let says = [
        ("15 0", "answered getppid (110) with a rewrite to rt_sigreturn: it has no meaning there"),
        ("1000 0", "answered getppid (110) with a rewrite to 1000: no syscall has that number"),
    ];
    for (words, says) in says {
        cases.push(case(format!("a rewrite to {words}: abort"), move || {
            expect(&subject("auto", words)?.env("ZPOLINE_LOG_FILE", ""), End::Signal(6), "", &[says])
        }));
    }
    cases.push(case("exit_group rewritten to getpid: abort", || {
        let says = "answered exit_group (231) with a rewrite to getpid, which returns: nobody is there";
        expect(&subject("auto", "39 0")?.arg("exit").env("ZPOLINE_LOG_FILE", ""), End::Signal(6), "", &[says])
    }));
    cases
}
