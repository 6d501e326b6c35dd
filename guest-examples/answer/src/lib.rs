//! Answers `getpid` itself: what a call costs that never reaches the kernel.
//! ZPOLINE_HOOK_ARGS may hold the answer; it is 42 otherwise.

#![no_std]
#![allow(unsafe_code, missing_docs, reason = "the generated bindings")]

extern crate alloc;
use guest_runtime as _;

wit_bindgen::generate!({
    path: "../../wit",
    inline: "
        package zpoline:answer@0.1.0;
        world answer {
            export zpoline:hook/getpid@0.1.0;
            export zpoline:hook/lifecycle@0.1.0;
        }
    ",
    world: "zpoline:answer/answer",
    generate_all,
});

use alloc::{format, string::String, vec::Vec};
use core::sync::atomic::{AtomicI64, Ordering};

use exports::zpoline::hook::{
    getpid::{self, Action},
    lifecycle::{self, Settings},
};

struct Answer;
export!(Answer);

static ANSWER: AtomicI64 = AtomicI64::new(42);

impl getpid::Guest for Answer {
    fn enter() -> Action {
        Action::Complete(ANSWER.load(Ordering::Relaxed))
    }
}

impl lifecycle::Guest for Answer {
    fn init(arguments: Vec<String>) -> Result<Settings, String> {
        if let Some(word) = arguments.first() {
            let answer = word
                .parse()
                .map_err(|_| format!("{word:?} is no answer: wanted one number, e.g. ZPOLINE_HOOK_ARGS=42"))?;
            ANSWER.store(answer, Ordering::Relaxed);
        }
        Ok(Settings { per_thread: false })
    }

    fn finish(_: i32) {}
}
