//! `zpoline:hook/clock`: the time.
//!
//! # Safety
//! The kernel reads and writes structures on our own stack.
#![allow(unsafe_code, reason = "raw clock_gettime")]

use crate::arch::syscall::{nr, syscall2};
use crate::guest::instance::Host;
use wasmtime::component::{ComponentType, LinkerInstance, Lower};
use wasmtime::{Result, StoreContextMut};

/// `clock.instant`
#[derive(Debug, Clone, Copy, ComponentType, Lower)]
#[component(record)]
struct Instant {
    seconds: i64,
    nanoseconds: u32,
}

/// A clock of the kernel's.
#[derive(Debug, Clone, Copy)]
pub(super) enum Clock {
    Realtime = 0,
    Monotonic = 1,
    Thread = 3,
}

/// A billion nanoseconds are a second.
pub(super) const BILLION: u64 = 1_000_000_000;

pub(super) fn define(linker: &mut LinkerInstance<'_, Host>) -> Result<()> {
    linker.func_wrap("realtime", |_: StoreContextMut<'_, Host>, (): ()| {
        let (seconds, nanoseconds) = read(Clock::Realtime);
        Ok((Instant { seconds, nanoseconds },))
    })?;
    linker.func_wrap("monotonic", |_: StoreContextMut<'_, Host>, (): ()| Ok((nanoseconds(Clock::Monotonic),)))?;
    linker.func_wrap("thread-time", |_: StoreContextMut<'_, Host>, (): ()| Ok((nanoseconds(Clock::Thread),)))?;
    Ok(())
}

/// Seconds and nanoseconds of a clock.
pub(super) fn read(clock: Clock) -> (i64, u32) {
    timespec(nr::CLOCK_GETTIME, clock)
}

/// The step of a clock.
pub(super) fn resolution(clock: Clock) -> (i64, u32) {
    timespec(nr::CLOCK_GETRES, clock)
}

/// A clock in nanoseconds.
pub(super) fn nanoseconds(clock: Clock) -> u64 {
    let (seconds, nanoseconds) = read(clock);
    seconds.cast_unsigned().saturating_mul(BILLION).saturating_add(u64::from(nanoseconds))
}

fn timespec(number: usize, clock: Clock) -> (i64, u32) {
    let mut time = [0i64; 2];
    // SAFETY: the kernel writes one struct timespec, two words.
    unsafe { syscall2(number, clock as usize, time.as_mut_ptr() as usize) };
    (time[0], time[1] as u32)
}
