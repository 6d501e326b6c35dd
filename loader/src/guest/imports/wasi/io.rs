//! `wasi:io`: streams of the log and of files, errors, and pollables, which are
//! timers or ready at once.
//!
//! # Safety
//! clock_nanosleep with a structure on our own stack.
#![allow(unsafe_code, reason = "raw clock_nanosleep")]

use super::errors::ErrorCode;
use super::table::Table;
use crate::arch::invoke::interruptible;
use crate::arch::syscall::nr;
use crate::guest::imports::beneath::Held;
use crate::guest::imports::bytes::Bytes;
use crate::guest::imports::clock::{self, BILLION, Clock};
use crate::guest::instance::Host;
use crate::island::memory::Errno;
use crate::island::output::{hook_output, message};
use alloc::format;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;
use wasmtime::component::{ComponentType, LinkerInstance, Lower, Resource, ResourceType, WasmList};
use wasmtime::{Result, StoreContextMut, bail};
use zpoline_host_abi::errno;

type Linker<'a> = LinkerInstance<'a, Host>;
type Store<'a> = StoreContextMut<'a, Host>;

/// Most bytes that a stream takes or gives at a time.
const CHUNK: u32 = 1 << 16;

/// A store's streams, and what belongs to them.
#[derive(Debug, Default)]
pub(super) struct State {
    pub(super) inputs: Table<Input>,
    pub(super) outputs: Table<Output>,
    pub(super) pollables: Table<Pollable>,
    errors: Table<Error>,
    /// What was written to standard error since the last end of a line.
    line: Line,
}

/// An `input-stream`.
#[derive(Debug)]
pub(super) enum Input {
    /// At its end from the start.
    Empty,
    /// A file, from here on.
    File { file: Arc<Held>, at: u64 },
}

/// An `output-stream`.
#[derive(Debug, Clone)]
pub(super) enum Output {
    /// To the log, as it is: standard output.
    Log,
    /// To the log, by lines that say whose they are: standard error.
    Messages,
    /// A file, from here on.
    File { file: Arc<Held>, at: u64 },
    /// The end of a file.
    Append { file: Arc<Held> },
}

/// A `pollable`.
#[derive(Debug, Clone, Copy)]
pub(super) enum Pollable {
    Ready,
    /// Once the monotonic clock has reached this.
    At(u64),
}

/// An `error`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Error(Errno);

/// `streams.stream-error`
#[derive(ComponentType, Lower)]
#[component(variant)]
enum StreamError {
    #[component(name = "last-operation-failed")]
    Failed(Resource<Error>),
    #[component(name = "closed")]
    Closed,
}

type Answer<T> = Result<(core::result::Result<T, StreamError>,)>;

/// A line of standard error that is not complete.
#[derive(Debug)]
struct Line {
    bytes: [u8; Self::SIZE],
    used: usize,
}

impl Default for Line {
    fn default() -> Self {
        Self { bytes: [0; Self::SIZE], used: 0 }
    }
}

impl Line {
    const SIZE: usize = 512;

    /// Adds bytes and prints what lines they complete; a long one in pieces.
    fn add(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            if byte == b'\n' {
                self.print();
                continue;
            }
            if self.used == Self::SIZE {
                self.print();
            }
            if let Some(slot) = self.bytes.get_mut(self.used) {
                *slot = byte;
                self.used += 1;
            }
        }
    }

    fn print(&mut self) {
        let text = self.bytes.get(..self.used).unwrap_or_default();
        message(format_args!("hook: {}", Lossy(text)));
        self.used = 0;
    }
}

impl Drop for Line {
    /// What the hook said last before it failed.
    fn drop(&mut self) {
        if self.used > 0 {
            self.print();
        }
    }
}

pub(super) fn error(linker: &mut Linker<'_>) -> Result<()> {
    linker.resource("error", ResourceType::host::<Error>(), |mut store: Store<'_>, place| {
        store.data_mut().wasi.io.errors.remove(place);
        Ok(())
    })?;
    linker.func_wrap(
        "[method]error.to-debug-string",
        |mut store: Store<'_>, (error,): (Resource<Error>,)| -> Result<(String,)> {
            let Error(number) = *store.data_mut().wasi.io.errors.get(&error)?;
            Ok((match errno::describe(number) {
                Some(text) => text.into(),
                None => format!("errno {number}"),
            },))
        },
    )
}

/// The error code behind an error: every error here is a file's.
pub(super) fn code_of(store: &mut Store<'_>, error: &Resource<Error>) -> Result<ErrorCode> {
    Ok(store.data_mut().wasi.io.errors.get(error)?.0.into())
}

