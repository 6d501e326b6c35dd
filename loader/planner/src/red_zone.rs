//! Whether a function keeps anything below its stack pointer across a site.
//!
//! The ABI grants every function 128 bytes below rsp. A patch that pushes (`call *%rax`) destroys the upper 8.
//! A function that never touches memory below its stack pointer has nothing to lose; one that does may
//! still be safe, if no such memory is used on any way from the site.
//!
//! The stack pointer is followed through the function relative to its value at entry; rbp counts while it
//! is a copy of it. Where rsp is lowered by an unknown amount (`and $-32,%rsp`, alloca), an upper bound of it is
//! kept, so that "not below" stays true. An address that was taken at or above rsp is trusted to stay there: what
//! lies in the red zone is addressed from below rsp.

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

/// The stack registers at one step, relative to rsp at entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct State {
    /// An upper bound; `None` if not known.
    rsp: Option<i64>,
    rbp: Rbp,
    /// `rsp` is the value itself.
    exact: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Rbp {
    /// The caller's, or any value.
    Other,
    Stack(i64),
    Unknown,
}

const ENTRY: State = State { rsp: Some(0), rbp: Rbp::Other, exact: true };

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
    let Some(uses) = uses(around, site) else {
        return RedZone::Unknown;
    };
    if uses.iter().all(|below| *below == Below::No) {
        return RedZone::Unused;
    }
    let after = reachable_after(around, site);
    let used_after = |wanted| uses.iter().zip(&after).any(|(below, after)| *after && *below == wanted);
    if used_after(Below::Yes) {
        RedZone::Used
    } else if used_after(Below::Unknown) || lowers_stack(around, &after) {
        // What was below the stack pointer before may be read above it afterwards.
        RedZone::Unknown
    } else {
        RedZone::Unused
    }
}

/// What each step does with memory that is below the stack pointer, then and at the site.
fn uses(around: &Around<'_>, site: usize) -> Option<Vec<Below>> {
    let code = &around.code;
    let instructions: Option<Vec<_>> = (0..code.steps.len()).map(|index| code.instruction(index)).collect();
    let instructions = instructions?;
    // Most functions use neither, and their stack need not be followed.
    if !instructions.iter().any(|i| sets_frame_pointer(i) || below_rsp(i)) {
        return Some(vec![Below::No; instructions.len()]);
    }
    let states = states(around, &instructions);
    let at_site = states.get(site).copied().flatten().filter(|state| state.exact);
    let limit = at_site.and_then(|state| state.rsp);
    let below = |(instruction, state): (&Instruction, &Option<State>)| below(instruction, *state, limit);
    Some(instructions.iter().zip(&states).map(below).collect())
}

fn sets_frame_pointer(instruction: &Instruction) -> bool {
    let from_rsp = instruction.op1_register() == Register::RSP
        || instruction.mnemonic() == Mnemonic::Lea && instruction.memory_base() == Register::RSP;
    instruction.op0_register() == Register::RBP && from_rsp
}

fn below_rsp(instruction: &Instruction) -> bool {
    instruction.memory_base() == Register::RSP && displacement(instruction) < 0
}

fn displacement(instruction: &Instruction) -> i64 {
    instruction.memory_displacement64().cast_signed()
}

/// `limit` is rsp at the site, if known exactly.
fn below(instruction: &Instruction, state: Option<State>, limit: Option<i64>) -> Below {
    let memory = (0..instruction.op_count()).any(|n| instruction.op_kind(n) == OpKind::Memory);
    let moves_stack = instruction.mnemonic() == Mnemonic::Lea && instruction.op0_register() == Register::RSP;
    if !memory || moves_stack || instruction.mnemonic() == Mnemonic::Nop {
        return Below::No;
    }
    let displacement = displacement(instruction);
    let rsp = state.and_then(|state| state.rsp);
    let address = match (instruction.memory_base(), state.map(|state| state.rbp)) {
        (Register::RSP, _) if displacement >= 0 => return Below::No,
        (Register::RSP, _) => rsp.and_then(|rsp| rsp.checked_add(displacement)),
        (Register::RBP, Some(Rbp::Other)) => return Below::No,
        (Register::RBP, Some(Rbp::Stack(rbp))) => rbp.checked_add(displacement),
        (Register::RBP, _) => return Below::Unknown,
        _ => return Below::No,
    };
    let (Some(address), Some(rsp)) = (address, rsp) else {
        return if below_rsp(instruction) { Below::Yes } else { Below::Unknown };
    };
    let exact = state.is_some_and(|state| state.exact);
    // An address may be taken shortly before the stack pointer is lowered past it.
    let above_at_site = exact && limit.is_some_and(|limit| address >= limit);
    match address >= rsp || above_at_site {
        true => Below::No,
        false if instruction.memory_index() != Register::None => Below::Unknown,
        false => Below::Yes,
    }
}

