//! WASI 0.2 as the components import it that other toolchains make: core modules of
//! preview1 behind the adapter that those toolchains use, so that the types are the
//! real ones.

mod guest_common;
#[path = "../../host-abi/generator/preview1.rs"]
mod preview1;

use guest_common::{Tree, ask, core, load_core, loud_turn, minus, turn};
use preview1::PREVIEW1;
use std::process::Command;
use zpoline_host_abi::capability::Capability;
use zpoline_loader::guest::{Grants, OnTrap, Options};

/// Imports of these functions, each as `$` and its name.
fn import(names: &[&str]) -> String {
    let import = |name: &&str| {
        let (_, takes) = PREVIEW1.iter().find(|(known, _)| known == name).expect("a function of preview1");
        let takes: Vec<&str> = takes.chars().map(|kind| if kind == 'i' { "i32" } else { "i64" }).collect();
        let result = if *name == "proc_exit" { "" } else { "(result i32)" };
        format!(r#"(import "wasi_snapshot_preview1" "{name}" (func ${name} (param {}) {result}))"#, takes.join(" "))
    };
    names.iter().map(import).collect()
}

/// A hook that calls functions of preview1.
fn wasi(names: &[&str], body: &str) -> String {
    core(&import(names), body)
}

fn grants(capabilities: &[Capability]) -> Grants {
    let mut grants = Grants::default();
    for capability in capabilities {
        grants.whole(*capability);
    }
    grants
}

fn load(wat: &str, allow: Grants) {
    load_core(wat, &["any"], Options { allow, arguments: vec!["-v".into(), "b c".into()], ..Options::default() })
        .unwrap();
}

#[test]
fn all_that_the_adapter_asks_for_is_there() {
    let _turn = turn();
    let names: Vec<&str> = PREVIEW1.iter().map(|(name, _)| *name).filter(|name| !name.starts_with("sock_")).collect();
    load(&wasi(&names, "(i64.const 7)"), grants(&[Capability::Clock, Capability::Random]));
    assert_eq!(ask([0; 3]), 7);
}

#[test]
fn what_was_not_granted_is_refused_by_name() {
    let _turn = turn();
    let refused = |name: &str| {
        let error = load_core(&wasi(&[name], "(i64.const 7)"), &["any"], Options::default());
        error.unwrap_err().to_string()
    };
    let clock = refused("clock_time_get");
    assert!(clock.contains("wasi:clocks/monotonic-clock@0.2."), "{clock}");
    assert!(clock.contains("with that it could read the clocks, and wait"), "{clock}");
    assert!(clock.ends_with("add to ZPOLINE_ALLOW: clock  (zpoline run --allow clock)"), "{clock}");
    let random = refused("random_get");
    assert!(random.contains("wasi:random/random@0.2."), "{random}");
    assert!(random.ends_with("add to ZPOLINE_ALLOW: random  (zpoline run --allow random)"), "{random}");
    // The file system gives nothing by itself, and asks for the clock's types only.
    load(&wasi(&["path_open", "fd_filestat_get"], "(i64.const 7)"), Grants::default());
}

#[test]
fn clocks_and_random_numbers_are_real() {
    let _turn = turn();
    let body = r#"
      (if (call $clock_time_get (i32.wrap_i64 (local.get $a0)) (i64.const 1) (i32.const 512)) (then unreachable))
      (if (call $random_get (i32.const 520) (i32.const 8)) (then unreachable))
      (if (result i64) (i64.eqz (local.get $a1)) (then (i64.load (i32.const 512)))
        (else (i64.shr_u (i64.load (i32.const 520)) (i64.const 1))))"#;
    load(&wasi(&["clock_time_get", "random_get"], body), grants(&[Capability::Clock, Capability::Random]));
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_nanos() as i64;
    let (realtime, monotonic) = (ask([0; 3]), ask([1, 0, 0]));
    assert!((0..1_000_000_000).contains(&(realtime - now)), "{realtime} {now}");
    assert!(ask([1, 0, 0]) > monotonic);
    assert_ne!(ask([0, 1, 0]), ask([0, 1, 0]));
}

#[test]
fn timers_go_off() {
    let _turn = turn();
    // One subscription: userdata, tag 0 for a clock, which clock, when, precision, flags.
    let body = r#"
      (i32.store (i32.const 2064) (i32.const 1))
      (i64.store (i32.const 2072) (local.get $a0))
      (if (call $poll_oneoff (i32.const 2048) (i32.const 2112) (i32.const 1) (i32.const 512)) (then unreachable))
      (i64.extend_i32_u (i32.load (i32.const 512)))"#;
    load(&wasi(&["poll_oneoff"], body), grants(&[Capability::Clock]));
    let before = std::time::Instant::now();
    assert_eq!(ask([2_000_000, 0, 0]), 1);
    assert!(before.elapsed().as_millis() >= 2);
    assert_eq!(ask([0, 0, 0]), 1);
}

#[test]
fn arguments_are_the_hooks_own_and_variables_those_granted() {
    let _turn = turn();
    let body = r#"
      (if (i64.eqz (local.get $a0)) (then
        (if (call $args_sizes_get (i32.const 512) (i32.const 516)) (then unreachable))
        (if (call $args_get (i32.const 2048) (i32.const 3072)) (then unreachable)))
      (else
        (if (call $environ_sizes_get (i32.const 512) (i32.const 516)) (then unreachable))
        (if (call $environ_get (i32.const 2048) (i32.const 3072)) (then unreachable))))
      ;; how many, how long together, the last one's first four letters
      (i64.or (i64.or (i64.extend_i32_u (i32.load (i32.const 512)))
          (i64.shl (i64.extend_i32_u (i32.load (i32.const 516))) (i64.const 8)))
        (i64.shl (i64.extend_i32_u (i32.and (i32.const 0x7fffffff) (i32.load (i32.load (i32.add (i32.const 2044)
          (i32.shl (i32.load (i32.const 512)) (i32.const 2))))))) (i64.const 32)))"#;
    let mut grants = Grants::default();
    grants.variable("A", Some(b"xyz".to_vec()));
    grants.variable("UNSET", None);
    grants.variable("BC", Some(b"\xff".to_vec()));
    load(&wasi(&["args_sizes_get", "args_get", "environ_sizes_get", "environ_get"], body), grants);
    let answer = |count: i64, bytes: i64, last: &[u8; 4]| {
        count | bytes << 8 | i64::from(u32::from_le_bytes(*last) & 0x7fff_ffff) << 32
    };
    assert_eq!(ask([0; 3]), answer(3, 11 + 3 + 4, b"b c\0"));
    // What is not UTF-8 is shown as U+FFFD.
    assert_eq!(ask([1, 0, 0]), answer(2, 6 + 7, b"BC=\xef"));
}

/// `fd_write` of the eight bytes at 4096 of which a0 is the number.
const WRITE: &str = r#"
    (i32.store (i32.const 2048) (i32.const 4096)) (i32.store (i32.const 2052) (i32.const 8))"#;

/// Runs a test of this binary in a process of its own; its standard error.
fn messages_of(child: &str) -> String {
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", child, "--ignored", "--nocapture", "--test-threads=1"])
        .output()
        .unwrap();
    String::from_utf8(output.stderr).unwrap()
}

#[test]
#[ignore = "started by another test"]
fn child_that_prints() {
    let _turn = loud_turn();
    let body = format!(
        r#"{WRITE}
        (i64.store (i32.const 4096) (local.get $a1))
        (i64.extend_i32_u (call $fd_write (i32.wrap_i64 (local.get $a0)) (i32.const 2048) (i32.const 1) (i32.const 512)))"#
    );
    load(&wasi(&["fd_write"], &body), Grants::default());
    let print = |descriptor: u64, text: &[u8; 8]| assert_eq!(ask([descriptor, u64::from_le_bytes(*text), 0]), 0);
    print(1, b"verbatim");
    print(1, b" output\n");
    print(2, b"a line\nb");
    print(2, b"eginning");
    print(2, b"...\xff end");
    assert_eq!(ask([7, 0, 0]), 8, "EBADF");
    zpoline_loader::guest::finish(0);
}

#[test]
fn output_goes_to_the_log() {
    let stderr = messages_of("child_that_prints");
    assert!(stderr.starts_with("verbatim output\nzpoline: hook: a line\n"), "{stderr}");
}

#[test]
#[ignore = "started by another test"]
fn child_that_exits() {
    let _turn = loud_turn();
    let body = format!(
        r#"{WRITE}
        (i64.store (i32.const 4096) (i64.const 0x6e65646465767267))
        (drop (call $fd_write (i32.const 2) (i32.const 2048) (i32.const 1) (i32.const 512)))
        (call $proc_exit (i32.const 3)) (i64.const 0)"#
    );
    load(&wasi(&["fd_write", "proc_exit"], &body), Grants::default());
    ask([0; 3]);
}

#[test]
fn to_exit_is_to_trap() {
    let stderr = messages_of("child_that_exits");
    assert!(
        stderr.contains("zpoline: hook test.cwasm failed in getppid (110): it called exit with status 1\n"),
        "{stderr}"
    );
}

#[test]
fn standard_input_is_empty() {
    let _turn = turn();
    let body = r#"
      (i32.store (i32.const 2048) (i32.const 4096)) (i32.store (i32.const 2052) (i32.const 8))
      (i32.store (i32.const 512) (i32.const 9))
      (if (call $fd_read (i32.const 0) (i32.const 2048) (i32.const 1) (i32.const 512)) (then unreachable))
      (i64.extend_i32_u (i32.load (i32.const 512)))"#;
    load(&wasi(&["fd_read"], body), Grants::default());
    assert_eq!(ask([0; 3]), 0);
}

/// Opens the path of 8 bytes at 4096, which is the program's a0, below the first
/// granted directory with rights and flags of a1 (oflags) and a2 (rights); minus
/// preview1's errno if that fails.
const OPEN: &str = r#"
    (i64.store (i32.const 4096) (local.get $a0))
    (local.set $n (call $path_open (i32.const 3) (i32.const 1) (i32.const 4096) (i32.const 8)
      (i32.wrap_i64 (local.get $a1)) (local.get $a2) (i64.const 0) (i32.const 0) (i32.const 512)))
    (if (local.get $n) (then (return (i64.sub (i64.const 0) (i64.extend_i32_u (local.get $n))))))
    (local.set $n (i32.load (i32.const 512)))"#;

/// A path of 8 bytes, as a number.
fn path(text: &str) -> u64 {
    assert_eq!(text.len(), 8);
    u64::from_le_bytes(text.as_bytes().try_into().unwrap())
}

/// In place of rights: the hook traps.
const TRAP: u64 = 1 << 40;
const READ: u64 = 2;
const WRITING: u64 = 64;
const CREATE: u64 = 1;
const TRUNCATE: u64 = 8;
const EACCES: i64 = -2;
const ENOENT: i64 = -44;
const EPERM: i64 = -63;
const EROFS: i64 = -69;

#[test]
fn without_a_grant_there_is_no_directory() {
    let _turn = turn();
    load(
        &wasi(&["fd_prestat_get"], "(i64.extend_i32_u (call $fd_prestat_get (i32.const 3) (i32.const 512)))"),
        Grants::default(),
    );
    assert_eq!(ask([0; 3]), 8, "EBADF");
}

#[test]
fn granted_directories_are_opened_and_read() {
    let _turn = turn();
    let tree = Tree::new("wasi-read");
    std::fs::write(tree.granted().join("a-file.x"), "content").unwrap();
    std::os::unix::fs::symlink("a-file.x", tree.granted().join("the-link")).unwrap();
    let body = format!(
        r#"(if (i64.eq (local.get $a2) (i64.const {TRAP})) (then unreachable))
        {OPEN}
        (i32.store (i32.const 2048) (i32.const 4096)) (i32.store (i32.const 2052) (i32.const 100))
        (if (call $fd_read (local.get $n) (i32.const 2048) (i32.const 1) (i32.const 512)) (then (return (i64.const -1000))))
        (if (call $fd_filestat_get (local.get $n) (i32.const 2112)) (then unreachable))
        (if (call $fd_close (local.get $n)) (then unreachable))
        (i64.or (i64.or (i64.extend_i32_u (i32.load (i32.const 512)))
            (i64.shl (i64.extend_i32_u (i32.load8_u (i32.const 4096))) (i64.const 32)))
          (i64.shl (i64.load (i32.const 2144)) (i64.const 16)))"#
    );
    let hook = wasi(&["path_open", "fd_read", "fd_filestat_get", "fd_close"], &body);
    let options = Options { allow: tree.grants(false), on_trap: OnTrap::Deny(5), ..Options::default() };
    load_core(&hook, &["any"], options).unwrap();
    let open = || std::fs::read_dir("/proc/self/fd").unwrap().count();
    let before = open();
    // Bytes read, the size, the first byte.
    let content = 7 | 7 << 16 | i64::from(b'c') << 32;
    for _ in 0..3 {
        assert_eq!(ask([path("a-file.x"), 0, READ]), content);
        assert_eq!(ask([path("the-link"), 0, READ]), content);
        assert_eq!(ask([path("below/.."), 0, READ]), -1000, "a directory is not read");
        assert_eq!(ask([path("nothing!"), 0, READ]), ENOENT);
    }
    // Those that failed to read were left open.
    assert_eq!(open(), before + 3);
    for way in ["../secret", "absolute", "/etc/pas"] {
        let way = format!("{way:/<8}");
        assert!([EPERM, EACCES].contains(&ask([path(&way[..8]), 0, READ])), "{way}");
    }
    // Nothing is written below what was granted to read.
    assert_eq!(ask([path("a-file.x"), 0, READ | WRITING]), EROFS);
    assert_eq!(ask([path("a-file.x"), TRUNCATE, READ]), EROFS);
    assert_eq!(ask([path("new-file"), CREATE, READ]), EROFS);
    assert_eq!(std::fs::read(tree.granted().join("a-file.x")).unwrap(), b"content");
    // An instance that is dropped closes what it held.
    assert_eq!(ask([0, 0, TRAP]), minus(5));
    assert_eq!(open(), before);
}

#[test]
fn granted_directories_are_written_where_that_was_granted() {
    let _turn = turn();
    let tree = Tree::new("wasi-write");
    let body = format!(
        r#"{OPEN}
        (i32.store (i32.const 2048) (i32.const 4096)) (i32.store (i32.const 2052) (i32.const 4))
        (if (call $fd_write (local.get $n) (i32.const 2048) (i32.const 1) (i32.const 512)) (then unreachable))
        (if (call $fd_write (local.get $n) (i32.const 2048) (i32.const 1) (i32.const 512)) (then unreachable))
        (if (call $fd_sync (local.get $n)) (then unreachable))
        (i64.extend_i32_u (call $fd_close (local.get $n)))"#
    );
    load(&wasi(&["path_open", "fd_write", "fd_sync", "fd_close"], &body), tree.grants(true));
    assert_eq!(ask([path("new-file"), CREATE, WRITING]), 0);
    assert_eq!(std::fs::read(tree.granted().join("new-file")).unwrap(), b"new-new-");
    assert!([EPERM, EACCES].contains(&ask([path("../newer"), CREATE, WRITING])));
    assert!(!tree.0.join("newer").exists());
    // `out` leads to the secret.
    std::os::unix::fs::symlink("../secret", tree.granted().join("outwards")).unwrap();
    assert!([EPERM, EACCES].contains(&ask([path("outwards"), TRUNCATE, WRITING])));
    assert_eq!(std::fs::read(tree.0.join("secret")).unwrap(), b"secret");
}

#[test]
fn names_are_made_listed_renamed_and_removed() {
    let _turn = turn();
    let tree = Tree::new("wasi-names");
    let body = r#"
      (i64.store (i32.const 4096) (local.get $a1))
      (i64.store (i32.const 4104) (local.get $a2))
      (i64.extend_i32_u (if (result i32) (i64.eqz (local.get $a0))
        (then (call $path_create_directory (i32.const 3) (i32.const 4096) (i32.const 8)))
        (else (if (result i32) (i64.eq (local.get $a0) (i64.const 1))
          (then (call $path_rename (i32.const 3) (i32.const 4096) (i32.const 8) (i32.const 3) (i32.const 4104) (i32.const 8)))
          (else (if (result i32) (i64.eq (local.get $a0) (i64.const 2))
            (then (call $path_remove_directory (i32.const 3) (i32.const 4096) (i32.const 8)))
            (else (if (result i32) (i64.eq (local.get $a0) (i64.const 3))
              (then (call $path_unlink_file (i32.const 3) (i32.const 4096) (i32.const 8)))
              (else
                (drop (call $fd_readdir (i32.const 3) (i32.const 8192) (i32.const 4096) (i64.const 0) (i32.const 512)))
                (i32.load (i32.const 512)))))))))))"#;
    let names = ["path_create_directory", "path_rename", "path_remove_directory", "path_unlink_file", "fd_readdir"];
    load(&wasi(&names, body), tree.grants(true));
    let there = |name: &str| tree.granted().join(name).exists();
    let used = ask([4, 0, 0]);
    assert_eq!(ask([0, path("made-dir"), 0]), 0);
    assert!(there("made-dir"));
    assert!(ask([4, 0, 0]) > used, "one more name is listed");
    assert_eq!(ask([1, path("made-dir"), path("new-name")]), 0);
    assert!(there("new-name") && !there("made-dir"));
    assert_eq!(ask([2, path("new-name"), 0]), 0);
    assert!(!there("new-name"));
    std::fs::write(tree.granted().join("new-file"), "").unwrap();
    assert_eq!(ask([3, path("new-file"), 0]), 0);
    assert!(!there("new-file"));
    for operation in [0, 2, 3] {
        assert_ne!(ask([operation, path("../newer"), 0]), 0);
        assert_ne!(ask([operation, path("up/secre"), 0]), 0);
    }
    assert_ne!(ask([1, path("below/.."), path("../moved")]), 0);
    assert_ne!(ask([1, path("file////"), path("../moved")]), 0);
    assert!(!tree.0.join("moved").exists() && !tree.0.join("newer").exists());
    load(&wasi(&names, body), tree.grants(false));
    assert_ne!(ask([0, path("made-dir"), 0]), 0);
    assert_ne!(ask([3, path("file////"), 0]), 0);
    assert!(there("file") && !there("made-dir"));
}
