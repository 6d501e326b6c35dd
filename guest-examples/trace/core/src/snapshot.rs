//! What a call points to and the kernel overwrites, kept from before the call.
//!
//! Most memory reads the same after the call, so that decoding waits until the
//! call has returned. The exceptions are small: lengths, offsets, time-outs and
//! descriptor sets that go in and out.

use alloc::vec::Vec;

use host_abi::{
    nr,
    syscalls::{Direction, Kind, Length, Param, Shape, Syscall, TABLE},
};

use crate::{call::Call, memory::Memory};

/// Bytes of overwritten arguments, by argument register.
#[derive(Clone, Debug, Default)]
pub struct Snapshot(Vec<(u8, Vec<u8>)>);

impl Snapshot {
    /// Takes what has to be kept of a call that is about to run.
    pub fn take(memory: &dyn Memory, call: &Call) -> Self {
        let mut kept = Vec::new();
        if !may_keep(call.number) {
            return Self(kept);
        }
        let Some(syscall) = call.syscall() else {
            return Self(kept);
        };
        for param in syscall.view(&call.args).params {
            let Kind::Memory { shape, length, direction } = param.kind else {
                continue;
            };
            let is_overwritten = direction == Direction::InOut
                // Told as input only, but the kernel moves the offsets on.
                || call.number == nr::COPY_FILE_RANGE
                // Told as output, but the length of the address is input too.
                || call.number == nr::RECVMSG;
            let at = call.args[usize::from(param.index)];
            if !is_overwritten || !is_kept(shape) || at == 0 {
                continue;
            }
            let count = match length {
                Length::Arg(index) => call.args[usize::from(index)] & 0xffff_ffff,
                _ => 1,
            };
            let size = shape.bytes(count).unwrap_or(0).min(MOST) as usize;
            if let Some(bytes) = memory.read(at, size) {
                kept.push((param.index, bytes));
            }
        }
        Self(kept)
    }

    /// Whether there was nothing to keep.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What the argument in this register pointed to.
    pub fn get(&self, index: u8) -> Option<&[u8]> {
        self.0.iter().find(|(kept, _)| *kept == index).map(|(_, bytes)| bytes.as_slice())
    }
}

/// 65536 descriptors.
const MOST: u64 = 8192;

const fn is_kept(shape: Shape) -> bool {
    matches!(
        shape,
        Shape::Int
            | Shape::Uint
            | Shape::Long
            | Shape::Ulong
            | Shape::FdSet
            | Shape::FileHandle
            | Shape::Msghdr
            | Shape::Timeval
            | Shape::Timespec
    )
}

/// One bit for each syscall some reading of which has something to keep:
/// most calls have not, and need no look at the table.
const MAY_KEEP: [u64; 8] = {
    let mut bits = [0; 8];
    let mut i = 0;
    while i < TABLE.len() {
        let Syscall { number, params, variants, .. } = &TABLE[i];
        let mut keeps = any_kept(params);
        let mut j = 0;
        while j < variants.len() {
            keeps |= any_kept(variants[j].params);
            j += 1;
        }
        if keeps {
            bits[*number as usize / 64] |= 1 << (*number % 64);
        }
        i += 1;
    }
    bits
};

const fn any_kept(params: &[Param]) -> bool {
    let mut i = 0;
    while i < params.len() {
        if let Kind::Memory { shape, .. } = params[i].kind
            && is_kept(shape)
        {
            return true;
        }
        i += 1;
    }
    false
}

fn may_keep(number: u32) -> bool {
    let number = number as usize;
    MAY_KEEP.get(number / 64).is_some_and(|word| word >> (number % 64) & 1 != 0)
}
