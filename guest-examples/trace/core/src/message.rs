//! Messages of sockets and the vectors that they and `readv` are made of.

use host_abi::{
    flags::sets,
    syscalls::{Direction, Param, Shape},
};

use crate::{
    call::{Decoder, separate},
    layout::{field, signed},
    socket,
    text::{Quote, quoted},
};

/// How many bytes of the vectors are worth showing: all that go in, as many
/// as came out.
pub struct Budget(u64);

impl Budget {
    /// For data in this direction.
    pub fn of(decoder: &Decoder, direction: Direction) -> Self {
        match (direction, decoder.outcome) {
            (Direction::In, _) => Self(u64::MAX),
            (_, Some(outcome)) if outcome > 0 => Self(outcome.cast_unsigned()),
            _ => Self(0),
        }
    }
}

/// Appends `{iov_base="hello", iov_len=5}`.
pub fn vector(decoder: &mut Decoder, bytes: &[u8], budget: &mut Budget) {
    let (base, length) = (field(bytes, 0, 8), field(bytes, 8, 8));
    let filled = length.min(budget.0);
    if budget.0 != u64::MAX {
        budget.0 -= filled;
    }
    decoder.line.str("{iov_base=");
    data(decoder, base, filled);
    decoder.line.str(", iov_len=");
    decoder.line.unsigned(length);
    decoder.line.byte(b'}');
}

fn data(decoder: &mut Decoder, at: u64, length: u64) {
    let limit = decoder.limits.string as u64;
    match decoder.memory.read(at, length.min(limit) as usize) {
        Some(bytes) if at != 0 => quoted(decoder.line, &bytes, length > limit, Quote::Text),
        _ => decoder.line.address(at),
    }
}

/// Appends `{msg_name=NULL, msg_namelen=0, msg_iov=[...], ...}`.
pub fn header(decoder: &mut Decoder, param: &Param, direction: Direction, at: u64) -> Option<()> {
    let bytes = decoder.memory.read(at, Shape::Msghdr.size())?;
    let given = decoder.before.get(param.index).map_or_else(|| name_length(&bytes), name_length);
    let mut budget = Budget::of(decoder, direction);
    limited(decoder, &bytes, given, direction, &mut budget);
    Some(())
}

fn name_length(header: &[u8]) -> i64 {
    field(header, 8, 4) as i32 as i64
}

/// Appends `{msg_namelen=0}`: all that strace tells of a message that did not
/// come.
pub fn failed_header(decoder: &mut Decoder, at: u64) {
    match decoder.memory.read(at.wrapping_add(8), 4) {
        Some(bytes) => {
            decoder.line.str("{msg_namelen=");
            decoder.line.signed(signed(&bytes, 4));
            decoder.line.byte(b'}');
        }
        None => decoder.line.hex(at),
    }
}

/// Appends `{msg_hdr={...}, msg_len=5}`.
pub fn counted_header(decoder: &mut Decoder, bytes: &[u8], direction: Direction) {
    let length = field(bytes, 56, 4);
    let mut budget = match direction {
        Direction::In => Budget(u64::MAX),
        _ => Budget(length),
    };
    decoder.line.str("{msg_hdr=");
    limited(decoder, bytes, name_length(bytes), direction, &mut budget);
    if decoder.outcome.is_some() {
        decoder.line.str(", msg_len=");
        decoder.line.unsigned(length);
    }
    decoder.line.byte(b'}');
}

/// Appends a header of which as many bytes are shown as the budget has.
/// `given` is the length of the address before the call.
fn limited(decoder: &mut Decoder, bytes: &[u8], given: i64, direction: Direction, budget: &mut Budget) {
    let [name, vectors, count, control, control_length] = [0, 16, 24, 32, 40].map(|at| field(bytes, at, 8));
    let length = name_length(bytes);
    decoder.line.str("{msg_name=");
    if name == 0 || socket::address(decoder, name, length.cast_unsigned()).is_none() {
        decoder.line.address(name);
    }
    decoder.line.str(", msg_namelen=");
    decoder.line.signed(given);
    if length != given {
        decoder.line.str(" => ");
        decoder.line.signed(length);
    }
    decoder.line.str(", msg_iov=");
    list(decoder, vectors, count, budget);
    decoder.line.str(", msg_iovlen=");
    decoder.line.unsigned(count);
    if control_length != 0 {
        decoder.line.str(", msg_control=");
        if direction != Direction::In && !decoder.succeeded() || ancillary(decoder, control, control_length).is_none() {
            decoder.line.address(control);
        }
    }
    decoder.line.str(", msg_controllen=");
    decoder.line.unsigned(control_length);
    decoder.line.str(", msg_flags=");
    decoder.line.named(&sets::MSG, field(bytes, 48, 4));
    decoder.line.byte(b'}');
}

fn list(decoder: &mut Decoder, at: u64, count: u64, budget: &mut Budget) {
    const SIZE: usize = 16;
    let shown = count.min(decoder.limits.string as u64);
    let Some(all) = decoder.memory.read(at, shown as usize * SIZE).filter(|_| at != 0) else {
        return decoder.line.address(at);
    };
    decoder.line.byte(b'[');
    for (i, bytes) in all.chunks_exact(SIZE).enumerate() {
        separate(decoder.line, i);
        vector(decoder, bytes, budget);
    }
    if count > shown {
        decoder.line.str(", ...");
    }
    decoder.line.byte(b']');
}

/// Appends `[{cmsg_len=20, cmsg_level=SOL_SOCKET, cmsg_type=SCM_RIGHTS,
/// cmsg_data=[4]}]`.
fn ancillary(decoder: &mut Decoder, at: u64, length: u64) -> Option<()> {
    const HEADER: usize = 16;
    const SOL_SOCKET: u64 = 1;
    const SCM_RIGHTS: u64 = 1;
    const SCM_CREDENTIALS: u64 = 2;
    let bytes = decoder.memory.read(at, length.min(4096) as usize)?;
    let mut rest = bytes.as_slice();
    decoder.line.byte(b'[');
    for i in 0.. {
        if rest.len() < HEADER {
            break;
        }
        separate(decoder.line, i);
        let size = field(rest, 0, 8);
        let (level, kind) = (field(rest, 8, 4), field(rest, 12, 4));
        let line = &mut *decoder.line;
        line.str("{cmsg_len=");
        line.unsigned(size);
        line.str(", cmsg_level=");
        line.named(&sets::SOL, level);
        line.str(", cmsg_type=");
        if level == SOL_SOCKET {
            line.named(&sets::SCM_TYPE, kind)
        } else {
            line.hex(kind)
        }
        let end = (size as usize).clamp(HEADER, rest.len());
        let data = &rest[HEADER..end];
        match (level, kind) {
            _ if data.is_empty() => {}
            (SOL_SOCKET, SCM_RIGHTS) => {
                line.str(", cmsg_data=[");
                for (i, fd) in data.chunks_exact(4).enumerate() {
                    separate(line, i);
                    line.signed(signed(fd, 4));
                }
                line.byte(b']');
            }
            (SOL_SOCKET, SCM_CREDENTIALS) if data.len() >= 12 => {
                for (at, name) in [(0, ", cmsg_data={pid="), (4, ", uid="), (8, ", gid=")] {
                    line.str(name);
                    line.unsigned(field(data, at, 4));
                }
                line.byte(b'}');
            }
            _ => {
                line.str(", cmsg_data=");
                quoted(line, data, false, Quote::Text);
            }
        }
        line.byte(b'}');
        rest = &rest[end.next_multiple_of(8).min(rest.len())..];
    }
    decoder.line.byte(b']');
    Some(())
}
