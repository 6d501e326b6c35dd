//! One JSON object a line, for programs that read the trace.

use host_abi::errno;

use crate::line::Line;

/// Which thread made the call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Thread {
    /// Process id.
    pub pid: i32,
    /// Thread id.
    pub tid: i32,
}

/// Appends `{"pid":1,"tid":1,"call":"read","args":["3",...],"result":0}`.
/// The arguments are the texts that strace's line would have.
pub fn show(
    line: &mut Line,
    thread: Thread,
    name: &[u8],
    arguments: impl Iterator<Item = impl AsRef<[u8]>>,
    outcome: Option<i64>,
) {
    line.str("{\"pid\":");
    line.signed(i64::from(thread.pid));
    line.str(",\"tid\":");
    line.signed(i64::from(thread.tid));
    line.str(",\"call\":");
    string(line, name);
    line.str(",\"args\":[");
    for (i, argument) in arguments.enumerate() {
        if i > 0 {
            line.byte(b',');
        }
        string(line, argument.as_ref());
    }
    line.str("],\"result\":");
    match outcome {
        None => line.str("null"),
        Some(outcome) => {
            line.signed(outcome);
            if let Some(name) = errno::from_result(outcome).and_then(errno::name) {
                line.str(",\"errno\":");
                string(line, name.as_bytes());
            }
        }
    }
    line.byte(b'}');
}

fn string(line: &mut Line, text: &[u8]) {
    line.byte(b'"');
    for byte in text {
        match byte {
            b'"' | b'\\' => {
                line.byte(b'\\');
                line.byte(*byte);
            }
            0x20..=0x7e => line.byte(*byte),
            _ => {
                line.str("\\u");
                line.hex_digits(u64::from(*byte), 4);
            }
        }
    }
    line.byte(b'"');
}
