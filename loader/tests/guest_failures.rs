//! Hooks that fail: refused at load, or trapped and put under the policy. The
//! messages are part of the interface and are compared as a whole.

mod guest_common;

use guest_common::{
    ANY, ENTER, LIFECYCLE, RETURNED, TYPES, any, enter, hook, load, load_compiled, load_core, loud_turn, observe, turn,
    with_imports,
};
use std::os::unix::process::ExitStatusExt;
use std::process::Command;
use std::time::Duration;
use zpoline_loader::dispatch::thread;
use zpoline_loader::guest::{self, Call, Decision, OnTrap, Options};

const GETPID: Call = Call { number: 39, args: [0; 6] };

/// Fuel is cut so that a loop ends soon in a debug build.
fn options(on_trap: OnTrap) -> Options {
    Options { on_trap, fuel_per_call: 100_000, memory_bytes: 1 << 20, ..Options::default() }
}

const TRAP: &str = "unreachable";
const LOOP: &str = "(loop $again (br $again))";
const GROW: &str = "(if (i32.eq (memory.grow (i32.const 4096)) (i32.const -1)) (then unreachable))";
const RECURSE: &str = "(drop (call $recurse))";
const DIVIDE: &str = "(drop (i32.div_u (local.get $n) (i32.const 0)))";
const OUTSIDE: &str = "(drop (i32.load (i32.const 1000000)))";
const OBSERVE: &str = "(i32.store8 (i32.const 1024) (i32.const 1))";
const RESULT: &str = "(i32.store8 (i32.const 1024) (i32.const 2)) (i64.store (i32.const 1032) (i64.const -4096))";
const NUMBER: &str = "(i32.store8 (i32.const 1024) (i32.const 3)) (i32.store (i32.const 1032) (i32.const 100000))";
const CASE: &str = "(i32.store8 (i32.const 1024) (i32.const 5))";

/// What goes wrong in the guest, and the first lines of its message.
const FAULTS: [(&str, &str); 10] = [
    (TRAP, "zpoline: hook test.cwasm trapped in getpid (39): wasm trap: wasm `unreachable` instruction executed\n"),
    (LOOP, "zpoline: hook test.cwasm ran out of fuel in getpid (39): 100000 units (ZPOLINE_FUEL)\n"),
    (
        GROW,
        "zpoline: hook test.cwasm trapped in getpid (39): wasm trap: wasm `unreachable` instruction executed\n  \
         it had been refused memory: 268500992 bytes wanted, cap 1048576 (ZPOLINE_MEMORY)\n",
    ),
    (RECURSE, "zpoline: hook test.cwasm ran out of stack in getpid (39): 524288 bytes\n"),
    (DIVIDE, "zpoline: hook test.cwasm trapped in getpid (39): wasm trap: integer divide by zero\n"),
    (OUTSIDE, "zpoline: hook test.cwasm trapped in getpid (39): wasm trap: out of bounds memory access\n"),
    (OBSERVE, "zpoline: hook test.cwasm answered observe to getpid (39): it exports no zpoline:hook/returned\n"),
    (RESULT, "zpoline: hook test.cwasm answered -4096 to getpid (39): results below -4095 are impossible\n"),
    (NUMBER, "zpoline: hook test.cwasm answered getpid (39) with a rewrite to 100000: no syscall has that number\n"),
    (CASE, "zpoline: hook test.cwasm failed in getpid (39): unexpected discriminant: 5\n"),
];

const ABORTED: &str = "  ZPOLINE_ON_TRAP=abort: the program ends here, by SIGABRT\n  \
    fix: mend the hook, or let the program go on: ZPOLINE_ON_TRAP=pass (or deny, reload)\n";

/// A hook whose body may call functions that fail.
fn faulty(body: &str) -> String {
    let extra = "(func $_ZN4deny5check17h0123456789abcdefE unreachable)
      (func $recurse (result i32) (i32.add (call $recurse) (i32.const 1)))";
    any(body).replace("(func (export", &format!("{extra} (func (export"))
}

