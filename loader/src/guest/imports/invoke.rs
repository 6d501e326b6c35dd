//! `zpoline:hook/invoke`: syscalls that the hook makes itself.
//!
//! They go to the kernel from the loader's own text and are seen by no hook.
//! Invariants: whether a call may be made is decided by [`permitted`] alone, for
//! every call anew; a refusal is EPERM for the hook, and the user is told once for
//! each number. The instance is held meanwhile: a call that waits makes every
//! other thread wait that has a call for the same instance.
//!
//! # Safety
//! A granted call can do to the process whatever its number stands for; that is
//! what the user granted. What would take the loader with it is refused.
#![allow(unsafe_code, reason = "raw syscalls of the hook's choice")]

use crate::arch::invoke::interruptible;
use crate::arch::syscall::syscall6;
use crate::dispatch::thread;
use crate::guest::abi::WitCall;
use crate::guest::instance::{About, Host};
use crate::island::output::message;
use crate::signals::sud;
use core::ops::Range;
use core::sync::atomic::Ordering;
use wasmtime::component::LinkerInstance;
use wasmtime::{Result, StoreContextMut};
use zpoline_host_abi::set::SyscallSet;
use zpoline_host_abi::{errno, invoke, nr, syscalls};

pub(super) fn define(linker: &mut LinkerInstance<'_, Host>) -> Result<()> {
    linker.func_wrap("syscall", |store: StoreContextMut<'_, Host>, (call,): (WitCall,)| -> Result<(i64,)> {
        let about = &store.data().about;
        Ok((match permitted(about.grants.invoke(), &call) {
            Ok(()) => make(&call),
            Err(why) => {
                tell(about, &call, why);
                -i64::from(errno::EPERM)
            }
        },))
    })?;
    linker.func_wrap("granted", |store: StoreContextMut<'_, Host>, (number,): (u32,)| -> Result<(bool,)> {
        Ok((store.data().about.grants.invoke().contains(number) && !invoke::never(number),))
    })?;
    Ok(())
}

/// Why a call is not made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Refusal {
    /// It is not in the granted set.
    NotGranted,
    /// No hook may make it.
    Never,
    /// It would touch what the loader itself stands on.
    Loader,
}

/// The one check.
fn permitted(granted: &SyscallSet, call: &WitCall) -> core::result::Result<(), Refusal> {
    if invoke::never(call.number) {
        return Err(Refusal::Never);
    }
    if !granted.contains(call.number) {
        return Err(Refusal::NotGranted);
    }
    if touches_loader(call) { Err(Refusal::Loader) } else { Ok(()) }
}

/// Whether the call would change the loader's image, this thread's stack in the
/// island, or the register by which the loader finds its thread. What else the
/// loader has mapped is not kept track of: who grants calls that change mappings
/// grants everything.
fn touches_loader(call: &WitCall) -> bool {
    const ARCH_SET_GS: i64 = 0x1001;
    const PR_SET_SYSCALL_USER_DISPATCH: i64 = 59;
    const MAP_FIXED: i64 = 0x10;
    const MREMAP_FIXED: i64 = 2;
    let [a0, a1, a4] = [call.a0, call.a1, call.a4].map(i64::cast_unsigned);
    match call.number {
        nr::ARCH_PRCTL => call.a0 == ARCH_SET_GS,
        nr::PRCTL => call.a0 as i32 == PR_SET_SYSCALL_USER_DISPATCH as i32,
        nr::MUNMAP | nr::MPROTECT | nr::PKEY_MPROTECT | nr::MADVISE | nr::MSEAL | nr::REMAP_FILE_PAGES => {
            is_ours(a0, a1)
        }
        nr::MMAP => call.a3 & MAP_FIXED != 0 && is_ours(a0, a1),
        nr::MREMAP => is_ours(a0, a1) || call.a3 & MREMAP_FIXED != 0 && is_ours(a4, call.a2.cast_unsigned()),
        _ => false,
    }
}

/// Whether a range has anything of the loader's image or of this thread's mapping
/// in it.
fn is_ours(at: u64, length: u64) -> bool {
    let (start, size) = sud::image();
    let image = start as u64..(start + size) as u64;
    let end = at.saturating_add(length.max(1));
    let overlaps = |range: Range<u64>| at < range.end && range.start < end;
    overlaps(image) || overlaps(thread::current().mapping())
}

/// Makes the call.
fn make(call: &WitCall) -> i64 {
    let args = [call.a0, call.a1, call.a2, call.a3, call.a4, call.a5];
    if invoke::may_wait(call.number) {
        let [a, b, c, d, e, f] = args.map(i64::cast_unsigned);
        // SAFETY: see the module's Safety section.
        return unsafe { interruptible(&[u64::from(call.number), a, b, c, d, e, f]) };
    }
    let [a, b, c, d, e, f] = args.map(|arg| arg as usize);
    // SAFETY: see the module's Safety section.
    unsafe { syscall6(call.number as usize, a, b, c, d, e, f) as i64 }
}

/// Tells the user, once for each number.
#[cold]
fn tell(about: &About, call: &WitCall, why: Refusal) {
    let number = call.number;
    // What lies beyond counts as one.
    let told = number.min(64 * about.refused.len() as u32 - 1);
    if let Some(word) = about.refused.get(told as usize / 64) {
        let bit = 1 << (told % 64);
        if word.fetch_or(bit, Ordering::Relaxed) & bit != 0 {
            return;
        }
    }
    let hook = &about.name;
    let name = syscalls::by_number(number).map_or("a call that does not exist", |syscall| syscall.name);
    match why {
        Refusal::NotGranted => message(format_args!(
            "hook {hook} tried to make {name} ({number}), which it was not granted; it got EPERM\n  \
             fix: if you trust it with that, add to ZPOLINE_ALLOW: invoke={name}  (zpoline run --allow invoke={name})"
        )),
        Refusal::Never => message(format_args!(
            "hook {hook} tried to make {name} ({number}), which no hook may; it got EPERM\n  \
             it would change the process, its threads or its signals in the middle of a call"
        )),
        Refusal::Loader => message(format_args!(
            "hook {hook} tried to change what the loader stands on by {name} ({number}); it got EPERM"
        )),
    }
}
