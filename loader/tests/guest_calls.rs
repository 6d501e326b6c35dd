//! Hooks that work: what they hook, what they decide, what they see.

mod guest_common;

use guest_common::{ANY, ENTER, LIFECYCLE, RETURNED, adopt, any, enter, hook, load, observe, turn, with_imports};
use zpoline_loader::dispatch::thread;
use zpoline_loader::guest::{self, Call, Decision, Options};

const GETPID: u32 = 39;
const OPENAT: u32 = 257;

fn call(number: u32, args: [u64; 6]) -> Call {
    Call { number, args }
}

fn options(arguments: &[&str]) -> Options {
    Options { arguments: arguments.iter().map(|word| (*word).into()).collect(), ..Options::default() }
}

#[test]
fn any_hooks_all_numbers_but_restart_syscall() {
    let _turn = turn();
    let set = load(&any(""), Options::default()).unwrap();
    assert!(set.any && !set.per_thread);
    for number in 0..512 {
        assert_eq!(set.contains(number), number != 219, "{number}");
    }
    assert!(!set.contains(512) && !set.contains(u32::MAX));
    assert_eq!(enter(&call(GETPID, [0; 6])), Decision::Forward);
    assert!(guest::takes_short_way(GETPID), "a simple function is called as a core function");
}

#[test]
fn each_action_becomes_its_decision() {
    let _turn = turn();
    // The program's a0 selects the case, a1 is the payload.
    let core = format!(
        r#"(memory (export "memory") 1)
        (func (export "enter") {ENTER}
          (i64.store (i32.const 1024) (local.get $a0))
          (i64.store (i32.const 1032) (local.get $a1))
          (i64.store (i32.const 1040) (i64.const -1))
          (i64.store (i32.const 1080) (i64.const 6))
          (i32.const 1024))
        (func (export "exit") (param i32 i64 i64 i64 i64 i64 i64) (param $outcome i64) (result i64)
          (i64.mul (local.get $outcome) (i64.const 2)))"#
    );
    load(&hook(&core, &format!("{ANY}{RETURNED}")), Options::default()).unwrap();
    let shown = |case, payload: i64, outcome| observe(&call(GETPID, [case, payload as u64, 0, 0, 0, 0]), outcome);
    let rewritten = Decision::Rewrite(call(OPENAT, [u64::MAX, 0, 0, 0, 0, 6]));
    assert_eq!(shown(0, 0, 21), (Decision::Forward, None));
    assert_eq!(shown(1, 0, 21), (Decision::Forward, Some(42)));
    assert_eq!(shown(1, 0, -2), (Decision::Forward, Some(-4)));
    assert_eq!(shown(2, 7, 21), (Decision::Complete(7), None));
    assert_eq!(shown(2, -4095, 21), (Decision::Complete(-4095), None));
    assert_eq!(shown(2, i64::MAX, 21), (Decision::Complete(i64::MAX), None));
    assert_eq!(shown(3, i64::from(OPENAT), 21), (rewritten, None));
    assert_eq!(shown(4, i64::from(OPENAT), 21), (rewritten, Some(42)));
}

#[test]
fn typed_interfaces_get_their_parameters() {
    let _turn = turn();
    // Answers dirfd + pathname + flags + mode, each widened by its own sign.
    let openat = r#"
      (func $openat (param "dirfd" s32) (param "pathname" u64) (param "flags" s32) (param "mode" u32) (result $action)
        (canon lift (core func $i "openat") (memory (core memory $i "memory"))))
      (instance $openat (export "enter" (func $openat)))
      (export "zpoline:hook/openat@0.1.0" (instance $openat))"#;
    let core = r#"(memory (export "memory") 1)
      (func (export "openat") (param $dirfd i32) (param $path i64) (param $flags i32) (param $mode i32) (result i32)
        (i32.store8 (i32.const 1024) (i32.const 2))
        (i64.store (i32.const 1032) (i64.add
          (i64.add (i64.extend_i32_s (local.get $dirfd)) (local.get $path))
          (i64.add (i64.extend_i32_s (local.get $flags)) (i64.extend_i32_u (local.get $mode)))))
        (i32.const 1024))"#;
    let set = load(&hook(core, openat), Options::default()).unwrap();
    assert!(!set.any && set.contains(OPENAT) && !set.contains(GETPID));
    // The upper halves of 32 bit registers are the program's garbage.
    let garbage = 0xdead_beef_0000_0000;
    let args = [garbage | u64::from(-100i32 as u32), 5000, garbage | 1, garbage | 0xffff_ffff, 0, 0];
    assert_eq!(enter(&call(OPENAT, args)), Decision::Complete(-100 + 5000 + 1 + 0xffff_ffff));
    assert_eq!(enter(&call(GETPID, args)), Decision::Forward);
}

