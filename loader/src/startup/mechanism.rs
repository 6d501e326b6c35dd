//! The mechanisms: what is mapped, patched and armed at start-up for each.
//!
//! Invariant: once the first site is patched, nothing here calls libc until start-up
//! is over: its calls would reach the hook.

use super::error::StartError;
use super::objects::Which;
use super::{objects, trampoline, vdso};
use crate::island::output;
use crate::rewrite::{arena, known, late, live, slots};
use crate::signals::hygiene::SIGSYS;
use crate::signals::{action, mask, sud};
use crate::stats::report;
use alloc::format;
use alloc::vec::Vec;
use zpoline_planner::jump::Table;

/// `call *%rax` at every site, the trampoline in page 0.
pub(super) fn zpoline() -> Result<(), StartError> {
    let objects = objects::loaded();
    trampoline::build()?;
    report::PAGE0.note(Ok(()));
    action::take_over();
    late::patch_with(late::With::Calls);
    known::add(&vdso::take(vdso::Way::Call));
    let behind: Vec<u64> = objects.iter().flat_map(objects::Loaded::patch_with_calls).collect();
    if behind.is_empty() {
        return Err(nothing_to_patch());
    }
    known::add(&behind);
    Ok(())
}

/// Jumps at every site that has room for one; the others are not seen.
pub(super) fn jump() -> Result<(), StartError> {
    map_slots().map_err(no_slots)?;
    action::take_over();
    jumps_alone()
}

/// Jumps in all that is loaded, and in what will be.
fn jumps_alone() -> Result<(), StartError> {
    late::patch_with(late::With::Jumps);
    let objects = objects::loaded();
    vdso::take(vdso::Way::Jump);
    if jumps(&objects.iter().collect::<Vec<_>>(), Which::All) == 0 { Err(nothing_to_patch()) } else { Ok(()) }
}

/// Makes the jumps of these objects; answers how many.
fn jumps(objects: &[&objects::Loaded], which: Which) -> usize {
    slots::set_writable(true);
    let count = arena::while_writable(|| objects.iter().map(|object| object.patch_with_jumps(which)).sum());
    slots::set_writable(false);
    count
}

/// An errno by name, for messages.
fn name(errno: i32) -> &'static str {
    u32::try_from(errno).ok().and_then(zpoline_host_abi::errno::name).unwrap_or("unknown error")
}

/// Syscall User Dispatch alone: every call raises SIGSYS.
pub(super) fn sud() -> Result<(), StartError> {
    action::take_over();
    vdso::take(vdso::Way::Instruction);
    objects::keep(objects::loaded());
    arm().map_err(no_sud)
}

/// Jumps as sites are first executed, Syscall User Dispatch under them; jumps
/// alone where the kernel has no such thing.
pub(super) fn auto() -> Result<(), StartError> {
    action::take_over();
    let dispatch = sud::probe();
    report::DISPATCH.note(dispatch);
    let slots = if dispatch.is_ok() { slots::map_any() } else { slots::map(Table::Invalid) };
    report::JUMPS.note(slots);
    match (dispatch, slots) {
        (Ok(()), Ok(())) => {
            let objects = objects::loaded();
            vdso::take(vdso::Way::Jump);
            if slots::table() == Some(Table::Invalid) {
                // A jump that other threads may be executing cannot be written everywhere:
                // most sites of libc and ld.so do not wait for their first call.
                let libc: Vec<_> = objects.iter().filter(|object| object.is_libc()).collect();
                jumps(&libc, Which::PrivateLoads);
            }
            objects::keep(objects);
            live::register();
            arm().map_err(no_sud)
        }
        (Ok(()), Err(_)) => {
            vdso::take(vdso::Way::Instruction);
            objects::keep(objects::loaded());
            arm().map_err(no_sud)
        }
        (Err(errno), Ok(())) => {
            output::message(format_args!(
                "warning: no Syscall User Dispatch ({}): code that is generated at run time is not seen\n  \
                 needs Linux 5.11, and a sandbox that allows prctl(PR_SET_SYSCALL_USER_DISPATCH)",
                name(errno)
            ));
            jumps_alone()
        }
        (Err(errno), Err(_)) => Err(no_sud(errno)),
    }
}

/// Maps the table of jump targets.
fn map_slots() -> Result<(), i32> {
    let mapped = slots::map(Table::Invalid);
    report::JUMPS.note(mapped);
    mapped
}

/// Arms Syscall User Dispatch in this thread. SIGSYS may have been blocked by
/// whoever executed this program.
fn arm() -> Result<(), i32> {
    mask::unblock(SIGSYS);
    // The handler must be there first, and it is only ours once armed.
    let armed = sud::arm();
    report::DISPATCH.note(armed);
    armed?;
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
        format!(
            "cannot map the pointer table of the jumps at 0x60000: {} (vm.mmap_min_addr above 393216, or the range is taken)",
            name(errno)
        ),
        "ZPOLINE_MECHANISM=sud",
    )
}

fn no_sud(errno: i32) -> StartError {
    StartError::new(
        format!(
            "cannot arm Syscall User Dispatch: {} (needs Linux 5.11, and a sandbox that allows prctl)",
            name(errno)
        ),
        "ZPOLINE_MECHANISM=jump, or as root ZPOLINE_MECHANISM=zpoline",
    )
}
