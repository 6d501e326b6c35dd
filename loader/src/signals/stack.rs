//! Two alternate signal stacks a thread: the kernel knows the loader's, and the
//! program believes in its own.
//!
//! The kernel puts all frames on the thread's signal stack, in its slot, so that a
//! signal needs no room on the program's stack until a handler of the program's
//! runs: not SIGSYS, which comes at any stack pointer, and not a signal that comes
//! in the island, on the hook stack, when the kernel would not see that the
//! program is on its alternate stack already and start it anew.
//!
//! Invariant: while a thread with a block runs program code, the kernel's
//! alternate stack is its signal stack.
//!
//! # Safety
//! Raw sigaltstack with structures of ours and the slot's own memory.
#![allow(unsafe_code, reason = "raw sigaltstack")]

use super::mask;
use crate::arch::syscall::{nr, syscall2};
use crate::dispatch::thread::{SIGNAL_STACK, ThreadBlock};
use crate::island::memory;
use core::sync::atomic::{AtomicU64, Ordering};

const SS_ONSTACK: u32 = 1;
const SS_DISABLE: u32 = 2;
const SS_AUTODISARM: u32 = 1 << 31;

const EPERM: i64 = 1;
const ENOMEM: i64 = 12;
const EINVAL: i64 = 22;

/// stack_t.
#[repr(C)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stack {
    /// Lowest address.
    pub address: u64,
    flags: u32,
    pad: u32,
    /// Bytes; 0: there is none.
    pub size: u64,
}

impl Stack {
    /// No stack: as a process starts.
    pub const NONE: Self = Self { address: 0, flags: 0, pad: 0, size: 0 };
    /// No stack: as a thread starts, or after a handler on a stack that disarms.
    pub const DISABLED: Self = Self { address: 0, flags: SS_DISABLE, pad: 0, size: 0 };

    fn from_bytes(bytes: &[u8; 24]) -> Self {
        let word = |at: usize| {
            let mut word = [0; 8];
            word.copy_from_slice(&bytes[at..at + 8]);
            u64::from_le_bytes(word)
        };
        Self { address: word(0), flags: word(8) as u32, pad: 0, size: word(16) }
    }

    fn to_bytes(self) -> [u8; 24] {
        let mut bytes = [0; 24];
        bytes[..8].copy_from_slice(&self.address.to_le_bytes());
        bytes[8..12].copy_from_slice(&self.flags.to_le_bytes());
        bytes[16..].copy_from_slice(&self.size.to_le_bytes());
        bytes
    }

    /// Whether `rsp` lies on it (the kernel's __on_sig_stack).
    pub fn spans(&self, rsp: u64) -> bool {
        rsp > self.address && rsp - self.address <= self.size
    }

    /// Whether a thread at `rsp` runs on it, as far as the kernel can tell
    /// (on_sig_stack).
    pub fn holds(&self, rsp: u64) -> bool {
        self.flags & SS_AUTODISARM == 0 && self.spans(rsp)
    }

    /// Whether a thread at `rsp` can change to it (sas_ss_flags() == 0).
    pub fn is_free(&self, rsp: u64) -> bool {
        self.size != 0 && !self.holds(rsp)
    }

    /// As it is once a handler has started.
    pub fn after_delivery(self) -> Self {
        if self.flags & SS_AUTODISARM != 0 { Self::DISABLED } else { self }
    }
}

/// What the kernel is told in this thread.
pub fn own(block: &ThreadBlock) -> Stack {
    Stack { address: block.signal_stack(), flags: 0, pad: 0, size: SIGNAL_STACK as u64 }
}

fn kernel(new: &Stack, old: Option<&mut Stack>) -> i64 {
    let old = old.map_or(core::ptr::null_mut(), core::ptr::from_mut);
    // SAFETY: structures of the kernel's layout; the stack is the block's own.
    unsafe { syscall2(nr::SIGALTSTACK, core::ptr::from_ref(new) as usize, old as usize) as i64 }
}

/// Room that the kernel may want for a frame (AT_MINSIGSTKSZ); 0: it does not
/// say, and takes every stack.
static LARGEST_FRAME: AtomicU64 = AtomicU64::new(0);

/// Notes the size of the largest frame; at start-up.
pub fn frames_take(bytes: u64) {
    LARGEST_FRAME.store(bytes, Ordering::Relaxed);
}

/// Gives the calling thread its signal stack; answers what it had.
pub fn install(block: &ThreadBlock) -> Stack {
    let mut old = Stack::NONE;
    kernel(&own(block), Some(&mut old));
    if old.size == 0 { Stack::NONE } else { old }
}

/// The program calls sigaltstack: same checks and effects as the kernel's
/// (kernel/signal.c, do_sigaltstack).
pub fn sigaltstack(block: &ThreadBlock, args: [u64; 6]) -> i64 {
    let [new_at, old_at, ..] = args;
    let rsp = block.registers().rsp;
    let old = block.alternate.get();
    let mut new = None;
    if new_at != 0 {
        let mut bytes = [0; 24];
        if let Err(errno) = memory::read_exact(new_at, &mut bytes) {
            return -i64::from(errno);
        }
        new = Some(Stack::from_bytes(&bytes));
    }
    if let Some(new) = new {
        match checked(block, new, rsp) {
            Ok(new) => block.alternate.set(new),
            Err(error) => return error,
        }
    }
    if old_at != 0 {
        let state = if old.size == 0 {
            SS_DISABLE
        } else if old.holds(rsp) {
            SS_ONSTACK
        } else {
            0
        };
        let shown = Stack { flags: state | old.flags & SS_AUTODISARM, ..old };
        if let Err(errno) = memory::write_exact(old_at, &shown.to_bytes()) {
            return -i64::from(errno);
        }
    }
    0
}

/// The alternate stack that the program has once it asked for `new` at `rsp`, or
/// the error.
pub fn checked(block: &ThreadBlock, new: Stack, rsp: u64) -> Result<Stack, i64> {
    const LEAST: u64 = 2048; // MINSIGSTKSZ
    if block.alternate.get().holds(rsp) {
        return Err(-EPERM);
    }
    let mode = new.flags & !SS_AUTODISARM;
    if !matches!(mode, 0 | SS_ONSTACK | SS_DISABLE) {
        return Err(-EINVAL);
    }
    if new == block.alternate.get() {
        return Ok(new);
    }
    if mode == SS_DISABLE {
        return Ok(Stack { flags: new.flags, ..Stack::NONE });
    }
    if new.size < LEAST || !kernel_takes(block, new.size) {
        return Err(-ENOMEM);
    }
    Ok(new)
}

/// Whether a stack of this size would do: with AMX, or by a boot parameter, the
/// kernel wants room for the largest frame.
fn kernel_takes(block: &ThreadBlock, size: u64) -> bool {
    let largest = LARGEST_FRAME.load(Ordering::Relaxed);
    if largest == 0 || size > largest {
        return true;
    }
    // No signal may come while the signal stack is as small as that.
    let mask = mask::set(!0);
    let takes = kernel(&Stack { size, ..own(block) }, None) == 0;
    kernel(&own(block), None);
    mask::set(mask);
    takes
}
