//! Where a call came from, and so how its thread gets back.
//!
//! # Safety
//! Reads the return address that a `call *%rax` pushed below the program's stack
//! pointer, where the kernel keeps off for 128 bytes.
#![allow(unsafe_code, reason = "reads the return address on the program's stack")]

use super::thread::ThreadBlock;
use crate::arch::labels::{self, Return, labels};
use crate::rewrite::arena;

/// Where a call came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// `call *%rax` through page 0: the address behind the site is also on the
    /// stack, below the program's stack pointer.
    Page0 {
        /// Address behind the site.
        behind: u64,
    },
    /// A stub, by its index.
    Stub(u32),
    /// A syscall instruction that has no stub.
    Loose {
        /// Address behind the site.
        behind: u64,
    },
}

impl Origin {
    /// Address behind the site's instruction: what the kernel leaves in rcx.
    pub fn behind(self) -> u64 {
        match self {
            Self::Page0 { behind } | Self::Loose { behind } => behind,
            Self::Stub(index) => arena::site(index).behind,
        }
    }

    /// Leaves to run the call in the registers; false if the thread has to come
    /// back into the island for that.
    pub fn leave_native(self, block: &ThreadBlock) -> bool {
        let rsp = block.registers().rsp;
        match self {
            Self::Page0 { .. } => leave(block, labels::native(), rsp - 8),
            Self::Stub(index) => leave(block, arena::site(index).native, rsp),
            Self::Loose { .. } => return false,
        }
        true
    }

    /// Leaves to the program with the result in rax. `fresh`: the kernel was not
    /// entered since the site's `call`, and the stack is as it was.
    pub fn leave_result(self, block: &ThreadBlock, fresh: bool) {
        let registers = block.registers();
        registers.rcx = self.behind();
        registers.r11 = registers.rflags;
        let rsp = registers.rsp;
        match self {
            // `ret` keeps the processor's return prediction in step with the
            // site's `call`, unless the kernel scrambled it.
            Self::Page0 { behind } if fresh || (labels::returning() == Return::Ret && pushed(rsp) == behind) => {
                leave(block, labels().ret, rsp - 8);
            }
            Self::Page0 { .. } | Self::Loose { .. } => leave(block, labels().return_to_rcx, rsp),
            Self::Stub(index) => leave(block, arena::site(index).returned, rsp),
        }
    }

    /// As `leave_result`, touching nothing on the stack, which may be another's.
    pub fn leave_result_any_stack(self, block: &ThreadBlock) {
        match self {
            Self::Page0 { behind } => Self::Loose { behind }.leave_result(block, false),
            other => other.leave_result(block, false),
        }
    }
}

fn leave(block: &ThreadBlock, target: u64, rsp: u64) {
    block.target.set(target);
    block.target_rsp.set(rsp);
}

/// The word that a site's `call` pushed.
pub fn pushed(rsp: u64) -> u64 {
    // SAFETY: see the module.
    unsafe { core::ptr::with_exposed_provenance::<u64>(rsp as usize - 8).read() }
}
