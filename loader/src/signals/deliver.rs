//! Delivery: the kernel has called the loader's handler for a signal of the
//! program's.
//!
//! Invariants: all signals are blocked while this runs (the kernel's mask for
//! our handler is full); a program handler never starts while the thread is in
//! the island, nor sees a context that lies inside it; no signal is lost.
//!
//! # Safety
//! `arrived` gets the kernel's own frame, which it may edit: the kernel reads
//! it back at rt_sigreturn.
#![allow(unsafe_code, reason = "edits the kernel's signal frame")]

use super::action::{self, Actions, SA_NODEFER, SA_RESETHAND, SIG_DFL, SIG_IGN, SIGILL, SIGSEGV, SIGTRAP, SignalSet};
use super::hygiene::SIGSYS;
use super::{fault, mask, step, sud};
use crate::arch::syscall::{nr, syscall0, syscall3, syscall4};
use crate::arch::{entry, invoke};
use crate::dispatch::thread::{self, ThreadBlock};
use crate::island::memory;
use crate::rewrite::{arena, known};

/// struct sigcontext, as far as general registers go, and the fault's nature.
#[repr(C)]
#[derive(Debug)]
#[expect(missing_docs, reason = "the processor's own names")]
pub struct Context {
    pub r8: u64,
    pub r9: u64,
    pub r10: u64,
    pub r11: u64,
    pub r12: u64,
    pub r13: u64,
    pub r14: u64,
    pub r15: u64,
    pub rdi: u64,
    pub rsi: u64,
    pub rbp: u64,
    pub rbx: u64,
    pub rdx: u64,
    pub rax: u64,
    pub rcx: u64,
    pub rsp: u64,
    pub rip: u64,
    pub rflags: u64,
    segments: u64,
    pub error: u64,
    pub trap: u64,
    old_mask: u64,
    pub fault_address: u64,
    float_state: u64,
    reserved: [u64; 8],
}

impl Context {
    /// Whether the thread was in 64-bit code: __USER_CS (arch/x86/include/asm/segment.h).
    pub fn is_64_bit_code(&self) -> bool {
        const USER_CS: u16 = 0x33;
        self.segments as u16 == USER_CS
    }
}

/// struct ucontext (arch/x86/include/uapi/asm/ucontext.h).
#[repr(C)]
#[derive(Debug)]
#[expect(missing_docs, reason = "the kernel's own names")]
pub struct UserContext {
    flags: u64,
    link: u64,
    stack: [u64; 3],
    pub context: Context,
    pub mask: SignalSet,
}

/// The head of siginfo_t.
#[repr(C)]
#[derive(Debug)]
#[expect(missing_docs, reason = "siginfo_t's own names")]
pub struct Info {
    pub signal: i32,
    pub errno: i32,
    pub code: i32,
    pad: i32,
    pub address: u64,
    rest: [u64; 13],
}

impl Info {
    /// For SIGSYS: the audit architecture of the call (si_arch).
    pub fn arch(&self) -> u64 {
        self.rest[0] >> 32
    }
}

const _: () = {
    assert!(core::mem::offset_of!(UserContext, context) == 40);
    assert!(core::mem::offset_of!(UserContext, mask) == 296);
    assert!(size_of::<Info>() == 128);
};

/// Decides what becomes of a signal; answers the program's handler to run, or 0
/// to return from the frame at once.
pub extern "C" fn arrived(signal: u32, info: &mut Info, user: &mut UserContext) -> u64 {
    if signal == SIGSYS && !is_programs(info) && sud::dispatched(info, &mut user.context) {
        return 0;
    }
    if signal == SIGTRAP && step::is_own(info, &user.context) {
        return 0;
    }
    if action::FAULTS & action::bit(signal) != 0
        && let Some(end) = memory::end_of_copy(user.context.rip)
    {
        user.context.rip = end;
        return 0;
    }
    let block = thread::try_current();
    let actions: &Actions = match block {
        // SAFETY: the actions outlive the thread.
        Some(block) => unsafe { &*block.actions.get() },
        None => action::initial(),
    };
    // Elsewhere rip and rsp count from a segment's base: not the loader's code.
    let flat = user.context.is_64_bit_code();
    if let Some(block) = block.filter(|_| flat) {
        if entry::is_leaving(user.context.rip) {
            finish_leaving(block, &mut user.context);
        } else if block.on_hook_stack(user.context.rsp) {
            if fault::is_synchronous(signal, info) {
                fault::internal(signal, info, user);
            }
            if block.deferred.get() == 0 {
                defer(block, signal, info, user);
            }
            if let Some(without) = invoke::interrupted(user.context.rip) {
                user.context.rip = without;
            }
            return 0;
        } else if let Some(begin) = entry::restart_of(user.context.rip) {
            user.context.rip = begin;
        }
        show_site(&mut user.context);
    }
    if flat && (signal == SIGSEGV && fault::resolve(info, user) || signal == SIGILL && fault::resolve_patch(user)) {
        return 0;
    }
    let wanted = actions.get(signal);
    match wanted.handler {
        SIG_IGN if !fault::is_synchronous(signal, info) => return 0,
        SIG_DFL | SIG_IGN => {
            die_of(signal, info, user);
            return 0;
        }
        _ => {}
    }
    if wanted.flags & SA_RESETHAND != 0 {
        // The kernel has just done so on its side.
        action::lock().lock();
        actions.set(signal, action::Action { handler: SIG_DFL, ..wanted });
        action::lock().unlock();
        if let Some(block) = block {
            action::install_own(block);
        }
    }
    let own = if wanted.flags & SA_NODEFER == 0 { action::bit(signal) } else { 0 };
    let mask = (user.mask | wanted.mask | own) & !sud_keeps();
    if let Some(block) = block {
        block.faults_blocked.set(mask & action::FAULTS != 0);
    }
    mask::set(mask);
    wanted.handler
}

