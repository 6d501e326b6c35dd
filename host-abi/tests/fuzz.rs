//! Damaged `.cwasm` files, sets of syscalls and grants that mean nothing: no panic,
//! and nothing damaged is taken for good.
//!
//!     ZPOLINE_FUZZ_CASES=1000000 cargo test --release -p zpoline-host-abi --test fuzz -- --nocapture

#[path = "../../tests/src/random.rs"]
#[allow(dead_code, unreachable_pub, reason = "shared")]
mod random;

use random::{Random, begin};
use zpoline_host_abi::capability::{Capability, Import};
use zpoline_host_abi::cwasm::{self, TRAILER_LEN, Trailer};
use zpoline_host_abi::grant::{self, Grant, Mistake};
use zpoline_host_abi::set::SyscallSet;
use zpoline_host_abi::{invoke, syscalls};

#[test]
fn no_damaged_file_is_taken_for_a_good_one() {
    let (cases, mut random) = begin("damaged .cwasm files", 20_000);
    let mut payload = b"\x7fELF".to_vec();
    payload.extend(random.bytes(1000));
    let good = [&payload[..], &Trailer::new("hook.wasm", 1234, [7; 32]).encode(&payload)].concat();
    let others = [good.clone()];
    let mut messages = std::collections::BTreeSet::new();
    for _ in 0..cases {
        let mut file = good.clone();
        random.damage(&mut file, &others);
        // Most of it in the trailer, where something is read.
        for _ in 0..random.below(3) {
            let at = file.len().saturating_sub(1 + random.below(TRAILER_LEN));
            let value = random.bits() as u8;
            if let Some(byte) = file.get_mut(at) {
                *byte = *random.one(&[0, 1, 0x7f, 0x80, 0xff, value]);
            }
        }
        match cwasm::split(&file) {
            Ok((payload, trailer)) => {
                assert_eq!(file, good, "another file is as good");
                assert_eq!((payload.len(), trailer.source_name), (payload.len(), "hook.wasm"));
            }
            Err(error) => {
                let message = error.about("x.cwasm").to_string();
                assert!(message.contains("\n  fix: zpoline compile "), "{message}");
                messages.insert(message.split(' ').skip(1).take(3).collect::<String>());
            }
        }
    }
    assert!(messages.len() >= 4, "{} kinds of errors", messages.len());
}

#[test]
fn nothing_is_read_into_random_bytes() {
    let (cases, mut random) = begin("random bytes as .cwasm", 20_000);
    for _ in 0..cases {
        let length = random.below(3 * TRAILER_LEN);
        let mut file = random.bytes(length);
        if let Some(trailer) = file.last_chunk_mut::<TRAILER_LEN>()
            && random.below(2) == 0
        {
            // As far as the checks behind the magic, then on.
            trailer[..8].copy_from_slice(&cwasm::MAGIC);
            trailer[TRAILER_LEN - 8..].copy_from_slice(&cwasm::MAGIC);
            trailer[8..12].copy_from_slice(&cwasm::FORMAT.to_le_bytes());
            trailer[16..24].copy_from_slice(&((length - TRAILER_LEN) as u64).to_le_bytes());
        }
        assert!(cwasm::split(&file).is_err());
    }
}

/// Words of a grammar, and what is none, in any order.
fn text(random: &mut Random, words: &[&str]) -> String {
    let mut text = String::new();
    for _ in 0..random.below(8) {
        match random.below(12) {
            0 => text.push(char::from_u32(random.below(0x11_0000) as u32).unwrap_or('\u{1f}')),
            1 => text.push(*random.one(&['\0', ' ', ',', '=', '!', '/', '%', '?', '\u{1f}', 'é'])),
            2 => {
                let syscall = random.one(&syscalls::TABLE);
                text.push_str(syscall.name);
            }
            _ => {
                let word: &&str = random.one(words);
                text.push_str(word);
            }
        }
    }
    text
}

