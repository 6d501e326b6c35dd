//! The kernel's signal frame: its structures, and the one that the loader builds
//! on the program's stack in the kernel's place.
//!
//! The kernel puts its frames on the thread's signal stack (`stack`), where the
//! loader looks at them. The program's handler gets a frame where the kernel would
//! have put it, with the same parts in the same places
//! (arch/x86/kernel/signal.c, get_sigframe; signal_64.c, x64_setup_rt_frame).
//!
//! # Safety
//! What lies on the program's stack is written by guarded copies. The vector
//! registers are read where the kernel's frame says that they are.
#![allow(unsafe_code, reason = "reads the kernel's signal frame")]

use super::action::{Action, SA_ONSTACK, SA_RESTORER, SA_SIGINFO, SignalSet};
use super::stack::Stack;
use crate::island::memory;

/// struct sigcontext, as far as general registers go, and the fault's nature.
#[repr(C)]
#[derive(Debug, Clone)]
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
    /// Address of the vector registers; 0: all of them in their initial state.
    pub floats: u64,
    /// The kernel writes and reads nothing here.
    pub reserved: [u64; 8],
}

impl Context {
    /// Whether the thread was in 64-bit code.
    pub fn is_64_bit_code(&self) -> bool {
        self.segments as u16 == USER_CS
    }
}

/// __USER_CS and __USER_DS (arch/x86/include/asm/segment.h).
const USER_CS: u16 = 0x33;
const USER_DS: u16 = 0x2b;

/// struct ucontext (arch/x86/include/uapi/asm/ucontext.h).
#[repr(C)]
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "the kernel's own names")]
pub struct UserContext {
    pub flags: u64,
    pub link: u64,
    pub stack: Stack,
    pub context: Context,
    pub mask: SignalSet,
}

/// The head of siginfo_t.
#[repr(C)]
#[derive(Debug, Clone)]
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

    /// What the kernel says when it cannot deliver a signal.
    pub fn from_kernel(signal: u32) -> Self {
        const SI_KERNEL: i32 = 0x80;
        Self { signal: signal as i32, errno: 0, code: SI_KERNEL, pad: 0, address: 0, rest: [0; 13] }
    }
}

const _: () = {
    assert!(core::mem::offset_of!(UserContext, context) == 40);
    assert!(core::mem::offset_of!(UserContext, mask) == 296);
    assert!(size_of::<UserContext>() == 304);
    assert!(size_of::<Info>() == 128);
};

/// struct rt_sigframe without the vector registers, which lie above it.
#[repr(C)]
struct Frame {
    restorer: u64,
    user: UserContext,
    info: Info,
}

/// Bytes of a structure.
///
/// # Safety
/// It has no padding.
unsafe fn bytes_of<T>(value: &T) -> &[u8] {
    // SAFETY: by the caller.
    unsafe { core::slice::from_raw_parts(core::ptr::from_ref(value).cast(), size_of::<T>()) }
}

/// Flags that a handler starts without: single step, direction, resume.
const CLEARED: u64 = 1 << 8 | 1 << 10 | 1 << 16;
/// Alignment of the vector registers.
const FLOATS_ALIGNMENT: u64 = 64;

/// Bytes that the vector registers of a kernel's frame take (struct
/// _fpx_sw_bytes at the end of the FXSAVE area).
pub fn floats_size(floats: u64) -> usize {
    const LEGACY: usize = 512;
    const SOFTWARE: u64 = 464;
    const MAGIC: u32 = 0x4650_5853;
    if floats == 0 {
        return 0;
    }
    let head = core::ptr::with_exposed_provenance::<u32>((floats + SOFTWARE) as usize);
    // SAFETY: the kernel has written an FXSAVE area there.
    let (magic, size) = unsafe { (head.read(), head.add(1).read()) };
    if magic == MAGIC { size as usize } else { LEGACY }
}

/// Puts the xmm registers and MXCSR into the vector registers of a frame.
///
/// # Safety
/// `floats` is the address of an FXSAVE area of ours.
pub unsafe fn set_xmm(floats: u64, mxcsr: u32, xmm: &[[u64; 2]; 16]) {
    const MXCSR: u64 = 24;
    const XMM: u64 = 160;
    const FEATURES: u64 = 512;
    const SSE: u64 = 2;
    let at = |offset: u64| (floats + offset) as usize;
    // SAFETY: by the caller; the header is there if the size says so.
    unsafe {
        core::ptr::with_exposed_provenance_mut::<u32>(at(MXCSR)).write(mxcsr);
        core::ptr::with_exposed_provenance_mut::<[[u64; 2]; 16]>(at(XMM)).write(*xmm);
        if floats_size(floats) > FEATURES as usize + 8 {
            let features = core::ptr::with_exposed_provenance_mut::<u64>(at(FEATURES));
            features.write(features.read() | SSE);
        }
    }
}

/// Builds the frame of a handler and makes `user` the context that the thread
/// starts the handler with. Answers false, with nothing changed, where the kernel
/// would have raised SIGSEGV.
///
/// `user` is what the handler shall see, its vector registers where
/// `user.context.floats` says.
pub fn build(action: &Action, info: &Info, user: &mut UserContext) -> bool {
    const RED_ZONE: u64 = 128;
    let stack = user.stack;
    let rsp = user.context.rsp;
    let nested = stack.holds(rsp);
    let mut top = rsp.wrapping_sub(RED_ZONE);
    let enters = action.flags & SA_ONSTACK != 0 && stack.is_free(top);
    if enters {
        top = stack.address.wrapping_add(stack.size);
    }
    let size = floats_size(user.context.floats);
    let floats = top.wrapping_sub(size as u64) & !(FLOATS_ALIGNMENT - 1);
    let at = (floats.wrapping_sub(size_of::<Frame>() as u64) & !15).wrapping_sub(8);
    if (nested || enters) && !stack.spans(at) || action.flags & SA_RESTORER == 0 {
        return false;
    }
    let mut frame = Frame { restorer: action.restorer, user: user.clone(), info: info.clone() };
    frame.user.link = 0;
    frame.user.context.old_mask = user.mask;
    if size != 0 {
        frame.user.context.floats = floats;
    }
    // SAFETY: the kernel's frame, or a kept one, has that many bytes.
    let vectors = unsafe {
        let from = core::ptr::with_exposed_provenance(user.context.floats as usize);
        if size == 0 { &[] } else { core::slice::from_raw_parts::<u8>(from, size) }
    };
    // SAFETY: no padding: all of it words.
    let bytes = unsafe { bytes_of(&frame) };
    // Without SA_SIGINFO the kernel leaves the place of the siginfo as it is.
    let used = if action.flags & SA_SIGINFO != 0 { bytes.len() } else { core::mem::offset_of!(Frame, info) };
    if !memory::put(floats, vectors) || !memory::put(at, &bytes[..used]) {
        return false;
    }
    let context = &mut user.context;
    context.rip = action.handler;
    context.rsp = at;
    context.rax = 0;
    context.rdi = info.signal as u64;
    context.rsi = at + core::mem::offset_of!(Frame, info) as u64;
    context.rdx = at + core::mem::offset_of!(Frame, user) as u64;
    context.rflags &= !CLEARED;
    // Those of gs and fs, between them, are as they were.
    context.segments = context.segments & 0xffff_ffff_0000 | u64::from(USER_CS) | u64::from(USER_DS) << 48;
    // rt_sigreturn takes this for the initial state.
    context.floats = 0;
    true
}

/// Address of the ucontext that a handler which starts with `user` is given.
pub fn user_of(user: &UserContext) -> u64 {
    user.context.rdx
}
