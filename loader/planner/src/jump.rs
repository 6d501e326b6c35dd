//! Mechanism `jump`: the site leaves by a `jmp` that pushes nothing, and a stub does what was there.
//!
//! The jump takes 7 bytes (`jmp *[abs32]`), a `syscall` has 2, so neighbours move into the stub:
//!
//! - *before*: the instructions that lead to the `syscall`, ideally just `mov $nr,%eax`. What follows stays,
//!   so a thread that is in the kernel meanwhile returns to intact code.
//! - *after*: the instructions behind it. A thread in the kernel would return into the middle of the
//!   jump: only while no thread can be there, that is when the code has just been mapped.
//!
//! Nothing may jump into the replaced bytes behind the first, but onto the old `syscall`: of
//! `mov $nr,%eax; syscall` a thread may stand there. What it finds depends on where the pointer table lies
//! ([`Table`]), since its address ends the jump: a `syscall` as before, or an invalid opcode, at which it
//! can be put right ([`Detour::traps_inside`]).

use crate::around::Around;
use crate::code::Flow;
use crate::elf::Object;
use crate::plan::{Bytes, Patch};
use crate::sites::{Kind, Site};
use iced_x86::{FlowControl, Instruction, Mnemonic, OpKind, Register};

/// Length of `jmp *[abs32]`.
pub const JUMP: usize = 7;
/// An opcode that is invalid in 64-bit code.
pub(crate) const INVALID: u8 = 0x06;

/// Where the pointer table of the jumps lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Table {
    /// Addresses whose upper half is `0f 05`: the jump ends in the very bytes of the `syscall` after
    /// `b8 imm32`, which stays what it was for whoever gets there. That is where Syscall User Dispatch sees it.
    Syscall,
    /// Addresses whose third byte is 06 or 07, which is no instruction.
    Invalid,
}

impl Table {
    /// The addresses at which it may lie.
    pub const fn range(self) -> core::ops::Range<u32> {
        match self {
            Self::Syscall => 0x050f_0000..0x0510_0000,
            Self::Invalid => 0x6_0000..0x8_0000,
        }
    }

    /// The table that an address may belong to.
    pub fn of(slot: u32) -> Option<Self> {
        [Self::Syscall, Self::Invalid].into_iter().find(|table| table.range().contains(&slot))
    }
}

/// Which neighbours move.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// The instructions that lead to the site.
    Before,
    /// The instructions behind it.
    After,
}

/// Why a site cannot be replaced by a jump.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Not a `syscall` of the object, or one with prefixes.
    NotASite,
    /// The neighbours that may move are too few bytes: a jump, a call or another site is too near.
    TooShort,
    /// A neighbour means something else elsewhere (rip-relative).
    PositionDependent,
    /// Something jumps into the bytes to replace, or takes their address.
    JumpTarget,
    /// A jump through a table or an exception may enter the bytes to replace.
    HiddenEntry,
    /// The function's bounds, or what jumps into it, cannot be told.
    Unknown,
}

impl core::fmt::Display for Refusal {
    /// One word, for tables and statistics.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(match self {
            Self::NotASite => "prefixed",
            Self::TooShort => "too-short",
            Self::PositionDependent => "position-dependent",
            Self::JumpTarget => "jump-target",
            Self::HiddenEntry => "hidden-entry",
            Self::Unknown => "unknown-bounds",
        })
    }
}

/// A site that can be replaced by a jump.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Detour {
    /// Which neighbours move.
    pub form: Form,
    /// First replaced byte.
    pub address: u64,
    /// The replaced bytes.
    pub old: Bytes,
    /// The call's number, if the moved instructions set it to a constant.
    pub number: Option<u32>,
    /// Instructions for the stub to execute before the call.
    pub before: Bytes,
    /// Instructions for the stub to execute after the call.
    pub after: Bytes,
    /// Where the stub jumps to in the end.
    pub resume: u64,
    /// The only instruction boundary inside is that of the `syscall`, and the patch has a `syscall` or an invalid
    /// opcode there ([`Table`]): a thread that stands on it makes the call, or faults and continues with the
    /// call in the stub. So it is with `mov $nr,%eax; syscall`, whose patch is safe to write while other
    /// threads run.
    pub traps_inside: bool,
}

