//! Strings of the traced program, quoted and cut as strace does it.

use crate::line::Line;

/// How bytes are quoted.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Quote {
    /// Printable bytes as they are, C escapes, octal for the rest.
    Text,
    /// Every byte as `\xNN`: for random bytes.
    Hex,
}

/// Appends `"bytes"`, with `...` after it if there was more.
pub fn quoted(line: &mut Line, bytes: &[u8], more: bool, quote: Quote) {
    line.byte(b'"');
    match quote {
        Quote::Text => escape(line, bytes),
        Quote::Hex => {
            for byte in bytes {
                line.str("\\x");
                line.hex_digits(u64::from(*byte), 2);
            }
        }
    }
    line.byte(b'"');
    if more {
        line.str("...");
    }
}

fn escape(line: &mut Line, bytes: &[u8]) {
    for (i, byte) in bytes.iter().enumerate() {
        match byte {
            b'"' | b'\\' => {
                line.byte(b'\\');
                line.byte(*byte);
            }
            b'\t' => line.str("\\t"),
            b'\n' => line.str("\\n"),
            0x0b => line.str("\\v"),
            0x0c => line.str("\\f"),
            b'\r' => line.str("\\r"),
            0x20..=0x7e => line.byte(*byte),
            _ => {
                // As few octal digits as the next character allows.
                let digit_follows = bytes.get(i + 1).is_some_and(u8::is_ascii_digit);
                let digits = match byte {
                    _ if digit_follows => 3,
                    0..8 => 1,
                    8..64 => 2,
                    _ => 3,
                };
                line.byte(b'\\');
                for digit in (0..digits).rev() {
                    line.byte(b'0' + (byte >> (3 * digit) & 7));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::text;

    #[test]
    fn as_strace_escapes() {
        let elf = b"\x7fELF\x02\x01\x001\x1b[0m\"\\\n\xff";
        assert_eq!(
            text(|l| quoted(l, elf, true, Quote::Text)),
            r#""\177ELF\2\1\0001\33[0m\"\\\n\377"..."#
        );
        assert_eq!(
            text(|l| quoted(l, b"\x01\xfe", false, Quote::Hex)),
            r#""\x01\xfe""#
        );
    }
}
