//! Turns `fsync` and its kin into nothing, for builds and tests that need no
//! durability.

#![no_std]
#![allow(unsafe_code, missing_docs, reason = "the generated bindings")]

extern crate alloc;
use guest_runtime as _;

wit_bindgen::generate!({
    path: "../../wit",
    inline: "
        package zpoline:nofsync@0.1.0;
        world nofsync {
            export zpoline:hook/fsync@0.1.0;
            export zpoline:hook/fdatasync@0.1.0;
            export zpoline:hook/sync@0.1.0;
            export zpoline:hook/syncfs@0.1.0;
            export zpoline:hook/sync-file-range@0.1.0;
            export zpoline:hook/msync@0.1.0;
        }
    ",
    world: "zpoline:nofsync/nofsync",
    generate_all,
});

use exports::zpoline::hook::{fdatasync, fsync, msync, sync, sync_file_range, syncfs};
use zpoline::hook::types::{Action, Call};

struct NoFsync;
export!(NoFsync);

const DONE: Action = Action::Complete(0);

impl fsync::Guest for NoFsync {
    fn enter(_: i32) -> Action {
        DONE
    }
}

impl fdatasync::Guest for NoFsync {
    fn enter(_: i32) -> Action {
        DONE
    }
}

impl sync::Guest for NoFsync {
    fn enter() -> Action {
        DONE
    }
}

impl syncfs::Guest for NoFsync {
    fn enter(_: i32) -> Action {
        DONE
    }
}

impl sync_file_range::Guest for NoFsync {
    fn enter(_: i32, _: i64, _: i64, _: u32) -> Action {
        DONE
    }
}

impl msync::Guest for NoFsync {
    /// Programs ask msync whether memory is mapped, so that the kernel still
    /// gets to check the address: only the waiting goes.
    fn enter(addr: u64, length: u64, flags: i32) -> Action {
        const MS_ASYNC: i32 = 1;
        const MS_SYNC: i32 = 4;
        if flags & MS_SYNC == 0 {
            return Action::Forward;
        }
        Action::Rewrite(Call {
            number: host_abi::nr::MSYNC,
            a0: addr.cast_signed(),
            a1: length.cast_signed(),
            a2: i64::from(flags & !MS_SYNC | MS_ASYNC),
            a3: 0,
            a4: 0,
            a5: 0,
        })
    }
}