impl Detour {
    /// The bytes of `jmp *[slot]`, and invalid opcodes up to the end of the replaced instructions, or to the `syscall`
    /// that stays.
    /// `None` if the slot is in no [`Table`].
    pub fn patch(&self, slot: u32) -> Option<Patch> {
        let table = Table::of(slot).filter(|_| self.old.len() >= JUMP)?;
        let mut new = [INVALID; Bytes::MOST];
        new.get_mut(..3)?.copy_from_slice(&[0xff, 0x24, 0x25]);
        new.get_mut(3..JUMP)?.copy_from_slice(&slot.to_le_bytes());
        if self.traps_inside && table == Table::Syscall {
            new.get_mut(self.old.len() - 2..self.old.len())?.copy_from_slice(&[0x0f, 0x05]);
        }
        Some(Patch { address: self.address, old: self.old, new: Bytes::new(new.get(..self.old.len())?)? })
    }
}

/// Plans a jump over `mov $nr,%eax; syscall` without decoding, where nothing refers to it ([`Site::private_load`]).
/// `None`: [`before`] has to look.
pub fn before_private_load(object: &Object<'_>, site: &Site) -> Option<Detour> {
    const MOV: u64 = 5;
    if !site.private_load {
        return None;
    }
    let address = site.address.checked_sub(MOV)?;
    let resume = site.address.checked_add(2)?;
    let old = object.segment(address)?.range(address, resume)?;
    let [0xb8, a, b, c, d, 0x0f, 0x05] = *old else { return None };
    Some(Detour {
        form: Form::Before,
        address,
        old: Bytes::new(old)?,
        number: Some(u32::from_le_bytes([a, b, c, d])),
        before: Bytes::new(&[0xb8, a, b, c, d])?,
        after: Bytes::default(),
        resume,
        traps_inside: true,
    })
}

/// Plans a jump over the step `site` and what leads to it.
pub(crate) fn before(object: &Object<'_>, around: &Around<'_>, site: &Site, index: usize) -> Result<Detour, Refusal> {
    let syscall = plain_syscall(around, site, index)?;
    let mut first = index;
    let mut number = None;
    let length = |first: usize| around.code.steps.get(first).map_or(0, |step| syscall + 2 - step.offset);
    while length(first) < JUMP {
        let previous = first.checked_sub(1).filter(|p| around.code.run_start(index) <= *p);
        let instruction = previous.and_then(|p| around.code.instruction(p)).ok_or(Refusal::TooShort)?;
        may_move(&instruction)?;
        if number.is_none() && writes_rax(&instruction) {
            number = Some(constant(&instruction));
        }
        first -= 1;
    }
    let start = around.code.steps.get(first).ok_or(Refusal::Unknown)?.offset;
    // With one moved instruction, the syscall's is the only boundary inside.
    let traps_inside = first + 1 == index && matches!(syscall - start, 5 | JUMP..);
    let plan = Detour {
        form: Form::Before,
        address: around.code.base.wrapping_add(start as u64),
        old: bytes(around, start, syscall + 2)?,
        number: number.flatten(),
        before: bytes(around, start, syscall)?,
        after: Bytes::default(),
        resume: site.address.wrapping_add(2),
        traps_inside,
    };
    is_private(object, around, &plan)?;
    Ok(plan)
}

