//! What a hook can do with what it imports, and that it can do no more.

mod guest_common;

use guest_common::{Tree, ask, core, load_core, minus, turn};
use std::fs::File;
use std::os::fd::{AsRawFd, IntoRawFd};
use std::os::unix::fs::{MetadataExt, symlink};
use std::path::Path;
use zpoline_host_abi::capability::Capability;
use zpoline_host_abi::set::SyscallSet;
use zpoline_host_abi::{errno, nr};
use zpoline_loader::guest::{Grants, Options};

/// Reads `result<T, errno>` whose T is a word at `at` + 8, or the errno.
const WORD: &str = r#"(if (result i64) (i32.load8_u (i32.const 512))
    (then (i64.sub (i64.const 0) (i64.extend_i32_u (i32.load (i32.const 520)))))
    (else (i64.load (i32.const 520))))"#;

/// The same for T = list<u8>: the length and, above it, the first byte.
const LIST: &str = r#"(if (result i64) (i32.load8_u (i32.const 512))
    (then (i64.sub (i64.const 0) (i64.extend_i32_u (i32.load (i32.const 516)))))
    (else (i64.or (i64.extend_i32_u (i32.load (i32.const 520)))
      (i64.shl (i64.extend_i32_u (i32.load8_u (i32.load (i32.const 516)))) (i64.const 32)))))"#;

/// The same for T = nothing: 0.
const DONE: &str = r#"(if (result i64) (i32.load8_u (i32.const 512))
    (then (i64.sub (i64.const 0) (i64.extend_i32_u (i32.load (i32.const 516)))))
    (else (i64.const 0)))"#;

/// The same for T = u32.
const HALF: &str = r#"(if (result i64) (i32.load8_u (i32.const 512))
    (then (i64.sub (i64.const 0) (i64.extend_i32_u (i32.load (i32.const 516)))))
    (else (i64.extend_i32_u (i32.load (i32.const 516)))))"#;

fn load(wat: &str, grants: Grants) {
    load_core(wat, &["any"], Options { allow: grants, ..Options::default() }).unwrap();
}

fn granted(capability: Capability) -> Grants {
    let mut grants = Grants::default();
    grants.whole(capability);
    grants
}

/// A page that nothing is mapped at.
fn hole() -> u64 {
    8
}

#[test]
fn all_that_wit_has_can_be_imported() {
    let _turn = turn();
    let mut grants = Grants::default();
    for capability in Capability::ALL {
        if capability.value().is_none() {
            grants.whole(capability);
        }
    }
    grants.calls(&SyscallSet::all());
    grants.variable("HOME", None);
    grants.directory("/", -1, (0, 0), true);
    load("", grants);
}

#[test]
fn memory_is_written_where_the_program_could() {
    let _turn = turn();
    let imports = r#"(import "zpoline:hook/memory-write@0.1.0" "write" (func $write (param i64 i32 i32 i32)))"#;
    let body = format!(
        r#"(i64.store (i32.const 4096) (i64.const 0x6c6c6568))
        (call $write (local.get $a0) (i32.const 4096) (i32.const 4) (i32.const 512)) {DONE}"#
    );
    load(&core(imports, &body), granted(Capability::MemoryWrite));
    let mut here = *b"....o";
    assert_eq!(ask([here.as_mut_ptr() as u64, 0, 0]), 0);
    assert_eq!(&std::hint::black_box(here), b"hello");
    static CONSTANT: [u8; 4] = *b"keep";
    assert_eq!(ask([CONSTANT.as_ptr() as u64, 0, 0]), minus(errno::EFAULT));
    assert_eq!(&std::hint::black_box(CONSTANT), b"keep");
    for nowhere in [hole(), u64::MAX, 1 << 47, 0xffff_8000_0000_0000] {
        assert_eq!(ask([nowhere, 0, 0]), minus(errno::EFAULT), "{nowhere:#x}");
    }
}

