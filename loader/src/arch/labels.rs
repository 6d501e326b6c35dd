//! Where in the assembly of the entry path a thread is: the labels, the windows
//! between them, and the two ways back to the program.
//!
//! # Safety
//! The labels are constants of the assembly; code between two of them is read.
#![allow(unsafe_code, reason = "labels of assembly")]

use crate::arch::syscall::PAGE;
use core::sync::atomic::{AtomicU8, Ordering};

/// Fixed addresses in low memory, within reach of an absolute operand. They lie
/// where the jumps of the sled lead (`rewrite::page0`).
pub mod low {
    /// The pages with the fast path and the landings of the sled.
    pub const LANDING: usize = 0x6767_6000;
    /// The address of the slow way in, in the landing pages.
    pub const SLOW: usize = LANDING + 0x700;
    /// The dispatch table.
    pub const ROUTES: usize = 0x6767_8000;
    /// The cache of known sites.
    pub const KNOWN: usize = 0x6768_0000;
    /// Behind all of it.
    pub const END: usize = KNOWN + (8 << 16);
}

/// How a thread goes back to the program after a syscall.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Return {
    /// By `ret`: matches the site's `call` in the processor's return stack.
    Ret = 0,
    /// By `jmp`: where the kernel scrambles the return stack on every entry (the
    /// safe-RET mitigation on AMD), `ret` would be mispredicted every time.
    Jump = 1,
}

static RETURN: AtomicU8 = AtomicU8::new(Return::Ret as u8);

/// Chooses how threads go back; at start-up.
pub fn set_return(how: Return) {
    RETURN.store(how as u8, Ordering::Relaxed);
}

/// How threads go back.
pub fn returning() -> Return {
    if RETURN.load(Ordering::Relaxed) == Return::Jump as u8 { Return::Jump } else { Return::Ret }
}

/// A stretch of code that runs the program's call.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct Stub {
    begin: u64,
    /// From here to `down`, and from `syscall` to `after_down`, the stack pointer
    /// is the program's; elsewhere it is 8 below, at the return address.
    up: u64,
    down: u64,
    syscall: u64,
    /// The call has been made.
    after: u64,
    after_down: u64,
    end: u64,
}

/// Where in a stub a thread is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    /// Whether the call has been made.
    pub returned: bool,
    /// The program's stack pointer less the thread's.
    pub stack: u64,
}

impl Stub {
    /// The position of a thread at `rip`, in a copy of the stub `offset` bytes
    /// above it.
    fn position(&self, rip: u64, offset: u64) -> Option<Position> {
        let at = rip.wrapping_sub(offset);
        if !(self.begin..self.end).contains(&at) {
            return None;
        }
        let level = (self.up..self.down).contains(&at) || (self.syscall..self.after_down).contains(&at);
        Some(Position { returned: at >= self.after, stack: if level { 0 } else { 8 } })
    }
}

/// The stub whose way back suits this machine.
fn chosen(stubs: &[Stub; 2]) -> &Stub {
    match returning() {
        Return::Jump => &stubs[0],
        Return::Ret => &stubs[1],
    }
}

/// Where a thread leaves to in order to run its call natively.
pub fn native() -> u64 {
    chosen(&labels().native).begin
}

/// The code of the fast path, to be copied to `low::LANDING`.
pub fn fast_path() -> &'static [u8] {
    let stub = chosen(&labels().fast);
    // SAFETY: the assembly between two of its own labels.
    unsafe { core::slice::from_raw_parts(stub.begin as *const u8, (stub.end - stub.begin) as usize) }
}

/// The position of a thread on the fast path, whose call no hook has seen.
pub fn on_fast_path(rip: u64) -> Option<Position> {
    if rip < PAGE as u64 {
        // On the sled.
        return Some(Position { returned: false, stack: 8 });
    }
    if !(low::LANDING as u64..low::ROUTES as u64).contains(&rip) {
        return None;
    }
    let stub = chosen(&labels().fast);
    let offset = (low::LANDING as u64).wrapping_sub(stub.begin);
    // Elsewhere in these pages: on a landing.
    Some(stub.position(rip, offset).unwrap_or(Position { returned: false, stack: 8 }))
}

/// The position of a thread that runs, or has run, a call which a hook may have
/// seen.
pub fn on_native_stub(rip: u64) -> Option<Position> {
    labels().native.iter().find_map(|stub| stub.position(rip, 0))
}

/// A range of instruction addresses, end excluded.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct Window {
    begin: u64,
    end: u64,
}

impl Window {
    fn contains(self, rip: u64) -> bool {
        (self.begin..self.end).contains(&rip)
    }
}

/// Addresses of the labels of `arch::entry` and `arch::signal`.
#[repr(C)]
#[derive(Debug)]
pub struct Labels {
    /// Where the trampoline jumps.
    pub entry: u64,
    /// Runs the call and comes back into the island.
    pub observed: u64,
    /// Runs a clone-like call.
    pub clone: u64,
    /// Ends the thread.
    pub exit: u64,
    /// Jumps to rcx.
    pub return_to_rcx: u64,
    /// Faults with SIGSEGV.
    pub fault: u64,
    /// The handler that the kernel knows.
    pub signal: u64,
    /// rt_sigreturn.
    pub restorer: u64,
    /// Returns to the address at the stack pointer.
    pub ret: u64,
    /// The way in for `call *%rax`.
    pub hooked: u64,
    /// Slow way in, for any rax.
    pub miss: u64,
    /// The way in for stubs; rcx is the stub's index.
    pub stub: u64,
    /// The way in after SIGSYS; rcx is the address behind the site.
    pub dispatched: u64,
    /// The way in behind a call whose result the loader wants.
    pub after: u64,
    /// The way in for a call that was decided about before a signal came.
    pub again: u64,
    save: [Window; 6],
    entry_steps: Window,
    leave: [Window; 2],
    unblock: Window,
    exit_steps: Window,
    fast: [Stub; 2],
    native: [Stub; 2],
}

/// The labels.
pub fn labels() -> &'static Labels {
    unsafe extern "C" {
        static zpl_labels: Labels;
    }
    // SAFETY: the assembly defines it with this layout (asserted by the order of
    // the `.quad` lists) and it is constant after relocation.
    unsafe { &zpl_labels }
}

/// If `rip` lies in a save window, the address at which to start it again.
pub fn restart_of(rip: u64) -> Option<u64> {
    labels().save.iter().find(|w| w.contains(rip)).map(|w| w.begin)
}

/// Whether `rip` lies in the slow form of the fast path.
pub fn is_entering(rip: u64) -> bool {
    labels().entry_steps.contains(rip)
}

/// Whether `rip` lies in a leave window.
pub fn is_leaving(rip: u64) -> bool {
    labels().leave.iter().any(|w| w.contains(rip))
}

/// Whether the thread is on its way out with all signals blocked still.
pub fn is_unblocking(rip: u64) -> bool {
    labels().unblock.contains(rip)
}

/// Whether the thread has given up its block and is about to end.
pub fn is_exiting(rip: u64) -> bool {
    labels().exit_steps.contains(rip)
}

/// Whether the thread makes a call whose result the loader wants.
pub fn is_observed(rip: u64) -> bool {
    rip == labels().observed
}

/// Whether the thread is on its way through rt_sigreturn from a frame in the
/// loader's memory.
pub fn is_returning(rip: u64) -> bool {
    unsafe extern "C" {
        static zpl_restorer_end: u8;
    }
    (labels().restorer..(&raw const zpl_restorer_end).addr() as u64).contains(&rip)
}
