//! System V messages.

use crate::{
    call::Decoder,
    layout::signed,
    text::{Quote, quoted},
};

/// Appends `{mtype=1, mtext="hello"}`.
pub fn message(decoder: &mut Decoder, at: u64, length: u64) -> Option<()> {
    const HEADER: usize = 8;
    let limit = decoder.limits.string as u64;
    let bytes = decoder.memory.read(at, HEADER + length.min(limit) as usize)?;
    decoder.line.str("{mtype=");
    decoder.line.signed(signed(&bytes, 8));
    decoder.line.str(", mtext=");
    quoted(decoder.line, &bytes[HEADER..], length > limit, Quote::Text);
    decoder.line.byte(b'}');
    Some(())
}
