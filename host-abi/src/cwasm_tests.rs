//! Each way in which a compiled hook can be wrong, and what is said about it.

extern crate std;

use super::*;
use std::string::{String, ToString};
use std::vec::Vec;

const PAYLOAD: &[u8] = b"\x7fELF machine code, as far as this test is concerned";

fn file_of(trailer: Trailer<'_>) -> Vec<u8> {
    let mut file = PAYLOAD.to_vec();
    file.extend(trailer.encode(PAYLOAD));
    file
}

fn good() -> Vec<u8> {
    file_of(Trailer::new("hook.wasm", 7, [9; 32]))
}

fn said(file: &[u8]) -> String {
    split(file).expect_err("the file is wrong").about("x.cwasm").to_string()
}

#[test]
fn what_is_written_is_read() {
    let file = good();
    let (payload, trailer) = split(&file).expect("a good file");
    assert_eq!(payload, PAYLOAD);
    assert_eq!(trailer, Trailer::new("hook.wasm", 7, [9; 32]));
}

#[test]
fn a_long_name_is_cut_at_a_character() {
    let name = "é".repeat(100);
    let file = file_of(Trailer::new(&name, 0, [0; 32]));
    assert_eq!(split(&file).expect("a good file").1.source_name, "é".repeat(68));
}

#[test]
fn sources_are_told_to_be_compiled() {
    assert_eq!(split(b"\0asm\x0d\0\x01\0"), Err(CwasmError::NotCompiled));
    assert_eq!(split(b"(component)\n"), Err(CwasmError::Text));
    assert_eq!(
        said(b"\0asm\x0d\0\x01\0"),
        "x.cwasm is WebAssembly that is not compiled yet\n  the loader runs machine code only: it has no compiler\n  fix: zpoline compile x.cwasm"
    );
}

#[test]
fn other_files_are_told_apart() {
    assert_eq!(split(b""), Err(CwasmError::Empty));
    assert_eq!(split(b"\x89PNG\r\n\x1a\n"), Err(CwasmError::Unknown));
    assert_eq!(split(PAYLOAD), Err(CwasmError::NoTrailer));
    assert_eq!(
        said(PAYLOAD),
        "x.cwasm was not written by zpoline compile, or its end is missing\n  wasmtime compile does not know the settings that the loader needs\n  fix: zpoline compile HOOK.wasm -o x.cwasm"
    );
}

#[test]
fn a_missing_piece_is_noticed_wherever_it_is() {
    let file = good();
    for cut in 1..file.len() {
        assert!(split(&file[..file.len() - cut]).is_err(), "{cut} bytes cut from the end");
        assert!(split(&file[cut..]).is_err(), "{cut} bytes cut from the start");
    }
    assert_eq!(
        split(&file[1..]),
        Err(CwasmError::WrongLength { found: file.len() as u64 - 1, wanted: file.len() as u64 })
    );
}

#[test]
fn a_flipped_bit_of_the_code_is_noticed() {
    for bit in 0..PAYLOAD.len() * 8 {
        let mut file = good();
        file[bit / 8] ^= 1 << (bit % 8);
        assert_eq!(split(&file), Err(CwasmError::Damaged), "bit {bit}");
    }
}

#[test]
fn a_flipped_bit_of_the_trailer_is_noticed() {
    let place = |file: &[u8], at: usize| u64::from_le_bytes(field(file.last_chunk().expect("a trailer"), at));
    for bit in 0..TRAILER_LEN * 8 {
        let mut file = good();
        file[PAYLOAD.len() + bit / 8] ^= 1 << (bit % 8);
        let error = split(&file).expect_err("a flipped bit");
        match bit / 8 {
            0..8 | END_MAGIC.. => assert_eq!(error, CwasmError::NoTrailer, "bit {bit}"),
            8..12 => assert!(matches!(error, CwasmError::OtherFormat { .. }), "bit {bit}"),
            PAYLOAD_LEN..CHECKSUM => {
                let wanted = place(&file, PAYLOAD_LEN).saturating_add(TRAILER_LEN as u64);
                assert_eq!(error, CwasmError::WrongLength { found: file.len() as u64, wanted }, "bit {bit}");
            }
            _ => assert_eq!(error, CwasmError::Damaged, "bit {bit}"),
        }
    }
}

#[test]
fn the_origin_is_short() {
    let trailer = Trailer::new("hook.wasm", 7, [0xa9; 32]);
    assert_eq!(trailer.origin().to_string(), "hook.wasm, sha256 a9a9a9a9a9a9a9a9...");
}

#[test]
fn another_version_is_named_on_both_sides() {
    let file = file_of(Trailer { wasmtime_version: "47.0.1", ..Trailer::new("hook.wasm", 7, [9; 32]) });
    assert_eq!(
        said(&file),
        "x.cwasm was compiled for wasmtime 47.0.1, this zpoline has wasmtime 48.0.8\n  compile it again from its .wasm\n  fix: zpoline compile hook.wasm -o x.cwasm"
    );
    assert!(split_any_version(&file).is_ok());

    let file = file_of(Trailer { wit_version: "0.0.9", ..Trailer::new("hook.wasm", 7, [9; 32]) });
    assert!(
        said(&file).starts_with("x.cwasm was compiled for zpoline:hook 0.0.9, this zpoline has zpoline:hook 0.1.0\n")
    );
}

#[test]
fn another_format_is_named() {
    for format in [1, 9] {
        let mut file = good();
        file[PAYLOAD.len() + 8] = format;
        let message = std::format!("x.cwasm has trailer format {format}, this zpoline reads format {FORMAT}\n");
        assert!(said(&file).starts_with(&message));
    }
}

#[test]
fn the_version_is_the_one_in_cargo_lock() {
    let lock = include_str!("../../Cargo.lock");
    let pinned = std::format!("name = \"wasmtime\"\nversion = \"{WASMTIME_VERSION}\"\n");
    assert!(lock.contains(&pinned), "WASMTIME_VERSION is {WASMTIME_VERSION}, Cargo.lock has another");
}

#[test]
fn two_flipped_bits_do_not_undo_each_other() {
    // Each pair of bits of two words, one behind the other.
    let good = checksum(&[0x5a; 24]);
    for first in 0..64 {
        for second in 64..128 {
            let mut bytes = [0x5a_u8; 24];
            for bit in [first, second] {
                bytes[bit / 8] ^= 1 << (bit % 8);
            }
            assert_ne!(checksum(&bytes), good, "bits {first} and {second}");
        }
    }
}
