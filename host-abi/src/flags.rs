//! Numbers with names, printed as strace prints them.
//!
//! The sets themselves are in [`sets`], made from `flags.tbl`. Printing goes
//! straight into the formatter: no allocation.

use core::fmt::{self, Display as _, Write as _};

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
    pub fields: &'static [Field],
    /// Bits that are a plain number (log2 of the size of a huge page).
    pub shift: Option<Shift>,
    /// What [`outcome`] says before the names (`flags`); empty for nothing.
    pub outcome: &'static str,
}

/// How values are made of the entries of a set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SetKind {
    /// Any of the entries together: `A|B`.
    Bits,
    /// Exactly one of the entries.
    Enum,
    /// Exactly one of the entries, shown beside the number: `10 /* NAME */`.
    Numbered,
    /// A signal number: the entries, then `SIGRTMIN`, `SIGRT_1` to `SIGRT_32`.
    Signal,
    /// Type and permissions of a file: `S_IFREG|0644`.
    Mode,
    /// One of the entries, or the parts of the number:
    /// `_IOC(_IOC_READ, 0x54, 0x32, 0x4)`.
    Ioctl,
}

/// A part of a value that has a set of its own.
#[derive(Debug)]
pub struct Field {
    /// Its bits.
    pub mask: u64,
    /// Its values, in place.
    pub set: &'static FlagSet,
    /// Where it is shown.
    pub place: Place,
}

/// Where a field is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Before the bits, always.
    First,
    /// Before the bits if it has a name; else its bits are like the others.
    Named,
    /// After the bits, if it is not zero or is a mode (`000`).
    Last,
}

/// A part of a value that is a number: `21<<MAP_HUGE_SHIFT`.
#[derive(Debug)]
pub struct Shift {
    /// Its bits.
    pub mask: u64,
    /// The name of the number of its lowest bit.
    pub name: &'static str,
}

/// Renders `value` by the names of `set`. Pass the value cut to the width of
/// its argument ([`crate::syscalls::Param::value`]).
#[must_use]
pub const fn display(set: &'static FlagSet, value: u64) -> Display {
    Display { set, value }
}

/// Renders a result as strace does: `0x8002 (flags O_RDWR|O_LARGEFILE)`,
/// `1 (SUID_DUMP_USER)`.
#[must_use]
pub const fn outcome(set: &'static FlagSet, value: u64) -> Outcome {
    Outcome { set, value }
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

/// See [`outcome`].
#[derive(Clone, Copy, Debug)]
pub struct Outcome {
    set: &'static FlagSet,
    value: u64,
}

impl fmt::Display for Display {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { set, value } = *self;
        match set.kind {
            SetKind::Bits => bits(set, value, out),
            SetKind::Enum => enumeration(set, value, out),
            SetKind::Numbered => numbered(set, value, out),
            SetKind::Signal => signal(set, value, out),
            SetKind::Mode => mode(set, value, out),
            SetKind::Ioctl => ioctl(set, value, out),
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { set, value } = *self;
        match set.kind {
            SetKind::Bits => Hex(value).fmt(out)?,
            _ => value.fmt(out)?,
        }
        let names = display(set, value);
        match set.outcome {
            "" => write!(out, " ({names})"),
            _ if value == 0 && set.fields.is_empty() => Ok(()),
            word => write!(out, " ({word} {names})"),
        }
    }
}

fn enumeration(set: &'static FlagSet, value: u64, out: &mut fmt::Formatter<'_>) -> fmt::Result {
    match name(set, value) {
        Some(name) => out.write_str(name),
        None => {
            Hex(value).fmt(out)?;
            comment(set.unknown, out)
        }
    }
}

fn numbered(set: &'static FlagSet, value: u64, out: &mut fmt::Formatter<'_>) -> fmt::Result {
    value.fmt(out)?;
    comment(name(set, value).unwrap_or(set.unknown), out)
}

fn signal(set: &'static FlagSet, value: u64, out: &mut fmt::Formatter<'_>) -> fmt::Result {
    match (name(set, value), value) {
        (Some(name), _) => out.write_str(name),
        (None, 32) => out.write_str("SIGRTMIN"),
        (None, 33..=64) => write!(out, "SIGRT_{}", value - 32),
        // strace: a signal without a name is its number.
        (None, _) => value.fmt(out),
    }
}

fn mode(set: &'static FlagSet, value: u64, out: &mut fmt::Formatter<'_>) -> fmt::Result {
    let mut rest = value;
    for field in set.fields {
        if let Some(name) = name(field.set, rest & field.mask) {
            rest &= !field.mask;
            write!(out, "{name}|")?;
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
        0o10.. => write!(out, "0{value:o}"),
        _ => write!(out, "{value:03o}"),
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

fn bits(set: &'static FlagSet, value: u64, out: &mut fmt::Formatter<'_>) -> fmt::Result {
    let mut rest = value;
    let mut parts = Parts { any: false };
    // Whether what is left may be the whole value, and so deserves the comment.
    let mut lonely = true;
    for field in set.fields {
        let part = value & field.mask;
        match field.place {
            Place::Named if name(field.set, part).is_none() => continue,
            Place::Named => parts.next(out)?.write_fmt(format_args!("{}", display(field.set, part)))?,
            Place::First => {
                parts.next(out)?.write_fmt(format_args!("{}", display(field.set, part)))?;
                lonely = false;
            }
            Place::Last => {}
        }
        rest &= !field.mask;
    }
    let number = set.shift.as_ref().map_or(0, |shift| rest & shift.mask);
    rest &= !number;
    for &(bits, name) in set.entries {
        if bits != 0 && rest & bits == bits {
            rest &= !bits;
            lonely = false;
            parts.next(out)?.write_str(name)?;
        }
    }
    if rest != 0 {
        Hex(rest).fmt(parts.next(out)?)?;
        if lonely {
            comment(set.unknown, out)?;
        }
    }
    if let Some(shift) = set.shift.as_ref().filter(|_| number != 0) {
        let number = number >> shift.mask.trailing_zeros();
        write!(parts.next(out)?, "{number}<<{}", shift.name)?;
    }
    for field in set.fields.iter().filter(|field| field.place == Place::Last) {
        let part = value & field.mask;
        if part != 0 || field.set.kind == SetKind::Mode {
            display(field.set, part).fmt(parts.next(out)?)?;
        }
    }
    if parts.any { Ok(()) } else { out.write_str(name(set, 0).unwrap_or("0")) }
}

fn comment(text: &str, out: &mut fmt::Formatter<'_>) -> fmt::Result {
    if text.is_empty() { Ok(()) } else { write!(out, " /* {text} */") }
}

/// `0x10`, and `0` for zero.
struct Hex(u64);

impl fmt::Display for Hex {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 == 0 { out.write_char('0') } else { write!(out, "{:#x}", self.0) }
    }
}

/// Writes `|` before every part but the first.
struct Parts {
    any: bool,
}

impl Parts {
    fn next<'a, 'b>(&mut self, out: &'a mut fmt::Formatter<'b>) -> Result<&'a mut fmt::Formatter<'b>, fmt::Error> {
        if core::mem::replace(&mut self.any, true) {
            out.write_char('|')?;
        }
        Ok(out)
    }
}
