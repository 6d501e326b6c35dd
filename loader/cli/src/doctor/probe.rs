//! Tries things out: each in a child of its own, or without a lasting effect.
//!
//! # Safety
//! The closures given to [`in_child`] map and unmap memory, and arm the child's
//! own syscall dispatch; the child ends right after. What runs in this process passes pointers to locals only.
#![allow(unsafe_code, reason = "asks the kernel and the CPU")]

use crate::sys::{Ended, in_child};
use std::io;
use std::ops::Range;
use zpoline_planner::jump::Table;

/// What came of a try: the error number if the kernel refused.
pub(super) type Tried = Result<(), i32>;

fn errno() -> i32 {
    io::Error::last_os_error().raw_os_error().unwrap_or(libc::EIO)
}

/// Runs a try in a child. The error number is the exit status, 0 is success.
fn tried(work: impl FnOnce() -> Tried) -> Tried {
    let status = || match work() {
        Ok(()) => 0,
        Err(errno) => u8::try_from(errno).unwrap_or(u8::MAX),
    };
    match in_child(status) {
        Ok(Ended::Exited(0)) => Ok(()),
        Ok(Ended::Exited(errno)) => Err(errno.into()),
        Ok(Ended::Killed(_)) => Err(libc::EFAULT),
        Err(error) => Err(error.raw_os_error().unwrap_or(libc::EIO)),
    }
}

/// Maps page 0 and makes it executable, as mechanism zpoline has to.
pub(super) fn page_zero() -> Tried {
    can_map(0..4096, libc::PROT_READ | libc::PROT_EXEC)
}

/// Where the loader's table of jump targets lies: 8192 pointers.
pub(super) const fn place(table: Table) -> Range<usize> {
    let start = table.range().start as usize;
    start..start + (8192 << 3)
}

/// Maps the table of jump targets and makes it read-only, as the loader has to.
pub(super) fn jump_table(table: Table) -> Tried {
    can_map(place(table), libc::PROT_READ)
}

fn can_map(range: Range<usize>, then: i32) -> Tried {
    tried(|| {
        let wanted = std::ptr::without_provenance_mut(range.start);
        let protection = libc::PROT_READ | libc::PROT_WRITE;
        let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_FIXED_NOREPLACE;
        // SAFETY: NOREPLACE harms no mapping that is there.
        let mapped = unsafe { libc::mmap(wanted, range.len(), protection, flags, -1, 0) };
        if mapped == libc::MAP_FAILED {
            return Err(errno());
        }
        if mapped != wanted {
            return Err(libc::EEXIST);
        }
        // SAFETY: it was just mapped, and nothing is in it.
        match unsafe { libc::mprotect(mapped, range.len(), then) } {
            0 => Ok(()),
            _ => Err(errno()),
        }
    })
}

/// Arms Syscall User Dispatch with a null selector and everything exempt.
pub(super) fn user_dispatch() -> Tried {
    const PR_SET_SYSCALL_USER_DISPATCH: i32 = 59;
    const ON: usize = 1;
    tried(|| {
        // SAFETY: every address is in the exempt range, so nothing is dispatched.
        match unsafe { libc::prctl(PR_SET_SYSCALL_USER_DISPATCH, ON, 1_usize, usize::MAX >> 17, 0_usize) } {
            0 => Ok(()),
            _ => Err(errno()),
        }
    })
}

/// Allocates a protection key.
pub(super) fn protection_key() -> Tried {
    tried(|| {
        // SAFETY: takes no pointer; the key goes with the child.
        match unsafe { libc::syscall(libc::SYS_pkey_alloc, 0, 0) } {
            0.. => Ok(()),
            _ => Err(errno()),
        }
    })
}

/// Reads our own memory by process_vm_readv, as the loader reads a program's.
pub(super) fn read_self() -> Tried {
    let from = 0x5a_u8;
    let mut to = 0_u8;
    let local = libc::iovec { iov_base: (&raw mut to).cast(), iov_len: 1 };
    let remote = libc::iovec { iov_base: (&raw const from).cast_mut().cast(), iov_len: 1 };
    // SAFETY: both vectors describe one local byte each.
    let read = unsafe { libc::process_vm_readv(libc::getpid(), &raw const local, 1, &raw const remote, 1, 0) };
    if read != 1 {
        return Err(errno());
    }
    if to == from { Ok(()) } else { Err(libc::EIO) }
}

/// Whether this thread has a shadow stack (CET).
pub(super) fn shadow_stack() -> bool {
    const ARCH_SHSTK_STATUS: usize = 0x5005;
    let mut enabled = 0_u64;
    // SAFETY: the kernel writes one 64-bit number, or fails.
    unsafe { libc::syscall(libc::SYS_arch_prctl, ARCH_SHSTK_STATUS, &raw mut enabled) == 0 && enabled & 1 != 0 }
}

/// Whether user code may write the %gs base itself.
pub(super) fn fsgsbase() -> bool {
    const HWCAP2_FSGSBASE: u64 = 2;
    // SAFETY: reads a number that the kernel gave at the start.
    unsafe { libc::getauxval(libc::AT_HWCAP2) & HWCAP2_FSGSBASE != 0 }
}

/// Bytes that XSAVE needs for what the kernel has switched on; 0 without XSAVE.
pub(super) fn xsave_bytes() -> u32 {
    let highest = std::arch::x86_64::__cpuid(0).eax;
    if highest < 0xd { 0 } else { std::arch::x86_64::__cpuid_count(0xd, 0).ebx }
}

/// Version of the C library that ld.so belongs to.
pub(super) fn glibc() -> String {
    // SAFETY: a constant C string of the C library's.
    let version = unsafe { std::ffi::CStr::from_ptr(libc::gnu_get_libc_version()) };
    version.to_string_lossy().into_owned()
}

/// Release of the kernel, and its name for the processor.
pub(super) fn kernel() -> (String, String) {
    let mut out = std::mem::MaybeUninit::<libc::utsname>::zeroed();
    // SAFETY: room for one utsname. Zeroed, so it is valid even if this fails.
    let out = unsafe {
        libc::uname(out.as_mut_ptr());
        out.assume_init()
    };
    let text = |field: &[libc::c_char]| {
        field.iter().take_while(|c| **c != 0).map(|c| char::from(c.cast_unsigned())).collect::<String>()
    };
    (text(&out.release), text(&out.machine))
}