#[test]
fn bytes_are_scattered() {
    let _turn = turn();
    let imports =
        r#"(import "zpoline:hook/memory-write@0.1.0" "write-scattered" (func $write (param i64 i64 i32 i32 i32)))"#;
    let body = format!(
        r#"(i64.store (i32.const 4096) (i64.const 0x6f6c6c6568))
        (call $write (local.get $a0) (local.get $a1) (i32.const 4096) (i32.const 5) (i32.const 512)) {HALF}"#
    );
    load(&core(imports, &body), granted(Capability::MemoryWrite));
    let (mut first, mut second) = ([0u8; 2], [0u8; 2]);
    let parts = [first.as_mut_ptr() as u64, 2, hole(), 0, second.as_mut_ptr() as u64, 2];
    assert_eq!(ask([parts.as_ptr() as u64, 3, 0]), 4);
    assert_eq!((&std::hint::black_box(first), &std::hint::black_box(second)), (b"he", b"ll"));
    assert_eq!(ask([parts.as_ptr() as u64, 1025, 0]), minus(errno::EINVAL));
    let bad = [hole(), 2];
    assert_eq!(ask([bad.as_ptr() as u64, 1, 0]), minus(errno::EFAULT));
}

#[test]
fn scratch_is_placed_and_bounded() {
    let _turn = turn();
    let imports = r#"(import "zpoline:hook/scratch@0.1.0" "place" (func $place (param i32 i32 i32)))
        (import "zpoline:hook/scratch@0.1.0" "reserve" (func $reserve (param i32 i32)))"#;
    let body = format!(
        r#"(i64.store (i32.const 4096) (i64.const 0x6c6c6568))
        (if (i64.eqz (local.get $a0))
          (then (call $place (i32.const 4096) (i32.const 5) (i32.const 512)))
          (else (call $reserve (i32.wrap_i64 (local.get $a0)) (i32.const 512)))) {WORD}"#
    );
    load(&core(imports, &body), granted(Capability::Scratch));
    let at = ask([0; 3]);
    assert_eq!(at % 16, 0);
    // SAFETY: where the hook has placed 5 bytes.
    #[expect(unsafe_code, reason = "reads the thread's scratch memory")]
    let there = unsafe { std::slice::from_raw_parts(at as *const u8, 5) };
    assert_eq!(there, b"hell\0");
    // All of this is one call: nothing began another.
    assert_eq!(ask([64, 0, 0]), at + 16);
    assert_eq!(ask([1 << 20, 0, 0]), minus(errno::ENOMEM));
    assert_eq!(ask([(16 << 10) - 80, 0, 0]), at + 80);
    assert_eq!(ask([1, 0, 0]), minus(errno::ENOMEM));
}

#[test]
fn clocks_go_forward() {
    let _turn = turn();
    let imports = r#"(import "zpoline:hook/clock@0.1.0" "monotonic" (func $monotonic (result i64)))
        (import "zpoline:hook/clock@0.1.0" "thread-time" (func $thread (result i64)))
        (import "zpoline:hook/clock@0.1.0" "realtime" (func $realtime (param i32)))"#;
    let body = r#"(call $realtime (i32.const 512))
        (if (result i64) (i64.eqz (local.get $a0)) (then (call $monotonic)) (else
          (if (result i64) (i64.eq (local.get $a0) (i64.const 1)) (then (call $thread)) (else (i64.load (i32.const 512))))))"#;
    load(&core(imports, body), granted(Capability::Clock));
    for clock in 0..2 {
        let first = ask([clock, 0, 0]);
        assert!(first > 0 && ask([clock, 0, 0]) >= first);
    }
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs() as i64;
    assert!((0..=1).contains(&(ask([2, 0, 0]) - now)));
}

#[test]
fn random_bytes_differ() {
    let _turn = turn();
    let imports = r#"(import "zpoline:hook/random@0.1.0" "bytes" (func $bytes (param i32 i32)))
        (import "zpoline:hook/random@0.1.0" "number" (func $number (result i64)))"#;
    let body = format!(
        r#"(if (i64.eqz (local.get $a0)) (then (return (i64.shr_u (call $number) (i64.const 1)))))
        (call $bytes (i32.wrap_i64 (local.get $a0)) (i32.const 512))
        (if (i64.eqz (local.get $a1)) (then (return {LIST})))
        (i64.shr_u (i64.load (i32.add (i32.load (i32.const 516)) (i32.wrap_i64 (local.get $a1)))) (i64.const 1))"#
    );
    load(&core(imports, &body), granted(Capability::Random));
    assert_ne!(ask([0; 3]), ask([0; 3]));
    assert_eq!(ask([300, 0, 0]) & 0xffff_ffff, 300);
    assert_ne!(ask([300, 290, 0]), ask([300, 290, 0]));
    assert_eq!(ask([(1 << 20) + 1, 0, 0]), minus(errno::EINVAL));
}

