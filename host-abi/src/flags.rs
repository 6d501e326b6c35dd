//! Numbers with names, printed as strace prints them.
//!
//! The sets themselves are in [`sets`], made from `flags.tbl`. Printing goes
//! straight into the formatter: no allocation.

use core::fmt::{self, Display as _};

pub use crate::generated::flags as sets;

/// A set of names for the values of an argument.
#[derive(Debug)]
pub struct FlagSet {
    /// Name of the set (`open`), as `syscalls.tbl` refers to it.
    pub name: &'static str,
    /// How values are made of the entries.
    pub kind: SetKind,
    /// Values and names. For bits, names of several bits come before the names
    /// of their parts. Negative 32-bit values are kept as 32 bits.
    pub entries: &'static [(u64, &'static str)],
    /// Shown beside a value that has no name (`O_???`); empty for none.
    pub unknown: &'static str,
    /// Bits that are a number of their own (access mode, type of mapping).
    pub field: Option<Field>,
}

/// How values are made of the entries of a set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SetKind {
    /// Any of the entries together: `A|B`.
    Bits,
    /// Exactly one of the entries.
    Enum,
    /// A signal number: the entries, then `SIGRTMIN`, `SIGRT_1` to `SIGRT_32`.
    Signal,
    /// Type and permissions of a file: `S_IFREG|0644`.
    Mode,
    /// One of the entries, or the parts of the number:
    /// `_IOC(_IOC_READ, 0x54, 0x32, 0x4)`.
    Ioctl,
}

/// A part of a bit set that is an enumeration.
#[derive(Debug)]
pub struct Field {
    /// Its bits.
    pub mask: u64,
    /// Its values, in place.
    pub set: &'static FlagSet,
    /// Printed after the bits and only if not zero (the exit signal of
    /// `clone`), instead of before them and always.
    pub last: bool,
}

/// Renders `value` by the names of `set`. Pass the value cut to the width of
/// its argument ([`crate::syscalls::Param::value`]).
#[must_use]
pub const fn display(set: &'static FlagSet, value: u64) -> Display {
    Display { set, value }
}

/// The name of exactly this value, if the set has it.
#[must_use]
pub fn name(set: &'static FlagSet, value: u64) -> Option<&'static str> {
    set.entries.iter().find(|entry| entry.0 == value).map(|entry| entry.1)
}

/// The value of this name, if the set has it.
#[must_use]
pub fn value(set: &'static FlagSet, name: &str) -> Option<u64> {
    set.entries.iter().find(|entry| entry.1 == name).map(|entry| entry.0)
}

/// See [`display`].
#[derive(Clone, Copy, Debug)]
pub struct Display {
    set: &'static FlagSet,
    value: u64,
}

impl fmt::Display for Display {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.set.kind {
            SetKind::Bits => bits(self.set, self.value, out),
            SetKind::Enum => enumeration(self.set, self.value, out),
            SetKind::Signal => signal(self.set, self.value, out),
            SetKind::Mode => mode(self.set, self.value, out),
            SetKind::Ioctl => ioctl(self.set, self.value, out),
        }
    }
}

fn enumeration(set: &'static FlagSet, value: u64, out: &mut fmt::Formatter<'_>) -> fmt::Result {
    match name(set, value) {
        Some(name) => out.write_str(name),
        None => unknown(set, value, out),
    }
}

fn signal(set: &'static FlagSet, value: u64, out: &mut fmt::Formatter<'_>) -> fmt::Result {
    match (name(set, value), value) {
        (Some(name), _) => out.write_str(name),
        (None, 32) => out.write_str("SIGRTMIN"),
        (None, 33..=64) => write!(out, "SIGRT_{}", value - 32),
        // strace: a signal without a name is its number.
        (None, _) => write!(out, "{value}"),
    }
}

fn ioctl(set: &'static FlagSet, value: u64, out: &mut fmt::Formatter<'_>) -> fmt::Result {
    if let Some(name) = name(set, value) {
        return out.write_str(name);
    }
    let direction = match value >> 30 & 3 {
        0 => "_IOC_NONE",
        1 => "_IOC_WRITE",
        2 => "_IOC_READ",
        _ => "_IOC_READ|_IOC_WRITE",
    };
    let (kind, number, size) = (value >> 8 & 0xff, value & 0xff, value >> 16 & 0x3fff);
    write!(out, "_IOC({direction}, {}, {}, {})", Hex(kind), Hex(number), Hex(size))
}

fn mode(set: &'static FlagSet, value: u64, out: &mut fmt::Formatter<'_>) -> fmt::Result {
    let mut rest = value;
    if let Some(field) = &set.field {
        let part = value & field.mask;
        if part != 0 {
            if let Some(name) = name(field.set, part) {
                rest &= !field.mask;
                write!(out, "{name}|")?;
            }
        }
    }
    for &(bit, name) in set.entries {
        if rest & bit != 0 {
            rest &= !bit;
            write!(out, "{name}|")?;
        }
    }
    octal(rest, out)
}

/// Permissions as strace has them: `0644`, `000`.
pub fn octal(value: u64, out: &mut fmt::Formatter<'_>) -> fmt::Result {
    match value {
        0 => out.write_str("000"),
        1..=0o7 => write!(out, "00{value:o}"),
        _ => write!(out, "0{value:o}"),
    }
}

fn bits(set: &'static FlagSet, value: u64, out: &mut fmt::Formatter<'_>) -> fmt::Result {
    let mut rest = value;
    let mut shown = Separator(false);
    if let Some(field) = &set.field {
        rest &= !field.mask;
        if !field.last {
            shown.next(out)?;
            display(field.set, value & field.mask).fmt(out)?;
        }
    }
    let before = shown.0;
    let mut named = false;
    for &(bits, name) in set.entries {
        if bits != 0 && rest & bits == bits {
            rest &= !bits;
            named = true;
            shown.next(out)?;
            out.write_str(name)?;
        }
    }
    if rest != 0 {
        shown.next(out)?;
        write!(out, "{rest:#x}")?;
        if !named && !before && !set.unknown.is_empty() {
            write!(out, " /* {} */", set.unknown)?;
        }
    }
    if let Some(field) = set.field.as_ref().filter(|field| field.last && value & field.mask != 0) {
        shown.next(out)?;
        display(field.set, value & field.mask).fmt(out)?;
    }
    if shown.0 { Ok(()) } else { out.write_str(name(set, 0).unwrap_or("0")) }
}

fn unknown(set: &'static FlagSet, value: u64, out: &mut fmt::Formatter<'_>) -> fmt::Result {
    Hex(value).fmt(out)?;
    if set.unknown.is_empty() { Ok(()) } else { write!(out, " /* {} */", set.unknown) }
}

/// `0x10`, and `0` for zero.
struct Hex(u64);

impl fmt::Display for Hex {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 == 0 { out.write_str("0") } else { write!(out, "{:#x}", self.0) }
    }
}

/// Writes `|` before every part but the first.
struct Separator(bool);

impl Separator {
    fn next(&mut self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if core::mem::replace(&mut self.0, true) { out.write_str("|") } else { Ok(()) }
    }
}
