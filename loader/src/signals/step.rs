//! A program that steps itself (the TF flag) steps through the loader's code as
//! well: those traps are nobody's. It goes on stepping and gets the first trap
//! behind the call; the island itself runs without the flag (`arch::entry`).

use super::frame::{Context, Info};
use super::sud;
use crate::arch::entry::low;
use crate::arch::labels;

/// SIGTRAP: si_code of a single step.
const TRAP_TRACE: i32 = 2;

/// Whether this is a step inside the loader: the frame is to be left as it is.
pub fn is_own(info: &Info, context: &Context) -> bool {
    let rip = context.rip;
    let (start, length) = sud::image();
    let own = (start as u64..(start + length) as u64).contains(&rip)
        || (low::LANDING as u64..low::ROUTES as u64).contains(&rip)
        || labels::on_fast_path(rip).is_some();
    info.code == TRAP_TRACE && context.is_64_bit_code() && own
}
