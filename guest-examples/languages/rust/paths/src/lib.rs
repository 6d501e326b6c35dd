//! Tells the path of each open and openat, or of those that begin with one of the
//! words of ZPOLINE_HOOK_ARGS, and at the end how many there were.

wit_bindgen::generate!({ path: "../../wit", world: "paths", generate_all });

use std::cell::{Cell, RefCell};

use exports::zpoline::hook::lifecycle::{self, Settings};
use exports::zpoline::hook::{open, openat};
use zpoline::hook::log::{self, Level};
use zpoline::hook::memory;
use zpoline::hook::types::Action;

struct Paths;
export!(Paths);

const LONGEST_PATH: u32 = 4096;

thread_local! {
    static PREFIXES: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
    static TOLD: Cell<u32> = const { Cell::new(0) };
}

fn wanted(path: &[u8]) -> bool {
    PREFIXES.with_borrow(|prefixes| {
        prefixes.is_empty() || prefixes.iter().any(|prefix| path.starts_with(prefix.as_bytes()))
    })
}

fn tell(call: &str, pathname: u64) -> Action {
    // A path that cannot be read is the kernel's to refuse.
    if let Ok(path) = memory::read_c_string(pathname, LONGEST_PATH)
        && wanted(&path)
    {
        log::output(&[call.as_bytes(), b" ", &path, b"\n"].concat());
        TOLD.set(TOLD.get() + 1);
    }
    Action::Forward
}

impl open::Guest for Paths {
    fn enter(pathname: u64, _flags: i32, _mode: u32) -> Action {
        tell("open", pathname)
    }
}

impl openat::Guest for Paths {
    fn enter(_dirfd: i32, pathname: u64, _flags: i32, _mode: u32) -> Action {
        tell("openat", pathname)
    }
}

impl lifecycle::Guest for Paths {
    fn init(arguments: Vec<String>) -> Result<Settings, String> {
        PREFIXES.set(arguments);
        Ok(Settings { per_thread: false })
    }

    fn finish(_status: i32) {
        log::write(Level::Info, &format!("{} paths", TOLD.get()));
    }
}
