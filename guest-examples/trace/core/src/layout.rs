//! C structs as tables: which fields strace shows, where they are, how they
//! read.

use host_abi::flags::{self, FlagSet};

use crate::{call::separate, line::Line, text};

/// A struct as strace shows it.
pub struct Layout {
    /// The fields shown, in the order shown.
    pub fields: &'static [Field],
    /// Whether `...` stands for fields left out.
    pub abbreviated: bool,
}

/// A field: name, offset in bytes, how it reads.
pub struct Field(pub &'static str, pub usize, pub As);

/// How a field reads.
#[derive(Clone, Copy)]
pub enum As {
    /// Decimal with sign, of so many bytes.
    Signed(u8),
    /// Decimal, of so many bytes.
    Unsigned(u8),
    /// Hexadecimal, of so many bytes.
    Hex(u8),
    /// `NULL` or an address.
    Pointer,
    /// A user or group id: -1 for all ones.
    Id,
    /// Names, of so many bytes.
    Named(u8, &'static FlagSet),
    /// Names of bits that `host-abi` has no set for, of so many bytes.
    Bits(u8, &'static [(u64, &'static str)]),
    /// Permissions, 4 bytes.
    Octal,
    /// A string inside the struct, ended by NUL, of at most so many bytes.
    Text(usize),
    /// So many decimal numbers of 8 bytes: `[1, 2]`.
    Numbers(u8),
    /// A time in hundredths of a second, 8 bytes.
    Ticks,
    /// A limit of resources: `8192*1024`.
    Limit,
    /// A struct inside the struct.
    Struct(&'static Layout),
}

/// Appends `{name=value, ...}`. Fields beyond the end of `bytes` are left out.
pub fn show(line: &mut Line, layout: &Layout, bytes: &[u8]) {
    line.byte(b'{');
    for (i, Field(name, offset, how)) in layout.fields.iter().enumerate() {
        let Some(bytes) = bytes.get(*offset..).filter(|rest| rest.len() >= how.size()) else {
            break;
        };
        separate(line, i);
        line.str(name);
        line.byte(b'=');
        value(line, *how, bytes);
    }
    if layout.abbreviated {
        line.str(", ...");
    }
    line.byte(b'}');
}

fn value(line: &mut Line, how: As, bytes: &[u8]) {
    match how {
        As::Signed(size) => line.signed(signed(bytes, size)),
        As::Unsigned(size) => line.unsigned(unsigned(bytes, size)),
        As::Hex(size) => line.hex(unsigned(bytes, size)),
        As::Pointer => line.address(unsigned(bytes, 8)),
        As::Id => line.id(unsigned(bytes, 4) as u32),
        As::Named(size, set) => line.named(set, unsigned(bytes, size)),
        As::Bits(size, names) => line.bits(names, unsigned(bytes, size)),
        As::Octal => line.octal(unsigned(bytes, 4), 3),
        As::Text(max) => {
            let bytes = &bytes[..max.min(bytes.len())];
            let end = bytes.iter().position(|byte| *byte == 0).unwrap_or(bytes.len());
            text::quoted(line, &bytes[..end], false, text::Quote::Text);
        }
        As::Numbers(count) => {
            line.byte(b'[');
            for i in 0..usize::from(count) {
                separate(line, i);
                line.unsigned(field(bytes, 8 * i, 8));
            }
            line.byte(b']');
        }
        As::Ticks => line.ticks(unsigned(bytes, 8)),
        As::Limit => limit(line, unsigned(bytes, 8)),
        As::Struct(layout) => show(line, layout, bytes),
    }
}

fn limit(line: &mut Line, value: u64) {
    match value {
        u64::MAX => line.str("RLIM64_INFINITY"),
        _ if value > 1024 && value.is_multiple_of(1024) => {
            line.unsigned(value / 1024);
            line.str("*1024");
        }
        _ => line.unsigned(value),
    }
}

impl As {
    fn size(self) -> usize {
        match self {
            Self::Signed(size)
            | Self::Unsigned(size)
            | Self::Hex(size)
            | Self::Named(size, _)
            | Self::Bits(size, _) => usize::from(size),
            Self::Id | Self::Octal => 4,
            Self::Pointer | Self::Limit | Self::Ticks => 8,
            Self::Numbers(count) => 8 * usize::from(count),
            Self::Text(_) => 1,
            Self::Struct(_) => 0,
        }
    }
}

/// A little-endian number of `size` bytes; missing bytes are zero.
pub fn unsigned(bytes: &[u8], size: u8) -> u64 {
    let mut value = [0; 8];
    for (to, from) in value.iter_mut().zip(bytes.iter().take(usize::from(size))) {
        *to = *from;
    }
    u64::from_le_bytes(value)
}

/// As [`unsigned`], with sign.
pub fn signed(bytes: &[u8], size: u8) -> i64 {
    let unused = 64 - 8 * u32::from(size);
    (unsigned(bytes, size) << unused).cast_signed() >> unused
}

/// The number of `size` bytes at `offset`.
pub fn field(bytes: &[u8], offset: usize, size: u8) -> u64 {
    unsigned(bytes.get(offset..).unwrap_or(&[]), size)
}

impl Line {
    /// Appends the names of a value.
    pub fn named(&mut self, set: &'static FlagSet, value: u64) {
        self.display(flags::display(set, value));
    }

    /// Appends what `host-abi` renders.
    pub fn display(&mut self, text: impl core::fmt::Display) {
        // Writing to a line cannot fail.
        let _ = core::fmt::Write::write_fmt(self, format_args!("{text}"));
    }

    /// Appends the names of bits, what is left in hexadecimal.
    pub fn bits(&mut self, names: &[(u64, &str)], value: u64) {
        let mut rest = value;
        for (bit, name) in names.iter().filter(|(bit, _)| value & bit != 0) {
            if rest != value {
                self.byte(b'|');
            }
            rest &= !bit;
            self.str(name);
        }
        if rest != 0 && rest != value {
            self.byte(b'|');
        }
        if rest != 0 || value == 0 {
            self.hex(rest);
        }
    }

    /// Appends a user or group id, -1 for all ones.
    pub fn id(&mut self, id: u32) {
        match id {
            u32::MAX => self.str("-1"),
            _ => self.unsigned(u64::from(id)),
        }
    }
}

impl core::fmt::Write for Line {
    fn write_str(&mut self, text: &str) -> core::fmt::Result {
        self.str(text);
        Ok(())
    }
}
