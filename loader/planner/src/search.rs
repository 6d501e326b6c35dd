//! Candidates: where the byte pairs `0f 05` (`syscall`) and `0f 34` (`sysenter`) occur.
//!
//! Every executable byte of the process passes through here at start-up, so the test of a block is
//! written without branches over a fixed-size array: the compiler turns it into SSE2 compares.

use alloc::vec::Vec;

const BLOCK: usize = 64;

/// Appends the offset of every candidate in `bytes`, ascending.
pub(crate) fn candidates(bytes: &[u8], found: &mut Vec<usize>) {
    let mut start = 0;
    // A block needs the byte behind it too: its last pair ends there.
    while let Some(block) = bytes.get(start..start + BLOCK + 1) {
        if let Ok(block) = <&[u8; BLOCK + 1]>::try_from(block)
            && block_has_pair(block)
        {
            pairs(block, start, found);
        }
        start += BLOCK;
    }
    pairs(bytes.get(start..).unwrap_or_default(), start, found);
}

fn block_has_pair(block: &[u8; BLOCK + 1]) -> bool {
    let mut hit = 0;
    for at in 0..BLOCK {
        let (first, second) = (block[at], block[at + 1]);
        hit |= u8::from(first == 0x0f) & (u8::from(second == 0x05) | u8::from(second == 0x34));
    }
    hit != 0
}

fn pairs(bytes: &[u8], base: usize, found: &mut Vec<usize>) {
    for (at, pair) in bytes.windows(2).enumerate() {
        if matches!(pair, [0x0f, 0x05 | 0x34]) {
            found.push(base + at);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;

    #[test]
    fn every_offset_of_a_long_input_is_seen_once() {
        for at in 0..200 {
            let mut bytes = vec![0x0f; 201];
            bytes[at] = 0x0f;
            if at + 1 < bytes.len() {
                bytes[at + 1] = 0x05;
            }
            let mut found = Vec::new();
            candidates(&bytes, &mut found);
            assert_eq!(found, vec![at]);
        }
    }

    #[test]
    fn short_inputs_have_no_candidates() {
        for bytes in [&[][..], &[0x0f], &[0x05, 0x0f]] {
            let mut found = Vec::new();
            candidates(bytes, &mut found);
            assert!(found.is_empty());
        }
    }
}