#[test]
fn variables_are_those_granted() {
    let _turn = turn();
    // The name is at a0 of the program, 4 bytes.
    let imports = r#"(import "zpoline:hook/env@0.1.0" "get" (func $get (param i32 i32 i32)))
        (import "zpoline:hook/memory@0.1.0" "read" (func $read (param i64 i32 i32)))"#;
    let body = r#"(call $read (local.get $a0) (i32.const 4) (i32.const 512))
        (call $get (i32.load (i32.const 516)) (i32.load (i32.const 520)) (i32.const 512))
        (if (result i64) (i32.load8_u (i32.const 512))
          (then (i64.extend_i32_u (i32.load (i32.const 520))))
          (else (i64.const -1)))"#;
    let mut grants = Grants::default();
    grants.variable("HOME", Some(b"/root".to_vec()));
    grants.variable("LANG", None);
    grants.variable("NONE", Some(Vec::new()));
    load(&core(imports, body), grants);
    for (name, length) in [(b"HOME", 5), (b"LANG", -1), (b"NONE", 0), (b"PATH", -1)] {
        assert_eq!(ask([name.as_ptr() as u64, 0, 0]), length, "{name:?}");
    }
}

/// Makes the call whose number and arguments are at a0 of the program. With a1, the
/// call a0 with the arguments a1 and a2, and 7 for a third.
fn invoker() -> String {
    let imports = r#"(import "zpoline:hook/invoke@0.1.0" "syscall"
        (func $syscall (param i32 i64 i64 i64 i64 i64 i64) (result i64)))
        (import "zpoline:hook/memory@0.1.0" "read" (func $read (param i64 i32 i32)))"#;
    let body = r#"(if (i64.lt_u (local.get $a0) (i64.const 0x100000000)) (then
          (return (call $syscall (i32.wrap_i64 (local.get $a0)) (local.get $a1) (local.get $a2)
            (i64.const 7) (i64.const 0) (i64.const 0) (i64.const 0)))))
        (call $read (local.get $a0) (i32.const 56) (i32.const 512))
        (if (i32.load8_u (i32.const 512)) (then unreachable))
        (i32.store (i32.const 520) (i32.load (i32.const 516)))
        (call $syscall
          (i32.wrap_i64 (i64.load (i32.load (i32.const 520)))) (i64.load offset=8 (i32.load (i32.const 520)))
          (i64.load offset=16 (i32.load (i32.const 520))) (i64.load offset=24 (i32.load (i32.const 520)))
          (i64.load offset=32 (i32.load (i32.const 520))) (i64.load offset=40 (i32.load (i32.const 520)))
          (i64.load offset=48 (i32.load (i32.const 520))))"#;
    core(imports, body)
}

/// What the hook gets for a call with all its arguments.
fn invoke(number: u32, args: [u64; 6]) -> i64 {
    let [a, b, c, d, e, f] = args;
    let call = [u64::from(number), a, b, c, d, e, f];
    ask([call.as_ptr() as u64, 0, 0])
}

#[test]
fn calls_are_made_that_were_granted() {
    let _turn = turn();
    let mut grants = Grants::default();
    grants.calls(&SyscallSet::parse("getpid,close,read,write").unwrap());
    load(&invoker(), grants);
    let invoke = |number: u32, a: u64, b: u64| ask([u64::from(number), a, b]);
    assert_eq!(invoke(nr::GETPID, 0, 0), i64::from(std::process::id()));
    assert_eq!(invoke(nr::CLOSE, u64::MAX, 0), minus(errno::EBADF));
    // One that can wait goes another way.
    let (mut reader, mut writer) = std::io::pipe().unwrap();
    std::io::Write::write_all(&mut writer, b"ordered").unwrap();
    let mut here = [0u8; 7];
    assert_eq!(invoke(nr::READ, reader.as_raw_fd() as u64, here.as_mut_ptr() as u64), 7);
    assert_eq!(&std::hint::black_box(here), b"ordered");

    drop(writer);
    assert_eq!(std::io::Read::read(&mut reader, &mut here).unwrap(), 0);
}

