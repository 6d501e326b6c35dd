//! What speaks for a decoded `syscall` being code where no function bounds vouch for it.
//!
//! Random data contains the bytes `0f 05` once in 64 KiB. What it does not contain is the idiom around
//! them: the call's number put into rax on the straight way to it, by instructions that occur in programs,
//! and something sensible done afterwards.

use crate::code::{Code, Flow, Step, decoder, flow};
use iced_x86::{Code as Opcode, Instruction, Mnemonic, OpKind, Register};

/// How far back the number may be loaded.
const LOOK_BACK: usize = 16;
/// How many instructions behind it must be code.
const LOOK_AHEAD: usize = 4;
/// Within how many the result is looked at.
const LOOK_AHEAD_RESULT: usize = 2;
/// No x86-64 system call has a higher number, with room for new ones.
const HIGHEST_NUMBER: u64 = 0x3ff;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Number {
    /// A constant in the range of system call numbers.
    Constant,
    /// Loaded from somewhere, as a generic `syscall(2)` does.
    Loaded,
    /// Given by the caller in rax, as Go's calling convention does, or further back than we look.
    Given,
}

/// Whether the instructions around step `index` (a `syscall`) are those of a system call.
pub(crate) fn is_idiom(code: &Code<'_>, index: usize) -> bool {
    let afterwards =
        |wanted: fn(&Instruction) -> bool| following(code, index).take(LOOK_AHEAD_RESULT).any(|i| wanted(&i));
    let number = number_before(code, index);
    let used = match number {
        Some(Number::Constant) => true,
        Some(Number::Loaded) => afterwards(examines_result),
        Some(Number::Given) => afterwards(compares_error),
        None => false,
    };
    used && continues(code, index)
}

/// The instructions behind step `index`.
fn following<'a>(code: &Code<'a>, index: usize) -> impl Iterator<Item = Instruction> + use<'a> {
    let end = code.steps.get(index).map_or(usize::MAX, Step::end);
    let rest = code.bytes.get(end..).unwrap_or_default();
    decoder(rest, code.base.wrapping_add(end as u64)).into_iter()
}

/// Whether what follows step `index` is code, up to the end of its block.
fn continues(code: &Code<'_>, index: usize) -> bool {
    for instruction in following(code, index).take(LOOK_AHEAD) {
        if is_trap(&instruction) {
            return true;
        }
        if !is_plausible(&instruction) {
            return false;
        }
        if flow(&instruction).ends_block() {
            return true;
        }
    }
    true
}

/// How rax gets its value on the straight run to step `index`.
fn number_before(code: &Code<'_>, index: usize) -> Option<Number> {
    let run = code.run_start(index).max(index.saturating_sub(LOOK_BACK));
    for before in (run..index).rev() {
        let instruction = code.instruction(before)?;
        if !is_plausible(&instruction) || matches!(code.steps.get(before)?.flow, Flow::Syscall | Flow::Detour) {
            return None;
        }
        let first = instruction.op0_register();
        let writes_rax = instruction.op0_kind() == OpKind::Register && matches!(first, Register::EAX | Register::RAX);
        match instruction.mnemonic() {
            Mnemonic::Mov if writes_rax => {
                return match instruction.op1_kind() {
                    OpKind::Register | OpKind::Memory => Some(Number::Loaded),
                    _ => (instruction.immediate(1) <= HIGHEST_NUMBER).then_some(Number::Constant),
                };
            }
            Mnemonic::Xor if writes_rax && instruction.op1_register() == first => {
                return Some(Number::Constant);
            }
            Mnemonic::Lea | Mnemonic::Movsxd | Mnemonic::Pop if writes_rax => {
                return Some(Number::Loaded);
            }
            Mnemonic::Call => return Some(Number::Given),
            Mnemonic::Cmp | Mnemonic::Test | Mnemonic::Push => {}
            _ if writes_rax => return Some(Number::Given),
            _ => {}
        }
    }
    Some(Number::Given)
}

/// Compares, tests, keeps or returns rax.
fn examines_result(instruction: &Instruction) -> bool {
    let is_rax = |register| matches!(register, Register::EAX | Register::RAX);
    match instruction.mnemonic() {
        Mnemonic::Ret => true,
        Mnemonic::Cmp | Mnemonic::Test | Mnemonic::Neg => is_rax(instruction.op0_register()),
        Mnemonic::Mov => is_rax(instruction.op1_register()),
        _ => false,
    }
}

/// Compares rax with the lowest error number: `cmp $-4095,%rax`.
fn compares_error(instruction: &Instruction) -> bool {
    instruction.code() == Opcode::Cmp_RAX_imm32 && matches!(instruction.immediate(1).cast_signed(), -4096 | -4095)
}

fn is_trap(instruction: &Instruction) -> bool {
    matches!(instruction.mnemonic(), Mnemonic::Hlt | Mnemonic::Ud2 | Mnemonic::Int3)
}

/// Whether a compiler or a person writes this instruction into a program.
pub(crate) fn is_plausible(instruction: &Instruction) -> bool {
    // Two zero bytes are `add %al,(%rax)`: the mark of tables of small integers.
    if instruction.is_invalid()
        || instruction.is_privileged()
        || instruction.code() == Opcode::Add_rm8_r8
            && instruction.memory_base() == Register::RAX
            && instruction.op1_register() == Register::AL
    {
        return false;
    }
    let jump_or_nop = instruction.near_branch_target() != 0
        || matches!(instruction.mnemonic(), Mnemonic::Nop | Mnemonic::Jmp | Mnemonic::Call);
    let flat_segment =
        matches!(instruction.segment_prefix(), Register::CS | Register::DS | Register::ES | Register::SS);
    (jump_or_nop || !flat_segment)
        && !matches!(
            instruction.mnemonic(),
            Mnemonic::In
                | Mnemonic::Out
                | Mnemonic::Retf
                | Mnemonic::Iretq
                | Mnemonic::Iretd
                | Mnemonic::Insb
                | Mnemonic::Insd
                | Mnemonic::Outsb
                | Mnemonic::Outsd
                | Mnemonic::Enter
                | Mnemonic::Xlatb
                | Mnemonic::Cmc
                | Mnemonic::Int1
                | Mnemonic::Loop
                | Mnemonic::Loope
                | Mnemonic::Loopne
                | Mnemonic::Jrcxz
        )
}
