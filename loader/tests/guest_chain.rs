//! Several hooks in one process: who is shown what, and in which order. Every
//! combination of answers, under a real program: tests/tests/chain.rs.

mod guest_common;

use guest_common::{ANY, ENTER, RETURNED, adopt, any, compile, enter, hook, turn};
use zpoline_loader::dispatch::thread;
use zpoline_loader::guest::{self, Call, Decision, HookSet, LoadError, MAX_HOOKS, Observers, OnTrap, Options, Source};

const GETPID: u32 = 39;
const GETPPID: u32 = 110;

fn call(number: u32, first: u64) -> Call {
    Call { number, args: [first, 0, 0, 0, 0, 0] }
}

fn load(hooks: &[&str], options: &Options) -> Result<HookSet, LoadError> {
    let names: Vec<String> = (1..=hooks.len()).map(|place| format!("hook-{place}")).collect();
    let payloads: Vec<Vec<u8>> = hooks.iter().map(|hook| compile(hook)).collect();
    let sources = payloads.iter().zip(&names);
    let sources: Vec<Source<'_>> = sources
        .map(|(payload, name)| Source { payload: payload[..].into(), name, origin: None, options: options.clone() })
        .collect();
    guest::load(&sources)
}

/// A hook of `any` that makes `action` of every call, whose number is in the
/// local `$n` and whose first argument is in `$a0`.
fn hook_of(action: &str) -> String {
    any(action)
}

/// Observes every call and answers its outcome times ten plus its first argument.
fn observer() -> String {
    let core = format!(
        r#"(memory (export "memory") 1)
        (func (export "enter") {ENTER} (i32.store8 (i32.const 1024) (i32.const 1)) (i32.const 1024))
        (func (export "exit") (param i32) (param $a0 i64) (param i64 i64 i64 i64 i64) (param $outcome i64) (result i64)
          (i64.add (i64.mul (local.get $outcome) (i64.const 10)) (local.get $a0)))"#
    );
    hook(&core, &format!("{ANY}{RETURNED}"))
}

/// Rewrites every call to one with this number and the first argument plus one.
fn rewriter(number: u32) -> String {
    hook_of(&format!(
        "(i32.store8 (i32.const 1024) (i32.const 3)) (i32.store (i32.const 1032) (i32.const {number}))
        (i64.store (i32.const 1040) (i64.add (local.get $a0) (i64.const 1)))"
    ))
}

/// Answers calls of one number with another number, and forwards the rest.
fn answerer(number: u32, answer: i64) -> String {
    hook_of(&format!(
        "(if (i32.eq (local.get $n) (i32.const {number})) (then
          (i32.store8 (i32.const 1024) (i32.const 2)) (i64.store (i32.const 1032) (i64.const {answer})))
        (else (i32.store8 (i32.const 1024) (i32.const 0))))"
    ))
}

#[test]
fn a_later_hook_sees_what_an_earlier_one_made_of_the_call() {
    let _turn = turn();
    load(&[&rewriter(GETPPID), &answerer(GETPPID, 7)], &Options::default()).unwrap();
    assert_eq!(enter(&call(GETPID, 0)), Decision::Complete(7));
    load(&[&answerer(GETPPID, 7), &rewriter(GETPPID)], &Options::default()).unwrap();
    let rewritten = Decision::Rewrite(call(GETPPID, 1));
    assert_eq!(enter(&call(GETPID, 0)), rewritten);
}

#[test]
fn results_go_back_from_the_inside_out() {
    let _turn = turn();
    load(&[&observer(), &rewriter(GETPID), &observer(), &rewriter(GETPID), &observer()], &Options::default()).unwrap();
    let mut observers = Observers::NONE;
    let made = call(GETPID, 1);
    assert_eq!(guest::enter(&made, &mut observers), Decision::Rewrite(call(GETPID, 3)));
    assert_eq!(guest::exit(&made, &observers, 4), 4321, "each sees the argument that it saw before");
    // A copy is as good.
    let mut copy = Observers::NONE;
    copy.set(&observers);
    assert_eq!(guest::exit(&made, &copy, 4), 4321);
}

