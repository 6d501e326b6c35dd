//! Delivery: the kernel has called the loader's handler for a signal of the
//! program's.
//!
//! The kernel's frame lies on the thread's signal stack. To start the program's
//! handler the loader builds the frame that the kernel would have built, and
//! returns from its own with a context in which the handler starts: mask,
//! registers and stack change in one step, by rt_sigreturn.
//!
//! Invariants: while this runs all signals are blocked but faults, so that a bad
//! stack of the program's is found out by a guarded copy; a program handler never
//! starts while the thread is in the island, nor sees a context that lies inside
//! it; a signal that comes there is kept with its frame and is the first to be
//! delivered on the way out: none is lost, and none overtakes.
//!
//! # Safety
//! `arrived` gets the kernel's own frame, which it may edit: the kernel reads
//! it back at rt_sigreturn. A kept frame is touched by its own thread.
#![allow(unsafe_code, reason = "edits the kernel's signal frame")]

use super::action::{
    self, Action, Actions, SA_NODEFER, SA_RESETHAND, SIG_DFL, SIG_IGN, SIGILL, SIGSEGV, SIGTRAP, SignalSet,
};
use super::frame::{self, Context, Info, UserContext};
use super::hygiene::{self, SIGSYS};
use super::{fault, mask, sigreturn, stack, step, sud, view};
use crate::arch::syscall::{nr, syscall0, syscall2, syscall3, syscall4};
use crate::arch::{invoke, labels};
use crate::dispatch::thread::{self, Found, KEPT_FLOATS, ThreadBlock};
use crate::island::memory;

/// Decides what becomes of a signal: edits the frame, to be returned from. For a
/// thread that the loader does not know it answers the program's handler, to be
/// run in the kernel's frame; else 0.
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
    let block = match thread::find() {
        Found::Block(block) => block,
        Found::Stranger if labels::is_exiting(user.context.rip) => return pass_on(signal, info),
        Found::Stranger => return arrived_in_stranger(signal, info, user),
        Found::Taken => fault::gs_is_taken(),
    };
    if !user.context.is_64_bit_code() {
        // rip and rsp count from a segment's base: not the loader's code.
        sigreturn::settle(block);
        deliver(block, signal, info, user, None);
        return 0;
    }
    let synchronous = fault::is_synchronous(signal, info);
    let rip = user.context.rip;
    let own_return = sigreturn::is_under_way(block, &user.context);
    if block.on_signal_stack(user.context.rsp) || labels::is_unblocking(rip) || labels::is_returning(rip) && !own_return
    {
        // All are blocked there but faults.
        if synchronous {
            fault::internal(signal, info, user);
        }
        put_off(signal, info, user);
        return 0;
    }
    if block.exiting.get() && !synchronous {
        return pass_on(signal, info);
    }
    if labels::is_leaving(rip) || own_return {
        finish_leaving(block, &mut user.context);
    } else if block.on_hook_stack(user.context.rsp) {
        if synchronous && signal == SIGSYS {
            fault::own_call_trapped(&mut user.context);
        } else if synchronous {
            fault::internal(signal, info, user);
        } else {
            defer(block, signal, info, user);
            if let Some(without) = invoke::interrupted(rip) {
                user.context.rip = without;
            }
        }
        return 0;
    }
    sigreturn::settle(block);
    if signal == SIGSEGV && fault::resolve(info, user) || signal == SIGILL && fault::resolve_patch(user) {
        return 0;
    }
    let wait = hygiene::settle_at(block, &user.context);
    deliver(block, signal, info, user, wait);
    0
}

/// Whether this SIGSYS tells of a call that the program's own dispatch stopped.
fn is_programs(info: &Info) -> bool {
    const SYS_USER_DISPATCH: i32 = 2;
    info.code == SYS_USER_DISPATCH && thread::try_current().is_some_and(|block| block.program_sigsys.replace(false))
}

/// What became of a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Delivered {
    /// The context is the handler's start.
    Handler,
    /// The context is as it was: the signal is ignored, or the kernel deals with it.
    Nothing,
}

