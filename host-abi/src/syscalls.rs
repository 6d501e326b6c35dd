//! The syscall table: what every x86-64 syscall is called, takes and returns.
//!
//! The table itself is `generated::table`, made from `syscalls.tbl`; this file
//! holds its types and the look-ups. Everything is `static` data: no
//! allocation, no initialisation, usable in a hook and before `main`.
//!
//! Invariants (tested): [`TABLE`] is sorted by number without repetition;
//! `params` are in argument order, at most six; a [`Length`] or [`When`] names
//! an argument that exists.

use crate::flags::FlagSet;
pub use crate::generated::table::TABLE;
pub use crate::shape::{Shape, Unit};

/// How many syscalls the table has.
pub const COUNT: usize = TABLE.len();

/// The highest number in the table.
pub const MAX: u32 = TABLE[COUNT - 1].number;

/// One syscall.
#[derive(Debug)]
pub struct Syscall {
    /// Number (x86-64).
    pub number: u32,
    /// Name as the kernel and strace have it (`clock_gettime`).
    pub name: &'static str,
    /// Name of its interface in `zpoline:hook` (`clock-gettime`).
    pub wit_name: &'static str,
    /// C prototype, for people (`int openat(int dirfd, ...)`).
    pub prototype: &'static str,
    /// The arguments in order; the parameters of the typed interface.
    pub params: &'static [Param],
    /// How the arguments read when one of them selects what the others are
    /// (`fcntl`, `ioctl`, `futex`). The first whose conditions hold wins.
    pub variants: &'static [Variant],
    /// What it returns.
    pub ret: Ret,
}

/// How one call reads: the arguments to show, in the order to show them.
#[derive(Clone, Copy, Debug)]
pub struct View {
    /// The arguments to show; still to be asked for [`Param::shown`].
    pub params: &'static [Param],
    /// What the call returns.
    pub ret: Ret,
}

/// One way to read the arguments of a syscall.
#[derive(Debug)]
pub struct Variant {
    /// All must hold.
    pub when: &'static [When],
    /// The arguments to show, in the order to show them.
    pub params: &'static [Param],
    /// What the call returns then.
    pub ret: Ret,
}

/// One argument.
#[derive(Debug)]
pub struct Param {
    /// Which argument register: 0 is `%rdi`, 5 is `%r9`.
    pub index: u8,
    /// C name (`pathname`).
    pub name: &'static str,
    /// Printed before the value as `label=`; empty for none (only `clone` has
    /// them).
    pub label: &'static str,
    /// Width and sign.
    pub ty: Type,
    /// What it means.
    pub kind: Kind,
    /// Shown only if all hold (`mode` of `open`).
    pub when: &'static [When],
}

/// Width and sign of an argument; what its WIT type is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Type {
    /// `int`: `s32`.
    S32,
    /// `unsigned int`: `u32`.
    U32,
    /// `long`: `s64`.
    S64,
    /// `unsigned long`, `size_t`: `u64`.
    U64,
    /// A file descriptor: `fd`, 32 bits with sign.
    Fd,
    /// A pointer: `address`, 64 bits.
    Address,
}

/// What an argument means, and so how it reads.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    /// A decimal number with the sign of its type.
    Int,
    /// A hexadecimal number (`0x10`; zero is `0`).
    Hex,
    /// Permissions (`0644`, three digits at least).
    Octal,
    /// A user or group id: decimal, -1 for all ones.
    Id,
    /// A device number: `makedev(0x8, 0x1)`.
    Device,
    /// A file descriptor.
    Fd,
    /// A file descriptor of a directory, or `AT_FDCWD`.
    DirFd,
    /// A number or bits with names; [`crate::flags::display`].
    Flags(&'static FlagSet),
    /// A pointer that is not followed: `NULL` or hexadecimal.
    Address,
    /// The name of a file, ended by NUL; shown in full.
    Path,
    /// Text ended by NUL; shown up to a limit.
    String(Direction),
    /// `argv`: pointers to strings, ended by a null pointer.
    Strings,
    /// `envp`: as `Strings`, but strace shows the address and a count
    /// (`0x7ffc /* 23 vars */`).
    Environment,
    /// Memory of a known shape.
    Memory {
        /// Who writes it.
        direction: Direction,
        /// What is there.
        shape: Shape,
        /// How much of it.
        length: Length,
    },
}

/// Who writes the memory an argument points to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// The program: readable before the call.
    In,
    /// The kernel: readable after the call, if it succeeded.
    Out,
    /// Both.
    InOut,
}

/// How much memory an argument points to: elements of the shape, or bytes or
/// bits where [`Shape::unit`] says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Length {
    /// One element, shown bare (`{tv_sec=1, tv_nsec=0}`; a number as `[1]`).
    One,
    /// So many elements.
    Fixed(u32),
    /// The value of this argument.
    Arg(u8),
    /// The `u32` that this argument points to (before the call for input,
    /// after it for output).
    ArgAt(u8),
    /// The result of the call.
    Result,
}

