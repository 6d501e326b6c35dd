//! What an argument points to: whether to follow it, how much of it, and the
//! choice of the file that knows its shape.

use alloc::vec::Vec;

use host_abi::{
    nr,
    syscalls::{Direction, Length, Param, Shape, Unit},
};

use crate::{
    call::{Decoder, separate},
    clock, event, file, ipc,
    layout::{self, signed, unsigned},
    message, process, signal, socket, structs,
    text::{Quote, quoted},
};

/// What is there.
#[derive(Clone, Copy)]
pub struct What {
    /// Who writes it.
    pub direction: Direction,
    /// What it looks like.
    pub shape: Shape,
    /// How much.
    pub length: Length,
}

/// Appends what the argument points to, or its address where that is not
/// there (yet) or cannot be read.
pub fn show(decoder: &mut Decoder, param: &Param, what: What) {
    // A pointer has all 64 bits, whatever the parameter's type.
    let at = decoder.call.args[usize::from(param.index)];
    if at == 0 {
        return decoder.line.str("NULL");
    }
    if what.shape == Shape::Msghdr && what.direction == Direction::Out && !decoder.succeeded() {
        return message::failed_header(decoder, at);
    }
    if what.direction == Direction::Out && !is_written(decoder, what.shape) {
        return decoder.line.hex(at);
    }
    let start = decoder.line.len();
    if follow(decoder, param, what, at).is_none() {
        decoder.line.truncate(start);
        decoder.line.hex(at);
    }
}

/// Whether the kernel wrote output of this shape.
fn is_written(decoder: &Decoder, shape: Shape) -> bool {
    const EINTR: i64 = 4;
    match decoder.call.number {
        // What is left to sleep is told only if there is something left.
        nr::NANOSLEEP | nr::CLOCK_NANOSLEEP => decoder.outcome == Some(-EINTR),
        // Nobody was waited for.
        nr::WAIT4 if decoder.outcome == Some(0) => false,
        nr::WAITID => decoder.succeeded() || shape != Shape::Siginfo,
        _ => decoder.succeeded(),
    }
}

fn follow(decoder: &mut Decoder, param: &Param, what: What, at: u64) -> Option<()> {
    let count = count(decoder, what)?;
    match what.shape {
        Shape::Bytes => bytes(decoder, at, count),
        Shape::Dirents | Shape::Dirents64 => file::entries(decoder, what.shape, at, count),
        Shape::Sockaddr => socket::address(decoder, at, count),
        Shape::FdSet => event::descriptors_before(decoder, param, at, count),
        Shape::CpuSet => process::processors(decoder, at, count),
        Shape::Sigset => signal::set_at(decoder, at, count),
        Shape::CapData => process::capabilities(decoder, at),
        Shape::FileHandle => file::handle(decoder, param, at),
        Shape::Msghdr => message::header(decoder, param, what.direction, at),
        Shape::Msgbuf => ipc::message(decoder, at, count),
        _ if what.shape.unit() == Unit::Bytes => {
            let bytes = decoder.memory.read_some(at, count.min(4096) as usize)?;
            one(decoder, what, &bytes)
        }
        _ if what.length == Length::One => {
            let bytes = before_or_now(decoder, param, what.shape, at)?;
            if is_number(what.shape) {
                numbers_in_and_out(decoder, param, what, &bytes, at)
            } else {
                one(decoder, what, &bytes)
            }
        }
        _ => list(decoder, what, at, count),
    }
}

/// The element as it was before the call, if that was kept.
fn before_or_now(decoder: &Decoder, param: &Param, shape: Shape, at: u64) -> Option<Vec<u8>> {
    match decoder.before.get(param.index) {
        Some(bytes) => Some(bytes.to_vec()),
        None => decoder.memory.read(at, shape.size()),
    }
}

/// How many elements (bytes, descriptors) there are.
fn count(decoder: &Decoder, what: What) -> Option<u64> {
    Some(match what.length {
        Length::One => 1,
        Length::Fixed(count) => u64::from(count),
        Length::Arg(index) => decoder.call.args[usize::from(index)],
        Length::ArgAt(index) => {
            let at = decoder.call.args[usize::from(index)];
            unsigned(&decoder.memory.read(at, 4)?, 4)
        }
        Length::Result => decoder.outcome.unwrap_or(0).max(0).cast_unsigned(),
    })
}