#[test]
fn no_other_call_is_made() {
    let _turn = turn();
    let mut grants = Grants::default();
    grants.calls(&SyscallSet::parse("getpid").unwrap());
    load(&invoker(), grants);
    for number in
        [nr::GETPPID, nr::KILL, nr::EXIT_GROUP, nr::FORK, 500, 512, 1 << 20, u32::MAX, 0x4000_0000 | nr::GETPID]
    {
        assert_eq!(ask([u64::from(number), 0, 0]), minus(errno::EPERM), "{number}");
    }
}

#[test]
fn some_calls_are_never_made() {
    let _turn = turn();
    let mut grants = Grants::default();
    grants.calls(&SyscallSet::all());
    load(&invoker(), grants);
    for number in zpoline_host_abi::invoke::NEVER {
        assert_eq!(ask([u64::from(number), 0, 0]), minus(errno::EPERM), "{number}");
    }
    // The thread's own stack, and anything else that the loader has mapped.
    let stack = zpoline_loader::dispatch::thread::current().mapping();
    const MAP_FIXED: u64 = 0x10;
    for (at, length) in [(stack.start, 4096), (stack.end - 4096, 4096), (stack.start - 4096, 8192), (0, u64::MAX)] {
        for number in [nr::MUNMAP, nr::MPROTECT, nr::MADVISE, nr::MREMAP, nr::PKEY_MPROTECT, nr::MSEAL] {
            assert_eq!(ask([u64::from(number), at, length]), minus(errno::EPERM), "{number} {at:#x}");
        }
    }
    for (number, args) in [
        (nr::MMAP, [stack.start, 4096, 0, MAP_FIXED, u64::MAX, 0]),
        (nr::MREMAP, [stack.end, 4096, 4096, 3, stack.start, 0]),
        (nr::SHMAT, [0, 0, 0o40_000, 0, 0, 0]),
        (nr::PROCESS_MADVISE, [0, 0, 0, 4, 0, 0]),
    ] {
        assert_eq!(invoke(number, args), minus(errno::EPERM), "{number}");
    }
    const ARCH_SET_GS: u64 = 0x1001;
    assert_eq!(ask([u64::from(nr::ARCH_PRCTL), ARCH_SET_GS, 0]), minus(errno::EPERM));
    assert_eq!(ask([u64::from(nr::PRCTL), 59, 1]), minus(errno::EPERM));
    const ARCH_SHSTK_ENABLE: u64 = 0x5001;
    assert_eq!(ask([u64::from(nr::ARCH_PRCTL), ARCH_SHSTK_ENABLE, 1]), minus(errno::EPERM));
    // What is beside it can be unmapped.
    assert_eq!(ask([u64::from(nr::MUNMAP), 1, 1]), minus(errno::EINVAL));
    assert_eq!(ask([u64::from(nr::GETPID), 0, 0]), i64::from(std::process::id()));
}

#[test]
fn a_hook_that_waits_brings_no_signal_mask() {
    let _turn = turn();
    let mut grants = Grants::default();
    grants.calls(&SyscallSet::parse("%desc").unwrap());
    load(&invoker(), grants);
    let mask = 0u64;
    let (mask_at, now) = (&raw const mask as u64, [0u64; 2]);
    let (pair, none) = ([mask_at, 8], [0, 8]);
    let now = now.as_ptr() as u64;
    // Without a mask they are made: none of these waits.
    assert_eq!(invoke(nr::PPOLL, [0, 0, now, mask_at, 8, 0]), minus(errno::EPERM));
    assert_eq!(invoke(nr::PPOLL, [0, 0, now, 0, 0, 0]), 0);
    assert_eq!(invoke(nr::PSELECT6, [0, 0, 0, 0, now, pair.as_ptr() as u64]), minus(errno::EPERM));
    assert_eq!(invoke(nr::PSELECT6, [0, 0, 0, 0, now, none.as_ptr() as u64]), 0);
    assert_eq!(invoke(nr::PSELECT6, [0, 0, 0, 0, now, 0]), 0);
    for number in [nr::EPOLL_PWAIT, nr::EPOLL_PWAIT2] {
        assert_eq!(invoke(number, [u64::MAX, 0, 1, 0, mask_at, 8]), minus(errno::EPERM));
        assert_ne!(invoke(number, [u64::MAX, 0, 1, 0, 0, 8]), minus(errno::EPERM));
    }
}