/// Does with a signal what the program asked for. `wait`: the mask of the wait that
/// it has ended, if that had one of its own.
fn deliver(
    block: &ThreadBlock,
    signal: u32,
    info: &mut Info,
    user: &mut UserContext,
    wait: Option<SignalSet>,
) -> Delivered {
    // SAFETY: the actions outlive the thread.
    let actions = unsafe { &*block.actions.get() };
    let synchronous = fault::is_synchronous(signal, info);
    // A forced signal does not wait.
    let deadly = signal == SIGSYS && synchronous && block.sigsys_blocked.get();
    let Some(wanted) = take(actions, signal).filter(|_| !deadly) else {
        if actions.get(signal).handler != SIG_IGN || synchronous {
            die_of(signal, info, user);
        }
        return Delivered::Nothing;
    };
    let before = user.clone();
    view::show(block, &mut user.context, wanted.restorer);
    fault::show_call_address(signal, info, &user.context);
    user.mask |= hygiene::believed_blocked(block);
    user.stack = block.alternate.get();
    if !frame::build(&wanted, info, user) {
        *user = before;
        return no_room(block, signal, user, wait);
    }
    block.alternate.set(user.stack.after_delivery());
    user.stack = stack::own(block);
    let own = if wanted.flags & SA_NODEFER == 0 { action::bit(signal) } else { 0 };
    user.mask = hygiene::set_mask(block, wait.unwrap_or(user.mask) | wanted.mask | own);
    Delivered::Handler
}

/// The handler that the program has for the signal, if any; takes one that is to
/// run once.
fn take(actions: &Actions, signal: u32) -> Option<Action> {
    let wanted = actions.get(signal);
    if wanted.flags & SA_RESETHAND == 0 || !wanted.has_handler() {
        return wanted.has_handler().then_some(wanted);
    }
    actions.hold();
    let wanted = actions.get(signal);
    if wanted.has_handler() && wanted.flags & SA_RESETHAND != 0 {
        actions.set(signal, Action { handler: SIG_DFL, ..wanted });
        action::tell_kernel(actions, signal);
    }
    actions.release();
    wanted.has_handler().then_some(wanted)
}

/// The handler's frame has no room where it belongs: SIGSEGV, as from the kernel
/// (force_sigsegv).
fn no_room(block: &ThreadBlock, signal: u32, user: &mut UserContext, wait: Option<SignalSet>) -> Delivered {
    let mut info = Info::from_kernel(SIGSEGV);
    let blocked = wait.unwrap_or(user.mask) & action::bit(SIGSEGV) != 0;
    // SAFETY: the actions outlive the thread.
    let handled = unsafe { &*block.actions.get() }.get(SIGSEGV).has_handler();
    if signal == SIGSEGV || blocked || !handled {
        kill_by(SIGSEGV, &info, user);
        return Delivered::Nothing;
    }
    deliver(block, SIGSEGV, &mut info, user, wait)
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
    if sigreturn::is_under_way(block, context) {
        sigreturn::take_back(block, context);
    }
}

/// Keeps a signal with its frame: the thread goes on in the island with everything
/// blocked but the faults of guarded copies, and handles it when it leaves.
fn defer(block: &ThreadBlock, signal: u32, info: &Info, user: &mut UserContext) {
    let size = frame::floats_size(user.context.floats);
    if block.pending.replace(1) == 0 {
        block.saved_mask.set(user.mask);
    }
    block.interrupt_due.set(1);
    if action::FAULTS & action::bit(signal) != 0 || size > KEPT_FLOATS {
        // Sent by somebody: the place may be taken. (Or vector registers that no
        // processor of today has.)
        block.faults_blocked.set(true);
        return put_off(signal, info, user);
    }
    // SAFETY: nothing else is kept, since all others are blocked from here on.
    unsafe {
        (*block.kept_info.get()).clone_from(info);
        (*block.kept.get()).clone_from(user);
        if size != 0 {
            let kept = block.kept_floats();
            let to = core::ptr::with_exposed_provenance_mut::<u8>(kept as usize);
            let from = core::ptr::with_exposed_provenance::<u8>(user.context.floats as usize);
            core::ptr::copy_nonoverlapping(from, to, size);
            (*block.kept.get()).context.floats = kept;
        }
    }
    block.deferred.set(signal);
    user.mask = mask::ISLAND;
}

/// Hands a signal back to the kernel, to come again once it is not blocked any
/// more: for SIGSEGV and SIGBUS that somebody sends to a thread in which all
/// others are blocked.
fn put_off(signal: u32, info: &Info, user: &mut UserContext) {
    user.mask |= action::bit(signal);
    queue(signal, info);
}

