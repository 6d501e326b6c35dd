//! Linux error numbers: constants, names, texts.

pub use crate::generated::errno::*;

/// The highest error number a syscall can return.
pub const MAX: u32 = 4095;
/// The same as `EAGAIN`.
pub const EWOULDBLOCK: u32 = EAGAIN;
/// The same as `EDEADLK`.
pub const EDEADLOCK: u32 = EDEADLK;
/// The same as `EOPNOTSUPP`.
pub const ENOTSUP: u32 = EOPNOTSUPP;

/// The error number in the result of a syscall, if it is one.
#[must_use]
pub const fn from_result(result: i64) -> Option<u32> {
    match result {
        -4095..=-1 => Some(result.unsigned_abs() as u32),
        _ => None,
    }
}

/// `ENOENT` for 2.
#[must_use]
pub fn name(number: u32) -> Option<&'static str> {
    entry(number).map(|entry| entry.1)
}

/// `No such file or directory` for 2; as strerror has it in the C locale.
#[must_use]
pub fn describe(number: u32) -> Option<&'static str> {
    entry(number).map(|entry| entry.2)
}

/// 2 for `ENOENT`.
#[must_use]
pub fn by_name(name: &str) -> Option<u32> {
    let name = match name {
        "EWOULDBLOCK" => "EAGAIN",
        "EDEADLOCK" => "EDEADLK",
        "ENOTSUP" => "EOPNOTSUPP",
        name => name,
    };
    TABLE.iter().find(|entry| entry.1 == name).map(|entry| entry.0)
}

fn entry(number: u32) -> Option<&'static (u32, &'static str, &'static str)> {
    let index = TABLE.binary_search_by_key(&number, |entry| entry.0).ok()?;
    TABLE.get(index)
}