fn bytes(decoder: &mut Decoder, at: u64, count: u64) -> Option<()> {
    let limit = decoder.limits.string;
    let shown = decoder.memory.read(at, count.min(limit as u64) as usize)?;
    let quote = match decoder.call.number {
        nr::GETRANDOM => Quote::Hex,
        _ => Quote::Text,
    };
    quoted(decoder.line, &shown, count > limit as u64, quote);
    Some(())
}

fn is_number(shape: Shape) -> bool {
    use Shape::{Int, Long, Pointer, SchedParam, Uint, Ulong};
    matches!(shape, Int | Uint | Long | Ulong | Pointer | SchedParam)
}

/// Appends `[16]`, `[128 => 16]` (lengths of addresses) or `[0] => [5]`
/// (offsets).
fn numbers_in_and_out(decoder: &mut Decoder, param: &Param, what: What, before: &[u8], at: u64) -> Option<()> {
    let now = decoder.memory.read(at, what.shape.size())?;
    decoder.line.byte(b'[');
    number(decoder, what.shape, before);
    let is_told = what.direction == Direction::InOut && decoder.before.get(param.index).is_some();
    if is_told && before != now && decoder.succeeded() {
        let is_offset = matches!(what.shape, Shape::Long | Shape::Ulong);
        decoder.line.str(if is_offset { "] => [" } else { " => " });
        number(decoder, what.shape, &now);
    }
    decoder.line.byte(b']');
    Some(())
}

fn number(decoder: &mut Decoder, shape: Shape, bytes: &[u8]) {
    match shape {
        Shape::Int | Shape::SchedParam => decoder.line.signed(signed(bytes, 4)),
        Shape::Uint => decoder.line.unsigned(unsigned(bytes, 4)),
        Shape::Long => decoder.line.signed(signed(bytes, 8)),
        Shape::Ulong => decoder.line.unsigned(unsigned(bytes, 8)),
        _ => decoder.line.address(unsigned(bytes, 8)),
    }
}

/// Appends `[a, b, ...]`.
fn list(decoder: &mut Decoder, what: What, at: u64, count: u64) -> Option<()> {
    let shown = count.min(decoder.limits.string as u64);
    let size = what.shape.size();
    let all = decoder.memory.read(at, shown as usize * size)?;
    let mut data = message::Budget::of(decoder, what.direction);
    decoder.line.byte(b'[');
    for (i, bytes) in all.chunks_exact(size).enumerate() {
        separate(decoder.line, i);
        match what.shape {
            shape if is_number(shape) => number(decoder, shape, bytes),
            Shape::Iovec => message::vector(decoder, bytes, &mut data),
            _ => one(decoder, what, bytes)?,
        }
    }
    if count > shown {
        decoder.line.str(", ...");
    }
    decoder.line.byte(b']');
    Some(())
}

/// Appends one struct. `None` if its shape is not decoded.
fn one(decoder: &mut Decoder, what: What, bytes: &[u8]) -> Option<()> {
    if let Some(layout) = structs::layout(what.shape) {
        if clock::is_file_time(decoder, what.shape) {
            clock::file_time(decoder, what.shape, bytes);
        } else if what.shape == Shape::Utimbuf {
            clock::file_times(decoder, bytes);
        } else {
            layout::show(decoder.line, layout, bytes);
        }
        return Some(());
    }
    match what.shape {
        Shape::WaitStatus => process::wait_status(decoder, bytes),
        Shape::CloneArgs => process::clone_args(decoder, bytes),
        Shape::Stat => file::stat(decoder, bytes),
        Shape::Statx => file::statx(decoder, bytes),
        Shape::Statfs => file::statfs(decoder, bytes),
        Shape::OpenHow => file::open_how(decoder, bytes),
        Shape::Flock => file::lock(decoder, bytes),
        Shape::Sigaction => signal::action(decoder, bytes),
        Shape::SigsetPointer => signal::set_pointer(decoder, bytes)?,
        Shape::Siginfo => signal::info(decoder, bytes),
        Shape::Stack => signal::stack(decoder, bytes),
        Shape::Sigevent => signal::event(decoder, bytes),
        Shape::Mmsghdr => message::counted_header(decoder, bytes, what.direction),
        Shape::Iovec => {
            let mut data = message::Budget::of(decoder, what.direction);
            message::vector(decoder, bytes, &mut data);
        }
        Shape::Pollfd => event::poll(decoder, bytes),
        Shape::EpollEvent => event::epoll(decoder, bytes),
        _ => return None,
    }
    Some(())
}
