//! One argument: numbers, names, strings; memory goes on to `pointed`.

use host_abi::{
    nr,
    syscalls::{Direction, Kind, Param, Type},
};

use crate::{
    call::{Decoder, separate},
    pointed,
    text::{Quote, quoted},
};

/// The longest path the kernel takes.
const PATH_MAX: usize = 4096;

/// Appends the argument.
pub fn show(decoder: &mut Decoder, param: &Param) {
    let value = param.value(&decoder.call.args);
    match param.kind {
        Kind::Int => match param.ty {
            Type::S32 | Type::Fd => decoder.line.signed(i64::from(value as i32)),
            Type::S64 => decoder.line.signed(value.cast_signed()),
            _ => decoder.line.unsigned(value),
        },
        Kind::Hex => decoder.line.hex(value),
        Kind::Octal => decoder.line.octal(value, 3),
        Kind::Id => decoder.line.id(value as u32),
        Kind::Device => device(decoder, value),
        Kind::Fd => decoder.line.signed(i64::from(value as i32)),
        Kind::DirFd => match value as i32 {
            -100 => decoder.line.str("AT_FDCWD"),
            fd => decoder.line.signed(i64::from(fd)),
        },
        Kind::Flags(set) => decoder.line.named(set, value),
        Kind::Address => decoder.line.address(value),
        Kind::Path => string(decoder, value, PATH_MAX),
        Kind::String(direction) => match direction {
            Direction::Out if !decoder.succeeded() => decoder.line.address(value),
            // It is a path.
            _ if decoder.call.number == nr::GETCWD => string(decoder, value, PATH_MAX),
            _ => string(decoder, value, decoder.limits.string),
        },
        Kind::Strings => strings(decoder, value),
        Kind::Environment => environment(decoder, value),
        Kind::Memory { direction, shape, length } => {
            pointed::show(decoder, param, pointed::What { direction, shape, length });
        }
    }
}

/// Appends `makedev(0x8, 0x1)`.
pub fn device(decoder: &mut Decoder, device: u64) {
    let major = device >> 32 & 0xffff_f000 | device >> 8 & 0xfff;
    let minor = device >> 12 & 0xffff_ff00 | device & 0xff;
    decoder.line.str("makedev(");
    decoder.line.hex(major);
    decoder.line.str(", ");
    decoder.line.hex(minor);
    decoder.line.byte(b')');
}

/// Appends a string of the program, at most `max` bytes of it.
pub fn string(decoder: &mut Decoder, at: u64, max: usize) {
    if at == 0 {
        return decoder.line.str("NULL");
    }
    match decoder.memory.read_c_string(at, max + 1) {
        Some(bytes) => {
            let cut = bytes.len() > max;
            quoted(decoder.line, &bytes[..bytes.len().min(max)], cut, Quote::Text);
        }
        None => decoder.line.hex(at),
    }
}

/// Appends `["ls", "-l"]`.
fn strings(decoder: &mut Decoder, at: u64) {
    let Some(pointers) = pointers(decoder, at) else {
        return decoder.line.address(at);
    };
    decoder.line.byte(b'[');
    for (i, pointer) in pointers.iter().enumerate() {
        separate(decoder.line, i);
        if i == decoder.limits.string {
            decoder.line.str("...");
            break;
        }
        string(decoder, *pointer, decoder.limits.string);
    }
    decoder.line.byte(b']');
}

/// Appends `0x7ffe20539e78 /* 39 vars */`.
fn environment(decoder: &mut Decoder, at: u64) {
    decoder.line.address(at);
    let Some(pointers) = pointers(decoder, at) else {
        return;
    };
    decoder.line.str(" /* ");
    decoder.line.unsigned(pointers.len() as u64);
    decoder.line.str(if pointers.len() == 1 { " var */" } else { " vars */" });
}

/// The pointers of a list ended by a null pointer.
fn pointers(decoder: &Decoder, at: u64) -> Option<alloc::vec::Vec<u64>> {
    const CHUNK: usize = 64;
    let mut pointers = alloc::vec::Vec::new();
    if at == 0 {
        return None;
    }
    loop {
        let from = at.wrapping_add(8 * pointers.len() as u64);
        let bytes = decoder.memory.read_some(from, 8 * CHUNK)?;
        for pointer in bytes.chunks_exact(8) {
            match crate::layout::unsigned(pointer, 8) {
                0 => return Some(pointers),
                pointer => pointers.push(pointer),
            }
        }
        // Without the null pointer it is no list; nor is it with a million.
        if bytes.len() < 8 * CHUNK || pointers.len() > 1 << 20 {
            return None;
        }
    }
}
