//! `wasi:clocks` and `wasi:random`.

use super::io::Pollable;
use crate::guest::imports::bytes::{Bytes, MAX};
use crate::guest::imports::clock::{self, BILLION, Clock};
use crate::guest::imports::random as source;
use crate::guest::instance::Host;
use wasmtime::component::{ComponentType, Lift, LinkerInstance, Lower, Resource};
use wasmtime::{Result, StoreContextMut, format_err};

type Linker<'a> = LinkerInstance<'a, Host>;
type Store<'a> = StoreContextMut<'a, Host>;

/// `wall-clock.datetime`
#[derive(Debug, Clone, Copy, ComponentType, Lower, Lift)]
#[component(record)]
pub(super) struct DateTime {
    pub(super) seconds: u64,
    pub(super) nanoseconds: u32,
}

impl From<(i64, u32)> for DateTime {
    fn from((seconds, nanoseconds): (i64, u32)) -> Self {
        Self { seconds: seconds.max(0).cast_unsigned(), nanoseconds }
    }
}

pub(super) fn monotonic(linker: &mut Linker<'_>) -> Result<()> {
    linker.func_wrap("now", |_: Store<'_>, (): ()| Ok((clock::nanoseconds(Clock::Monotonic),)))?;
    linker.func_wrap("resolution", |_: Store<'_>, (): ()| {
        let (seconds, nanoseconds) = clock::resolution(Clock::Monotonic);
        Ok((seconds.cast_unsigned().saturating_mul(BILLION).saturating_add(u64::from(nanoseconds)),))
    })?;
    linker.func_wrap(
        "subscribe-instant",
        |mut store: Store<'_>, (when,): (u64,)| -> Result<(Resource<Pollable>,)> {
            Ok((store.data_mut().wasi.io.pollables.add(Pollable::At(when))?,))
        },
    )?;
    linker.func_wrap(
        "subscribe-duration",
        |mut store: Store<'_>, (duration,): (u64,)| -> Result<(Resource<Pollable>,)> {
            let when = clock::nanoseconds(Clock::Monotonic).saturating_add(duration);
            Ok((store.data_mut().wasi.io.pollables.add(Pollable::At(when))?,))
        },
    )?;
    Ok(())
}

pub(super) fn wall(linker: &mut Linker<'_>) -> Result<()> {
    linker.func_wrap("now", |_: Store<'_>, (): ()| Ok((DateTime::from(clock::read(Clock::Realtime)),)))?;
    linker.func_wrap("resolution", |_: Store<'_>, (): ()| Ok((DateTime::from(clock::resolution(Clock::Realtime)),)))?;
    Ok(())
}

/// `random` and `insecure`: the same, since neither may be predictable to a
/// program that we know nothing of.
pub(super) fn random(linker: &mut Linker<'_>, bytes: &str, number: &str) -> Result<()> {
    linker.func_wrap(bytes, |_: Store<'_>, (length,): (u64,)| -> Result<(Bytes,)> {
        let length = u32::try_from(length).ok().filter(|&length| length <= MAX);
        let length = length.ok_or_else(|| format_err!("more than {MAX} random bytes at a time"))?;
        let filled = Bytes::filled(length, |bytes| source::fill(bytes).map(|()| bytes.len()));
        Ok((filled.map_err(|errno| format_err!("no random bytes: errno {errno}"))?,))
    })?;
    linker.func_wrap(number, |_: Store<'_>, (): ()| Ok((source::number()?,)))?;
    Ok(())
}

pub(super) fn seed(linker: &mut Linker<'_>) -> Result<()> {
    linker.func_wrap("insecure-seed", |_: Store<'_>, (): ()| Ok(((source::number()?, source::number()?),)))
}
