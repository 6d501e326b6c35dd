//! Damaged `.cwasm` files: no panic, and none is taken for a good one.
//!
//! The same files in every run. A million of them:
//!
//!     ZPOLINE_FUZZ_CASES=1000000 cargo test --release -p zpoline-host-abi --test fuzz

use zpoline_host_abi::cwasm::{self, TRAILER_LEN, Trailer};

/// xorshift64*
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        usize::try_from(self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33).expect("31 bits") % limit.max(1)
    }

    fn bytes(&mut self, length: usize) -> Vec<u8> {
        (0..length).map(|_| self.below(256) as u8).collect()
    }

    /// Another file, made of this one.
    fn damage(&mut self, file: &[u8]) -> Vec<u8> {
        let mut bytes = file.to_vec();
        for _ in 0..=self.below(3) {
            let at = self.below(bytes.len());
            let length = self.below(20).min(bytes.len() - at);
            match self.below(7) {
                0 => bytes.truncate(at),
                1 => drop(bytes.drain(at..at + length)),
                2 => {
                    let more = self.bytes(length);
                    bytes.splice(at..at, more);
                }
                3 => {
                    // Two pieces change places.
                    let to = self.below(bytes.len() - length + 1);
                    let piece: Vec<u8> = bytes.drain(at..at + length).collect();
                    let to = to.min(bytes.len());
                    bytes.splice(to..to, piece);
                }
                // Most of it in the trailer, where something is read.
                4 | 5 => {
                    let at = bytes.len().saturating_sub(1 + self.below(TRAILER_LEN));
                    let value = [0, 1, 0x7f, 0x80, 0xff, self.below(256) as u8][self.below(6)];
                    if let Some(byte) = bytes.get_mut(at) {
                        *byte = value;
                    }
                }
                _ => {
                    let bit = self.below(8);
                    if let Some(byte) = bytes.get_mut(at) {
                        *byte ^= 1 << bit;
                    }
                }
            }
        }
        bytes
    }
}

fn cases(default: usize) -> usize {
    match std::env::var("ZPOLINE_FUZZ_CASES") {
        Ok(text) => text.parse().unwrap_or_else(|_| panic!("ZPOLINE_FUZZ_CASES={text} is not a number")),
        Err(_) => default,
    }
}

#[test]
fn no_damaged_file_is_taken_for_a_good_one() {
    let mut random = Random(0xc3a5);
    let mut payload = b"\x7fELF".to_vec();
    payload.extend(random.bytes(1000));
    let good = [&payload[..], &Trailer::new("hook.wasm", 1234, [7; 32]).encode(&payload)].concat();
    let mut messages = std::collections::BTreeSet::new();
    for _ in 0..cases(20_000) {
        let file = random.damage(&good);
        match cwasm::split(&file) {
            Ok((payload, trailer)) => {
                assert_eq!(file, good, "another file is as good");
                assert_eq!((payload.len(), trailer.source_name), (payload.len(), "hook.wasm"));
            }
            Err(error) => {
                let message = error.about("x.cwasm").to_string();
                assert!(message.contains("\n  fix: zpoline compile "), "{message}");
                messages.insert(message.split(" ").skip(1).take(3).collect::<String>());
            }
        }
    }
    assert!(messages.len() >= 4, "{} kinds of errors", messages.len());
}

#[test]
fn nothing_is_read_into_random_bytes() {
    let mut random = Random(0xb17e5);
    for _ in 0..cases(20_000) {
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