/// The state before each step; `None` where no direct way leads.
fn states(around: &Around<'_>, instructions: &[Instruction]) -> Vec<Option<State>> {
    let steps = &around.code.steps;
    let mut states: Vec<Option<State>> = vec![None; steps.len()];
    let mut pending = vec![(0, ENTRY)];
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
    State {
        rsp: old.rsp.filter(|_| old.rsp == new.rsp),
        rbp: if old.rbp == new.rbp { old.rbp } else { Rbp::Unknown },
        exact: old.exact && new.exact,
    }
}

fn after(instruction: &Instruction, flow: Flow, state: State) -> State {
    let plus = |base: Option<i64>, by: i64| base.and_then(|base| base.checked_add(by));
    let rbp = match state.rbp {
        Rbp::Stack(rbp) => Some(rbp),
        Rbp::Other | Rbp::Unknown => None,
    };
    let rsp = |rsp| State { rsp, ..state };
    let lower = State { exact: false, ..state };
    let (mnemonic, first) = (instruction.mnemonic(), instruction.op0_register());
    match (mnemonic, first) {
        (Mnemonic::Call | Mnemonic::Cmp | Mnemonic::Test, _) => state,
        (Mnemonic::Push, _) => rsp(plus(state.rsp, -8)),
        (Mnemonic::Pop, Register::RSP) => rsp(None),
        (Mnemonic::Pop, _) => {
            State { rsp: plus(state.rsp, 8), rbp: if first == Register::RBP { Rbp::Other } else { state.rbp }, ..state }
        }
        (Mnemonic::Leave, _) => State { rsp: plus(rbp, 8), rbp: Rbp::Other, exact: true },
        (Mnemonic::Add, Register::RSP) => rsp(immediate(instruction).and_then(|by| plus(state.rsp, by))),
        (Mnemonic::Sub, Register::RSP) => match immediate(instruction) {
            Some(by) => rsp(by.checked_neg().and_then(|by| plus(state.rsp, by))),
            None => lower,
        },
        (Mnemonic::And, Register::RSP) => lower,
        (_, Register::RSP) => State {
            rsp: stack_address(instruction, state.rsp, rbp),
            // From a frame pointer it is known again.
            exact: state.exact || source_is(instruction, Register::RBP),
            ..state
        },
        (_, Register::RBP | Register::EBP | Register::BP | Register::BPL) => {
            State { rbp: stack_address(instruction, state.rsp, rbp).map_or(Rbp::Other, Rbp::Stack), ..state }
        }
        _ if flow == Flow::Next && instruction.is_stack_instruction() => {
            rsp(plus(state.rsp, i64::from(instruction.stack_pointer_increment())))
        }
        _ => state,
    }
}

fn immediate(instruction: &Instruction) -> Option<i64> {
    match instruction.op1_kind() {
        OpKind::Register | OpKind::Memory => None,
        _ => Some(instruction.immediate(1).cast_signed()),
    }
}

fn source_is(instruction: &Instruction, register: Register) -> bool {
    match instruction.mnemonic() {
        Mnemonic::Mov => instruction.op1_register() == register,
        Mnemonic::Lea => instruction.memory_base() == register && instruction.memory_index() == Register::None,
        _ => false,
    }
}

/// The stack address that `mov` or `lea` puts into its first operand.
fn stack_address(instruction: &Instruction, rsp: Option<i64>, rbp: Option<i64>) -> Option<i64> {
    let base = if source_is(instruction, Register::RSP) {
        rsp?
    } else if source_is(instruction, Register::RBP) {
        rbp?
    } else {
        return None;
    };
    match instruction.mnemonic() {
        Mnemonic::Lea => base.checked_add(displacement(instruction)),
        _ => Some(base),
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
    after.iter().enumerate().filter(|(_, after)| **after).any(|(index, _)| {
        around.code.instruction(index).is_none_or(|instruction| {
            let moves = instruction.op0_register() == Register::RSP
                && !matches!(instruction.mnemonic(), Mnemonic::Add | Mnemonic::Pop);
            moves || matches!(instruction.mnemonic(), Mnemonic::Push | Mnemonic::Call)
        })
    })
}
