//! Whether a function keeps anything below its stack pointer across a site.
//!
//! The ABI grants every function 128 bytes below rsp. A patch that pushes (`call *%rax`) destroys the upper 8.
//! A function that never touches memory below its stack pointer has nothing to lose; one that does may
//! still be safe, if no such memory is used on any way from the site.
//!
//! The stack pointer is followed through the function relative to its value at entry; rbp counts while it
//! is a copy of it. Where the two are not known exactly, only upper bounds of rsp are kept (`and
//! $-32,%rsp` lowers it), so that "not below" stays true. An address that was taken at or above rsp is trusted to
//! stay there: what lies in the red zone is addressed from below rsp.

use crate::around::Around;
use crate::code::Flow;
use crate::elf::Object;
use alloc::vec;
use alloc::vec::Vec;
use iced_x86::{Instruction, Mnemonic, OpKind, Register};

/// What is known about the red zone at a site.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RedZone {
    /// Nothing below the stack pointer is used after the site.
    Unused,
    /// Something below it may be.
    Used,
    /// It cannot be told: no function bounds, or a stack pointer that cannot be followed.
    Unknown,
}

/// Registers relative to rsp at entry. `None`: not known, or (rbp) not a stack address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct State {
    rsp: Option<i64>,
    rbp: Option<i64>,
}

/// What one instruction does with memory below the stack pointer.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Below {
    No,
    Yes,
    Unknown,
}

/// Judges the site at step `site`.
pub(crate) fn red_zone(object: &Object<'_>, around: &Around<'_>, site: usize) -> RedZone {
    if !around.whole || around.leaves_into_middle(object) != Some(false) {
        return RedZone::Unknown;
    }
    let Some(uses) = uses(around) else {
        return RedZone::Unknown;
    };
    if uses.iter().all(|below| *below == Below::No) {
        return RedZone::Unused;
    }
    let after = reachable_after(around, site);
    let used_after = |wanted| {
        uses.iter()
            .zip(&after)
            .any(|(below, after)| *after && *below == wanted)
    };
    if used_after(Below::Yes) {
        RedZone::Used
    } else if used_after(Below::Unknown) || lowers_stack(around, &after) {
        // What was below the stack pointer before may be read above it afterwards.
        RedZone::Unknown
    } else {
        RedZone::Unused
    }
}

/// What each step does with memory below the stack pointer.
fn uses(around: &Around<'_>) -> Option<Vec<Below>> {
    let code = &around.code;
    let instructions: Option<Vec<_>> = (0..code.steps.len()).map(|i| code.instruction(i)).collect();
    let instructions = instructions?;
    let frame_pointer = instructions.iter().any(sets_frame_pointer);
    let states = if frame_pointer {
        states(around, &instructions)
    } else {
        Vec::new()
    };
    let below = |(index, instruction): (usize, &Instruction)| {
        let state = states.get(index).copied().flatten();
        below(instruction, frame_pointer, state)
    };
    Some(instructions.iter().enumerate().map(below).collect())
}

fn sets_frame_pointer(instruction: &Instruction) -> bool {
    let from_rsp = instruction.op1_register() == Register::RSP
        || instruction.mnemonic() == Mnemonic::Lea && instruction.memory_base() == Register::RSP;
    instruction.op0_register() == Register::RBP && from_rsp
}

fn below(instruction: &Instruction, frame_pointer: bool, state: Option<State>) -> Below {
    let memory = (0..instruction.op_count()).any(|n| instruction.op_kind(n) == OpKind::Memory);
    if !memory || instruction.mnemonic() == Mnemonic::Nop {
        return Below::No;
    }
    let displacement = instruction.memory_displacement64().cast_signed();
    let indexed = instruction.memory_index() != Register::None;
    match instruction.memory_base() {
        // `lea -N(%rsp),%rsp` moves the stack pointer.
        _ if instruction.mnemonic() == Mnemonic::Lea
            && instruction.op0_register() == Register::RSP =>
        {
            Below::No
        }
        Register::RSP if displacement < 0 => Below::Yes,
        Register::RSP => Below::No,
        Register::RBP if frame_pointer => match state {
            Some(State {
                rsp: Some(rsp),
                rbp: Some(rbp),
            }) => {
                if rbp.saturating_add(displacement) >= rsp {
                    Below::No
                } else if indexed {
                    Below::Unknown
                } else {
                    Below::Yes
                }
            }
            // The epilogue has given rbp back to the caller, or the way here is not known.
            Some(State { rbp: None, .. }) => Below::No,
            _ => Below::Unknown,
        },
        _ => Below::No,
    }
}