/// A thread that ends does not handle it any more: others of its process may.
fn pass_on(signal: u32, info: &Info) -> u64 {
    const SI_TKILL: i32 = -6;
    if info.code != SI_TKILL {
        // SAFETY: the siginfo is whole, and goes to our own process.
        unsafe {
            let (pid, at) = (syscall0(nr::GETPID) as usize, core::ptr::from_ref(info) as usize);
            // Only the first thread may repeat what the kernel or kill(2) says.
            if syscall3(nr::RT_SIGQUEUEINFO, pid, signal as usize, at) != 0 {
                syscall2(nr::KILL, pid, signal as usize);
            }
        }
    }
    0
}

/// Sends a signal to this thread.
fn queue(signal: u32, info: &Info) {
    // SAFETY: the siginfo is whole, and goes to our own thread.
    unsafe {
        let [pid, tid] = [syscall0(nr::GETPID) as usize, syscall0(nr::GETTID) as usize];
        let at = core::ptr::from_ref(info) as usize;
        if syscall4(nr::RT_TGSIGQUEUEINFO, pid, tid, signal as usize, at) != 0 {
            // A full queue, say: better without its siginfo than not at all.
            syscall3(nr::TGKILL, pid, tid, signal as usize);
        }
    }
}

/// Called on the way out when a signal was kept or a mask is due. Answers the
/// address of the context to leave by, through rt_sigreturn, if a handler is to
/// start; else 0.
pub extern "C" fn leave_pending(block: &ThreadBlock) -> u64 {
    let signal = block.deferred.replace(0);
    let mask = block.saved_mask.get();
    block.faults_blocked.set(mask & action::FAULTS != 0);
    let mut leave_by = 0;
    if signal != 0 {
        if block.all_blocked.get() {
            mask::set(mask::ISLAND);
        }
        // SAFETY: this thread's own; no other signal is kept now.
        let (info, user) = unsafe { (&mut *block.kept_info.get(), &mut *block.kept.get()) };
        finish_leaving(block, &mut user.context);
        sigreturn::settle(block);
        let registers = block.registers();
        if user.context.floats != 0 {
            // SAFETY: a kept frame's; the island has changed these and no others.
            unsafe { frame::set_xmm(user.context.floats, registers.mxcsr, &registers.xmm) };
        }
        user.mask = mask;
        match deliver(block, signal, info, user, None) {
            Delivered::Handler => leave_by = core::ptr::from_mut(user) as u64,
            // What `die_of` unblocks.
            Delivered::Nothing => block.saved_mask.set(user.mask),
        }
    }
    block.all_blocked.set(false);
    block.interrupt_due.set(0);
    block.pending.set(0);
    leave_by
}

/// The default action is to happen, at the place where the thread was.
fn die_of(signal: u32, info: &Info, user: &mut UserContext) {
    if fault::is_repeated(signal, info) {
        // It happens again at the same instruction once the frame is left.
        action::reset_in_kernel(signal);
        user.mask &= !action::bit(signal);
    } else {
        kill_by(signal, info, user);
    }
}

/// The default action of a signal that does not come again by itself.
fn kill_by(signal: u32, info: &Info, user: &mut UserContext) {
    action::reset_in_kernel(signal);
    queue(signal, info);
    user.mask &= !action::bit(signal);
}

/// A thread that started before the loader has no block and never enters the
/// island; the kernel's frame is where the program wants it.
fn arrived_in_stranger(signal: u32, info: &mut Info, user: &mut UserContext) -> u64 {
    if signal == SIGSEGV && fault::resolve(info, user) || signal == SIGILL && fault::resolve_patch(user) {
        return 0;
    }
    let actions = action::initial();
    let Some(wanted) = take(actions, signal) else {
        let synchronous = fault::is_synchronous(signal, info);
        if actions.get(signal).handler != SIG_IGN || synchronous {
            die_of(signal, info, user);
        }
        return 0;
    };
    let own = if wanted.flags & SA_NODEFER == 0 { action::bit(signal) } else { 0 };
    mask::set((user.mask | wanted.mask | own) & !hygiene::never_blocked());
    wanted.handler
}
