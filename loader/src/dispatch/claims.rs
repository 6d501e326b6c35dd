//! Calls of the program that concern what the loader holds in its process:
//! mappings, a descriptor, the gs register.
//!
//! Natively none of that would be there, and so the program is answered: a hole in
//! the address space is unmapped without effect, cannot be protected or advised
//! (ENOMEM) or moved (EFAULT); the descriptor is not open. What cannot be had at
//! all, since the loader is there, is refused: a mapping at its addresses (ENOMEM),
//! and a gs register of one's own (EPERM, and a message).
//!
//! close(2) is not looked at, for its cost: see `island::output` for what becomes
//! of the log then.
//!
//! # Safety
//! The calls are the program's own, on ranges and descriptors that are not the
//! loader's.
#![allow(unsafe_code, reason = "makes the program's calls")]

use super::Structural;
use super::thread::ThreadBlock;
use crate::arch::syscall::{nr, syscall2, syscall3, syscall4};
use crate::guest::Call;
use crate::island::{descriptors, memory, output, ranges};
use crate::rewrite::steady;
use core::ops::Range;
use core::sync::atomic::{AtomicBool, Ordering};

/// The numbers.
pub const NUMBERS: [usize; 13] = [
    nr::MMAP,
    nr::MUNMAP,
    nr::MPROTECT,
    nr::PKEY_MPROTECT,
    nr::MADVISE,
    nr::MREMAP,
    nr::MSEAL,
    nr::SHMAT,
    nr::DUP2,
    nr::DUP3,
    nr::CLOSE_RANGE,
    nr::ARCH_PRCTL,
    nr::SECCOMP,
];

const EPERM: i64 = 1;
const EBADF: i64 = 9;
const ENOMEM: i64 = 12;
const EFAULT: i64 = 14;
const PAGE: u64 = 4096;

/// What becomes of a call of `NUMBERS`.
pub fn structural(block: &ThreadBlock, call: &Call) -> Structural {
    let args = call.args;
    touched(call);
    match call.number as usize {
        nr::MMAP => mmap(args),
        nr::MUNMAP => on_range(args, munmap),
        nr::MPROTECT | nr::PKEY_MPROTECT | nr::MSEAL => on_range(args, |range, first| protect(call, range, first)),
        nr::MADVISE => on_range(args, |range, first| madvise(range, first, args[2])),
        nr::MREMAP => mremap(args),
        nr::DUP2 | nr::DUP3 => duplicate(block, args),
        nr::CLOSE_RANGE => close_range(args),
        nr::ARCH_PRCTL => arch_prctl(args),
        _ => Structural::Plain,
    }
}

/// A call is about to be made that may change what is mapped: objects that lie there are
/// not known any more.
pub fn touched(call: &Call) {
    const MAP_FIXED: u64 = 0x10;
    const MREMAP_FIXED: u64 = 2;
    const SHM_REMAP: u64 = 0x4000;
    let [first, length, third, flags, fifth, _] = call.args;
    let touch = |address: u64, length: u64| {
        pages(address, length.max(1)).iter().for_each(steady::touched);
    };
    match call.number as usize {
        nr::MMAP if flags & MAP_FIXED != 0 => touch(first, length),
        nr::MUNMAP | nr::MPROTECT | nr::PKEY_MPROTECT | nr::MADVISE | nr::MSEAL => touch(first, length),
        nr::MREMAP => {
            touch(first, length);
            if flags & MREMAP_FIXED != 0 {
                touch(fifth, third);
            }
        }
        // How long the segment is only the kernel knows.
        nr::SHMAT if third & SHM_REMAP != 0 => steady::touched(&(0..u64::MAX)),
        _ => {}
    }
}

/// The pages that an address and a length name; None: the kernel has an error for
/// them.
fn pages(address: u64, length: u64) -> Option<Range<u64>> {
    let end = address.checked_add(length)?.checked_next_multiple_of(PAGE)?;
    (address.is_multiple_of(PAGE) && end > address).then_some(address..end)
}

/// Calls `ours` if the range of the first two arguments holds something of the
/// loader's: with the range, and the first of what it holds.
fn on_range(args: [u64; 6], ours: impl FnOnce(Range<u64>, Range<u64>) -> i64) -> Structural {
    let Some(range) = pages(args[0], args[1]) else { return Structural::Plain };
    match ranges::first_within(&range) {
        Some(first) => Structural::Done(ours(range, first)),
        None => Structural::Plain,
    }
}

/// Calls `part` with each stretch of the range that is not the loader's.
fn around(range: Range<u64>, first: Range<u64>, mut part: impl FnMut(Range<u64>)) {
    let mut from = range.start;
    let mut next = Some(first);
    while from < range.end {
        let own = next.unwrap_or(range.end..range.end);
        if from < own.start {
            part(from..own.start.min(range.end));
        }
        from = from.max(own.end);
        next = ranges::first_within(&(from..range.end));
    }
}

