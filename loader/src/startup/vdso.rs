//! The vDSO's functions become system calls, where a hook takes those.
//!
//! Its code is private to the process and cannot be told from the program's by the
//! kernel, so it is patched in place: callers have its addresses already. Calls of
//! others keep their speed.
//!
//! # Safety
//! Reads the vDSO as /proc/self/maps shows it; nobody unmaps it meanwhile.
#![allow(unsafe_code, reason = "reads the vDSO")]

extern crate std;

use super::objects;
use crate::dispatch::table;
use crate::island::output;
use crate::rewrite::patch::{self, Mapping};
use crate::rewrite::{arena, learn, slots};
use crate::stats::sites::{self, Planned};
use crate::stats::why::How;
use alloc::vec::Vec;
use zpoline_planner::plan::Bytes;
use zpoline_planner::vdso::{self, Body, FUNCTIONS};
use zpoline_planner::{Patch, jump};

/// How the new calls lead into the loader.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// `call *%rax` through page 0.
    Call,
    /// A jump to a stub.
    Jump,
    /// A syscall instruction that raises SIGSYS.
    Instruction,
}

/// From the first byte of a call's code to its syscall instruction.
const INSTRUCTION: u64 = 5;

impl From<Way> for How {
    fn from(way: Way) -> Self {
        match way {
            Way::Call => Self::Page0,
            Way::Jump => Self::Before,
            Way::Instruction => Self::Left,
        }
    }
}

/// Patches the functions whose calls are hooked; answers the addresses behind the
/// calls.
pub(super) fn take(way: Way) -> Vec<u64> {
    let wanted = FUNCTIONS.iter().filter(|function| table::route(function.number) & table::HOOKED != 0);
    let wanted: Vec<_> = wanted.collect();
    let Some(mapping) = (!wanted.is_empty()).then(objects::vdso).flatten() else { return Vec::new() };
    // SAFETY: a readable mapping of that size.
    let image = unsafe {
        core::slice::from_raw_parts(
            core::ptr::with_exposed_provenance(mapping.start as usize),
            (mapping.end - mapping.start) as usize,
        )
    };
    let mut behind = Vec::new();
    let mut planned = Vec::new();
    let noted = sites::object_at(mapping.start);
    for function in wanted {
        let mut body = vdso::body(function);
        let Some(offset) = vdso::find(image, function.symbol, body.length) else { continue };
        let site = mapping.start + (offset + body.site) as u64;
        if !lead(way, site, function.number, &mut body) {
            continue;
        }
        let old = image.get(offset..offset + body.length).and_then(Bytes::new);
        let new = body.code.get(..body.length).and_then(Bytes::new);
        if let (Some(old), Some(new)) = (old, new) {
            let patch = Patch { address: mapping.start + offset as u64, old, new };
            planned.push(Planned { address: site + INSTRUCTION, how: way.into(), patch });
            behind.push(site + jump::JUMP as u64);
        }
    }
    let written = write(&mapping, &planned);
    noted.written(&planned, |_| written);
    if !written {
        output::message(format_args!(
            "warning: the vDSO cannot be patched here: the hook does not see its functions (clock_gettime, ...)\n  \
             a kernel with sealed system mappings (CONFIG_MSEAL_SYSTEM_MAPPINGS) does not allow it"
        ));
        behind.clear();
    }
    behind
}

/// Makes the body's call lead into the loader.
fn lead(way: Way, site: u64, number: u32, body: &mut Body) -> bool {
    let Some(call) = body.code.get_mut(body.site..body.site + jump::JUMP) else { return false };
    let behind = site + jump::JUMP as u64;
    match way {
        Way::Instruction => true,
        Way::Call => {
            call[5..].copy_from_slice(&[0xff, 0xd0]);
            true
        }
        Way::Jump => {
            let mut before = [0; 5];
            before.copy_from_slice(&call[..5]);
            let request =
                arena::Request { before: &before, number: Some(number), patched: site, ..learn::bare(behind) };
            let Some(index) = arena::while_writable(|| arena::add(&request)) else { return false };
            slots::set_writable(true);
            slots::fill(index);
            slots::set_writable(false);
            call[..3].copy_from_slice(&[0xff, 0x24, 0x25]);
            call[3..].copy_from_slice(&slots::address(index).to_le_bytes());
            true
        }
    }
}

fn write(mapping: &Mapping, planned: &[Planned]) -> bool {
    let patches: Vec<Patch> = planned.iter().map(|planned| planned.patch).collect();
    // SAFETY: the vDSO is private to the process, and its code is called and not
    // fallen into: nobody is at the first bytes of a function at this time.
    patches.is_empty() || unsafe { patch::apply(mapping, &patches) } == Ok(patches.len())
}
