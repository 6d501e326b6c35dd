//! The calls in flight of one thread, whose results the loader still has to look
//! at: one for the call itself, and one for each signal handler that interrupted
//! the one before and made a call of its own.
//!
//! Invariant: a call is found again by the stack pointer at its syscall
//! instruction. No live one is dropped; what a longjmp left behind is.

use super::origin::Origin;
use super::scratch::Taken;
use crate::guest::{Call, Observers};
use crate::signals::hygiene::Due;

/// A call in flight.
#[derive(Debug)]
pub struct Frame {
    /// Stack pointer at the syscall instruction: the key.
    pub rsp: u64,
    /// Where it came from.
    pub origin: Origin,
    /// The call as the program made it.
    pub call: Call,
    /// The call as the kernel gets it.
    pub sent: Call,
    /// What the loader has to note once the call has been made.
    pub due: Due,
    /// The call that runs may take the stack away.
    pub unmaps: bool,
    /// The hooks whose exit phase is due.
    pub observers: Observers,
    /// Scratch memory that the call may use.
    pub scratch: Taken,
}

impl Frame {
    /// Copies another's content, without what of it means nothing.
    pub fn set(&mut self, rsp: u64, origin: Origin, call: &Call, unmaps: bool, observers: &Observers, scratch: Taken) {
        self.rsp = rsp;
        self.origin = origin;
        self.call = *call;
        self.sent = *call;
        self.due = Due::Nothing;
        self.unmaps = unmaps;
        self.observers.set(observers);
        self.scratch = scratch;
    }
}

/// How many calls may be in flight in one thread, those included that a longjmp
/// left behind.
pub const FRAMES: usize = 80;

/// Two frames farther apart than this may well be on different stacks.
const STACK_SPAN: u64 = 1 << 20;

/// All of them. Each stays in its place while it is in flight: the kernel may be
/// reading a mask there.
#[repr(C)]
#[derive(Debug)]
pub struct Frames {
    /// Places beyond this many are free.
    used: usize,
    /// Of the call that came last.
    serial: u64,
    /// In which order calls came; 0: the place is free, and has any content.
    serials: [u64; FRAMES],
    places: [Frame; FRAMES],
}

/// Bytes at the start of [`Frames`] that are zero when nothing is in flight; the
/// rest need not be touched to make it so.
pub const HEAD: usize = core::mem::offset_of!(Frames, places);

impl Frames {
    /// Places that may be taken, with their serials.
    fn taken(&self) -> impl Iterator<Item = (usize, u64, &Frame)> {
        let places = self.serials.iter().zip(&self.places).take(self.used).enumerate();
        places.filter(|(_, (serial, _))| **serial != 0).map(|(at, (serial, frame))| (at, *serial, frame))
    }

    /// The place of the call that was made last with this stack pointer.
    fn index(&self, rsp: u64) -> Option<usize> {
        self.taken().filter(|(_, _, frame)| frame.rsp == rsp).max_by_key(|(_, serial, _)| *serial).map(|(at, ..)| at)
    }

    /// Room for a call made with this stack pointer. An older one with the same
    /// was left behind by a longjmp: the same place on a stack cannot be inside
    /// two calls.
    pub fn push(&mut self, rsp: u64) -> &mut Frame {
        let free = || {
            let free = self.serials.iter().take(self.used).position(|serial| *serial == 0);
            free.or((self.used < FRAMES).then_some(self.used))
        };
        let at = self.index(rsp).or_else(free).unwrap_or_else(|| self.abandoned(rsp)) % FRAMES;
        self.used = self.used.max(at + 1);
        self.serial += 1;
        self.serials[at] = self.serial;
        &mut self.places[at]
    }

    /// All places are taken, by what longjmps left: on one stack all that lies
    /// below a new call is over. Else the oldest goes.
    fn abandoned(&self, rsp: u64) -> usize {
        let oldest = |below: bool| {
            let over = |frame: &Frame| !below || frame.rsp < rsp && rsp - frame.rsp < STACK_SPAN;
            self.taken().filter(|(_, _, frame)| over(frame)).min_by_key(|(_, serial, _)| *serial).map(|(at, ..)| at)
        };
        oldest(true).or_else(|| oldest(false)).unwrap_or(0)
    }

    /// The call in flight that was made with this stack pointer.
    pub fn find(&mut self, rsp: u64) -> Option<&mut Frame> {
        let at = self.index(rsp)?;
        self.places.get_mut(at)
    }

    /// Takes the call in flight that was made with this stack pointer, and all that
    /// came after it.
    pub fn pop(&mut self, rsp: u64) -> Option<&mut Frame> {
        let at = self.index(rsp)?;
        let since = *self.serials.get(at)?;
        let used = self.used.min(FRAMES);
        let mut still = 0;
        for (at, serial) in self.serials.iter_mut().take(used).enumerate() {
            if *serial >= since {
                *serial = 0;
            } else if *serial != 0 {
                still = at + 1;
            }
        }
        self.used = still;
        self.places.get_mut(at)
    }

    /// Those in flight.
    pub fn live(&self) -> impl Iterator<Item = &Frame> {
        self.taken().map(|(_, _, frame)| frame)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::boxed::Box;

    fn empty() -> Box<Frames> {
        // SAFETY: all-zero bytes are valid for every field.
        #[expect(unsafe_code, reason = "zeroed memory, as in a thread block")]
        unsafe {
            Box::<Frames>::new_zeroed().assume_init()
        }
    }

    fn push(frames: &mut Frames, rsp: u64, number: u32) {
        let call = Call { number, args: [0; 6] };
        frames.push(rsp).set(rsp, Origin::Stub(0), &call, false, &Observers::NONE, Taken::NOTHING);
    }

    fn pop(frames: &mut Frames, rsp: u64) -> Option<u32> {
        frames.pop(rsp).map(|frame| frame.call.number)
    }

    #[test]
    fn the_innermost_comes_back_first() {
        let mut frames = empty();
        push(&mut frames, 3000, 1);
        push(&mut frames, 2000, 2);
        push(&mut frames, 1000, 3);
        assert_eq!(pop(&mut frames, 1000), Some(3));
        assert_eq!(pop(&mut frames, 1000), None);
        // A longjmp over the second.
        assert_eq!(pop(&mut frames, 3000), Some(1));
        assert_eq!(pop(&mut frames, 2000), None);
    }

    #[test]
    fn a_place_on_the_stack_is_in_one_call() {
        let mut frames = empty();
        push(&mut frames, 3000, 1);
        push(&mut frames, 2000, 2);
        push(&mut frames, 3000, 3);
        assert_eq!(pop(&mut frames, 2000), Some(2));
        push(&mut frames, 3000, 4);
        assert_eq!(pop(&mut frames, 3000), Some(4));
        assert_eq!(pop(&mut frames, 3000), None);
    }

    #[test]
    fn what_longjmps_left_behind_makes_room() {
        let mut frames = empty();
        for depth in 0..FRAMES as u64 {
            push(&mut frames, 1_000_000 - 100 * depth, depth as u32);
        }
        // All below this one are over; the oldest of them goes.
        push(&mut frames, 999_950, 500);
        assert_eq!(pop(&mut frames, 999_950), Some(500));
        assert_eq!(pop(&mut frames, 999_900), None);
        assert_eq!(pop(&mut frames, 999_800), Some(2));
        assert_eq!(pop(&mut frames, 1_000_000), Some(0));
    }
}