#[test]
fn an_answer_is_seen_by_those_outside() {
    let _turn = turn();
    load(&[&observer(), &answerer(GETPID, 5), &answerer(GETPID, 6)], &Options::default()).unwrap();
    assert_eq!(enter(&call(GETPID, 2)), Decision::Complete(52));
}

#[test]
fn a_trap_is_one_hooks_own() {
    let _turn = turn();
    let options = |on_trap| Options { on_trap, ..Options::default() };
    load(&[&observer(), &hook_of("unreachable"), &answerer(GETPID, 5)], &options(OnTrap::Pass)).unwrap();
    assert_eq!(enter(&call(GETPID, 2)), Decision::Complete(52));
    load(&[&observer(), &hook_of("unreachable"), &answerer(GETPID, 5)], &options(OnTrap::Deny(9))).unwrap();
    assert_eq!(enter(&call(GETPID, 2)), Decision::Complete(-88));
}

#[test]
fn the_process_hooks_what_any_of_them_does() {
    let _turn = turn();
    let typed = |name: &str| {
        let core = r#"(memory (export "memory") 1) (func (export "enter") (result i32) (i32.const 1024))"#;
        let export = format!(
            r#"(func $f (result $action) (canon lift (core func $i "enter") (memory (core memory $i "memory"))))
            (instance $f (export "enter" (func $f))) (export "zpoline:hook/{name}@0.1.0" (instance $f))"#
        );
        hook(core, &export)
    };
    let set = load(&[&typed("getpid"), &typed("getppid")], &Options::default()).unwrap();
    assert!(set.contains(GETPID) && set.contains(GETPPID) && !set.contains(1) && !set.any);
}

#[test]
fn each_has_its_own_options_and_nothing_of_a_refused_list_stays() {
    let _turn = turn();
    load(&[&answerer(GETPID, 5)], &Options::default()).unwrap();
    let growing = any("").replace(r#"(memory (export "memory") 1)"#, r#"(memory (export "memory") 100)"#);
    let (small, large) = (compile(&any("")), compile(&growing));
    fn with<'a>(payload: &'a [u8], name: &'a str, memory_bytes: usize) -> Source<'a> {
        let options = Options { memory_bytes, ..Options::default() };
        Source { payload: payload.into(), name, origin: None, options }
    }
    let error = guest::load(&[with(&small, "a", 1 << 16), with(&large, "b", 1 << 16)]).unwrap_err().to_string();
    assert!(error.starts_with("hook b trapped at its start: "), "{error}");
    assert_eq!(enter(&call(GETPID, 0)), Decision::Complete(5), "the one before");
    guest::load(&[with(&small, "a", 1 << 16), with(&large, "b", 1 << 24)]).unwrap();
}

#[test]
fn too_many_are_refused() {
    let _turn = turn();
    let one = any("");
    assert!(load(&[&*one; MAX_HOOKS], &Options::default()).is_ok());
    assert_eq!(
        load(&[&*one; MAX_HOOKS + 1], &Options::default()).unwrap_err().to_string(),
        "9 hooks are named\n  a process can have 8\n  fix: run fewer, or make one component of several"
    );
}

#[test]
fn threads_and_forks_with_several() {
    let _turn = turn();
    load(&[&observer(), &rewriter(GETPPID), &observer(), &answerer(GETPPID, 1)], &Options::default()).unwrap();
    std::thread::scope(|scope| {
        for id in 1..=4 {
            scope.spawn(move || {
                adopt();
                for _ in 0..2000 {
                    let decision = enter(&call(GETPID, id));
                    let (inner, outer) = (10 + id as i64 + 1, id as i64);
                    assert_eq!(decision, Decision::Complete(inner * 10 + outer));
                }
                guest::release_instances(thread::current());
            });
        }
        for _ in 0..100 {
            guest::fork_lock();
            guest::fork_unlock();
        }
    });
    guest::finish(0);
}