/// Runs `child` in a process of its own and answers its standard error.
fn run_child(body: &str, on_trap: &str) -> (std::process::ExitStatus, String) {
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "child", "--ignored", "--nocapture", "--test-threads=1"])
        .env("GUEST_BODY", body)
        .env("GUEST_ON_TRAP", on_trap)
        .output()
        .unwrap();
    (output.status, String::from_utf8(output.stderr).unwrap())
}

#[test]
#[ignore = "started by the other tests"]
fn child() {
    let Ok(body) = std::env::var("GUEST_BODY") else { return };
    let _turn = loud_turn();
    let on_trap = match std::env::var("GUEST_ON_TRAP").as_deref() {
        Ok("pass") => OnTrap::Pass,
        _ => OnTrap::Abort,
    };
    load(&faulty(&body), options(on_trap)).unwrap();
    for _ in 0..3 {
        enter(&GETPID);
    }
    guest::finish(0);
}

#[test]
fn abort_says_why_and_ends_the_process() {
    for (body, message) in FAULTS {
        let (status, stderr) = run_child(body, "abort");
        assert_eq!(status.signal(), Some(6), "{stderr}");
        assert!(stderr.starts_with(message), "{stderr}\nexpected: {message}");
        assert!(stderr.ends_with(ABORTED), "{stderr}");
    }
}

#[test]
fn a_trap_shows_where_in_the_guest_it_happened() {
    let (_, stderr) = run_child("unreachable", "abort");
    let frame = stderr.lines().nth(1).unwrap();
    assert!(frame.starts_with("     0: function 2 @ 0x"), "{stderr}");
}

#[test]
fn names_in_a_backtrace_are_demangled() {
    let name = "_ZN4deny5check17h0123456789abcdefE";
    let (_, stderr) = run_child(&format!("(call ${name})"), "abort");
    assert!(stderr.contains("     0: deny::check @ 0x"), "{stderr}");
}

#[test]
fn pass_is_reported_once_and_counted() {
    let (status, stderr) = run_child(TRAP, "pass");
    assert!(status.success(), "{stderr}");
    assert_eq!(stderr.matches("trapped in").count(), 1, "{stderr}");
    assert!(stderr.contains("  ZPOLINE_ON_TRAP=pass: the call runs unhooked; more such are counted\n"), "{stderr}");
    assert!(
        stderr.contains("zpoline: hook test.cwasm failed 3 times in this process; the first was shown\n"),
        "{stderr}"
    );
}

#[test]
fn deny_and_pass_answer_every_failure() {
    let _turn = turn();
    for (body, _) in FAULTS {
        load(&faulty(body), options(OnTrap::Deny(13))).unwrap();
        assert_eq!(enter(&GETPID), Decision::Complete(-13), "{body}");
        assert_eq!(enter(&GETPID), Decision::Complete(-13), "{body}");
        load(&faulty(body), options(OnTrap::Pass)).unwrap();
        assert_eq!(enter(&GETPID), Decision::Forward, "{body}");
        assert_eq!(enter(&GETPID), Decision::Forward, "{body}");
    }
}

/// A hook whose third call in an instance traps; the others answer how many
/// there were.
fn third_traps() -> String {
    let core = format!(
        r#"(memory (export "memory") 1) (global $count (mut i64) (i64.const 0))
        (func (export "enter") {ENTER}
          (global.set $count (i64.add (global.get $count) (i64.const 1)))
          (if (i64.eq (global.get $count) (i64.const 3)) (then unreachable))
          (i32.store8 (i32.const 1024) (i32.const 2))
          (i64.store (i32.const 1032) (global.get $count)) (i32.const 1024))"#
    );
    hook(&core, ANY)
}

#[test]
fn after_a_trap_later_calls_see_a_new_instance() {
    let _turn = turn();
    load(&third_traps(), options(OnTrap::Deny(1))).unwrap();
    let answers: Vec<_> = (0..7).map(|_| enter(&GETPID)).collect();
    assert_eq!(answers, [1, 2, -1, 1, 2, -1, 1].map(Decision::Complete));
}

