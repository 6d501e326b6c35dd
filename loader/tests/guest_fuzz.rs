//! Every host import, called in any order with arguments that mean nothing, from
//! guests whose allocators misbehave, and guests whose code is random: nothing of
//! it may reach the program's memory but through what was granted, nor take the
//! process with it. What the hooks decide is looked at and not done.
//!
//! A case is one call of an import, or one call of a random hook. (`--test fuzz` of
//! zpoline-tests does the same to the finished loader, and watches its syscalls.)
//!
//!     ZPOLINE_FUZZ_CASES=1000000 cargo test -p zpoline-loader --no-default-features --test guest_fuzz -- --nocapture

mod guest_common;
#[path = "../../tests/src/random.rs"]
#[allow(dead_code, unreachable_pub, reason = "shared")]
mod random;

use guest_common::{Tree, compile_bytes, compile_with, load_compiled, turn};
use random::begin;
use std::path::Path;
use zpoline_host_abi::capability::Capability;
use zpoline_host_abi::set::SyscallSet;
use zpoline_loader::guest::{self, Call, Decision, Grants, Observers, OnTrap, Options};

/// The call that the guests make something of.
const ASK: u32 = zpoline_host_abi::nr::AFS_SYSCALL;

/// Everything there is to grant, in amounts that the test survives.
fn everything(tree: &Tree) -> Grants {
    let mut grants = tree.grants(true);
    for capability in [Capability::MemoryWrite, Capability::Scratch, Capability::Clock, Capability::Random] {
        grants.whole(capability);
    }
    grants.calls(&SyscallSet::parse("getpid,getppid,gettid,getuid,geteuid,getgid,getegid,sched_yield").unwrap());
    grants.variable("HOME", Some(b"/home/of/somebody".to_vec()));
    grants.variable("NONE", None);
    grants
}

fn options(tree: &Tree) -> Options {
    Options { on_trap: OnTrap::Pass, fuel_per_call: 3_000_000, allow: everything(tree), ..Options::default() }
}

/// The text of a guest of tests/guests.
fn text(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/guests").join(name);
    std::fs::read_to_string(path).unwrap()
}

/// A page of the program's between two that cannot be touched, and one that can
/// only be read.
struct Pages(*mut u8);

const PAGE: usize = 4096;

impl Pages {
    #[expect(unsafe_code, reason = "mappings")]
    fn new() -> Self {
        // SAFETY: a new mapping, whose pages are then protected.
        unsafe {
            let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS;
            let at = libc::mmap(core::ptr::null_mut(), 5 * PAGE, libc::PROT_NONE, flags, -1, 0);
            assert_ne!(at, libc::MAP_FAILED);
            let at: *mut u8 = at.cast();
            for (page, last) in [(1, libc::PROT_READ | libc::PROT_WRITE), (3, libc::PROT_READ)] {
                libc::mprotect(at.add(page * PAGE).cast(), PAGE, libc::PROT_READ | libc::PROT_WRITE);
                core::ptr::write_bytes(at.add(page * PAGE), 0x5a, PAGE);
                libc::mprotect(at.add(page * PAGE).cast(), PAGE, last);
            }
            Self(at)
        }
    }

    /// An address in the page that can be written.
    fn writable(&self, at: usize) -> u64 {
        self.0 as u64 + (PAGE + at) as u64
    }

    /// An address in the page that cannot.
    fn constant(&self, at: usize) -> u64 {
        self.0 as u64 + (3 * PAGE + at) as u64
    }

    #[expect(unsafe_code, reason = "reads a mapping")]
    fn constant_is_constant(&self) -> bool {
        // SAFETY: mapped, readable, and nobody's to write.
        unsafe { core::slice::from_raw_parts(self.0.add(3 * PAGE), PAGE) }.iter().all(|&byte| byte == 0x5a)
    }
}

/// Shows the hook a call and, if it observes, an outcome. What it answers has to be
/// possible.
fn show(call: &Call, outcome: i64) {
    let mut observers = Observers::NONE;
    match guest::enter(call, &mut observers) {
        Decision::Forward | Decision::Rewrite(_) => {}
        Decision::Complete(result) => assert!(result >= -4095, "{result}"),
    }
    if observers.any() {
        let result = guest::exit(call, &observers, outcome);
        assert!(result >= -4095 || result == outcome, "{result}");
    }
}

/// The hook of this name, with everything granted and nonsense for arguments.
fn nonsense(test: &str, guest: &str, default: u64) {
    const EACH: u64 = 8;
    let _turn = turn();
    let (cases, mut random) = begin(test, default);
    let tree = Tree::new(test);
    std::fs::write(tree.granted().join("the-file"), "content").unwrap();
    std::fs::create_dir(tree.granted().join("a-subdir")).unwrap();
    std::os::unix::fs::symlink("../secret", tree.granted().join("the-link")).unwrap();
    let compiled = compile_with(&text(guest), &["any", "returned"]);
    load_compiled(&compiled, options(&tree)).unwrap();
    let pages = Pages::new();
    // What lies about in the program.
    let canaries: Vec<Vec<u8>> = (0..64).map(|_| random.bytes(1000)).collect();
    let copies = canaries.clone();
    for case in 0..cases / EACH {
        let at = random.below(PAGE);
        let mood = random.below(4) as u64;
        let args = [random.bits(), EACH, pages.writable(at), pages.constant(at), mood, 0];
        show(&Call { number: ASK, args }, random.bits() as i64);
        if case % 256 == 0 {
            assert_eq!(canaries, copies);
        }
    }
    assert_eq!(canaries, copies);
    assert!(pages.constant_is_constant());
    assert_eq!(std::fs::read(tree.0.join("secret")).unwrap(), b"secret", "beside what was granted");
    let beside = std::fs::read_dir(&tree.0).unwrap().count();
    assert_eq!(beside, 2, "nothing was made beside it");
}

#[test]
fn every_import_with_nonsense() {
    nonsense("every import", "nonsense.wat", 8000);
}

#[test]
fn all_of_wasi_with_nonsense() {
    nonsense("all of WASI", "nonsense-wasi.wat", 8000);
}

#[test]
fn random_guests() {
    const EACH: u64 = 100;
    let _turn = turn();
    let (cases, mut random) = begin("random guests", 1000);
    let tree = Tree::new("random");
    let shape = tree.0.join("shape.wasm");
    std::fs::write(&shape, wat::parse_str(text("nonsense.wat")).unwrap()).unwrap();
    let (mut loaded, mut refused) = (0, 0);
    for module in random::Modules::new(&mut random, cases / EACH, Some(&shape)) {
        let compiled = compile_bytes(&module, &["any", "returned"]);
        if load_compiled(&compiled, Options { fuel_per_call: 100_000, ..options(&tree) }).is_err() {
            // A start function that traps, most often.
            refused += 1;
            continue;
        }
        loaded += 1;
        for _ in 0..EACH {
            let args = [0; 6].map(|_| if random.below(2) == 0 { random.bits() } else { random.below(70_000) as u64 });
            show(&Call { number: ASK, args }, random.bits() as i64);
        }
        guest::finish(0);
    }
    println!("{loaded} random guests ran, {refused} did not start");
    assert!(loaded > refused, "{loaded} ran, {refused} did not");
}