pub(super) fn poll(linker: &mut Linker<'_>) -> Result<()> {
    linker.resource("pollable", ResourceType::host::<Pollable>(), |mut store: Store<'_>, place| {
        store.data_mut().wasi.io.pollables.remove(place);
        Ok(())
    })?;
    linker.func_wrap(
        "[method]pollable.ready",
        |mut store: Store<'_>, (pollable,): (Resource<Pollable>,)| -> Result<(bool,)> {
            Ok((store.data_mut().wasi.io.pollables.get(&pollable)?.is_ready(clock::nanoseconds(Clock::Monotonic)),))
        },
    )?;
    linker.func_wrap(
        "[method]pollable.block",
        |mut store: Store<'_>, (pollable,): (Resource<Pollable>,)| -> Result<()> {
            if let Pollable::At(when) = *store.data_mut().wasi.io.pollables.get(&pollable)? {
                sleep_until(when);
            }
            Ok(())
        },
    )?;
    linker.func_wrap("poll", |mut store: Store<'_>, (list,): (WasmList<Resource<Pollable>>,)| -> Result<(Vec<u32>,)> {
        const MOST: usize = 1024;
        if list.len() == 0 || list.len() > MOST {
            bail!("poll with {} pollables: 1 to {MOST} are possible", list.len());
        }
        let mut pollables = Vec::with_capacity(list.len());
        for index in 0..list.len() {
            let Some(resource) = list.get(&mut store, index) else { break };
            pollables.push(*store.data_mut().wasi.io.pollables.get(&resource?)?);
        }
        Ok((wait(&pollables),))
    })
}

/// Waits until one of them is ready, and answers which are.
fn wait(pollables: &[Pollable]) -> Vec<u32> {
    let ready = |now: u64| -> Vec<u32> {
        (0u32..).zip(pollables).filter(|(_, pollable)| pollable.is_ready(now)).map(|(index, _)| index).collect()
    };
    let found = ready(clock::nanoseconds(Clock::Monotonic));
    let first = pollables.iter().map(Pollable::when).min().unwrap_or(0);
    if !found.is_empty() {
        return found;
    }
    sleep_until(first);
    ready(first)
}

impl Pollable {
    fn when(&self) -> u64 {
        match self {
            Self::Ready => 0,
            Self::At(when) => *when,
        }
    }

    fn is_ready(self, now: u64) -> bool {
        self.when() <= now
    }
}

/// Sleeps until the monotonic clock has reached `when`, or a signal arrives that
/// the program has a handler for: that is not made to wait for the hook's timer,
/// which then goes off early.
fn sleep_until(when: u64) {
    const TIMER_ABSTIME: u64 = 1;
    let until = [when / BILLION, when % BILLION];
    let call = [nr::CLOCK_NANOSLEEP as u64, Clock::Monotonic as u64, TIMER_ABSTIME, until.as_ptr() as u64, 0, 0, 0];
    // SAFETY: struct timespec is ours and live.
    unsafe { interruptible(&call) };
}

pub(super) fn streams(linker: &mut Linker<'_>) -> Result<()> {
    linker.resource("input-stream", ResourceType::host::<Input>(), |mut store: Store<'_>, place| {
        store.data_mut().wasi.io.inputs.remove(place);
        Ok(())
    })?;
    linker.resource("output-stream", ResourceType::host::<Output>(), |mut store: Store<'_>, place| {
        store.data_mut().wasi.io.outputs.remove(place);
        Ok(())
    })?;
    for name in ["[method]input-stream.read", "[method]input-stream.blocking-read"] {
        linker.func_wrap(name, |mut store: Store<'_>, (stream, length): (Resource<Input>, u64)| -> Answer<Bytes> {
            let read = store.data_mut().wasi.io.inputs.get(&stream)?.read(length);
            answer(&mut store, read)
        })?;
    }
    for name in ["[method]input-stream.skip", "[method]input-stream.blocking-skip"] {
        linker.func_wrap(name, |mut store: Store<'_>, (stream, length): (Resource<Input>, u64)| -> Answer<u64> {
            let read = store.data_mut().wasi.io.inputs.get(&stream)?.read(length);
            answer(&mut store, read.map(|bytes| bytes.as_slice().len() as u64))
        })?;
    }
    ready::<Input>(linker, "[method]input-stream.subscribe")?;
    ready::<Output>(linker, "[method]output-stream.subscribe")?;
    linker
        .func_wrap("[method]output-stream.check-write", |_: Store<'_>, (_,): (Resource<Output>,)| -> Answer<u64> {
            Ok((Ok(u64::from(CHUNK)),))
        })?;
    for name in ["[method]output-stream.write", "[method]output-stream.blocking-write-and-flush"] {
        linker.func_wrap(
            name,
            |mut store: Store<'_>, (stream, bytes): (Resource<Output>, WasmList<u8>)| -> Answer<()> {
                let written = write(&mut store, &stream, &bytes)?;
                answer(&mut store, written)
            },
        )?;
    }
    for name in ["[method]output-stream.flush", "[method]output-stream.blocking-flush"] {
        linker.func_wrap(name, |_: Store<'_>, (_,): (Resource<Output>,)| -> Answer<()> { Ok((Ok(()),)) })?;
    }
    for name in ["[method]output-stream.write-zeroes", "[method]output-stream.blocking-write-zeroes-and-flush"] {
        linker.func_wrap(name, |mut store: Store<'_>, (stream, length): (Resource<Output>, u64)| -> Answer<()> {
            if length > u64::from(CHUNK) {
                bail!("{length} zeros are more than check-write allowed");
            }
            static ZEROS: [u8; CHUNK as usize] = [0; CHUNK as usize];
            let outputs = &mut store.data_mut().wasi.io.outputs;
            let to = outputs.get(&stream)?;
            let (after, outcome) = to.clone().written(ZEROS.get(..length as usize).unwrap_or_default());
            *to = after;
            answer(&mut store, outcome)
        })?;
    }
    for name in ["[method]output-stream.splice", "[method]output-stream.blocking-splice"] {
        linker.func_wrap(
            name,
            |mut store: Store<'_>, (to, from, length): (Resource<Output>, Resource<Input>, u64)| -> Answer<u64> {
                let state = &mut store.data_mut().wasi.io;
                let spliced = match state.inputs.get(&from)?.read(length) {
                    Ok(bytes) => {
                        let to = state.outputs.get(&to)?;
                        let (after, outcome) = to.clone().written(bytes.as_slice());
                        *to = after;
                        outcome.map(|()| bytes.as_slice().len() as u64)
                    }
                    Err(end) => Err(end),
                };
                answer(&mut store, spliced)
            },
        )?;
    }
    Ok(())
}