/// Plans a jump over the step `site` and what follows it.
pub(crate) fn after(object: &Object<'_>, around: &Around<'_>, site: &Site, index: usize) -> Result<Detour, Refusal> {
    let syscall = plain_syscall(around, site, index)?;
    let mut end = syscall + 2;
    let mut last = index;
    while end - syscall < JUMP {
        last += 1;
        let step = around.code.steps.get(last).filter(|step| step.offset == end);
        let step = step.ok_or(Refusal::TooShort)?;
        may_move(&around.code.instruction(last).ok_or(Refusal::Unknown)?)?;
        end = step.end();
    }
    let plan = Detour {
        form: Form::After,
        address: site.address,
        old: bytes(around, syscall, end)?,
        number: None,
        before: Bytes::default(),
        after: bytes(around, syscall + 2, end)?,
        resume: around.code.base.wrapping_add(end as u64),
        traps_inside: false,
    };
    is_private(object, around, &plan)?;
    Ok(plan)
}

/// The offset of the site, if it is a `syscall` without prefixes.
fn plain_syscall(around: &Around<'_>, site: &Site, index: usize) -> Result<usize, Refusal> {
    let step = around.code.steps.get(index).ok_or(Refusal::NotASite)?;
    // Control may reach it behind a prefix, too, that one decoding has and another has not.
    let is_it = around.code.offset(site.address) == Some(step.offset);
    let plain = is_it && site.prefixes == 0 && site.kind == Kind::Syscall && step.flow == Flow::Syscall;
    if plain { Ok(step.offset) } else { Err(Refusal::NotASite) }
}

fn bytes(around: &Around<'_>, start: usize, end: usize) -> Result<Bytes, Refusal> {
    around.code.bytes.get(start..end).and_then(Bytes::new).ok_or(Refusal::Unknown)
}

/// Whether the instruction does the same in a stub.
fn may_move(instruction: &Instruction) -> Result<(), Refusal> {
    if instruction.memory_base() == Register::RIP || instruction.memory_base() == Register::EIP {
        return Err(Refusal::PositionDependent);
    }
    match (instruction.flow_control(), instruction.mnemonic()) {
        // An indirect jump or call goes to `endbr64`.
        (FlowControl::Next, Mnemonic::Endbr64) => Err(Refusal::JumpTarget),
        // `hlt` and the like fault, with an address that somebody may look at.
        (FlowControl::Next, _) if instruction.is_privileged() => Err(Refusal::TooShort),
        (FlowControl::Next, _) => Ok(()),
        _ => Err(Refusal::TooShort),
    }
}

/// Whether nothing enters the replaced bytes but at their start.
fn is_private(object: &Object<'_>, around: &Around<'_>, plan: &Detour) -> Result<(), Refusal> {
    let start = plan.address.wrapping_add(1);
    let end = plan.address.wrapping_add(plan.old.len() as u64);
    let offset = |address: u64| around.code.offset(address).ok_or(Refusal::Unknown);
    if around.code.jumps_into(start, end) || around.code.used_as_data(offset(start)?, offset(end - 1)? + 1) {
        return Err(Refusal::JumpTarget);
    }
    if plan.traps_inside {
        return Ok(());
    }
    if !around.whole {
        return Err(Refusal::Unknown);
    }
    if around.has_hidden_entries() {
        return Err(Refusal::HiddenEntry);
    }
    match around.parts_jump_into(object, start, end) {
        Some(false) => Ok(()),
        Some(true) => Err(Refusal::JumpTarget),
        None => Err(Refusal::Unknown),
    }
}

fn writes_rax(instruction: &Instruction) -> bool {
    instruction.op0_kind() == OpKind::Register
        && instruction.op0_register().full_register() == Register::RAX
        && !matches!(instruction.mnemonic(), Mnemonic::Cmp | Mnemonic::Test | Mnemonic::Push)
}

/// The constant that the instruction puts into rax.
fn constant(instruction: &Instruction) -> Option<u32> {
    let whole = matches!(instruction.op0_register(), Register::EAX | Register::RAX);
    match instruction.mnemonic() {
        Mnemonic::Mov if whole && instruction.op1_kind() != OpKind::Register => {
            let immediate = !matches!(instruction.op1_kind(), OpKind::Memory);
            immediate.then(|| u32::try_from(instruction.immediate(1)).ok())?
        }
        Mnemonic::Xor if whole && instruction.op1_register() == instruction.op0_register() => Some(0),
        _ => None,
    }
}
