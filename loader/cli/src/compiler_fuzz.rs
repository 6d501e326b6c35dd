//! What `zpoline compile` makes of random modules and components, and of hooks that
//! were damaged: a file that the loader reads, or a message; no panic and no hang.
//!
//!     ZPOLINE_FUZZ_CASES=1000000 cargo test --release -p zpoline fuzz -- --nocapture

#[path = "../../../tests/src/random.rs"]
#[allow(dead_code, unreachable_pub, reason = "shared")]
mod random;

use super::*;
use random::begin;
use std::time::{Duration, Instant};
use zpoline_host_abi::cwasm;

/// Hooks to damage: modules by hand, with types, of preview1; the component of each;
/// and text.
fn hooks() -> Vec<Vec<u8>> {
    let guests = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/guests");
    let mut hooks = Vec::new();
    for name in ["nonsense.wat", "overreach.wat", "say.wat", "observe.wat"] {
        let text = std::fs::read(guests.join(name)).expect("a hook of tests/guests");
        let module = wat::parse_bytes(&text).expect("text").into_owned();
        let made = component(&text, Path::new(name)).expect("a hook");
        hooks.extend([text, module, made.bytes]);
    }
    hooks
}

/// Puts a source through the front door; whether it was taken. `compiled`: and then
/// compiled, too.
fn put(source: &[u8], compiled: bool) -> bool {
    let path = Path::new("/hooks/h.wasm");
    let start = Instant::now();
    let taken = match component(source, path) {
        Ok(component) => {
            match compiled.then(|| compile(&component, source, path)) {
                Some(Ok(file)) => assert!(cwasm::split(&file).is_ok(), "what was compiled is not read"),
                Some(Err(failure)) => assert_ne!(failure.to_string(), ""),
                None => {}
            }
            true
        }
        Err(failure) => {
            let message = failure.to_string();
            assert!(message.contains("h.wasm"), "{message}");
            false
        }
    };
    // A machine that is busy elsewhere is none of it.
    let time = start.elapsed();
    assert!(time < Duration::from_secs(60), "{time:?}");
    taken
}

/// If a case fails, leaves its bytes where they can be looked at.
fn guarded(source: &[u8], case: impl FnOnce() -> bool) -> bool {
    struct Keep<'a>(&'a [u8]);
    impl Drop for Keep<'_> {
        fn drop(&mut self) {
            if std::thread::panicking() {
                let path = std::env::temp_dir().join(format!("zpoline-fuzz-{}.wasm", std::process::id()));
                eprintln!("the case is kept in {}: {:?}", path.display(), std::fs::write(&path, self.0));
            }
        }
    }
    let _keep = Keep(source);
    case()
}

#[test]
fn damaged_hooks_are_compiled_or_refused() {
    let (cases, mut random) = begin("damaged hooks", 1500);
    let hooks = hooks();
    let mut taken = 0;
    for _ in 0..cases {
        let mut source = random.one(&hooks).clone();
        random.damage(&mut source, &hooks);
        // Of a million not all: machine code takes its time.
        let compiled = taken % (cases / 30_000 + 1) == 0;
        taken += u64::from(guarded(&source, || put(&source, compiled)));
    }
    println!("{taken} of {cases} damaged hooks are hooks all the same");
    assert!(taken < cases, "damage does not show");
}

#[test]
fn random_modules_are_refused() {
    let (cases, mut random) = begin("random modules", 600);
    let mut taken = 0;
    for source in random::Modules::new(&mut random, cases, None) {
        taken += u64::from(guarded(&source, || put(&source, true)));
    }
    // They export nothing that a hook exports.
    assert_eq!(taken, 0);
}

#[test]
fn random_bytes_are_refused() {
    let (cases, mut random) = begin("random bytes", 3000);
    const HEADS: [&[u8]; 6] =
        [b"\0asm\x01\0\0\0", b"\0asm\x0d\0\x01\0", b"(module", b"(component (core module", b"\x7fELF", b""];
    for _ in 0..cases {
        let mut source = random.one(&HEADS).to_vec();
        let length = random.below(300);
        source.extend(random.bytes(length));
        assert!(!guarded(&source, || put(&source, true)));
    }
}
