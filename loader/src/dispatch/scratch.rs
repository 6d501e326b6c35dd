//! Scratch memory: bytes of a hook that the program's call points to.
//!
//! Each thread has its own, below its hook stack, cut into parts. A call whose
//! hooks take some has a part to itself until it has returned, so that neither a
//! call in a signal handler nor one that a longjmp left behind can get at it.
//! There are more parts than a thread keeps calls in flight: one is always free.
//!
//! Invariant: no two calls in flight have the same part.

use super::frames::FRAMES;
use super::thread::ThreadBlock;
use crate::island::memory::Errno;

/// Bytes of one part: the most that the hooks of one call may take together.
pub const PART: usize = 16 << 10;
/// How many parts a thread has.
const PARTS: usize = 96;
/// Bytes of a thread's scratch memory.
pub const SIZE: usize = PARTS * PART;

const _: () = assert!(PARTS > FRAMES && PARTS < u8::MAX as usize);

/// What is handed out is aligned to this: enough for any structure.
const ALIGNMENT: usize = 16;

const ENOMEM: Errno = 12;

/// What the hooks of one call took.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Taken {
    /// Which part, from 1; 0 is none.
    part: u8,
    /// Bytes of it.
    used: u16,
}

impl Taken {
    /// Nothing.
    pub const NOTHING: Self = Self { part: 0, used: 0 };

    /// Whether anything was taken.
    pub fn is_some(self) -> bool {
        self.part != 0
    }
}

/// Takes `length` bytes for the call being dispatched and answers where they are.
pub fn take(block: &ThreadBlock, length: usize) -> Result<u64, Errno> {
    let mut taken = block.scratch.get();
    if !taken.is_some() {
        taken.part = free_part(block);
    }
    let at = usize::from(taken.used);
    // What has no length has an address of its own all the same.
    let end = length.max(1).checked_next_multiple_of(ALIGNMENT).and_then(|room| at.checked_add(room));
    let end = end.filter(|&end| end <= PART).ok_or(ENOMEM)?;
    taken.used = end as u16;
    block.scratch.set(taken);
    let part = usize::from(taken.part).saturating_sub(1);
    Ok(block.mapping().start + (part * PART + at) as u64)
}

/// A part that no call in flight has.
fn free_part(block: &ThreadBlock) -> u8 {
    let rsp = block.registers().rsp;
    let mut used = [false; PARTS + 1];
    for frame in block.frames_in_flight() {
        // The same place on a stack cannot be inside two calls: that one is over.
        if frame.rsp != rsp
            && let Some(used) = used.get_mut(usize::from(frame.scratch.part))
        {
            *used = true;
        }
    }
    let free = used.iter().skip(1).position(|used| !used).unwrap_or(PARTS - 1);
    free as u8 + 1
}

const _: () = assert!(PART <= u16::MAX as usize);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dispatch::blocks;
    use crate::dispatch::origin::Origin;
    use crate::guest::{Call, Observers};

    fn block() -> &'static ThreadBlock {
        let block = blocks::allocate(core::ptr::null()).unwrap();
        #[expect(unsafe_code, reason = "a block of the test's own")]
        // SAFETY: fresh, and this test's alone.
        unsafe {
            &*block
        }
    }

    /// Begins a call at this stack pointer.
    fn begin(block: &ThreadBlock, rsp: u64) {
        block.registers().rsp = rsp;
        block.scratch.set(Taken::NOTHING);
    }

    /// Lets the call go to the kernel.
    fn go(block: &ThreadBlock) {
        let call = Call { number: 0, args: [0; 6] };
        let rsp = block.registers().rsp;
        let origin = Origin::Loose { behind: 0 };
        block.frames().push(rsp).set(rsp, origin, &call, false, &Observers::NONE, block.scratch.get());
    }

    #[test]
    fn calls_in_flight_keep_theirs() {
        let block = block();
        begin(block, 1000);
        let outer = take(block, 100).unwrap();
        assert_eq!(outer % 16, 0);
        assert_eq!(take(block, 1).unwrap(), outer + 112);
        go(block);
        begin(block, 500);
        let inner = take(block, 5).unwrap();
        assert_eq!(inner, outer + PART as u64);
        go(block);
        // The inner call has returned; another comes.
        block.frames().pop(500).unwrap();
        begin(block, 400);
        assert_eq!(take(block, 5).unwrap(), inner);
        // All have.
        block.frames().pop(1000).unwrap();
        begin(block, 1000);
        assert_eq!(take(block, 5).unwrap(), outer);
    }

    #[test]
    fn a_call_has_a_bounded_share() {
        let block = block();
        for length in [PART + 1, usize::MAX] {
            assert_eq!(take(block, length), Err(ENOMEM));
        }
        let first = take(block, PART - 16).unwrap();
        assert_eq!(take(block, 0).unwrap(), first + PART as u64 - 16);
        assert_eq!(take(block, 0), Err(ENOMEM));
    }

    #[test]
    fn there_is_always_a_part() {
        let block = block();
        let mut seen = alloc::vec::Vec::new();
        // Calls that longjmps leave behind, at ever other places.
        for round in 0..1000 {
            begin(block, (round * 7919 % 300) * 16 + 16);
            let at = take(block, PART).unwrap();
            seen.retain(|&(rsp, _)| block.frames_in_flight().any(|frame| frame.rsp == rsp));
            let rsp = block.registers().rsp;
            assert!(!seen.iter().any(|&(other, part)| other != rsp && part == at), "{round}");
            go(block);
            seen.retain(|&(other, _)| other != rsp);
            seen.push((rsp, at));
        }
    }
}