#[test]
fn a_set_is_what_its_words_say() {
    const WORDS: [&str; 14] =
        ["!", ",", "?", "/", "%", "file", "%network", "all", "none", "openat", "read", "/stat", ",!read", "desc,"];
    let (cases, mut random) = begin("sets of syscalls", 20_000);
    let mut parsed = 0;
    for _ in 0..cases {
        let text = text(&mut random, &WORDS);
        match SyscallSet::parse(&text) {
            Ok(set) => {
                parsed += 1;
                assert!(!set.contains(SyscallSet::NUMBERS) && !set.contains(u32::MAX), "{text:?}");
                let negated = match text.strip_prefix('!') {
                    Some(rest) => rest.to_owned(),
                    None => format!("!{text}"),
                };
                let other = SyscallSet::parse(&negated).expect("its complement");
                assert!(syscalls::TABLE.iter().all(|call| set.contains(call.number) != other.contains(call.number)));
                // What no hook may make makes no set powerful.
                if set.calls().all(|call| invoke::never(call.number)) {
                    assert!(!invoke::amounts_to_everything(&set), "{text:?}");
                }
            }
            Err(unknown) => assert!(text.contains(unknown.0), "{text:?}: {unknown:?}"),
        }
    }
    assert!(parsed > cases / 20, "{parsed} of {cases} sets mean something");
}

#[test]
fn a_grant_is_read_or_named() {
    const WORDS: [&str; 22] = [
        " ",
        " ",
        "memory",
        "memory-write",
        "scratch",
        "clock",
        "random",
        "log",
        "invoke",
        "invoke=",
        " invoke=read ",
        " invoke=fork ",
        "invoke=!all",
        "env=",
        " env=HOME,PATH ",
        "files=",
        "files=/",
        "files-write=/tmp",
        "files=etc",
        ",",
        "\u{1f}",
        "=",
    ];
    let (cases, mut random) = begin("grants", 20_000);
    let mut good = 0;
    for _ in 0..cases {
        let text = text(&mut random, &WORDS);
        for word in grant::words(&text) {
            match grant::parse(word) {
                Ok(Grant::Files(path) | Grant::FilesWrite(path)) => assert!(path.starts_with('/'), "{text:?}"),
                Ok(Grant::Env(names)) => assert!(names.split(',').all(|name| !name.is_empty()), "{text:?}"),
                Ok(Grant::Whole(capability)) => assert!(capability.value().is_none(), "{text:?}"),
                Ok(Grant::Invoke(set)) => {
                    good += 1;
                    assert!(!set.calls().all(|call| invoke::never(call.number)), "{text:?}");
                }
                Err(error) => {
                    assert!(text.contains(error.word), "{text:?}: {error:?}");
                    if let Mistake::NoCall(part) | Mistake::Relative(part) = error.mistake {
                        assert!(error.word.contains(part), "{text:?}: {error:?}");
                    }
                    let _ = error.to_string();
                }
            }
        }
    }
    assert!(good > cases / 50, "{good} grants of calls in {cases} texts");
}

#[test]
fn an_import_is_known_or_refused() {
    const WORDS: [&str; 12] = [
        "zpoline:hook/",
        "memory",
        "invoke",
        "types",
        "@0.1.0",
        "@",
        "0.2.3",
        "wasi:",
        "wasi:cli/exit",
        "@0.2.",
        "wasi:io/streams@0.2.0",
        "/",
    ];
    let (cases, mut random) = begin("names of imports", 20_000);
    for _ in 0..cases {
        let text = text(&mut random, &WORDS);
        if let Ok(import) = Import::of(&text) {
            assert!(text.starts_with("zpoline:hook/") || text.starts_with("wasi:"), "{text:?}");
            let needs = import.needs();
            assert!(needs.is_none_or(|capability| Capability::ALL.contains(&capability)));
        }
    }
}
