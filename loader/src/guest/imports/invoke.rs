//! `zpoline:hook/invoke`: syscalls that the hook makes itself.
//!
//! They go to the kernel from the loader's own text and are seen by no hook. What the
//! loader has to see of the program's calls it sees of these too
//! ([`dispatch::within_hook`]), or it refuses them.
//!
//! Invariants: whether a call may be made is decided by [`permitted`] alone, for
//! every call anew; a refusal is EPERM for the hook, and the user is told once for
//! each number. No call leaves the thread with another signal mask, even while it
//! waits: a thread in the island keeps one signal, and has to have all others blocked
//! then. The instance is held meanwhile: a call that waits makes every other thread
//! wait that has a call for the same instance.
//!
//! # Safety
//! A granted call can do to the process whatever its number stands for; that is
//! what the user granted. What would take the loader with it is refused.
#![allow(unsafe_code, reason = "raw syscalls of the hook's choice")]

use crate::arch::invoke::interruptible;
use crate::arch::syscall::syscall6;
use crate::dispatch;
use crate::guest::Call;
use crate::guest::abi::WitCall;
use crate::guest::instance::{About, Host};
use crate::island::output::message;
use crate::island::{descriptors, memory, ranges};
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
    /// It would wait with another signal mask.
    Mask,
}

/// The one check.
fn permitted(granted: &SyscallSet, call: &WitCall) -> core::result::Result<(), Refusal> {
    if invoke::never(call.number) {
        return Err(Refusal::Never);
    }
    if !granted.contains(call.number) {
        return Err(Refusal::NotGranted);
    }
    if touches_loader(call) {
        return Err(Refusal::Loader);
    }
    if has_mask(call) { Err(Refusal::Mask) } else { Ok(()) }
}

/// Whether the call would change what the loader has mapped, a descriptor of its
/// own, the register by which it finds its thread, or how the kernel enters it.
fn touches_loader(call: &WitCall) -> bool {
    const ARCH_SET_GS: i32 = 0x1001;
    const ARCH_SHSTK_ENABLE: i32 = 0x5001;
    const PR_SET_SYSCALL_USER_DISPATCH: i32 = 59;
    const MAP_FIXED: i64 = 0x10;
    const MREMAP_FIXED: i64 = 2;
    const SHM_REMAP: i64 = 0o40_000;
    const CLOSE_RANGE_CLOEXEC: i64 = 4;
    /// MADV_WILLNEED, MADV_COLD, MADV_PAGEOUT, MADV_COLLAPSE: no byte changes.
    const HARMLESS: [i32; 4] = [3, 20, 21, 25];
    let [a0, a1, a4] = [call.a0, call.a1, call.a4].map(i64::cast_unsigned);
    match call.number {
        // The kernel looks at the low half.
        nr::ARCH_PRCTL => matches!(call.a0 as i32, ARCH_SET_GS | ARCH_SHSTK_ENABLE),
        nr::PRCTL => call.a0 as i32 == PR_SET_SYSCALL_USER_DISPATCH,
        nr::MUNMAP | nr::MPROTECT | nr::PKEY_MPROTECT | nr::MADVISE | nr::MSEAL | nr::REMAP_FILE_PAGES => {
            is_ours(a0, a1)
        }
        nr::MMAP => call.a3 & MAP_FIXED != 0 && is_ours(a0, a1),
        nr::MREMAP => is_ours(a0, a1) || call.a3 & MREMAP_FIXED != 0 && is_ours(a4, call.a2.cast_unsigned()),
        nr::SHMAT => call.a2 & SHM_REMAP != 0,
        nr::PROCESS_MADVISE => !HARMLESS.contains(&(call.a3 as i32)),
        nr::CLOSE => descriptors::is_ours(call.a0 as i32),
        nr::DUP2 | nr::DUP3 => descriptors::is_ours(call.a1 as i32),
        nr::CLOSE_RANGE => {
            call.a2 & CLOSE_RANGE_CLOEXEC == 0 && descriptors::first_within(call.a0 as u32, call.a1 as u32).is_some()
        }
        _ => false,
    }
}

/// Whether anything of the loader's is mapped there.
fn is_ours(at: u64, length: u64) -> bool {
    ranges::first_within(&(at..at.saturating_add(length.max(1)))).is_some()
}

/// Whether the call waits with a signal mask of its own.
fn has_mask(call: &WitCall) -> bool {
    // The sixth argument is the address of a mask's address and size.
    let named = |at: i64| {
        let mut word = [0; 8];
        at != 0 && memory::read_exact(at.cast_unsigned(), &mut word).is_ok() && u64::from_le_bytes(word) != 0
    };
    match call.number {
        nr::PPOLL => call.a3 != 0,
        nr::EPOLL_PWAIT | nr::EPOLL_PWAIT2 | nr::IO_URING_ENTER => call.a4 != 0,
        nr::PSELECT6 | nr::IO_PGETEVENTS => named(call.a5),
        _ => false,
    }
}

/// Makes the call.
fn make(call: &WitCall) -> i64 {
    let args = [call.a0, call.a1, call.a2, call.a3, call.a4, call.a5];
    if let Some(result) = dispatch::within_hook(&Call { number: call.number, args: args.map(i64::cast_unsigned) }) {
        return result;
    }
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
        Refusal::Mask => message(format_args!(
            "hook {hook} tried to wait with a signal mask of its own by {name} ({number}); it got EPERM\n  \
             a signal that came meanwhile could be lost; without a mask the call is made"
        )),
        Refusal::Loader => message(format_args!(
            "hook {hook} tried to change what the loader stands on by {name} ({number}); it got EPERM"
        )),
    }
}
