//! The text of one line, built in a buffer that is kept from call to call.
//!
//! Numbers are written by hand: `core::fmt` would cost most of the size of the
//! component and half of its time.

use alloc::vec::Vec;

/// A line under construction.
#[derive(Default)]
pub struct Line {
    text: Vec<u8>,
}

impl Line {
    /// What was written so far.
    pub fn bytes(&self) -> &[u8] {
        &self.text
    }

    /// Length so far.
    pub fn len(&self) -> usize {
        self.text.len()
    }

    /// Empties the line and keeps its buffer.
    pub fn clear(&mut self) {
        self.text.clear();
    }

    /// Forgets what was written after the first `length` bytes.
    pub fn truncate(&mut self, length: usize) {
        self.text.truncate(length);
    }

    /// Appends text.
    pub fn str(&mut self, text: &str) {
        self.text.extend_from_slice(text.as_bytes());
    }

    /// Appends bytes as they are.
    pub fn raw(&mut self, bytes: &[u8]) {
        self.text.extend_from_slice(bytes);
    }

    /// Appends one byte.
    pub fn byte(&mut self, byte: u8) {
        self.text.push(byte);
    }

    /// Appends spaces up to `column`, 64 at most.
    pub fn pad_to(&mut self, column: usize) {
        const SPACES: &[u8] = &[b' '; 64];
        let missing = column.saturating_sub(self.text.len());
        self.text.extend_from_slice(&SPACES[..missing.min(SPACES.len())]);
    }

    /// Appends a decimal number.
    pub fn unsigned(&mut self, mut value: u64) {
        let mut digits = [0u8; 20];
        let mut at = digits.len();
        loop {
            at -= 1;
            digits[at] = b'0' + (value % 10) as u8;
            value /= 10;
            if value == 0 {
                break;
            }
        }
        self.text.extend_from_slice(&digits[at..]);
    }

    /// Appends a decimal number with its sign.
    pub fn signed(&mut self, value: i64) {
        if value < 0 {
            self.byte(b'-');
        }
        self.unsigned(value.unsigned_abs());
    }

    /// Appends `0x` and the hexadecimal digits; zero is `0`, as in strace.
    pub fn hex(&mut self, value: u64) {
        if value == 0 {
            return self.byte(b'0');
        }
        self.str("0x");
        self.hex_digits(value, 1);
    }

    /// Appends at least `least` hexadecimal digits without a prefix.
    pub fn hex_digits(&mut self, value: u64, least: u32) {
        let significant = (64 - value.leading_zeros()).div_ceil(4);
        for digit in (0..significant.max(least)).rev() {
            self.byte(b"0123456789abcdef"[(value >> (4 * digit)) as usize & 15]);
        }
    }

    /// Appends a number in octal with a leading zero, at least `least` digits
    /// in all.
    pub fn octal(&mut self, value: u64, least: u32) {
        let significant = (64 - value.leading_zeros()).div_ceil(3) + 1;
        for digit in (0..significant.max(least)).rev() {
            let shifted = if digit * 3 < 64 { value >> (3 * digit) } else { 0 };
            self.byte(b'0' + (shifted & 7) as u8);
        }
    }

    /// Appends a number of exactly `width` decimal digits (the low ones).
    pub fn fixed(&mut self, value: u64, width: u32) {
        for digit in (0..width).rev() {
            self.byte(b'0' + (value / 10u64.pow(digit) % 10) as u8);
        }
    }

    /// Appends a time in hundredths of a second: `1 /* 0.01 s */`.
    pub fn ticks(&mut self, ticks: u64) {
        self.unsigned(ticks);
        if ticks != 0 {
            self.str(" /* ");
            self.unsigned(ticks / 100);
            self.byte(b'.');
            self.fixed(ticks, 2);
            self.str(" s */");
        }
    }

    /// Appends an address: `NULL` or hexadecimal.
    pub fn address(&mut self, value: u64) {
        if value == 0 { self.str("NULL") } else { self.hex(value) }
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::text;

    #[test]
    fn numbers() {
        assert_eq!(text(|l| l.unsigned(0)), "0");
        assert_eq!(text(|l| l.unsigned(u64::MAX)), "18446744073709551615");
        assert_eq!(text(|l| l.signed(i64::MIN)), "-9223372036854775808");
        assert_eq!(text(|l| l.hex(0)), "0");
        assert_eq!(text(|l| l.hex(0xdead_beef)), "0xdeadbeef");
        assert_eq!(text(|l| l.hex(u64::MAX)), "0xffffffffffffffff");
        assert_eq!(text(|l| l.octal(0o644, 4)), "0644");
        assert_eq!(text(|l| l.octal(0, 3)), "000");
        assert_eq!(text(|l| l.octal(u64::MAX, 3)), "01777777777777777777777");
        assert_eq!(text(|l| l.fixed(42, 6)), "000042");
        assert_eq!(text(|l| l.address(0)), "NULL");
    }
}