/// Whether this SIGSYS tells of a call that the program's own dispatch stopped.
fn is_programs(info: &Info) -> bool {
    const SYS_USER_DISPATCH: i32 = 2;
    info.code == SYS_USER_DISPATCH && thread::try_current().is_some_and(|block| block.program_sigsys.replace(false))
}

/// What no mask may hold while program code runs.
fn sud_keeps() -> SignalSet {
    if sud::armed() { action::bit(SIGSYS) } else { 0 }
}

/// The thread was on its way out of the island, everything it needs is in the
/// block: puts it where it was going.
fn finish_leaving(block: &ThreadBlock, context: &mut Context) {
    let registers = block.registers();
    context.rax = registers.rax;
    context.rbx = registers.rbx;
    context.rcx = registers.rcx;
    context.rdx = registers.rdx;
    context.rsi = registers.rsi;
    context.rdi = registers.rdi;
    context.rbp = registers.rbp;
    context.r8 = registers.r8;
    context.r9 = registers.r9;
    context.r10 = registers.r10;
    context.r11 = registers.r11;
    context.r12 = registers.r12;
    context.r13 = registers.r13;
    context.r14 = registers.r14;
    context.r15 = registers.r15;
    context.rflags = registers.rflags;
    context.rsp = block.target_rsp.get();
    context.rip = block.target.get();
}

/// Shows the handler the program's own instruction in place of the loader's:
/// the site itself while its call has not been made (or is to be restarted), the
/// address behind it once it has. A call that a hook may have seen is not taken
/// back to the site: the hook would see it twice.
fn show_site(context: &mut Context) {
    if let Some(site) = arena::at(context.rip) {
        if context.rip >= site.returned && !site.followed {
            context.rcx = site.behind;
            context.rip = site.behind;
        } else if context.rip <= site.native && site.reentrant {
            context.rip = site.patched;
        }
        return;
    }
    let (position, unseen) = match entry::on_fast_path(context.rip) {
        Some(position) => (position, true),
        None => match entry::on_native_stub(context.rip) {
            Some(position) => (position, false),
            None => return,
        },
    };
    if !position.returned && !unseen {
        return;
    }
    let rsp = context.rsp + position.stack;
    // SAFETY: the site's `call` pushed its return address there; it lies in the
    // red zone, which the kernel's frame leaves alone.
    let resume = unsafe { core::ptr::with_exposed_provenance::<u64>(rsp as usize - 8).read() };
    if !known::contains(resume) {
        return; // a call through a bad pointer: `fault` deals with it
    }
    context.rsp = rsp;
    if position.returned {
        context.rcx = resume;
        context.rip = resume;
    } else {
        context.rip = resume - SYSCALL_LENGTH;
    }
}

/// Bytes of a `syscall` instruction, and of the `call *%rax` over it.
const SYSCALL_LENGTH: u64 = 2;

/// Keeps a signal for later: the thread goes on in the island with everything
/// blocked, and gets it again when it leaves.
fn defer(block: &ThreadBlock, signal: u32, info: &Info, user: &mut UserContext) {
    // SAFETY: the kernel blocks all signals from here on, so the one place is
    // free and nobody else writes it.
    unsafe {
        core::ptr::copy_nonoverlapping(core::ptr::from_ref(info).cast::<u64>(), block.deferred_info.get().cast(), 16);
    }
    block.deferred.set(signal);
    block.saved_mask.set(user.mask);
    block.pending.set(1);
    block.interrupt_due.set(1);
    // Faults of guarded copies still have to arrive.
    user.mask = !(action::FAULTS | action::bit(SIGSYS));
}

/// Called on the way out when a signal was put off or a mask is due: hands the
/// signal back to the kernel, which delivers it when the mask is restored.
pub extern "C" fn leave_pending(block: &ThreadBlock) {
    let signal = block.deferred.replace(0);
    if signal != 0 {
        // SAFETY: the siginfo is ours, 128 bytes, and goes to our own thread.
        unsafe {
            let [pid, tid] = [syscall0(nr::GETPID) as usize, syscall0(nr::GETTID) as usize];
            let info = block.deferred_info.get() as usize;
            if syscall4(nr::RT_TGSIGQUEUEINFO, pid, tid, signal as usize, info) != 0 {
                // A full queue, say: better without its siginfo than not at all.
                syscall3(nr::TGKILL, pid, tid, signal as usize);
            }
        }
    }
    block.interrupt_due.set(0);
    block.pending.set(0);
}

/// The program has no handler: the default action is to happen, at the place
/// where the thread was.
fn die_of(signal: u32, info: &Info, user: &mut UserContext) {
    action::reset_in_kernel(signal);
    if !fault::is_synchronous(signal, info) {
        // SAFETY: the siginfo is the kernel's own, and goes to our own thread.
        unsafe {
            syscall4(
                nr::RT_TGSIGQUEUEINFO,
                syscall0(nr::GETPID) as usize,
                syscall0(nr::GETTID) as usize,
                signal as usize,
                core::ptr::from_ref(info) as usize,
            );
        }
    }
    // A fault happens again at the same instruction once the frame is left.
    user.mask &= !action::bit(signal);
}
