//! Nothing is deleted: unlink, unlinkat and rmdir fail with EPERM.

wit_bindgen::generate!({ path: "../../wit", world: "deny", generate_all });

use exports::zpoline::hook::{rmdir, unlink, unlinkat};
use zpoline::hook::types::Action;

struct Deny;
export!(Deny);

const EPERM: i64 = 1;
const REFUSED: Action = Action::Complete(-EPERM);

impl unlink::Guest for Deny {
    fn enter(_pathname: u64) -> Action {
        REFUSED
    }
}

impl unlinkat::Guest for Deny {
    fn enter(_dirfd: i32, _pathname: u64, _flags: i32) -> Action {
        REFUSED
    }
}

impl rmdir::Guest for Deny {
    fn enter(_pathname: u64) -> Action {
        REFUSED
    }
}
