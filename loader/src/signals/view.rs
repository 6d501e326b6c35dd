//! What a handler sees of a thread that runs the loader's code: the program at its
//! own syscall instruction.
//!
//! A thread that is about to make its call is shown on the instruction, one that has
//! made it behind it, with the registers that the program has there. A thread
//! that has not begun, or is through, simply is where it is shown. For one in
//! between, a *note* in its frame says where the loader goes on: rt_sigreturn takes
//! it there (`sigreturn`), as long as the handler has left the call as it was. So
//! a hook sees a call once, however often signals interrupt it, and a handler that
//! jumps out of its frame leaves nothing behind.
//!
//! # Safety
//! Reads the code of stubs, which are ours.
#![allow(unsafe_code, reason = "reads stubs")]

use super::frame::Context;
use super::sud;
use crate::arch::labels::{self, labels};
use crate::dispatch::thread::ThreadBlock;
use crate::guest::Call;
use crate::island::memory;
use crate::rewrite::{arena, known, stub};

/// Bytes of a `syscall` instruction, and of the `call *%rax` over it.
const SYSCALL_LENGTH: u64 = 2;
/// Bytes of the instruction that loads rcx in a stub, behind its `syscall`.
const LOAD_LENGTH: u64 = 7;

/// What a note stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u64)]
enum Kind {
    /// The call is still to be made: the note holds for the same call only.
    Call = 0x7a70_6f6c_696e_6531,
    /// The call has been made: the note holds whatever became of the registers.
    Returned = 0x7a70_6f6c_696e_6532,
}

/// Where the loader goes on, in the words of the frame that nobody else uses.
#[derive(Debug, Clone, Copy)]
struct Note {
    /// A `Kind`; anything else is no note.
    kind: u64,
    rip: u64,
    rsp: u64,
    rcx: u64,
    /// r11, or rax where another call is made than the program's.
    other: u64,
    /// What the handler saw.
    shown_rip: u64,
    shown_rsp: u64,
    /// Of the registers that make the call.
    digest: u64,
}

impl Note {
    fn store(self, context: &mut Context) {
        context.reserved =
            [self.kind, self.rip, self.rsp, self.rcx, self.other, self.shown_rip, self.shown_rsp, self.digest];
    }

    fn load(context: &Context) -> Self {
        let [kind, rip, rsp, rcx, other, shown_rip, shown_rsp, digest] = context.reserved;
        Self { kind, rip, rsp, rcx, other, shown_rip, shown_rsp, digest }
    }
}

/// The call that the registers make.
fn call_of(context: &Context) -> Call {
    let args = [context.rdi, context.rsi, context.rdx, context.r10, context.r8, context.r9];
    Call { number: context.rax as u32, args }
}

fn set_call(context: &mut Context, rax: u64, args: [u64; 6]) {
    context.rax = rax;
    [context.rdi, context.rsi, context.rdx, context.r10, context.r8, context.r9] = args;
}

/// Distinguishes calls (FNV-1a over words).
fn digest(context: &Context) -> u64 {
    let call = call_of(context);
    call.args.iter().fold(context.rax, |digest, arg| (digest ^ arg).wrapping_mul(0x0100_0000_01b3).rotate_left(23))
}

/// Where a thread is shown.
#[derive(Debug, Clone, Copy)]
struct Place {
    rip: u64,
    rsp: u64,
    /// The address behind the site, which the kernel leaves in rcx; None: the
    /// registers are the program's own still.
    behind: Option<u64>,
    /// Where it goes on, if it is not where it is shown.
    then: Option<(Kind, u64)>,
}

impl Place {
    /// On the site's instruction, to be executed again.
    fn on(behind: u64, rsp: u64) -> Self {
        Self { rip: behind - SYSCALL_LENGTH, rsp, behind: Some(behind), then: None }
    }

    /// Behind the site.
    fn behind(behind: u64, rsp: u64) -> Self {
        Self { rip: behind, rsp, behind: Some(behind), then: None }
    }

    /// At an address of the program's, or of the loader's that stands for itself.
    fn at(rip: u64, rsp: u64) -> Self {
        Self { rip, rsp, behind: None, then: None }
    }

    /// The same, and the loader goes on at `at`.
    fn then(self, kind: Kind, at: u64) -> Self {
        Self { then: Some((kind, at)), ..self }
    }
}

/// Makes the context one of the program's. `restorer`: where the handler returns
/// to.
pub fn show(block: &ThreadBlock, context: &mut Context, restorer: u64) {
    context.reserved = [0; 8];
    let Some(place) = place(block, context, restorer) else { return };
    let mut note = place.then.map(|(kind, rip)| Note {
        kind: kind as u64,
        rip,
        rsp: context.rsp,
        rcx: context.rcx,
        other: context.r11,
        shown_rip: place.rip,
        shown_rsp: place.rsp,
        digest: 0,
    });
    // A call that is made in another's place is shown as the program made it.
    if let (Some((kind, at)), Some(note)) = (place.then, &mut note)
        && (labels::is_observed(at) || at == labels().after)
        && let Some(frame) = block.frames().find(context.rsp)
        && frame.sent != frame.call
    {
        note.other = context.rax;
        let rax = if kind == Kind::Call { u64::from(frame.call.number) } else { context.rax };
        set_call(context, rax, frame.call.args);
    }
    context.rip = place.rip;
    context.rsp = place.rsp;
    if let Some(behind) = place.behind {
        context.rcx = behind;
        context.r11 = context.rflags;
    }
    if let Some(mut note) = note {
        note.digest = digest(context);
        note.store(context);
    }
}

