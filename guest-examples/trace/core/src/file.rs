//! Files: `stat` and its kin, directory entries, locks, `openat2`.

use host_abi::{
    flags::sets,
    syscalls::{Param, Shape},
};

use crate::{
    argument,
    call::Decoder,
    layout::{field, signed},
    text::{Quote, quoted},
};

const S_IFMT: u64 = 0o170_000;
const S_IFCHR: u64 = 0o020_000;
const S_IFBLK: u64 = 0o060_000;

fn is_device(mode: u64) -> bool {
    matches!(mode & S_IFMT, S_IFCHR | S_IFBLK)
}

/// Appends `{st_mode=S_IFREG|0644, st_size=33819, ...}`.
pub fn stat(decoder: &mut Decoder, bytes: &[u8]) {
    let mode = field(bytes, 24, 4);
    decoder.line.str("{st_mode=");
    decoder.line.named(&sets::MODE, mode);
    if is_device(mode) {
        decoder.line.str(", st_rdev=");
        argument::device(decoder, field(bytes, 40, 8));
    } else {
        decoder.line.str(", st_size=");
        decoder.line.signed(signed(&bytes[48..], 8));
    }
    decoder.line.str(", ...}");
}

/// Appends `{stx_mask=STATX_BASIC_STATS, stx_attributes=0, ...}`.
pub fn statx(decoder: &mut Decoder, bytes: &[u8]) {
    let line = &mut *decoder.line;
    line.str("{stx_mask=");
    line.named(&sets::STATX_MASK, field(bytes, 0, 4));
    line.str(", stx_attributes=");
    line.named(&sets::STATX_ATTRIBUTES, field(bytes, 8, 8));
    line.str(", stx_mode=");
    line.named(&sets::MODE, field(bytes, 28, 2));
    line.str(", stx_size=");
    line.unsigned(field(bytes, 40, 8));
    line.str(", ...}");
}

/// Appends `{f_type=EXT2_SUPER_MAGIC, f_bsize=4096, ...}`.
pub fn statfs(decoder: &mut Decoder, bytes: &[u8]) {
    let line = &mut *decoder.line;
    line.str("{f_type=");
    line.named(&sets::STATFS_MAGIC, field(bytes, 0, 8));
    for (i, name) in ["bsize", "blocks", "bfree", "bavail", "files", "ffree"].iter().enumerate() {
        line.str(", f_");
        line.str(name);
        line.byte(b'=');
        line.unsigned(field(bytes, 8 + 8 * i, 8));
    }
    line.str(", f_fsid={val=[");
    line.hex(field(bytes, 56, 4));
    line.str(", ");
    line.hex(field(bytes, 60, 4));
    line.str("]}, f_namelen=");
    line.unsigned(field(bytes, 64, 8));
    line.str(", f_frsize=");
    line.unsigned(field(bytes, 72, 8));
    line.str(", f_flags=");
    line.named(&sets::STATFS, field(bytes, 80, 8));
    line.byte(b'}');
}

/// Appends `{flags=O_RDONLY, resolve=RESOLVE_BENEATH}`.
pub fn open_how(decoder: &mut Decoder, bytes: &[u8]) {
    let line = &mut *decoder.line;
    let flags = field(bytes, 0, 8);
    line.str("{flags=");
    line.named(&sets::OPEN, flags);
    let mode = field(bytes, 8, 8);
    const O_CREAT: u64 = 0o100;
    const O_TMPFILE: u64 = 0o20_000_000;
    if flags & (O_CREAT | O_TMPFILE) != 0 || mode != 0 {
        line.str(", mode=");
        line.octal(mode, 3);
    }
    line.str(", resolve=");
    line.named(&sets::OPENAT2_RESOLVE, field(bytes, 16, 8));
    line.byte(b'}');
}

/// Appends `{l_type=F_RDLCK, l_whence=SEEK_SET, l_start=0, l_len=1}`.
pub fn lock(decoder: &mut Decoder, bytes: &[u8]) {
    let line = &mut *decoder.line;
    line.str("{l_type=");
    line.named(&sets::LOCK_TYPE, field(bytes, 0, 2));
    line.str(", l_whence=");
    line.named(&sets::SEEK, field(bytes, 2, 2));
    line.str(", l_start=");
    line.signed(signed(&bytes[8..], 8));
    line.str(", l_len=");
    line.signed(signed(&bytes[16..], 8));
    const GETLK: [u64; 2] = [5, 36];
    if GETLK.contains(&(decoder.call.args[1] & 0xffff_ffff)) {
        line.str(", l_pid=");
        line.signed(signed(&bytes[24..], 4));
    }
    line.byte(b'}');
}

/// Appends `0x560620a4d790 /* 28 entries */`.
pub fn entries(decoder: &mut Decoder, shape: Shape, at: u64, length: u64) -> Option<()> {
    const LENGTH: usize = 16; // of d_reclen, in both shapes
    debug_assert!(matches!(shape, Shape::Dirents | Shape::Dirents64));
    let bytes = match length {
        0 => alloc::vec::Vec::new(),
        _ => decoder.memory.read(at, length.min(1 << 20) as usize)?,
    };
    let (mut count, mut next) = (0, 0);
    while next + LENGTH + 2 <= bytes.len() {
        let length = field(&bytes, next + LENGTH, 2) as usize;
        if length == 0 {
            break;
        }
        count += 1;
        next += length;
    }
    decoder.line.hex(at);
    decoder.line.str(" /* ");
    decoder.line.unsigned(count);
    decoder.line.str(" entries */");
    Some(())
}

/// Appends `{handle_bytes=128 => 8, handle_type=1, f_handle="\x..."}`.
pub fn handle(decoder: &mut Decoder, param: &Param, at: u64) -> Option<()> {
    const HEADER: usize = 8;
    const MOST: u64 = 128;
    let header = decoder.memory.read(at, HEADER)?;
    let length = field(&header, 0, 4);
    let given = decoder.before.get(param.index).map_or(length, |before| field(before, 0, 4));
    decoder.line.str("{handle_bytes=");
    decoder.line.unsigned(given);
    if decoder.succeeded() {
        if given != length {
            decoder.line.str(" => ");
            decoder.line.unsigned(length);
        }
        decoder.line.str(", handle_type=");
        decoder.line.unsigned(field(&header, 4, 4));
        decoder.line.str(", f_handle=");
        let bytes = decoder.memory.read(at.wrapping_add(HEADER as u64), length.min(MOST) as usize)?;
        quoted(decoder.line, &bytes, length > MOST, Quote::Hex);
    }
    decoder.line.byte(b'}');
    Some(())
}