#[test]
fn descriptors_of_the_loader_are_not_closed() {
    let _turn = turn();
    let mut grants = Grants::default();
    grants.calls(&SyscallSet::parse("close,dup2,dup3,close_range").unwrap());
    load(&invoker(), grants);
    let held = File::open("/dev/null").unwrap();
    let other = File::open("/proc/self/maps").unwrap();
    let (own, others) = (held.as_raw_fd() as u64, other.as_raw_fd() as u64);
    assert_eq!(invoke(nr::CLOSE_RANGE, [1 << 20, 1 << 20, 0, 0, 0, 0]), 0);
    zpoline_loader::island::descriptors::hold(held.as_raw_fd(), None);
    assert_eq!(invoke(nr::CLOSE, [own, 0, 0, 0, 0, 0]), minus(errno::EPERM));
    assert_eq!(invoke(nr::DUP2, [others, own, 0, 0, 0, 0]), minus(errno::EPERM));
    assert_eq!(invoke(nr::DUP3, [others, own, 0, 0, 0, 0]), minus(errno::EPERM));
    assert_eq!(invoke(nr::CLOSE_RANGE, [own, own, 0, 0, 0, 0]), minus(errno::EPERM));
    assert_eq!(invoke(nr::CLOSE_RANGE, [0, u64::from(u32::MAX), 0, 0, 0, 0]), minus(errno::EPERM));
    assert_eq!(
        File::open(format!("/proc/self/fd/{own}")).unwrap().metadata().unwrap().rdev(),
        held.metadata().unwrap().rdev()
    );
}

