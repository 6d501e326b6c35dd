//! Every host import, called in any order with arguments that mean nothing, from
//! guests whose allocators misbehave, and guests whose code is random: nothing of
//! it may reach the program's memory but through what was granted, nor take the
//! process with it.
//!
//! A case is one call of an import, or one call of a random hook. Many of them:
//!
//!     ZPOLINE_FUZZ_CASES=1000000 cargo test --release -p zpoline-loader --no-default-features --test guest_fuzz

mod guest_common;

use guest_common::{Tree, compile_bytes, load_compiled, turn};
use zpoline_host_abi::capability::Capability;
use zpoline_host_abi::set::SyscallSet;
use zpoline_loader::guest::{self, Call, Decision, Grants, Observers, OnTrap, Options};
use zpoline_tests::fuzz::{self, Random};

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

#[test]
fn every_import_with_nonsense() {
    const EACH: u64 = 8;
    let _turn = turn();
    let tree = Tree::new("fuzz");
    let compiled = compile_bytes(&fuzz::guest::caller().unwrap(), &[]);
    load_compiled(&compiled, options(&tree)).unwrap();
    let mut random = Random::new("every import");
    let pages = Pages::new();
    // What lies about in the program.
    let canaries: Vec<Vec<u8>> = (0..64).map(|_| random.bytes(1000)).collect();
    let copies = canaries.clone();
    for case in 0..fuzz::cases(8000) / EACH {
        let at = random.below(PAGE);
        let mood = u64::from(random.below(4) == 0);
        let args = [random.bits(), EACH, pages.writable(at), pages.constant(at), mood, 0];
        show(&Call { number: random.below(512) as u32, args }, random.bits() as i64);
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
fn random_guests() {
    const EACH: u64 = 100;
    let _turn = turn();
    let tree = Tree::new("random");
    let mut random = Random::new("random guests");
    let (mut loaded, mut refused) = (0, 0);
    for _ in 0..fuzz::cases(2000) / EACH {
        let Ok(component) = fuzz::guest::random(&mut random) else { continue };
        let compiled = compile_bytes(&component, &[]);
        if load_compiled(&compiled, Options { fuel_per_call: 100_000, ..options(&tree) }).is_err() {
            // A start function that traps, most often.
            refused += 1;
            continue;
        }
        loaded += 1;
        for _ in 0..EACH {
            let args = [0; 6].map(|_| if random.below(2) == 0 { random.bits() } else { random.below(70_000) as u64 });
            show(&Call { number: random.below(512) as u32, args }, random.bits() as i64);
        }
        guest::finish(0);
    }
    println!("{loaded} random guests ran, {refused} did not start");
    assert!(loaded > refused, "{loaded} ran, {refused} did not");
}
