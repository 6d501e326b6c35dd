//! The loader's own descriptors, which share their table with the program's.
//!
//! They lie above the limit of descriptors where they can, or at least high.
//! close_range and dup2 of the program go around them (`dispatch::claims`); close(2)
//! is not looked at, for its cost. So every number here may by now be the
//! program's: it is ours only as long as it leads to where it led.
//!
//! # Safety
//! fstat(2) into a buffer of ours, fcntl(2) that makes new descriptors.
#![allow(unsafe_code, reason = "raw fstat and fcntl")]

use crate::arch::syscall::{nr, syscall2, syscall3};
use core::sync::atomic::{AtomicI32, AtomicPtr, AtomicU64, Ordering};

/// What an open descriptor leads to.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Identity {
    device: u64,
    inode: u64,
}

impl Identity {
    /// Device and inode.
    pub fn words(self) -> [u64; 2] {
        [self.device, self.inode]
    }

    /// The reverse.
    pub fn from_words([device, inode]: [u64; 2]) -> Self {
        Self { device, inode }
    }
}

/// What kind of thing that is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Writing to it raises SIGPIPE when nobody reads.
    Pipe,
    /// Anything else.
    Other,
}

/// What a descriptor leads to; None if it is not open.
pub fn look_at(descriptor: i32) -> Option<(Identity, Kind)> {
    const KIND: u32 = 0o170_000;
    const FIFO: u32 = 0o010_000;
    const SOCKET: u32 = 0o140_000;
    // struct stat: st_dev at 0, st_ino at 8, st_mode at 24, 144 bytes in all.
    let mut stat = [0u64; 18];
    // SAFETY: the buffer has the size of struct stat.
    let result = unsafe { syscall2(nr::FSTAT, descriptor as usize, stat.as_mut_ptr() as usize) };
    let kind = if matches!(stat[3] as u32 & KIND, FIFO | SOCKET) { Kind::Pipe } else { Kind::Other };
    (result == 0).then_some((Identity { device: stat[0], inode: stat[1] }, kind))
}

/// A descriptor that is held.
struct Held {
    /// Its number and one; 0: nothing is held here.
    number: AtomicI32,
    device: AtomicU64,
    inode: AtomicU64,
    /// Who has to know when the number changes, if anybody.
    user: AtomicPtr<AtomicI32>,
}

/// How many can be held: the log, statistics, granted directories.
const MOST: usize = 64;

static HELD: [Held; MOST] = [const {
    Held {
        number: AtomicI32::new(0),
        device: AtomicU64::new(0),
        inode: AtomicU64::new(0),
        user: AtomicPtr::new(core::ptr::null_mut()),
    }
}; MOST];

impl Held {
    fn number(&self) -> i32 {
        self.number.load(Ordering::Acquire) - 1
    }

    fn is_ours(&self, number: i32) -> bool {
        let identity =
            Identity { device: self.device.load(Ordering::Relaxed), inode: self.inode.load(Ordering::Relaxed) };
        look_at(number).is_some_and(|(found, _)| found == identity)
    }
}

/// Holds a descriptor from here on; at start-up. What does not fit is not
/// protected. `user` learns of its new number when the program takes the old one.
pub fn hold(number: i32, user: Option<&'static AtomicI32>) {
    let Some((identity, _)) = look_at(number) else { return };
    // One that is held already may get a user.
    let place = HELD.iter().find(|held| held.number() == number);
    let Some(held) = place.or_else(|| HELD.iter().find(|held| held.number() < 0)) else { return };
    held.device.store(identity.device, Ordering::Relaxed);
    held.inode.store(identity.inode, Ordering::Relaxed);
    held.user.store(user.map_or(core::ptr::null_mut(), |user| core::ptr::from_ref(user).cast_mut()), Ordering::Relaxed);
    held.number.store(number + 1, Ordering::Release);
}

fn ours(number: i32) -> Option<&'static Held> {
    HELD.iter().find(|held| held.number() == number && number >= 0 && held.is_ours(number))
}

/// Whether a number is the loader's.
pub fn is_ours(number: i32) -> bool {
    ours(number).is_some()
}

/// The lowest number of the loader's from `first` to `last`.
pub fn first_within(first: u32, last: u32) -> Option<u32> {
    let numbers = HELD.iter().filter_map(|held| u32::try_from(held.number()).ok().map(|number| (number, held)));
    let within = numbers.filter(|(number, _)| (first..=last).contains(number));
    within.filter(|(number, held)| held.is_ours(*number as i32)).map(|(number, _)| number).min()
}

/// The program is about to put something else under a number of ours: it gets
/// another one.
pub fn make_way(number: i32) {
    let Some(held) = ours(number) else { return };
    // SAFETY: null, or one that stays.
    let Some(user) = (unsafe { held.user.load(Ordering::Relaxed).as_ref() }) else { return };
    if let Some(new) = duplicate(number, number + 1) {
        held.number.store(new + 1, Ordering::Release);
        user.store(new, Ordering::Relaxed);
    }
}

/// A user has found a new descriptor for itself.
pub fn moved(user: &AtomicI32, new: i32) {
    user.store(new, Ordering::Relaxed);
    let is_its = |held: &&Held| core::ptr::eq(held.user.load(Ordering::Relaxed), user);
    if let Some(held) = HELD.iter().find(is_its) {
        held.number.store(new + 1, Ordering::Release);
    }
}

/// Duplicates a descriptor to the first free number from `lowest`, or to any high
/// one.
pub fn duplicate(descriptor: i32, lowest: i32) -> Option<i32> {
    const F_DUPFD_CLOEXEC: usize = 1030;
    [lowest, 900, 200, 60].into_iter().find_map(|lowest| {
        // SAFETY: makes a new descriptor and touches no old one.
        let new = unsafe { syscall3(nr::FCNTL, descriptor as usize, F_DUPFD_CLOEXEC, lowest as usize) };
        (new >= 0).then_some(new as i32)
    })
}