#[test]
fn lengths_beyond_all_bounds_are_refused() {
    let _turn = turn();
    for function in ["read", "read-some", "read-c-string"] {
        let imports = format!(r#"(import "zpoline:hook/memory@0.1.0" "{function}" (func $read (param i64 i32 i32)))"#);
        let body = format!(r#"(call $read (local.get $a0) (i32.wrap_i64 (local.get $a1)) (i32.const 512)) {LIST}"#);
        load(&core(&imports, &body), Grants::default());
        let here = *b"here";
        let at = here.as_ptr() as u64;
        if function != "read-c-string" {
            for length in [(1 << 20) + 1, u64::from(u32::MAX)] {
                assert_eq!(ask([at, length, 0]), minus(errno::EINVAL), "{function}");
            }
        }
        for nowhere in [hole(), u64::MAX, u64::MAX - 3, (1 << 47) - 4, 1 << 63] {
            assert_eq!(ask([nowhere, 4, 0]), minus(errno::EFAULT), "{function} {nowhere:#x}");
        }
    }
}

#[test]
fn memory_of_the_loader_is_as_good_as_not_there() {
    let _turn = turn();
    let own = zpoline_loader::dispatch::thread::current().mapping();
    let imports = r#"(import "zpoline:hook/memory@0.1.0" "read" (func $read (param i64 i32 i32)))"#;
    let body = format!(r#"(call $read (local.get $a0) (i32.const 8) (i32.const 512)) {LIST}"#);
    load(&core(imports, &body), Grants::default());
    for at in [own.end - 8, own.end - 4096, own.end - 4] {
        assert_eq!(ask([at, 0, 0]), minus(errno::EFAULT), "{at:#x}");
    }
    // Scratch memory is the program's.
    assert_eq!(ask([own.start, 0, 0]) & 0xffff_ffff, 8);
    let imports = r#"(import "zpoline:hook/memory-write@0.1.0" "write" (func $write (param i64 i32 i32 i32)))"#;
    let body = format!(r#"(call $write (local.get $a0) (i32.const 4096) (i32.const 8) (i32.const 512)) {DONE}"#);
    load(&core(imports, &body), granted(Capability::MemoryWrite));
    for at in [own.end - 8, own.end - 4096, own.end - 4] {
        assert_eq!(ask([at, 0, 0]), minus(errno::EFAULT), "{at:#x}");
    }
}

#[test]
fn no_magic_link_is_followed() {
    let _turn = turn();
    let process = File::open("/proc/self").unwrap();
    let metadata = process.metadata().unwrap();
    let mut grants = Grants::default();
    grants.directory("/proc/self", process.into_raw_fd(), (metadata.dev(), metadata.ino()), true);
    load(&reader(), grants);
    assert!(at("status", 0) > 0, "a file of /proc is read");
    for way in ["exe", "root/etc/passwd", "cwd/Cargo.toml", "fd/0", "task/../root/etc/passwd"] {
        let answer = at(way, 0);
        assert!([minus(errno::ELOOP), minus(errno::EXDEV)].contains(&answer), "{way}: {answer}");
    }
}

/// A hook that calls `function` of `interface` with directory a2 and the C string
/// at a0 as a path; `more` are further arguments.
fn on_path(interface: &str, function: &str, signature: &str, more: &str, result: &str) -> String {
    let imports = format!(
        r#"(import "zpoline:hook/{interface}@0.1.0" "{function}" (func $do (param {signature})))
        (import "zpoline:hook/memory@0.1.0" "read-c-string" (func $path (param i64 i32 i32)))"#
    );
    let body = format!(
        r#"(call $path (local.get $a0) (i32.const 8192) (i32.const 512))
        (i64.store (i32.const 4096) (i64.const 0x6c6c6568))
        (call $do (i32.wrap_i64 (local.get $a2)) (i32.load (i32.const 516)) (i32.load (i32.const 520)) {more}
          (i32.const 512)) {result}"#
    );
    core(&imports, &body)
}

/// Asks about a path below directory 0.
fn at(path: impl AsRef<Path>, a1: u64) -> i64 {
    in_directory(0, path, a1)
}

fn in_directory(directory: u64, path: impl AsRef<Path>, a1: u64) -> i64 {
    let path = std::ffi::CString::new(path.as_ref().as_os_str().as_encoded_bytes()).unwrap();
    ask([path.as_ptr() as u64, a1, directory])
}

fn reader() -> String {
    on_path("files", "read", "i32 i32 i32 i64 i32 i32", "(local.get $a1) (i32.const 200000)", LIST)
}

/// A length and a first byte, as `LIST` has them.
fn list(length: i64, first: u8) -> i64 {
    length | i64::from(first) << 32
}

#[test]
fn files_below_a_directory_are_read() {
    let _turn = turn();
    let tree = Tree::new("read");
    load(&reader(), tree.grants(false));
    assert_eq!(at("file", 0), list(7, b'c'));
    assert_eq!(at("file", 3), list(4, b't'));
    assert_eq!(at("file", 7) & 0xffff_ffff, 0);
    assert_eq!(at("file", 1 << 40) & 0xffff_ffff, 0);
    assert_eq!(at("below/../below/./deep", 0), list(100_000, b'x'));
    assert_eq!(at("in", 0), list(100_000, b'x'));
    assert_eq!(at("none", 0), minus(errno::ENOENT));
    assert_eq!(at("", 0), minus(errno::ENOENT));
    assert_eq!(at("below", 0), minus(errno::EISDIR));
    assert_eq!(at("x".repeat(5000), 0), minus(errno::ENAMETOOLONG));
}

#[test]
fn no_path_leads_out() {
    let _turn = turn();
    let tree = Tree::new("out");
    let secret = tree.0.join("secret");
    let ways =
        ["../secret", "out", "absolute", "up/secret", "below/../../secret", "/etc/passwd", "/", "..", "below/../.."];
    for (name, hook) in [
        ("read", reader()),
        ("look", on_path("files", "look", "i32 i32 i32 i32", "", WORD)),
        ("entries", on_path("files", "entries", "i32 i32 i32 i32", "", LIST)),
        (
            "write",
            on_path(
                "files-write",
                "write",
                "i32 i32 i32 i64 i32 i32 i32",
                "(i64.const 0) (i32.const 4096) (i32.const 4)",
                HALF,
            ),
        ),
        ("append", on_path("files-write", "append", "i32 i32 i32 i32 i32 i32", "(i32.const 4096) (i32.const 4)", HALF)),
        ("set-size", on_path("files-write", "set-size", "i32 i32 i32 i64 i32", "(i64.const 0)", DONE)),
        ("create-directory", on_path("files-write", "create-directory", "i32 i32 i32 i32", "", DONE)),
        ("remove-file", on_path("files-write", "remove-file", "i32 i32 i32 i32", "", DONE)),
        ("remove-directory", on_path("files-write", "remove-directory", "i32 i32 i32 i32", "", DONE)),
    ] {
        load(&hook, tree.grants(true));
        for way in ways {
            let answer = at(way, 0);
            // What is called `out` or `absolute` is itself below: it may be looked
            // at, and be in the way.
            let link = ["out", "absolute"].contains(&way);
            match name {
                "look" | "remove-file" if link => assert!(answer >= 0, "{name} {way}: {answer}"),
                "create-directory" if link => assert_eq!(answer, minus(errno::EEXIST), "{name} {way}"),
                "entries" | "remove-directory" if link => assert!(answer < 0, "{name} {way}: {answer}"),
                // A name is wanted.
                "create-directory" | "remove-file" | "remove-directory" if way.ends_with("..") || way == "/" => {
                    assert!([minus(errno::EINVAL), minus(errno::EXDEV)].contains(&answer), "{name} {way}: {answer}");
                }
                _ => assert_eq!(answer, minus(errno::EXDEV), "{name} {way}"),
            }
        }
        assert_eq!(std::fs::read(&secret).unwrap(), b"secret");
        // Removed by the hook that may.
        let _ = symlink("../secret", tree.granted().join("out"));
        let _ = symlink(tree.0.join("secret"), tree.granted().join("absolute"));
    }
}

#[test]
fn files_are_written_where_that_was_granted() {
    let _turn = turn();
    let tree = Tree::new("write");
    let content = |name: &str| std::fs::read_to_string(tree.granted().join(name)).unwrap();
    let write = on_path(
        "files-write",
        "write",
        "i32 i32 i32 i64 i32 i32 i32",
        "(local.get $a1) (i32.const 4096) (i32.const 4)",
        HALF,
    );
    load(&write, tree.grants(true));
    assert_eq!(at("file", 2), 4);
    assert_eq!(content("file"), "cohellt");
    assert_eq!(at("new", 0), 4);
    assert_eq!(content("new"), "hell");
    assert_eq!(at("below", 0), minus(errno::EISDIR));
    assert_eq!(at("file", u64::MAX), minus(errno::EINVAL));
    load(
        &on_path("files-write", "append", "i32 i32 i32 i32 i32 i32", "(i32.const 4096) (i32.const 4)", HALF),
        tree.grants(true),
    );
    assert_eq!(at("new", 0), 4);
    assert_eq!(content("new"), "hellhell");
    load(&on_path("files-write", "set-size", "i32 i32 i32 i64 i32", "(local.get $a1)", DONE), tree.grants(true));
    assert_eq!(at("new", 3), 0);
    assert_eq!(content("new"), "hel");
    load(&on_path("files-write", "create-directory", "i32 i32 i32 i32", "", DONE), tree.grants(true));
    assert_eq!(at("below/made", 0), 0);
    assert!(tree.granted().join("below/made").is_dir());
    load(&on_path("files-write", "remove-directory", "i32 i32 i32 i32", "", DONE), tree.grants(true));
    assert_eq!(at("below/made/", 0), 0);
    assert!(!tree.granted().join("below/made").exists());
    assert_eq!(at("below", 0), minus(errno::ENOTEMPTY));
    load(&on_path("files-write", "remove-file", "i32 i32 i32 i32", "", DONE), tree.grants(true));
    assert_eq!(at("below", 0), minus(errno::EISDIR));
    assert_eq!(at("new", 0), 0);
    assert!(!tree.granted().join("new").exists());
}

#[test]
fn nothing_is_written_below_what_was_granted_to_read() {
    let _turn = turn();
    let tree = Tree::new("readonly");
    let other = Tree::new("other");
    let write = on_path(
        "files-write",
        "write",
        "i32 i32 i32 i64 i32 i32 i32",
        "(i64.const 0) (i32.const 4096) (i32.const 4)",
        HALF,
    );
    let remove = on_path("files-write", "remove-file", "i32 i32 i32 i32", "", DONE);
    for hook in [write, remove] {
        let mut grants = tree.grants(false);
        let directory = File::open(other.granted()).unwrap();
        let metadata = directory.metadata().unwrap();
        grants.directory("/other", directory.into_raw_fd(), (metadata.dev(), metadata.ino()), true);
        load(&hook, grants);
        assert_eq!(at("file", 0), minus(errno::EROFS));
        assert_eq!(std::fs::read(tree.granted().join("file")).unwrap(), b"content");
        assert!(in_directory(1, "file", 0) >= 0);
        assert_eq!(in_directory(2, "file", 0), minus(errno::EBADF));
        assert_eq!(in_directory(u64::from(u32::MAX), "file", 0), minus(errno::EBADF));
    }
}

#[test]
fn a_hook_that_asks_to_write_needs_something_writable() {
    let _turn = turn();
    let tree = Tree::new("ask");
    let hook = on_path("files-write", "remove-file", "i32 i32 i32 i32", "", DONE);
    let options = Options { allow: tree.grants(false), ..Options::default() };
    let error = load_core(&hook, &["any"], options).unwrap_err().to_string();
    assert!(error.contains("imports zpoline:hook/files-write@0.1.0, which it was not granted"), "{error}");
    assert!(error.contains("add to ZPOLINE_ALLOW: files-write=/DIRECTORY"), "{error}");
}

#[test]
fn a_descriptor_that_became_another_is_none_of_ours() {
    let _turn = turn();
    let tree = Tree::new("swapped");
    let (mine, other) = (File::open(tree.granted()).unwrap(), File::open("/").unwrap());
    let metadata = mine.metadata().unwrap();
    let mut grants = Grants::default();
    grants.directory("/granted", other.as_raw_fd(), (metadata.dev(), metadata.ino()), true);
    grants.directory("/granted", -1, (metadata.dev(), metadata.ino()), true);
    load(&reader(), grants);
    assert_eq!(at("etc/passwd", 0), minus(errno::EBADF));
    assert_eq!(in_directory(1, "etc/passwd", 0), minus(errno::EBADF));
}

#[test]
fn no_pipe_or_device_makes_a_hook_wait() {
    let _turn = turn();
    let tree = Tree::new("special");
    let status = std::process::Command::new("mkfifo").arg(tree.granted().join("pipe")).status();
    if !status.is_ok_and(|status| status.success()) {
        eprintln!("cannot run here: no mkfifo");
        return;
    }
    load(&reader(), tree.grants(true));
    assert_eq!(at("pipe", 0), minus(errno::EINVAL));
    let append = on_path("files-write", "append", "i32 i32 i32 i32 i32 i32", "(i32.const 4096) (i32.const 4)", HALF);
    load(&append, tree.grants(true));
    // Nobody reads from it.
    assert_eq!(at("pipe", 0), minus(errno::ENXIO));
}

#[test]
fn names_are_listed() {
    let _turn = turn();
    let tree = Tree::new("list");
    load(&on_path("files", "entries", "i32 i32 i32 i32", "", LIST), tree.grants(false));
    // file, below, out, absolute, in, up
    assert_eq!(at(".", 0) & 0xffff_ffff, 6);
    assert_eq!(at("below", 0) & 0xffff_ffff, 1);
    assert_eq!(at("file", 0), minus(errno::ENOTDIR));
    for name in 0..1000 {
        std::fs::write(tree.granted().join("below").join(format!("a-name-of-some-length-{name}")), "").unwrap();
    }
    assert_eq!(at("below", 0) & 0xffff_ffff, 1001);
}

#[test]
fn descriptors_are_closed() {
    let _turn = turn();
    let tree = Tree::new("closed");
    load(&reader(), tree.grants(false));
    let open = || std::fs::read_dir("/proc/self/fd").unwrap().count();
    let before = open();
    for name in ["file", "none", "below", "out", "../secret"] {
        at(name, 0);
    }
    assert_eq!(open(), before);
}