#[test]
fn a_post_return_is_called_the_long_way() {
    let _turn = turn();
    let core = format!(
        r#"(memory (export "memory") 1) (global $cleaned (mut i64) (i64.const 0))
        (func (export "post") (param i32) (global.set $cleaned (i64.add (global.get $cleaned) (i64.const 1))))
        (func (export "enter") {ENTER}
          (i32.store8 (i32.const 1024) (i32.const 2))
          (i64.store (i32.const 1032) (global.get $cleaned)) (i32.const 1024))"#
    );
    let any = ANY.replace(r#"(memory (core"#, r#"(post-return (func $i "post")) (memory (core"#);
    load(&hook(&core, &any), Options::default()).unwrap();
    assert!(!guest::takes_short_way(GETPID));
    for cleaned in 0..3 {
        assert_eq!(enter(&call(GETPID, [0; 6])), Decision::Complete(cleaned));
    }
}

#[test]
fn typed_goes_before_any() {
    let _turn = turn();
    let getpid = r#"
      (func $getpid (result $action) (canon lift (core func $i "getpid") (memory (core memory $i "memory"))))
      (instance $getpid (export "enter" (func $getpid)))
      (export "zpoline:hook/getpid@0.1.0" (instance $getpid))"#;
    let core = format!(
        r#"(memory (export "memory") 1)
        (func (export "getpid") (result i32)
          (i32.store8 (i32.const 1024) (i32.const 2)) (i64.store (i32.const 1032) (i64.const 1)) (i32.const 1024))
        (func (export "enter") {ENTER}
          (i32.store8 (i32.const 1024) (i32.const 2))
          (i64.store (i32.const 1032) (i64.extend_i32_u (local.get $n))) (i32.const 1024))"#
    );
    load(&hook(&core, &format!("{getpid}{ANY}")), Options::default()).unwrap();
    assert_eq!(enter(&call(GETPID, [0; 6])), Decision::Complete(1));
    assert_eq!(enter(&call(OPENAT, [0; 6])), Decision::Complete(257));
}

#[test]
fn memory_is_read_and_a_bad_address_is_a_value() {
    let _turn = turn();
    // Answers the first 8 bytes at a0, or minus the errno; a1 is the length.
    let imports = r#"
      (import "zpoline:hook/memory@0.1.0" (instance $memory
        (export "read" (func (param "at" u64) (param "length" u32) (result (result (list u8) (error u32)))))))
      (core module $libc (memory (export "memory") 40)
        (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 2048)))
      (core instance $libc (instantiate $libc))
      (core func $read (canon lower (func $memory "read")
        (memory (core memory $libc "memory")) (realloc (core func $libc "realloc"))))"#;
    let arguments = r#"(with "libc" (instance $libc)) (with "memory" (instance (export "read" (func $read))))"#;
    let core = format!(
        r#"(import "libc" "memory" (memory 1)) (import "memory" "read" (func $read (param i64 i32 i32)))
        (export "memory" (memory 0))
        (func (export "enter") {ENTER}
          (call $read (local.get $a0) (i32.wrap_i64 (local.get $a1)) (i32.const 512))
          (i32.store8 (i32.const 1024) (i32.const 2))
          (i64.store (i32.const 1032) (if (result i64) (i32.load8_u (i32.const 512))
            (then (i64.sub (i64.const 0) (i64.extend_i32_u (i32.load (i32.const 516)))))
            (else (i64.load (i32.load (i32.const 516))))))
          (i32.const 1024))"#
    );
    load(&with_imports(imports, arguments, &core, ANY), Options::default()).unwrap();
    let text: Vec<u8> = (1..=200).chain(1..=200).chain(1..=200).collect();
    let read = |at: u64, length: u64| enter(&call(GETPID, [at, length, 0, 0, 0, 0]));
    let first = i64::from_le_bytes([1, 2, 3, 4, 5, 6, 7, 8]);
    assert_eq!(read(text.as_ptr() as u64, 8), Decision::Complete(first));
    assert_eq!(read(text.as_ptr() as u64, 600), Decision::Complete(first));
    assert_eq!(read(8, 8), Decision::Complete(-14), "EFAULT");
    assert_eq!(read(u64::MAX, 8), Decision::Complete(-14), "EFAULT");
    assert_eq!(read(text.as_ptr() as u64, 1 << 21), Decision::Complete(-22), "EINVAL");
}

/// A hook that counts its calls, answers the count, and asks for one instance
/// per thread when it was given an argument.
fn counter() -> String {
    let core = format!(
        r#"(memory (export "memory") 1) (global $count (mut i64) (i64.const 0))
        (global $next (mut i32) (i32.const 4096))
        (func (export "realloc") (param i32 i32 i32) (param $size i32) (result i32)
          (global.get $next)
          (global.set $next (i32.and (i32.add (i32.add (global.get $next) (local.get $size)) (i32.const 7)) (i32.const -8))))
        (func (export "init") (param $list i32) (param $length i32) (result i32)
          (i32.store8 (i32.const 2052) (local.get $length)) (i32.const 2048))
        (func (export "finish") (param i32))
        (func (export "enter") {ENTER}
          (global.set $count (i64.add (global.get $count) (i64.const 1)))
          (i32.store8 (i32.const 1024) (i32.const 2))
          (i64.store (i32.const 1032) (global.get $count)) (i32.const 1024))"#
    );
    hook(&core, &format!("{ANY}{LIFECYCLE}"))
}

fn count() -> i64 {
    match enter(&call(GETPID, [0; 6])) {
        Decision::Complete(count) => count,
        other => panic!("{other:?}"),
    }
}

#[test]
fn threads_share_one_instance() {
    let _turn = turn();
    assert!(!load(&counter(), options(&[])).unwrap().per_thread);
    const EACH: i64 = 10_000;
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                adopt();
                for _ in 0..EACH {
                    count();
                }
                guest::release_instances(thread::current());
            });
        }
        // Forks meanwhile must neither deadlock nor break the lock.
        for _ in 0..100 {
            guest::fork_lock();
            guest::fork_unlock();
        }
    });
    assert_eq!(count(), 4 * EACH + 1);
    guest::finish(0);
}

#[test]
fn threads_have_their_own_instances_on_request() {
    let _turn = turn();
    assert!(load(&counter(), options(&["yes"])).unwrap().per_thread);
    const EACH: i64 = 1000;
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                adopt();
                for expected in 1..=EACH {
                    assert_eq!(count(), expected);
                }
                guest::release_instances(thread::current());
                assert_eq!(count(), 1, "a new instance after the old one was released");
                guest::release_instances(thread::current());
            });
        }
    });
    assert_eq!(count(), 1, "the starting thread has the first instance");
    guest::finish(0);
    guest::release_instances(thread::current());
}