/// Shows a parameter or picks a variant by the value of another argument.
#[derive(Clone, Copy, Debug)]
pub struct When {
    /// Which argument.
    pub argument: u8,
    /// Its width.
    pub ty: Type,
    /// What must be true of it.
    pub test: Test,
}

/// A condition on a value.
#[derive(Clone, Copy, Debug)]
pub enum Test {
    /// It is one of these.
    In(&'static [u64]),
    /// It is none of these.
    NotIn(&'static [u64]),
    /// It has all bits of at least one of these.
    Has(&'static [u64]),
    /// It has all bits of none of these.
    Lacks(&'static [u64]),
}

/// What a syscall returns when it does not fail.
#[derive(Clone, Copy, Debug)]
pub enum Ret {
    /// A decimal number: a count, a size, an id, or 0 for success.
    Int,
    /// A file descriptor.
    Fd,
    /// An address or a bit pattern: hexadecimal.
    Address,
    /// Permissions (`umask`).
    Octal,
    /// Bits with names: `0x8002 (flags O_RDWR|O_LARGEFILE)`.
    Flags(&'static FlagSet),
    /// How many descriptors are ready; 0 reads `0 (Timeout)`.
    Ready,
    /// It does not return: `?`.
    None,
}

impl Syscall {
    /// How a call with these arguments reads.
    #[must_use]
    pub fn view(&self, args: &[u64; 6]) -> View {
        let variant = self.variants.iter().find(|variant| all(variant.when, args));
        match variant {
            Some(variant) => View { params: variant.params, ret: variant.ret },
            None => View { params: self.params, ret: self.ret },
        }
    }
}

impl Param {
    /// Whether the argument means anything in a call with these arguments.
    #[must_use]
    pub fn shown(&self, args: &[u64; 6]) -> bool {
        all(self.when, args)
    }

    /// The argument of this call, cut to the width of its type.
    #[must_use]
    pub fn value(&self, args: &[u64; 6]) -> u64 {
        self.ty.zero_extend(args.get(usize::from(self.index)).copied().unwrap_or(0))
    }
}

impl Type {
    /// The value of an argument register as this type, upper bits zero. The
    /// kernel ignores the upper half of 32-bit arguments, and programs leave
    /// anything there.
    #[must_use]
    pub const fn zero_extend(self, register: u64) -> u64 {
        match self {
            Self::S32 | Self::U32 | Self::Fd => register & 0xffff_ffff,
            Self::S64 | Self::U64 | Self::Address => register,
        }
    }

    /// The value of an argument register as a number with the sign of this
    /// type.
    #[must_use]
    pub const fn number(self, register: u64) -> i128 {
        match self {
            Self::S32 | Self::Fd => register.cast_signed() as i32 as i128,
            Self::S64 => register.cast_signed() as i128,
            Self::U32 | Self::U64 | Self::Address => self.zero_extend(register) as i128,
        }
    }
}

impl When {
    /// Whether it holds for a call with these arguments.
    #[must_use]
    pub fn holds(&self, args: &[u64; 6]) -> bool {
        let register = args.get(usize::from(self.argument)).copied().unwrap_or(0);
        let value = self.ty.zero_extend(register);
        let has = |wanted: &u64| value & wanted == *wanted;
        match self.test {
            Test::In(values) => values.contains(&value),
            Test::NotIn(values) => !values.contains(&value),
            Test::Has(masks) => masks.iter().any(has),
            Test::Lacks(masks) => !masks.iter().any(has),
        }
    }
}

fn all(conditions: &[When], args: &[u64; 6]) -> bool {
    conditions.iter().all(|condition| condition.holds(args))
}

/// The syscall with this number.
#[must_use]
pub fn by_number(number: u32) -> Option<&'static Syscall> {
    let index = TABLE.binary_search_by_key(&number, |syscall| syscall.number).ok()?;
    TABLE.get(index)
}

/// The syscall with this name, as the kernel writes it (`clock_gettime`).
#[must_use]
pub fn by_name(name: &str) -> Option<&'static Syscall> {
    TABLE.iter().find(|syscall| syscall.name == name)
}

/// The syscall of this WIT interface (`clock-gettime`).
#[must_use]
pub fn by_wit_name(name: &str) -> Option<&'static Syscall> {
    TABLE.iter().find(|syscall| syscall.wit_name == name)
}

/// The name of the WIT interface of the syscall with this number.
#[must_use]
pub fn wit_name(number: u32) -> Option<&'static str> {
    by_number(number).map(|syscall| syscall.wit_name)
}
