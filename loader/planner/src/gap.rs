//! Sweeping bytes between known functions.

use crate::code::{Code, decoder};
use crate::elf::Segment;
use crate::evidence::is_plausible;

/// How far before a candidate a sweep starts when the gap is long. x86 code falls back into step within a
/// few instructions, so a start in the middle of one does no harm.
const BEFORE: u64 = 256;
/// How far behind a candidate the sweep needs to see.
const BEHIND: u64 = 32;
/// Where code starts again after bytes that are none.
const ALIGNMENT: u64 = 16;

/// The bytes to sweep for a candidate at `address` in the gap `[start, end)`.
pub(crate) fn window(start: u64, end: u64, address: u64) -> (u64, u64) {
    let near = address.saturating_sub(BEFORE) & !(ALIGNMENT - 1);
    (start.max(near), behind(end, address))
}

/// How far the bytes behind a candidate at `address` are of use, in a gap that ends at `end`.
pub(crate) fn behind(end: u64, address: u64) -> u64 {
    end.min(address.saturating_add(BEHIND))
}

/// Decodes up to `address` and starts again behind whatever no program contains. The result is the last
/// unbroken stretch; `None` if it does not get as far as `address`.
pub(crate) fn sweep<'a>(segment: &Segment<'a>, window: (u64, u64), address: u64) -> Option<Code<'a>> {
    let (mut start, end) = window;
    loop {
        let bytes = segment.range(start, end)?;
        let mut code = Code::new(bytes, start);
        code.extend(usize::try_from(address.checked_sub(start)?).ok()? + 1);
        let Some(broken) = first_implausible(&code, segment) else {
            return Some(code);
        };
        start = start.checked_add(broken as u64 + ALIGNMENT)? & !(ALIGNMENT - 1);
        if start > address {
            return None;
        }
    }
}

/// The offset of the first bytes that are no instruction of a program.
fn first_implausible(code: &Code<'_>, segment: &Segment<'_>) -> Option<usize> {
    let inside = |target: u64| segment.vaddr <= target && target < segment.end();
    let mut decoder = decoder(code.bytes, code.base);
    for step in &code.steps {
        let instruction = decoder.decode();
        let stays = step.target.is_none_or(inside);
        if !stays || (step.flow == crate::code::Flow::Next && !is_plausible(&instruction)) {
            return Some(step.offset);
        }
    }
    code.invalid.then_some(code.decoded)
}
