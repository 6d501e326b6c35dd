//! The default hook: prints every syscall as strace does.

#![no_std]

extern crate alloc;
use guest_runtime as _;

wit_bindgen::generate!({
    path: "../../wit",
    inline: "
        package zpoline:trace@0.1.0;
        world trace {
            include zpoline:hook/imports@0.1.0;
            export zpoline:hook/any@0.1.0;
            export zpoline:hook/returned@0.1.0;
            export zpoline:hook/lifecycle@0.1.0;
        }
    ",
    world: "zpoline:trace/trace",
    generate_all,
});

use alloc::{string::String, vec::Vec};
use exports::zpoline::hook::{any, lifecycle, returned};
use trace_decode::Line;
use zpoline::hook::log;

struct Trace;
export!(Trace);

fn show(number: u32, args: [i64; 6], outcome: Option<i64>) {
    let mut line = Line::default();
    line.str("syscall_");
    line.unsigned(number as u64);
    line.byte(b'(');
    for (i, arg) in args.iter().enumerate() {
        if i > 0 {
            line.str(", ");
        }
        line.hex(*arg as u64);
    }
    line.byte(b')');
    line.pad_to(40 - 6);
    match outcome {
        None => line.str("= ?"),
        Some(value) => {
            line.str("= ");
            line.signed(value);
        }
    }
    line.byte(b'\n');
    log::output(line.bytes());
}

impl any::Guest for Trace {
    fn enter(number: u32, a0: i64, a1: i64, a2: i64, a3: i64, a4: i64, a5: i64) -> any::Action {
        if matches!(number, 15 | 59 | 60 | 231 | 322) {
            show(number, [a0, a1, a2, a3, a4, a5], None);
            return any::Action::Forward;
        }
        any::Action::Observe
    }
}

impl returned::Guest for Trace {
    fn exit(number: u32, a0: i64, a1: i64, a2: i64, a3: i64, a4: i64, a5: i64, outcome: i64) -> i64 {
        show(number, [a0, a1, a2, a3, a4, a5], Some(outcome));
        outcome
    }
}

impl lifecycle::Guest for Trace {
    fn init(_: Vec<String>) -> Result<lifecycle::Settings, String> {
        Ok(lifecycle::Settings { per_thread: false })
    }

    fn finish(_: i32) {}
}