/// How a stream ends.
enum End {
    Closed,
    Failed(Errno),
}

/// Turns the end of a stream into what the guest gets.
fn answer<T>(store: &mut Store<'_>, outcome: core::result::Result<T, End>) -> Answer<T> {
    Ok((match outcome {
        Ok(value) => Ok(value),
        Err(End::Closed) => Err(StreamError::Closed),
        Err(End::Failed(errno)) => Err(StreamError::Failed(store.data_mut().wasi.io.errors.add(Error(errno))?)),
    },))
}

/// Defines a function that answers a pollable: nothing here makes one wait.
fn ready<T: 'static>(linker: &mut Linker<'_>, name: &str) -> Result<()> {
    linker.func_wrap(name, |mut store: Store<'_>, (_,): (Resource<T>,)| -> Result<(Resource<Pollable>,)> {
        Ok((store.data_mut().wasi.io.pollables.add(Pollable::Ready)?,))
    })
}

fn write(
    store: &mut Store<'_>,
    stream: &Resource<Output>,
    bytes: &WasmList<u8>,
) -> Result<core::result::Result<(), End>> {
    // The bytes lie in the guest's memory, in the store, as the stream does: a
    // line is put together piece by piece.
    let to = store.data_mut().wasi.io.outputs.get(stream)?.clone();
    if let Output::Messages = to {
        let mut done = 0;
        let mut piece = [0u8; Line::SIZE];
        loop {
            let rest = bytes.as_le_slice(&*store).get(done..).unwrap_or_default();
            let length = rest.len().min(piece.len());
            let Some((here, rest)) = piece.get_mut(..length).zip(rest.get(..length)) else { break };
            here.copy_from_slice(rest);
            if length == 0 {
                break;
            }
            store.data_mut().wasi.io.line.add(here);
            done += length;
        }
        return Ok(Ok(()));
    }
    let (after, outcome) = to.written(bytes.as_le_slice(&*store));
    *store.data_mut().wasi.io.outputs.get(stream)? = after;
    Ok(outcome)
}

impl Input {
    fn read(&mut self, length: u64) -> core::result::Result<Bytes, End> {
        let length = u32::try_from(length).unwrap_or(CHUNK).min(CHUNK);
        match self {
            Self::Empty => Err(End::Closed),
            Self::File { file, at } => {
                let bytes = Bytes::filled(length, |into| file.get()?.read_at(*at, into)).map_err(End::Failed)?;
                let got = bytes.as_slice().len();
                if got == 0 && length > 0 {
                    return Err(End::Closed);
                }
                *at = at.saturating_add(got as u64);
                Ok(bytes)
            }
        }
    }
}

impl Output {
    /// The stream once bytes were written to it, and how that went.
    fn written(mut self, bytes: &[u8]) -> (Self, core::result::Result<(), End>) {
        let wrote = match &mut self {
            Self::Log | Self::Messages => {
                hook_output(bytes);
                Ok(bytes.len())
            }
            Self::File { file, at } => file.get().and_then(|file| file.write_at(*at, bytes)).inspect(|wrote| {
                *at = at.saturating_add(*wrote as u64);
            }),
            Self::Append { file } => file.get().and_then(|file| file.append(bytes)),
        };
        let outcome = match wrote {
            Ok(wrote) if wrote == bytes.len() => Ok(()),
            Ok(_) => Err(End::Failed(errno::ENOSPC)),
            Err(errno) => Err(End::Failed(errno)),
        };
        (self, outcome)
    }
}

/// Text that need not be UTF-8.
struct Lossy<'a>(&'a [u8]);

impl fmt::Display for Lossy<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.utf8_chunks().try_for_each(|chunk| {
            f.write_str(chunk.valid())?;
            if chunk.invalid().is_empty() { Ok(()) } else { f.write_str("\u{fffd}") }
        })
    }
}
