//! Hooks every syscall and forwards it: what a call through a guest costs when
//! the guest does nothing.

#![no_std]
#![allow(unsafe_code, missing_docs, reason = "the generated bindings")]

extern crate alloc;
use guest_runtime as _;

wit_bindgen::generate!({
    path: "../../wit",
    inline: "
        package zpoline:noop@0.1.0;
        world noop {
            export zpoline:hook/any@0.1.0;
        }
    ",
    world: "zpoline:noop/noop",
    generate_all,
});

use exports::zpoline::hook::any::{Action, Guest};

struct Noop;
export!(Noop);

impl Guest for Noop {
    fn enter(_: u32, _: i64, _: i64, _: i64, _: i64, _: i64, _: i64) -> Action {
        Action::Forward
    }
}
