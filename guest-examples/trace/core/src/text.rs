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

fn escape(line: &mut Line, mut bytes: &[u8]) {
    loop {
        // Most text is plain: it goes in one piece.
        let plain = bytes.iter().take_while(|byte| is_plain(**byte)).count();
        line.raw(&bytes[..plain]);
        let Some((byte, rest)) = bytes[plain..].split_first() else { return };
        escaped(line, *byte, rest.first().is_some_and(u8::is_ascii_digit));
        bytes = rest;
    }
}

fn is_plain(byte: u8) -> bool {
    matches!(byte, 0x20..=0x7e) && byte != b'"' && byte != b'\\'
}

fn escaped(line: &mut Line, byte: u8, digit_follows: bool) {
    let letter = match byte {
        b'"' | b'\\' => byte,
        b'\t' => b't',
        b'\n' => b'n',
        0x0b => b'v',
        0x0c => b'f',
        b'\r' => b'r',
        _ => {
            // As few octal digits as the next character allows.
            let digits = [b'0' + (byte >> 6), b'0' + (byte >> 3 & 7), b'0' + (byte & 7)];
            let from = match byte {
                _ if digit_follows => 0,
                0..8 => 2,
                8..64 => 1,
                _ => 0,
            };
            line.byte(b'\\');
            return line.raw(&digits[from..]);
        }
    };
    line.raw(&[b'\\', letter]);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::text;

    #[test]
    fn as_strace_escapes() {
        let elf = b"\x7fELF\x02\x01\x001\x1b[0m\"\\\n\xff";
        assert_eq!(text(|l| quoted(l, elf, true, Quote::Text)), r#""\177ELF\2\1\0001\33[0m\"\\\n\377"..."#);
        assert_eq!(text(|l| quoted(l, b"\x01\xfe", false, Quote::Hex)), r#""\x01\xfe""#);
    }
}
