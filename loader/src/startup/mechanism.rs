//! The mechanisms: what is mapped, patched and armed at start-up for each.

use super::error::StartError;
use super::{objects, trampoline};
use crate::rewrite::{arena, known, learn, patch, slots};
use crate::signals::hygiene::SIGSYS;
use crate::signals::{action, mask, sud};
use alloc::format;
use alloc::vec::Vec;

/// `call *%rax` at every site, the trampoline in page 0.
pub(super) fn zpoline() -> Result<(), StartError> {
    let objects = objects::loaded();
    trampoline::build()?;
    action::take_over();
    let behind: Vec<u64> = objects.iter().flat_map(objects::Loaded::patch_with_calls).collect();
    if behind.is_empty() {
        return Err(nothing_to_patch());
    }
    known::set(behind);
    Ok(())
}

/// Jumps at every site that has room for one; the others are not seen.
pub(super) fn jump() -> Result<(), StartError> {
    slots::map().map_err(|errno| no_slots(errno))?;
    action::take_over();
    let objects = objects::loaded();
    let count: usize = arena::while_writable(|| objects.iter().map(objects::Loaded::patch_with_jumps).sum());
    slots::set_writable(false);
    if count == 0 {
        return Err(nothing_to_patch());
    }
    Ok(())
}

/// Syscall User Dispatch alone: every call raises SIGSYS.
pub(super) fn sud() -> Result<(), StartError> {
    action::take_over();
    arm().map_err(no_sud)
}

/// Jumps as sites are first executed, Syscall User Dispatch under them; jumps
/// alone where the kernel has no such thing.
pub(super) fn auto() -> Result<(), StartError> {
    let slots = slots::map();
    action::take_over();
    match (arm(), slots) {
        (Ok(()), slots) => {
            if slots.is_ok() {
                slots::set_writable(false);
                learn::slots_are_mapped();
            }
            patch::register();
            Ok(())
        }
        (Err(_), Ok(())) => {
            let objects = objects::loaded();
            arena::while_writable(|| {
                for object in &objects {
                    object.patch_with_jumps();
                }
            });
            slots::set_writable(false);
            Ok(())
        }
        (Err(errno), Err(_)) => Err(no_sud(errno)),
    }
}

/// Arms Syscall User Dispatch in this thread. SIGSYS may have been blocked by
/// whoever executed this program.
fn arm() -> Result<(), i32> {
    mask::unblock(SIGSYS);
    // The handler must be there first, and it is only ours once armed.
    sud::arm()?;
    action::install_sigsys();
    Ok(())
}

fn nothing_to_patch() -> StartError {
    StartError::new(
        "found no syscall instruction to rewrite",
        "the program's libraries may be of an unknown kind: zpoline doctor --sites PROG",
    )
}

fn no_slots(errno: i32) -> StartError {
    StartError::new(
        format!("cannot map the pointer table of the jumps at 0x60000: error {errno} (vm.mmap_min_addr above 393216, or the range is taken)"),
        "ZPOLINE_MECHANISM=sud",
    )
}

fn no_sud(errno: i32) -> StartError {
    StartError::new(
        format!("cannot arm Syscall User Dispatch: error {errno} (needs Linux 5.11; sysctl kernel.syscall_user_dispatch may deny it)"),
        "ZPOLINE_MECHANISM=jump, or as root ZPOLINE_MECHANISM=zpoline",
    )
}
