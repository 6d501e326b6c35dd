//! Waiting for descriptors: `poll`, `select`, `epoll`, and what of it strace
//! shows beside the result.

use alloc::vec::Vec;

use host_abi::{
    flags::sets,
    syscalls::{Direction, Kind, Length, Param, Shape},
};

use crate::{
    call::{Decoder, separate},
    layout::{self, field, signed},
    line::Line,
    structs,
};

/// Appends `{fd=3, events=POLLIN}`.
pub fn poll(decoder: &mut Decoder, bytes: &[u8]) {
    let line = &mut *decoder.line;
    line.str("{fd=");
    line.signed(signed(bytes, 4));
    line.str(", events=");
    line.named(&sets::POLL, field(bytes, 4, 2));
    line.byte(b'}');
}

/// Appends `{events=EPOLLIN, data={u32=3, u64=3}}`.
pub fn epoll(decoder: &mut Decoder, bytes: &[u8]) {
    let line = &mut *decoder.line;
    line.str("{events=");
    line.named(&sets::EPOLL, field(bytes, 0, 4));
    line.str(", data={u32=");
    line.unsigned(field(bytes, 4, 4));
    line.str(", u64=");
    line.unsigned(field(bytes, 4, 8));
    line.str("}}");
}

/// Appends a set of descriptors as it was before the call.
pub fn descriptors_before(decoder: &mut Decoder, param: &Param, at: u64, count: u64) -> Option<()> {
    let bytes = match decoder.before.get(param.index) {
        Some(bytes) => bytes.to_vec(),
        None => decoder.memory.read(at, bytes_of(count))?,
    };
    descriptors(decoder.line, &bytes, count);
    Some(())
}

fn bytes_of(count: u64) -> usize {
    Shape::FdSet.bytes(count & 0xffff_ffff).unwrap_or(0).min(8192) as usize
}

/// Appends `[3 5]`.
fn descriptors(line: &mut Line, bytes: &[u8], count: u64) {
    let count = (count as usize).min(bytes.len() * 8);
    line.byte(b'[');
    let is_set = |fd: &usize| bytes[fd / 8] >> (fd % 8) & 1 != 0;
    for (i, fd) in (0..count).filter(is_set).enumerate() {
        if i > 0 {
            line.byte(b' ');
        }
        line.unsigned(fd as u64);
    }
    line.byte(b']');
}

/// Appends what strace adds to a number of ready descriptors:
/// `([{fd=3, revents=POLLIN}])`, `(in [3], left {tv_sec=1, tv_usec=0})`.
pub fn ready(decoder: &mut Decoder, params: &[Param]) {
    let mut parts = 0;
    let start = decoder.line.len();
    decoder.line.str(" (");
    let mut sets = ["in ", "out ", "except "].into_iter();
    for param in params {
        let Kind::Memory { shape, length, direction } = param.kind else {
            continue;
        };
        let label = if shape == Shape::FdSet { sets.next().unwrap_or("") } else { "" };
        let at = decoder.call.args[usize::from(param.index)];
        let Length::Arg(index) = length else {
            parts += left(decoder, shape, direction, at, parts);
            continue;
        };
        let count = decoder.call.args[usize::from(index)];
        parts += match shape {
            Shape::FdSet => chosen(decoder, label, at, count, parts),
            Shape::Pollfd => events(decoder, at, count, parts),
            _ => 0,
        };
    }
    if parts == 0 {
        decoder.line.truncate(start);
    } else {
        decoder.line.byte(b')');
    }
}

/// The time left. Gives the number of parts appended: 0 or 1.
fn left(decoder: &mut Decoder, shape: Shape, direction: Direction, at: u64, parts: usize) -> usize {
    let is_time = matches!(shape, Shape::Timespec | Shape::Timeval);
    if !is_time || direction != Direction::InOut || at == 0 {
        return 0;
    }
    let (Some(layout), Some(bytes)) = (structs::layout(shape), decoder.memory.read(at, shape.size())) else {
        return 0;
    };
    separate(decoder.line, parts);
    decoder.line.str("left ");
    layout::show(decoder.line, layout, &bytes);
    1
}

fn chosen(decoder: &mut Decoder, label: &str, at: u64, count: u64, parts: usize) -> usize {
    let bytes = match at {
        0 => None,
        _ => decoder.memory.read(at, bytes_of(count)),
    };
    let Some(bytes) = bytes.filter(|bytes| bytes.iter().any(|byte| *byte != 0)) else {
        return 0;
    };
    separate(decoder.line, parts);
    decoder.line.str(label);
    descriptors(decoder.line, &bytes, count);
    1
}

fn events(decoder: &mut Decoder, at: u64, count: u64, parts: usize) -> usize {
    let size = Shape::Pollfd.size();
    let Some(bytes) = decoder.memory.read(at, count.min(1 << 16) as usize * size) else {
        return 0;
    };
    let happened: Vec<&[u8]> = bytes.chunks_exact(size).filter(|entry| field(entry, 6, 2) != 0).collect();
    separate(decoder.line, parts);
    decoder.line.byte(b'[');
    for (i, entry) in happened.iter().enumerate() {
        separate(decoder.line, i);
        if i == decoder.limits.string {
            decoder.line.str("...");
            break;
        }
        decoder.line.str("{fd=");
        decoder.line.signed(signed(entry, 4));
        decoder.line.str(", revents=");
        decoder.line.named(&sets::POLL, field(entry, 6, 2));
        decoder.line.byte(b'}');
    }
    decoder.line.byte(b']');
    1
}
