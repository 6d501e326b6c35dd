//! Processes and threads: outcomes of children, `clone3`, processors,
//! capabilities.

use host_abi::flags::sets;

use crate::{
    call::Decoder,
    layout::{field, unsigned},
    line::Line,
};

/// Appends `[{WIFEXITED(s) && WEXITSTATUS(s) == 0}]`.
pub fn wait_status(decoder: &mut Decoder, bytes: &[u8]) {
    let line = &mut *decoder.line;
    let status = unsigned(bytes, 4);
    let signal = status & 0x7f;
    line.str("[{");
    match (status, status & 0xff) {
        (0xffff, _) => line.str("WIFCONTINUED(s)"),
        (_, 0) => {
            line.str("WIFEXITED(s) && WEXITSTATUS(s) == ");
            line.unsigned(status >> 8 & 0xff);
        }
        (_, 0x7f) => {
            line.str("WIFSTOPPED(s) && WSTOPSIG(s) == ");
            line.named(&sets::SIGNAL, status >> 8 & 0xff);
        }
        _ => {
            line.str("WIFSIGNALED(s) && WTERMSIG(s) == ");
            line.named(&sets::SIGNAL, signal);
            if status & 0x80 != 0 {
                line.str(" && WCOREDUMP(s)");
            }
        }
    }
    line.str("}]");
}

/// Appends `{flags=CLONE_VM|..., exit_signal=SIGCHLD, ...}`, and after the
/// call what it gave: ` => {parent_tid=[4242]}`.
pub fn clone_args(decoder: &mut Decoder, bytes: &[u8]) {
    const CLONE_PIDFD: u64 = 0x1000;
    const CLONE_PARENT_SETTID: u64 = 0x10_0000;
    const CLONE_CHILD: u64 = 0x100_0000 | 0x20_0000; // SETTID, CLEARTID
    const CLONE_SETTLS: u64 = 0x8_0000;
    let number = |index: usize| field(bytes, 8 * index, 8);
    let (flags, [pidfd, child_tid, parent_tid]) = (number(0), [1, 2, 3].map(number));
    let line = &mut *decoder.line;
    line.str("{flags=");
    line.named(&sets::CLONE3, flags);
    for (name, value, shown) in [
        (", pidfd=", pidfd, flags & CLONE_PIDFD),
        (", child_tid=", child_tid, flags & CLONE_CHILD),
        (", parent_tid=", parent_tid, flags & CLONE_PARENT_SETTID),
    ] {
        if shown != 0 {
            line.str(name);
            line.address(value);
        }
    }
    line.str(", exit_signal=");
    match number(4) {
        0 => line.byte(b'0'),
        signal => line.named(&sets::SIGNAL, signal),
    }
    line.str(", stack=");
    line.address(number(5));
    line.str(", stack_size=");
    line.hex(number(6));
    if flags & CLONE_SETTLS != 0 {
        line.str(", tls=");
        line.address(number(7));
    }
    line.byte(b'}');
    if !decoder.succeeded() {
        return;
    }
    let given = [("pidfd=[", pidfd, flags & CLONE_PIDFD), ("parent_tid=[", parent_tid, flags & CLONE_PARENT_SETTID)];
    let mut shown = 0;
    for (name, at, asked) in given {
        let value = match asked {
            0 => None,
            _ => decoder.memory.read(at, 4),
        };
        let Some(value) = value else { continue };
        decoder.line.str(if shown == 0 { " => {" } else { ", " });
        decoder.line.str(name);
        decoder.line.unsigned(unsigned(&value, 4));
        decoder.line.byte(b']');
        shown += 1;
    }
    if shown > 0 {
        decoder.line.byte(b'}');
    }
}

/// Appends `[0 1]`.
pub fn processors(decoder: &mut Decoder, at: u64, length: u64) -> Option<()> {
    // sched_getaffinity fills what its result says, not what it was given.
    let filled = decoder.outcome.filter(|outcome| *outcome > 0).map_or(length, i64::cast_unsigned);
    let bytes = decoder.memory.read(at, filled.min(length).min(1024) as usize)?;
    decoder.line.byte(b'[');
    let mut shown = 0;
    for cpu in 0..bytes.len() * 8 {
        if bytes[cpu / 8] >> (cpu % 8) & 1 != 0 {
            if shown > 0 {
                decoder.line.byte(b' ');
            }
            decoder.line.unsigned(cpu as u64);
            shown += 1;
        }
    }
    decoder.line.byte(b']');
    Some(())
}

/// Appends `{effective=1<<CAP_CHOWN, permitted=..., inheritable=0}`. Version 3
/// of the interface, the only one in use, has a second struct with the upper
/// halves behind the first.
pub fn capabilities(decoder: &mut Decoder, at: u64) -> Option<()> {
    const SIZE: usize = 12;
    let low = decoder.memory.read(at, SIZE)?;
    let high = decoder.memory.read(at.wrapping_add(SIZE as u64), SIZE)?;
    for (i, name) in ["{effective=", ", permitted=", ", inheritable="].iter().enumerate() {
        decoder.line.str(name);
        let bits = field(&low, 4 * i, 4) | field(&high, 4 * i, 4) << 32;
        capability_set(decoder.line, bits);
    }
    decoder.line.byte(b'}');
    Some(())
}

fn capability_set(line: &mut Line, mut bits: u64) {
    let mut first = true;
    for (number, name) in sets::CAPABILITY.entries {
        if bits >> number & 1 != 0 {
            bits &= !(1 << number);
            line.str(if first { "1<<" } else { "|1<<" });
            line.str(name);
            first = false;
        }
    }
    if bits != 0 || first {
        if !first {
            line.byte(b'|');
        }
        line.hex(bits);
    }
}