/// The state before each step; `None` where no direct way leads.
fn states(around: &Around<'_>, instructions: &[Instruction]) -> Vec<Option<State>> {
    let steps = &around.code.steps;
    let mut states: Vec<Option<State>> = vec![None; steps.len()];
    let mut pending = vec![(
        0,
        State {
            rsp: Some(0),
            rbp: None,
        },
    )];
    while let Some((index, new)) = pending.pop() {
        let Some(state) = states.get_mut(index) else {
            continue;
        };
        let joined = state.map_or(new, |old| join(old, new));
        if *state == Some(joined) {
            continue;
        }
        *state = Some(joined);
        let (Some(step), Some(instruction)) = (steps.get(index), instructions.get(index)) else {
            continue;
        };
        let next = after(instruction, step.flow, joined);
        if !step.flow.ends_block() {
            pending.push((index + 1, next));
        }
        let target = step.target.and_then(|target| around.code.offset(target));
        if let Some(target) = target.and_then(|target| around.code.landing(target)) {
            pending.push((target, next));
        }
    }
    states
}

fn join(old: State, new: State) -> State {
    let same = |a: Option<i64>, b| if a == b { a } else { None };
    State {
        rsp: same(old.rsp, new.rsp),
        rbp: same(old.rbp, new.rbp),
    }
}

fn after(instruction: &Instruction, flow: Flow, state: State) -> State {
    let State { rsp, rbp } = state;
    let shifted = |by: i64| rsp.and_then(|rsp| rsp.checked_add(by));
    let displacement = instruction.memory_displacement64().cast_signed();
    let indexed = instruction.memory_index() != Register::None;
    let immediate = match instruction.op1_kind() {
        OpKind::Register | OpKind::Memory => None,
        _ if instruction.op_count() == 2 => Some(instruction.immediate(1).cast_signed()),
        _ => None,
    };
    let source = match (
        instruction.mnemonic(),
        instruction.op1_register(),
        instruction.memory_base(),
    ) {
        (Mnemonic::Mov, Register::RSP, _) => rsp,
        (Mnemonic::Mov, Register::RBP, _) => rbp,
        (Mnemonic::Lea, _, Register::RSP) if !indexed => shifted(displacement),
        (Mnemonic::Lea, _, Register::RBP) if !indexed => {
            rbp.and_then(|rbp| rbp.checked_add(displacement))
        }
        _ => None,
    };
    match (instruction.mnemonic(), instruction.op0_register()) {
        (Mnemonic::Call, _) => state,
        (Mnemonic::Leave, _) => State {
            rsp: rbp.and_then(|rbp| rbp.checked_add(8)),
            rbp: None,
        },
        (Mnemonic::Push, _) => State {
            rsp: shifted(-8),
            rbp,
        },
        (Mnemonic::Pop, register) => State {
            rsp: if register == Register::RSP {
                None
            } else {
                shifted(8)
            },
            rbp: if register == Register::RBP { None } else { rbp },
        },
        (Mnemonic::Add, Register::RSP) => State {
            rsp: immediate.and_then(shifted),
            rbp,
        },
        (Mnemonic::Sub, Register::RSP) => match immediate {
            Some(by) => State {
                rsp: by.checked_neg().and_then(shifted),
                rbp,
            },
            None => state, // alloca: lower by an unknown amount
        },
        (Mnemonic::And, Register::RSP) => state,
        (Mnemonic::Cmp | Mnemonic::Test, _) => state,
        (_, Register::RSP) => State { rsp: source, rbp },
        (_, Register::RBP | Register::EBP | Register::BP | Register::BPL) => {
            State { rsp, rbp: source }
        }
        _ if flow == Flow::Next && instruction.is_stack_instruction() => State {
            rsp: shifted(i64::from(instruction.stack_pointer_increment())),
            rbp,
        },
        _ => state,
    }
}

/// The steps that control may reach after the site.
fn reachable_after(around: &Around<'_>, site: usize) -> Vec<bool> {
    let steps = &around.code.steps;
    if around.has_hidden_entries() {
        return vec![true; steps.len()];
    }
    let next = steps.get(site).map_or(usize::MAX, |step| step.end());
    around.code.reachable(&[next]).steps
}

fn lowers_stack(around: &Around<'_>, after: &[bool]) -> bool {
    after
        .iter()
        .enumerate()
        .filter(|(_, after)| **after)
        .any(|(index, _)| {
            around.code.instruction(index).is_none_or(|instruction| {
                let moves = instruction.op0_register() == Register::RSP
                    && !matches!(instruction.mnemonic(), Mnemonic::Add | Mnemonic::Pop);
                moves || matches!(instruction.mnemonic(), Mnemonic::Push | Mnemonic::Call)
            })
        })
}
