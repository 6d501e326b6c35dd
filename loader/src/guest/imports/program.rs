//! The program's memory, as a hook sees it: without what the loader has mapped.
//!
//! The loader, other hooks' memories among its mappings, is as good as not there:
//! an address in it is EFAULT, what begins before it ends there. Scratch memory of
//! the hook's own thread is the program's.
//!
//! Invariant: every address that a hook names in an import goes through here
//! before anything is copied.

use crate::dispatch::{scratch, thread};
use crate::island::memory::{self, EFAULT, Errno};
use crate::island::ranges;

/// How many bytes from `at`, at most `length`, are before anything of the loader's.
fn part(at: u64, length: usize) -> usize {
    let end = at.saturating_add(length as u64);
    match ranges::first_within(&(at..end)) {
        Some(_) if is_scratch(at, end) => length,
        Some(first) => first.start.saturating_sub(at) as usize,
        None => length,
    }
}

fn is_scratch(at: u64, end: u64) -> bool {
    let start = thread::current().mapping().start;
    start <= at && end <= start + scratch::SIZE as u64
}

/// As [`memory::read_some`].
pub(super) fn read_some(at: u64, out: &mut [u8]) -> Result<usize, Errno> {
    if out.is_empty() {
        return Ok(0);
    }
    match out.get_mut(..part(at, out.len())) {
        Some(out) if !out.is_empty() => memory::read_some(at, out),
        _ => Err(EFAULT),
    }
}

/// As [`memory::read_exact`].
pub(super) fn read_exact(at: u64, out: &mut [u8]) -> Result<(), Errno> {
    if part(at, out.len()) == out.len() { memory::read_exact(at, out) } else { Err(EFAULT) }
}

/// As [`memory::read_c_string`].
pub(super) fn read_c_string(at: u64, out: &mut [u8]) -> Result<usize, Errno> {
    let part = part(at, out.len());
    let whole = part == out.len();
    let length = memory::read_c_string(at, out.get_mut(..part).unwrap_or_default())?;
    if length < part || whole { Ok(length) } else { Err(EFAULT) }
}

/// As [`memory::write_exact`], but that nothing is written where not all can be for
/// the loader's sake.
pub(super) fn write_exact(at: u64, bytes: &[u8]) -> Result<(), Errno> {
    if part(at, bytes.len()) == bytes.len() { memory::write_exact(at, bytes) } else { Err(EFAULT) }
}
