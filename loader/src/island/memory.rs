//! Reads of the program's memory on behalf of guests and the dispatcher.
//!
//! The address is an allegation of the program. It is copied from in place; where
//! that faults, the signal code ends the copy short (`signals::fault`), whatever
//! another thread unmaps meanwhile. While the program blocks SIGSEGV, which would
//! make a fault deadly, and before the loader handles it, `process_vm_readv` on
//! ourselves does the same at twenty times the cost.
//!
//! # Safety
//! The copy writes only into the caller's slice, or where the program told the
//! kernel to write.
#![allow(unsafe_code, reason = "guarded copies and raw process_vm_readv")]

use crate::arch::syscall::{PAGE, nr, syscall0, syscall6};
use crate::dispatch::thread;
use core::sync::atomic::{AtomicBool, Ordering};

/// A Linux error number, 1 to 4095.
pub type Errno = u32;

/// Bad address.
pub const EFAULT: Errno = 14;

core::arch::global_asm!(
    ".pushsection .text.zpl_copy,\"ax\",@progbits",
    ".balign 16",
    ".globl zpl_copy",
    ".hidden zpl_copy",
    // (to, from, length) -> bytes not copied
    "zpl_copy:",
    "mov rcx, rdx",
    ".globl zpl_copy_begin",
    ".hidden zpl_copy_begin",
    "zpl_copy_begin:",
    "rep movsb",
    ".globl zpl_copy_end",
    ".hidden zpl_copy_end",
    "zpl_copy_end:",
    "mov rax, rcx",
    "ret",
    ".popsection",
);

unsafe extern "C" {
    fn zpl_copy(to: *mut u8, from: *const u8, length: usize) -> usize;
    static zpl_copy_begin: u8;
    static zpl_copy_end: u8;
}

/// If `rip` lies in a guarded copy, where a fault continues: the copy has ended
/// short.
pub fn end_of_copy(rip: u64) -> Option<u64> {
    let end = (&raw const zpl_copy_end).addr() as u64;
    ((&raw const zpl_copy_begin).addr() as u64..end).contains(&rip).then_some(end)
}

static GUARDED: AtomicBool = AtomicBool::new(false);

/// From here on the loader handles SIGSEGV and SIGBUS.
pub fn faults_are_handled() {
    GUARDED.store(true, Ordering::Relaxed);
}

/// Whether a fault in this thread would arrive.
fn guarded() -> bool {
    GUARDED.load(Ordering::Relaxed) && thread::try_current().is_some_and(|block| !block.faults_blocked.get())
}

/// Copies and answers how many bytes could not be.
///
/// # Safety
/// `guarded()`, and one side is the caller's, for `length` bytes.
unsafe fn copy(to: u64, from: u64, length: usize) -> usize {
    // SAFETY: by the caller; the other side may fault.
    unsafe {
        zpl_copy(
            core::ptr::with_exposed_provenance_mut(to as usize),
            core::ptr::with_exposed_provenance(from as usize),
            length,
        )
    }
}

/// Writes all of `bytes`; false if some could not be. For the signal code, in
/// which faults arrive whatever the program blocks.
pub fn put(at: u64, bytes: &[u8]) -> bool {
    // SAFETY: the slice is the caller's, and faults arrive.
    is_user(at, bytes.len()) && unsafe { copy(at, bytes.as_ptr() as u64, bytes.len()) } == 0
}

/// Fills all of `bytes`; false if some could not be. For the signal code.
pub fn get(at: u64, bytes: &mut [u8]) -> bool {
    // SAFETY: as for `put`.
    is_user(at, bytes.len()) && unsafe { copy(bytes.as_mut_ptr() as u64, at, bytes.len()) } == 0
}

/// The word at `at`. For the signal code.
pub fn get_word(at: u64) -> Option<u64> {
    let mut word = [0; 8];
    get(at, &mut word).then(|| u64::from_le_bytes(word))
}

#[repr(C)]
struct IoVec {
    base: u64,
    len: usize,
}

/// Whether the task has the word at `at` in its memory that we have there: a
/// zombie has no memory, and another program has another.
pub fn is_shared_with(tid: u32, at: u64) -> bool {
    const EFAULT: isize = -14;
    const ESRCH: isize = -3;
    let mut theirs = 0u64;
    let local = IoVec { base: &raw mut theirs as u64, len: 8 };
    let remote = IoVec { base: at, len: 8 };
    // SAFETY: reads one word into ours.
    let got = unsafe {
        syscall6(nr::PROCESS_VM_READV, tid as usize, &raw const local as usize, 1, &raw const remote as usize, 1, 0)
    };
    // What the kernel does not tell us may well be.
    !matches!(got, EFAULT | ESRCH) && (got != 8 || get_word(at) == Some(theirs))
}

