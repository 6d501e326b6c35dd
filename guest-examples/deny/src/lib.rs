//! Refuses every call that names a path at or below one of the directories in
//! ZPOLINE_HOOK_ARGS.

#![no_std]

extern crate alloc;
use guest_runtime as _;

mod bindings;
mod hooks;
mod prefixes;

use alloc::{string::String, vec::Vec};

use bindings::{
    exports::zpoline::hook::lifecycle::{self, Settings},
    zpoline::hook::{memory, types::Action},
};
use prefixes::Prefixes;

struct Deny;

static PREFIXES: Prefixes = Prefixes::new();

/// The answer to a call that names these paths.
fn decide(paths: &[u64]) -> Action {
    /// The kernel takes no longer path.
    const PATH_MAX: u32 = 4096;
    const REFUSED: Action = Action::Complete(-(host_abi::errno::EACCES as i64));
    for path in paths {
        // A path that cannot be read is the kernel's to refuse.
        let Ok(path) = memory::read_c_string(*path, PATH_MAX) else { continue };
        if PREFIXES.cover(&path) {
            return REFUSED;
        }
    }
    Action::Forward
}

impl lifecycle::Guest for Deny {
    fn init(arguments: Vec<String>) -> Result<Settings, String> {
        if arguments.is_empty() {
            return Err("no directory to deny; \
                 wanted directories, e.g. ZPOLINE_HOOK_ARGS=/etc/ssl"
                .into());
        }
        PREFIXES.set(&arguments);
        Ok(Settings { per_thread: true })
    }

    fn finish(_: i32) {}
}