fn munmap(range: Range<u64>, first: Range<u64>) -> i64 {
    let mut result = 0;
    around(range, first, |part| {
        // SAFETY: the program's own memory.
        let error = unsafe { syscall2(nr::MUNMAP, part.start as usize, (part.end - part.start) as usize) };
        if error != 0 {
            result = error as i64;
        }
    });
    result
}

/// mprotect and its like stop at a hole.
fn protect(call: &Call, range: Range<u64>, first: Range<u64>) -> i64 {
    if first.start > range.start {
        let [_, _, third, fourth, ..] = call.args.map(|arg| arg as usize);
        let length = (first.start - range.start) as usize;
        // SAFETY: the program's own memory, up to ours.
        let result = unsafe { syscall4(call.number as usize, range.start as usize, length, third, fourth) };
        if result != 0 {
            return result as i64;
        }
    }
    -ENOMEM
}

/// madvise goes on behind a hole.
fn madvise(range: Range<u64>, first: Range<u64>, advice: u64) -> i64 {
    let mut result = -ENOMEM;
    around(range, first, |part| {
        let length = (part.end - part.start) as usize;
        // SAFETY: the program's own memory.
        let error = unsafe { syscall3(nr::MADVISE, part.start as usize, length, advice as usize) };
        if error != 0 && result == -ENOMEM {
            result = error as i64;
        }
    });
    result
}

fn mmap(args: [u64; 6]) -> Structural {
    const MAP_FIXED: u64 = 0x10;
    let [address, length, _, flags, ..] = args;
    if flags & MAP_FIXED == 0 {
        return Structural::Plain;
    }
    on_range([address, length, 0, 0, 0, 0], |_, _| -ENOMEM)
}

fn mremap(args: [u64; 6]) -> Structural {
    const MREMAP_FIXED: u64 = 2;
    let [old, old_length, new_length, flags, new, _] = args;
    let ours = |range: Option<Range<u64>>| range.is_some_and(|range| ranges::first_within(&range).is_some());
    // With a length of 0 the mapping at the address is doubled.
    if ours(pages(old, old_length.max(1))) {
        Structural::Done(-EFAULT)
    } else if flags & MREMAP_FIXED != 0 && ours(pages(new, new_length)) {
        Structural::Done(-ENOMEM)
    } else {
        Structural::Plain
    }
}

/// dup2 and dup3: onto a number of ours, ours makes way; from it, there is nothing.
fn duplicate(block: &ThreadBlock, args: [u64; 6]) -> Structural {
    let [old, new] = [args[0] as i32, args[1] as i32];
    if descriptors::is_ours(old) {
        return Structural::Done(-EBADF);
    }
    // A process that shares our memory has a table of its own: where we have made
    // way there, the others would not find us.
    if !block.own_files.get() {
        descriptors::make_way(new);
    }
    Structural::Plain
}

/// close_range: around our numbers.
fn close_range(args: [u64; 6]) -> Structural {
    let [first, last, flags, ..] = args.map(|arg| arg as u32);
    if descriptors::first_within(first, last).is_none() {
        return Structural::Plain;
    }
    let mut from = first;
    loop {
        let ours = descriptors::first_within(from, last);
        let to = ours.map_or(Some(last), |ours| ours.checked_sub(1)).filter(|to| *to >= from);
        if let Some(to) = to {
            // SAFETY: the program's own call, without our descriptors.
            let result = unsafe { syscall3(nr::CLOSE_RANGE, from as usize, to as usize, flags as usize) };
            if result != 0 {
                return Structural::Done(result as i64);
            }
        }
        match ours.and_then(|ours| ours.checked_add(1)).filter(|next| *next <= last) {
            Some(next) => from = next,
            None => return Structural::Done(0),
        }
    }
}

/// The gs register is the loader's; the program may have 0 in it.
fn arch_prctl(args: [u64; 6]) -> Structural {
    const ARCH_SET_GS: u64 = 0x1001;
    const ARCH_GET_GS: u64 = 0x1004;
    static SAID: AtomicBool = AtomicBool::new(false);
    let [code, value, ..] = args;
    match code & 0xffff_ffff {
        ARCH_SET_GS if value == 0 => Structural::Done(0),
        ARCH_SET_GS => {
            if !SAID.swap(true, Ordering::Relaxed) {
                output::message(format_args!(
                    "the program wants the gs register (ARCH_SET_GS), through which the loader finds its thread \
                     block: refused with EPERM\n  \
                     a program that needs it cannot be hooked (Wine, or a language runtime that uses gs)\n  \
                     fix: run it without the loader: unset LD_PRELOAD"
                ));
            }
            Structural::Done(-EPERM)
        }
        ARCH_GET_GS => Structural::Done(match memory::write_exact(value, &0u64.to_le_bytes()) {
            Ok(()) => 0,
            Err(errno) => -i64::from(errno),
        }),
        _ => Structural::Plain,
    }
}