/// A handler has returned: if its frame has a note and the handler left the call
/// as it was, the context becomes the one in which the loader goes on.
pub fn go_on(block: &ThreadBlock, context: &mut Context) {
    let note = Note::load(context);
    let kind = match note.kind {
        kind if kind == Kind::Call as u64 => Kind::Call,
        kind if kind == Kind::Returned as u64 => Kind::Returned,
        _ => return,
    };
    if context.rip != note.shown_rip
        || context.rsp != note.shown_rsp
        || kind == Kind::Call && note.digest != digest(context)
    {
        return;
    }
    context.rip = note.rip;
    context.rsp = note.rsp;
    if kind == Kind::Returned {
        // What the handler made of the registers is the program's.
        if note.rip == labels().after
            && let Some(frame) = block.frames().find(note.rsp)
        {
            frame.call.args = call_of(context).args;
        }
        return;
    }
    context.r11 = note.other;
    context.rcx = note.rcx;
    if labels::is_observed(note.rip)
        && let Some(frame) = block.frames().find(note.rsp)
        && frame.sent != frame.call
    {
        set_call(context, note.other, frame.sent.args);
    }
}

/// Where a thread is shown; None if it runs the program's code, or is where it is
/// not known to be.
fn place(block: &ThreadBlock, context: &Context, restorer: u64) -> Option<Place> {
    let (rip, rsp) = (context.rip, context.rsp);
    if let Some(site) = arena::at(rip) {
        return in_stub(&site, context, restorer);
    }
    // What a site's `call` pushed.
    let pushed = |level: u64| memory::get_word(level.wrapping_sub(8)).filter(|behind| known::contains(*behind));
    if let Some(position) = labels::on_fast_path(rip) {
        let rsp = rsp.wrapping_add(position.stack);
        let behind = pushed(rsp)?;
        return Some(if position.returned { Place::behind(behind, rsp) } else { Place::on(behind, rsp) });
    }
    if let Some(position) = labels::on_native_stub(rip) {
        let rsp = rsp.wrapping_add(position.stack);
        let behind = pushed(rsp)?;
        return Some(if position.returned {
            Place::behind(behind, rsp)
        } else {
            Place::on(behind, rsp).then(Kind::Call, rip)
        });
    }
    if labels::is_entering(rip) {
        return Some(Place::on(pushed(rsp + 8)?, rsp + 8));
    }
    if rip == labels().return_to_rcx {
        return Some(Place::behind(context.rcx, rsp));
    }
    if rip == labels().ret {
        return Some(Place::behind(pushed(rsp + 8)?, rsp + 8));
    }
    if labels::is_observed(rip) {
        return Some(Place::on(block.frames().find(rsp)?.origin.behind(), rsp).then(Kind::Call, rip));
    }
    let begin = labels::restart_of(rip)?;
    let shown = if begin == labels().hooked || begin == labels().miss {
        pushed(rsp + 8).map(|behind| Place::on(behind, rsp + 8))
    } else if begin == labels().stub {
        Some(Place::on(arena::site(context.rcx as u32).behind, rsp).then(Kind::Call, begin))
    } else if begin == labels().dispatched || begin == labels().again {
        Some(Place::on(context.rcx, rsp).then(Kind::Call, begin))
    } else if begin == labels().after {
        block.frames().find(rsp).map(|frame| Place::behind(frame.origin.behind(), rsp).then(Kind::Returned, begin))
    } else {
        None
    };
    // What a window has saved a handler's calls overwrite: it begins again.
    Some(shown.unwrap_or(Place::at(begin, rsp)))
}

/// A thread in the stub of a site.
fn in_stub(site: &arena::Site, context: &Context, restorer: u64) -> Option<Place> {
    let (rip, rsp) = (context.rip, context.rsp);
    if rip == begin_of(site) && rip != site.native && site.patched != 0 {
        // Nothing has happened since the jump.
        return Some(Place::at(site.patched, rsp));
    }
    if rip <= site.native {
        return Some(Place::on(site.behind, rsp).then(Kind::Call, rip));
    }
    if !site.followed {
        return Some(Place::behind(site.behind, rsp));
    }
    // Behind lie instructions that the site's jump covers: nobody may go there
    // but through the note.
    let resume = resume_of(site);
    let shown = site.behind + rip.saturating_sub(site.returned + LOAD_LENGTH);
    if shown >= resume {
        return Some(Place { rip: resume, ..Place::behind(site.behind, rsp) });
    }
    let place = Place { rip: shown, ..Place::behind(site.behind, rsp) };
    let at = rip.max(site.returned + LOAD_LENGTH);
    returns_through_us(restorer).then(|| place.then(Kind::Returned, at))
}

/// Where the code of a stub begins.
fn begin_of(site: &arena::Site) -> u64 {
    site.native & !(stub::SIZE as u64 - 1)
}

/// Where the program goes on behind a stub.
fn resume_of(site: &arena::Site) -> u64 {
    let at = begin_of(site) + stub::SIZE as u64 - 8;
    // SAFETY: the last word of a stub.
    unsafe { core::ptr::with_exposed_provenance::<u64>(at as usize).read() }
}

/// Whether the loader sees the rt_sigreturn of this restorer: `mov $15,%rax` or
/// `mov $15,%eax`, and a syscall instruction.
fn returns_through_us(restorer: u64) -> bool {
    let seen = |length: u64| {
        let behind = restorer.wrapping_add(length);
        arena::find(behind).is_some() || known::contains(behind)
    };
    sud::armed() || seen(9) || seen(7)
}