/// Whether the range lies in the user half of the address space: elsewhere a copy
/// would raise another kind of fault.
fn is_user(at: u64, length: usize) -> bool {
    const END: u64 = 1 << 47;
    at < END && (length as u64) < END - at
}

/// Reads up to `out.len()` bytes and stops where memory ends; EFAULT if not
/// even the first byte can be read.
pub fn read_some(at: u64, out: &mut [u8]) -> Result<usize, Errno> {
    if out.is_empty() {
        return Ok(0);
    }
    if guarded() && is_user(at, out.len()) {
        // SAFETY: the slice is the caller's.
        let left = unsafe { copy(out.as_mut_ptr() as u64, at, out.len()) };
        return if left == out.len() { Err(EFAULT) } else { Ok(out.len() - left) };
    }
    // The remote side is cut at page boundaries: process_vm_readv gives up on
    // a whole element when it cannot read all of it.
    let mut done = 0;
    while done < out.len() {
        let Some(from) = at.checked_add(done as u64) else { break };
        let local = IoVec { base: out[done..].as_mut_ptr() as u64, len: out.len() - done };
        const PARTS: usize = 16;
        let mut remote = [const { IoVec { base: 0, len: 0 } }; PARTS];
        let mut count = 0;
        let mut next = from;
        let mut left = local.len;
        while left > 0 && count < PARTS {
            let part = left.min(PAGE - (next as usize & (PAGE - 1)));
            remote[count] = IoVec { base: next, len: part };
            count += 1;
            left -= part;
            match next.checked_add(part as u64) {
                Some(n) => next = n,
                None => break,
            }
        }
        // SAFETY: both arrays are ours and live; the local one covers exactly
        // the rest of `out`.
        let got = unsafe {
            syscall6(
                nr::PROCESS_VM_READV,
                syscall0(nr::GETPID) as usize,
                &raw const local as usize,
                1,
                remote.as_ptr() as usize,
                count,
                0,
            )
        };
        if got <= 0 {
            if done > 0 || got == 0 {
                break;
            }
            return Err(u32::try_from(-got).unwrap_or(EFAULT));
        }
        done += got as usize;
        if got as usize != local.len - left {
            break;
        }
    }
    if done == 0 { Err(EFAULT) } else { Ok(done) }
}

/// Reads exactly `out.len()` bytes, or EFAULT.
pub fn read_exact(at: u64, out: &mut [u8]) -> Result<(), Errno> {
    if read_some(at, out)? == out.len() { Ok(()) } else { Err(EFAULT) }
}

/// Reads a C string into `out` and answers its length without the NUL; a
/// string that does not end within `out` fills it.
pub fn read_c_string(at: u64, out: &mut [u8]) -> Result<usize, Errno> {
    let mut done = 0;
    while done < out.len() {
        let from = at.checked_add(done as u64).ok_or(EFAULT)?;
        // Most strings are short: do not copy a page for them.
        let page_left = PAGE - (from as usize & (PAGE - 1));
        let want = (out.len() - done).min(page_left).min(if done == 0 { 256 } else { PAGE });
        let got = read_some(from, &mut out[done..done + want])?;
        if let Some(nul) = out[done..done + got].iter().position(|&b| b == 0) {
            return Ok(done + nul);
        }
        done += got;
        if got < want {
            return Err(EFAULT);
        }
    }
    Ok(done)
}

/// Writes all of `bytes`, or EFAULT (some may then have been written).
pub fn write_exact(at: u64, bytes: &[u8]) -> Result<(), Errno> {
    if guarded() && is_user(at, bytes.len()) {
        // SAFETY: the slice is the caller's; the program told the kernel to
        // write there.
        let left = unsafe { copy(at, bytes.as_ptr() as u64, bytes.len()) };
        return if left == 0 { Ok(()) } else { Err(EFAULT) };
    }
    let local = IoVec { base: bytes.as_ptr() as u64, len: bytes.len() };
    let remote = IoVec { base: at, len: bytes.len() };
    // SAFETY: the kernel reads our slice, and writes where the program asked
    // it to, checking the address as it would for the program's own call.
    let wrote = unsafe {
        syscall6(
            nr::PROCESS_VM_WRITEV,
            syscall0(nr::GETPID) as usize,
            &raw const local as usize,
            1,
            &raw const remote as usize,
            1,
            0,
        )
    };
    if usize::try_from(wrote) == Ok(bytes.len()) { Ok(()) } else { Err(EFAULT) }
}
