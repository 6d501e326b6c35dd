//! The result of a call, after the equals sign.

use host_abi::{
    errno,
    flags::{self, sets},
    nr,
    syscalls::{Ret, View},
};

use crate::{call::Decoder, event, line::Line};

/// Appends the result of a call that returned `outcome`.
pub fn show(decoder: &mut Decoder, outcome: i64) {
    if let Some(number) = errno::from_result(outcome) {
        return failure(decoder.line, number);
    }
    let Some(syscall) = decoder.syscall else {
        return decoder.line.signed(outcome);
    };
    let View { params, ret } = syscall.view(&decoder.call.args);
    if matches!(decoder.call.number, nr::ADJTIMEX | nr::CLOCK_ADJTIME) {
        let state = flags::outcome(&sets::ADJTIMEX_STATE, outcome.cast_unsigned());
        return decoder.line.display(state);
    }
    match ret {
        Ret::Int | Ret::Fd => decoder.line.signed(outcome),
        Ret::Address => decoder.line.hex(outcome.cast_unsigned()),
        Ret::Octal => decoder.line.octal(outcome.cast_unsigned(), 3),
        Ret::Flags(set) => {
            decoder.line.display(flags::outcome(set, outcome.cast_unsigned()));
        }
        Ret::Ready if outcome == 0 => decoder.line.str("0 (Timeout)"),
        Ret::Ready => {
            decoder.line.signed(outcome);
            event::ready(decoder, params);
        }
        Ret::None => decoder.line.byte(b'?'),
    }
}

/// Appends `-1 ENOENT (No such file or directory)`.
fn failure(line: &mut Line, number: u32) {
    line.str("-1 ");
    match (errno::name(number), errno::describe(number)) {
        (Some(name), Some(text)) => {
            line.str(name);
            line.str(" (");
            line.str(text);
            line.byte(b')');
        }
        _ => {
            line.str("(errno ");
            line.unsigned(u64::from(number));
            line.byte(b')');
        }
    }
}