#[test]
fn reload_shows_the_call_to_a_new_instance_after_a_pause() {
    let _turn = turn();
    load(&third_traps(), options(OnTrap::Reload)).unwrap();
    let getpid = || enter(&GETPID);
    assert_eq!([getpid(), getpid(), getpid(), getpid()], [1, 2, 1, 2].map(Decision::Complete));
    // The second reload comes too soon: the call fails. After the pause it is
    // served again.
    assert_eq!(getpid(), Decision::Complete(-1));
    std::thread::sleep(Duration::from_millis(20));
    assert_eq!(getpid(), Decision::Complete(1));
}

#[test]
fn reload_gives_up_on_a_hook_that_only_traps() {
    let _turn = turn();
    load(&any(TRAP), options(OnTrap::Reload)).unwrap();
    for _ in 0..100 {
        assert_eq!(enter(&GETPID), Decision::Complete(-1));
    }
}

/// The message of a hook that is refused.
fn refused(wat: &str) -> String {
    load(wat, options(OnTrap::Abort)).unwrap_err().to_string()
}

#[test]
fn refusals_name_both_sides_and_a_fix() {
    let _turn = turn();
    let renamed = |name: &str| any("").replace("zpoline:hook/any@0.1.0", name);
    assert_eq!(
        refused(&renamed("zpoline:hook/any@0.2.0")),
        "hook test.cwasm exports zpoline:hook/any@0.2.0; this loader has any@0.1.0\n  \
         a hook and the loader must agree on one version of zpoline:hook, 0.1.0\n  \
         fix: rebuild the hook with the wit/ folder of zpoline 0.1.0"
    );
    assert_eq!(
        refused(&renamed("zpoline:hook/opanat@0.1.0")),
        "hook test.cwasm exports zpoline:hook/opanat@0.1.0, which is no interface of this loader\n  \
         zpoline:hook@0.1.0 has one interface per syscall, and any, returned, lifecycle\n  \
         fix: zpoline syscalls lists the names"
    );
    assert_eq!(
        refused(&renamed("zpoline:hook/openat@0.1.0")),
        "hook test.cwasm: enter of zpoline:hook/openat@0.1.0 has the wrong type: 7 parameters, expected 4\n  \
         its interfaces must be those of zpoline:hook@0.1.0 to the letter\n  \
         fix: rebuild the hook with the wit/ folder of zpoline 0.1.0"
    );
    assert_eq!(
        refused(&renamed("other:host/any@0.1.0")),
        "hook test.cwasm hooks nothing: it exports no syscall interface of zpoline:hook\n  \
         a hook exports zpoline:hook/any@0.1.0 or an interface such as zpoline:hook/openat@0.1.0\n  \
         fix: export one in the hook's world; zpoline inspect test.cwasm lists its exports"
    );
    assert_eq!(
        refused(&any("").replace(r#"(export "enter" (func $any))"#, r#"(export "entre" (func $any))"#)),
        "hook test.cwasm exports zpoline:hook/any@0.1.0 without its function enter\n  \
         its interfaces must be those of zpoline:hook@0.1.0 to the letter\n  \
         fix: rebuild the hook with the wit/ folder of zpoline 0.1.0"
    );
}

#[test]
fn imports_that_nobody_granted_are_refused() {
    let _turn = turn();
    let importing = |name: &str| {
        let import = format!(r#"(import "{name}" (instance (export "now" (func (result u64)))))"#);
        let core = format!(r#"(memory (export "memory") 1) (func (export "enter") {ENTER} (i32.const 1024))"#);
        with_imports(&import, "", &core, ANY)
    };
    assert_eq!(
        refused(&importing("zpoline:hook/clock@0.1.0")),
        "hook test.cwasm imports zpoline:hook/clock@0.1.0, which it was not granted\n  \
         with that it could read the clocks, and wait\n  \
         fix: if you trust it with that, add to ZPOLINE_ALLOW: clock  (zpoline run --allow clock)"
    );
    assert_eq!(
        refused(&importing("wasi:clocks/monotonic-clock@0.2.0")),
        "hook test.cwasm imports wasi:clocks/monotonic-clock@0.2.0, which it was not granted\n  \
         with that it could read the clocks, and wait\n  \
         fix: if you trust it with that, add to ZPOLINE_ALLOW: clock  (zpoline run --allow clock)"
    );
    assert_eq!(
        refused(&importing("wasi:sockets/tcp@0.2.0")),
        "hook test.cwasm imports wasi:sockets/tcp@0.2.0, which this loader does not have\n  \
         of WASI 0.2 a hook may have cli, io, clocks, random and filesystem: no sockets, no http\n  \
         fix: build the hook without it: toolchains have an option that leaves such parts of WASI out"
    );
    assert_eq!(
        refused(&importing("other:host/log@0.1.0")),
        "hook test.cwasm imports other:host/log@0.1.0, which this loader does not have\n  \
         a hook may import from zpoline:hook@0.1.0: types, memory, log, process, memory-write, scratch, invoke, clock, \
         random, env, files, files-write\n  \
         fix: build the hook without it; zpoline inspect test.cwasm lists its imports"
    );
    assert_eq!(
        refused(&importing("zpoline:hook/log@0.0.9")),
        "hook test.cwasm imports zpoline:hook/log@0.0.9; this loader has log@0.1.0\n  \
         a hook and the loader must agree on one version of zpoline:hook, 0.1.0\n  \
         fix: rebuild the hook with the wit/ folder of zpoline 0.1.0"
    );
}

#[test]
fn all_that_is_missing_is_said_at_once() {
    let _turn = turn();
    assert_eq!(
        load_core("", &["any"], options(OnTrap::Abort)).unwrap_err().to_string(),
        "hook test.cwasm imports 8 interfaces that it was not granted
    zpoline:hook/memory-write@0.1.0
    zpoline:hook/scratch@0.1.0
    zpoline:hook/invoke@0.1.0
    zpoline:hook/clock@0.1.0
    zpoline:hook/random@0.1.0
    zpoline:hook/env@0.1.0
    zpoline:hook/files@0.1.0
    zpoline:hook/files-write@0.1.0
  with that it could write the program's memory: with that it can make the program do anything the program may do
  and place bytes that the calls it hooks can point to, such as another path
  and make the granted syscalls, with any arguments, whenever it is called
  and read the clocks, and wait
  and get random bytes
  and read the granted environment variables
  and read files below the granted directories
  and create, write, rename and remove files below the granted directories
  fix: if you trust it with that, add to ZPOLINE_ALLOW: memory-write scratch invoke=SYSCALL,... clock random \
         env=NAME,... files=/DIRECTORY files-write=/DIRECTORY  (zpoline run --allow memory-write --allow scratch \
         --allow invoke=SYSCALL,... --allow clock --allow random --allow env=NAME,... --allow files=/DIRECTORY \
         --allow files-write=/DIRECTORY)"
    );
}

#[test]
fn a_hook_that_fails_at_its_start_does_not_start_the_program() {
    let _turn = turn();
    let core = |start: &str| {
        let core = format!(
            r#"(memory (export "memory") 1) (func $start {start}) (start $start)
            (func (export "enter") {ENTER} (i32.const 1024))"#
        );
        refused(&hook(&core, ANY))
    };
    let rest =
        "\n  the program was not started\n  fix: mend the hook; more memory or fuel: ZPOLINE_MEMORY, ZPOLINE_FUEL";
    assert_eq!(
        core("unreachable"),
        format!("hook test.cwasm trapped at its start: wasm trap: wasm `unreachable` instruction executed{rest}")
    );
    assert_eq!(
        core(LOOP),
        format!("hook test.cwasm ran out of fuel at its start: 2000000000 units (20 times ZPOLINE_FUEL){rest}")
    );
    let large = any("").replace(r#"(memory (export "memory") 1)"#, r#"(memory (export "memory") 100)"#);
    assert!(refused(&large).contains("it had been refused memory: 6553600 bytes wanted, cap 1048576"));
}

#[test]
fn a_damaged_component_is_an_error() {
    let _turn = turn();
    let bytes = guest_common::compile(&any(""));
    for wrong in [&b""[..], b"\0asm", &bytes[..100], &bytes[..bytes.len() / 2]] {
        let error = load_compiled(wrong, Options::default()).unwrap_err().to_string();
        assert!(error.starts_with("hook test.cwasm does not fit this loader: "), "{error}");
        assert!(error.ends_with("fix: compile it again from its .wasm: zpoline compile HOOK.wasm"), "{error}");
    }
    let others = guest_common::compile_with(&any(""), &["--other-settings"]);
    assert_eq!(
        load_compiled(&others, Options::default()).unwrap_err().to_string(),
        "hook test.cwasm does not fit this loader: Module was compiled without fuel support but it is enabled for the host\n  \
         wanted: a component compiled by wasmtime 48.0.8 with zpoline's settings\n  \
         fix: compile it again from its .wasm: zpoline compile HOOK.wasm"
    );
    // Nothing of a component but its types.
    assert!(refused(&format!("(component {TYPES})")).contains("hooks nothing"));
}

/// A hook that answers every call with a rewrite to the number in its first
/// argument.
fn rewrites_to_first_argument() -> String {
    any("(i32.store8 (i32.const 1024) (i32.const 3)) (i32.store (i32.const 1032) (i32.wrap_i64 (local.get $a0)))")
}

#[test]
fn some_rewrites_mean_nothing() {
    let _turn = turn();
    load(&rewrites_to_first_argument(), options(OnTrap::Deny(13))).unwrap();
    let rewrite = |from: u32, to: u32| enter(&Call { number: from, args: [to.into(), 0, 0, 0, 0, 0] });
    const READ: u32 = 0;
    const RT_SIGRETURN: u32 = 15;
    const GETPID: u32 = 39;
    const CLONE: u32 = 56;
    const EXECVE: u32 = 59;
    const EXIT: u32 = 60;
    const RESTART_SYSCALL: u32 = 219;
    const EXIT_GROUP: u32 = 231;
    let becomes = |number| Decision::Rewrite(Call { number, args: [0; 6] });
    let refused = Decision::Complete(-13);
    for to in [READ, CLONE, EXECVE, EXIT, EXIT_GROUP, GETPID] {
        assert_eq!(rewrite(GETPID, to), becomes(to), "{to}");
    }
    // Numbers without a syscall, in the table's gap and beyond its end, and x32's.
    for to in [400, 423, 511, 512, 1000, 0x4000_0001, u32::MAX] {
        assert_eq!(rewrite(GETPID, to), refused, "{to}");
    }
    // What a newer program calls may be passed on all the same.
    assert_eq!(rewrite(500, 500), becomes(500));
    // Only the kernel and a signal's return make these.
    assert_eq!(rewrite(GETPID, RESTART_SYSCALL), refused);
    assert_eq!(rewrite(GETPID, RT_SIGRETURN), refused);
    assert_eq!(rewrite(EXIT, RT_SIGRETURN), Decision::Forward, "refused, and nobody is there to see an errno");
    assert_eq!(rewrite(RT_SIGRETURN, RT_SIGRETURN), becomes(RT_SIGRETURN));
    // Behind an exit there is nothing to go back to.
    assert_eq!(rewrite(EXIT_GROUP, EXIT), becomes(EXIT));
    assert_eq!(rewrite(EXIT, EXIT_GROUP), becomes(EXIT_GROUP));
    assert_eq!(rewrite(EXIT_GROUP, GETPID), Decision::Forward);
    assert_eq!(rewrite(RT_SIGRETURN, GETPID), Decision::Forward);
}

/// A hook that observes every call, with this body of `exit`, whose outcome is in
/// `$outcome`.
fn exits(body: &str) -> String {
    let core = format!(
        r#"(memory (export "memory") 1) (global $count (mut i64) (i64.const 0))
        (func (export "enter") {ENTER} (i32.store8 (i32.const 1024) (i32.const 1)) (i32.const 1024))
        (func (export "exit") (param i32 i64 i64 i64 i64 i64 i64) (param $outcome i64) (result i64) {body})"#
    );
    hook(&core, &format!("{ANY}{RETURNED}"))
}

#[test]
fn a_failure_behind_the_call_is_under_the_same_policy() {
    let _turn = turn();
    for body in ["unreachable", "(loop $again (br $again)) (i64.const 0)", "(i64.const -5000)"] {
        load(&exits(body), options(OnTrap::Deny(13))).unwrap();
        assert_eq!(observe(&GETPID, 7), (Decision::Forward, Some(-13)), "{body}");
        load(&exits(body), options(OnTrap::Pass)).unwrap();
        assert_eq!(observe(&GETPID, 7), (Decision::Forward, Some(7)), "{body}");
        // What the kernel itself answered is possible whatever it is.
        assert_eq!(observe(&GETPID, -5000), (Decision::Forward, Some(-5000)), "{body}");
    }
    // A new instance is asked about a call that only the old one was shown.
    let second_traps = "(global.set $count (i64.add (global.get $count) (i64.const 1)))
      (if (i64.eq (global.get $count) (i64.const 2)) (then unreachable))
      (i64.add (local.get $outcome) (global.get $count))";
    load(&exits(second_traps), options(OnTrap::Reload)).unwrap();
    assert_eq!(observe(&GETPID, 10).1, Some(11));
    assert_eq!(observe(&GETPID, 10).1, Some(11));
}

#[test]
fn a_misplaced_answer_is_a_trap() {
    let _turn = turn();
    for at in [1025, 1028, 65536, 65536 - 56, -8] {
        let moved = any("").replace("(i32.const 1024))", &format!("(i32.const {at}))"));
        load(&moved, options(OnTrap::Deny(13))).unwrap();
        assert_eq!(enter(&GETPID), Decision::Complete(-13), "{at}");
    }
    let last = any("").replace("(i32.const 1024))", "(i32.const 65472))");
    load(&last, options(OnTrap::Deny(13))).unwrap();
    assert_eq!(enter(&GETPID), Decision::Forward, "the last place in the memory");
}

/// A hook that wants an argument and an instance for each thread, and traps at
/// the end of the process.
fn wants_a_word() -> String {
    let core = format!(
        r#"(memory (export "memory") 1)
        (data (i32.const 2048) "\00\00\00\00\01") (data (i32.const 2064) "\01\00\00\00\20\08\00\00\0b\00\00\00")
        (data (i32.const 2080) "not a word!")
        (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 4096))
        (func (export "init") (param i32) (param $words i32) (result i32)
          (select (i32.const 2048) (i32.const 2064) (local.get $words)))
        (func (export "finish") (param i32) unreachable)
        (func (export "enter") {ENTER} (i32.const 1024))"#
    );
    hook(&core, &format!("{ANY}{LIFECYCLE}"))
}

#[test]
fn a_hook_that_declines_says_why() {
    let _turn = turn();
    let word = Options { arguments: vec!["word".into()], ..options(OnTrap::Deny(13)) };
    assert_eq!(
        load(&wants_a_word(), options(OnTrap::Abort)).unwrap_err().to_string(),
        "hook test.cwasm does not start: not a word!\n  its arguments are: none\n  \
         fix: give it what it asks for in ZPOLINE_HOOK_ARGS (zpoline run --arg WORD)"
    );
    load(&wants_a_word(), word).unwrap();
    assert_eq!(enter(&GETPID), Decision::Forward);
    // A trap at the end of the process has no effect on it.
    guest::finish(0);
    guest::release_instances(thread::current());
}
