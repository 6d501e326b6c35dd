//! The default hook: prints every syscall as strace does. Everything but the
//! interface to the host is in `trace-core`.

#![no_std]

extern crate alloc;
use guest_runtime as _;

mod bindings;
mod host;

use alloc::{string::String, vec::Vec};

use bindings::exports::zpoline::hook::{any, lifecycle, returned};
use host::{ProgramMemory, State, thread};
use trace_core::{Call, Tracer};

struct Trace;

static STATE: State = State::new();

impl any::Guest for Trace {
    fn enter(number: u32, a0: i64, a1: i64, a2: i64, a3: i64, a4: i64, a5: i64) -> any::Action {
        STATE.with(|tracer| {
            if !tracer.wants(number) {
                return any::Action::Forward;
            }
            let call = call(number, [a0, a1, a2, a3, a4, a5]);
            host::print(tracer.enter(thread(), call, &ProgramMemory));
            any::Action::Observe
        })
    }
}

impl returned::Guest for Trace {
    fn exit(number: u32, a0: i64, a1: i64, a2: i64, a3: i64, a4: i64, a5: i64, outcome: i64) -> i64 {
        STATE.with(|tracer| {
            let call = call(number, [a0, a1, a2, a3, a4, a5]);
            host::print(tracer.exit(thread(), call, outcome, &ProgramMemory));
        });
        outcome
    }
}

impl lifecycle::Guest for Trace {
    fn init(arguments: Vec<String>) -> Result<lifecycle::Settings, String> {
        STATE.set(Tracer::new(&arguments)?);
        // One tracer for all threads: it numbers them and keeps lines whole.
        Ok(lifecycle::Settings { per_thread: false })
    }

    fn finish(status: i32) {
        STATE.with(|tracer| host::print(tracer.finish(thread(), status)));
    }
}

fn call(number: u32, args: [i64; 6]) -> Call {
    Call { number, args: args.map(i64::cast_unsigned) }
}
