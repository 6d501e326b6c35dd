//! Signals: sets, actions, what is told about one.

use host_abi::flags::{self, sets};

use crate::{
    call::Decoder,
    layout::{field, signed, unsigned},
    line::Line,
};

/// The kernel's 64 signals.
const SIGNALS: u64 = 64;

/// Appends a set of the program of `length` bytes: `[PIPE CHLD]`, `~[KILL]`.
pub fn set_at(decoder: &mut Decoder, at: u64, length: u64) -> Option<()> {
    if length > 8 {
        return None;
    }
    let bytes = decoder.memory.read(at, length as usize)?;
    set(decoder.line, unsigned(&bytes, 8));
    Some(())
}

/// Appends a set of signals, the complement where that is shorter.
pub fn set(line: &mut Line, mut bits: u64) {
    // As strace has it: two thirds.
    if u64::from(bits.count_ones()) >= SIGNALS * 2 / 3 {
        line.byte(b'~');
        bits = !bits;
    }
    line.byte(b'[');
    let mut first = true;
    while bits != 0 {
        let signal = u64::from(bits.trailing_zeros()) + 1;
        bits &= bits - 1;
        if !first {
            line.byte(b' ');
        }
        first = false;
        match flags::name(&sets::SIGNAL, signal) {
            Some(name) => line.str(name.strip_prefix("SIG").unwrap_or(name)),
            None if signal == 32 => line.str("RTMIN"),
            None => {
                line.str("RT_");
                line.unsigned(signal - 32);
            }
        }
    }
    line.byte(b']');
}

/// Appends `{sa_handler=SIG_DFL, sa_mask=[], sa_flags=0}`.
pub fn action(decoder: &mut Decoder, bytes: &[u8]) {
    const SA_RESTORER: u64 = 0x0400_0000;
    let [handler, flags, restorer, mask] = [0, 8, 16, 24].map(|at| field(bytes, at, 8));
    let line = &mut *decoder.line;
    line.str("{sa_handler=");
    match handler {
        0 => line.str("SIG_DFL"),
        1 => line.str("SIG_IGN"),
        _ => line.hex(handler),
    }
    line.str(", sa_mask=");
    set(line, mask);
    line.str(", sa_flags=");
    line.named(&sets::SIGACTION, flags);
    if flags & SA_RESTORER != 0 {
        line.str(", sa_restorer=");
        line.address(restorer);
    }
    line.byte(b'}');
}

/// Appends the last argument of `pselect6`: `{sigmask=[CHLD], sigsetsize=8}`.
pub fn set_pointer(decoder: &mut Decoder, bytes: &[u8]) -> Option<()> {
    let (at, length) = (field(bytes, 0, 8), field(bytes, 8, 8));
    decoder.line.str("{sigmask=");
    if at == 0 {
        decoder.line.str("NULL");
    } else {
        set_at(decoder, at, length)?;
    }
    decoder.line.str(", sigsetsize=");
    decoder.line.unsigned(length);
    decoder.line.byte(b'}');
    Some(())
}

/// Appends `{si_signo=SIGCHLD, si_code=CLD_EXITED, ...}`.
pub fn info(decoder: &mut Decoder, bytes: &[u8]) {
    const SIGCHLD: u64 = 17;
    let line = &mut *decoder.line;
    let signal = field(bytes, 0, 4);
    if signal == 0 {
        return line.str("{}");
    }
    let (error, code) = (field(bytes, 4, 4), field(bytes, 8, 4));
    line.str("{si_signo=");
    line.named(&sets::SIGNAL, signal);
    line.str(", si_code=");
    let is_child = signal == SIGCHLD && (1..=6).contains(&code);
    line.named(if is_child { &sets::SI_CODE_CHLD } else { &sets::SI_CODE }, code);
    if error != 0 {
        line.str(", si_errno=");
        line.unsigned(error);
    }
    line.str(", si_pid=");
    line.signed(signed(&bytes[16..], 4));
    line.str(", si_uid=");
    line.unsigned(field(bytes, 20, 4));
    if is_child {
        let (status, user, system) = (field(bytes, 24, 4), field(bytes, 32, 8), field(bytes, 40, 8));
        const CLD_EXITED: u64 = 1;
        line.str(", si_status=");
        if code == CLD_EXITED {
            line.unsigned(status)
        } else {
            line.named(&sets::SIGNAL, status)
        }
        line.str(", si_utime=");
        line.ticks(user);
        line.str(", si_stime=");
        line.ticks(system);
    }
    line.byte(b'}');
}

/// Appends `{ss_sp=0x7f0000000000, ss_flags=0, ss_size=8192}`.
pub fn stack(decoder: &mut Decoder, bytes: &[u8]) {
    let line = &mut *decoder.line;
    line.str("{ss_sp=");
    line.address(field(bytes, 0, 8));
    line.str(", ss_flags=");
    line.named(&sets::SIGALTSTACK, field(bytes, 8, 4));
    line.str(", ss_size=");
    line.unsigned(field(bytes, 16, 8));
    line.byte(b'}');
}

/// Appends `{sigev_value={sival_int=0, sival_ptr=NULL}, sigev_signo=..., ...}`.
pub fn event(decoder: &mut Decoder, bytes: &[u8]) {
    const SIGEV_THREAD_ID: u64 = 4;
    let line = &mut *decoder.line;
    let value = field(bytes, 0, 8);
    let notify = field(bytes, 12, 4);
    line.str("{sigev_value={sival_int=");
    line.signed(signed(bytes, 4));
    line.str(", sival_ptr=");
    line.address(value);
    line.str("}, sigev_signo=");
    line.named(&sets::SIGNAL, field(bytes, 8, 4));
    line.str(", sigev_notify=");
    line.named(&sets::SIGEV_NOTIFY, notify);
    if notify == SIGEV_THREAD_ID {
        line.str(", sigev_notify_thread_id=");
        line.signed(signed(&bytes[16..], 4));
    }
    line.byte(b'}');
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::text;

    #[test]
    fn sets_of_signals() {
        assert_eq!(text(|l| set(l, 0)), "[]");
        assert_eq!(text(|l| set(l, 1 << 12 | 1 << 16)), "[PIPE CHLD]");
        assert_eq!(text(|l| set(l, !(1 << 8))), "~[KILL]");
        assert_eq!(text(|l| set(l, 1 << 31 | 1 << 32)), "[RTMIN RT_1]");
    }
}
