//! Decoded code of one region: instruction boundaries, where control goes, what is read as data.
//!
//! Two ways to decode. *Linear* takes one instruction after the other and is exact for compiled
//! functions. *Following* decodes only what is reachable from an entry through direct jumps, and so steps over
//! data that lies inside a function.

use crate::jump::{INVALID, JUMP, Table};
use alloc::vec;
use alloc::vec::Vec;
use iced_x86::{Code as Opcode, Decoder, DecoderOptions, FlowControl, Instruction, Mnemonic, OpKind, Register};

/// Where control goes after an instruction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Flow {
    /// To the next instruction.
    Next,
    /// To the next instruction, unless what is called does not return.
    Call,
    /// To the next instruction or the target.
    Branch,
    /// To the target only.
    Jump,
    /// To an address that is not in the instruction.
    IndirectJump,
    /// A jump that was put there by ourselves, and what fills up the place behind it: the stub comes back to
    /// what follows.
    Detour,
    /// Nowhere in this region: return, trap.
    Stop,
    Syscall,
    Sysenter,
}

impl Flow {
    pub(crate) fn is_site(self) -> bool {
        matches!(self, Self::Syscall | Self::Sysenter)
    }

    /// Whether the next instruction is not reached from this one.
    pub(crate) fn ends_block(self) -> bool {
        matches!(self, Self::Jump | Self::IndirectJump | Self::Stop)
    }
}

/// One decoded instruction.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Step {
    /// From the region's start.
    pub(crate) offset: usize,
    pub(crate) length: usize,
    pub(crate) flow: Flow,
    /// Address of a direct jump or branch.
    pub(crate) target: Option<u64>,
}

impl Step {
    pub(crate) fn end(&self) -> usize {
        self.offset + self.length
    }
}

/// What control reaches in a linear decode.
#[derive(Debug)]
pub(crate) struct Reachable {
    /// By the index of the step.
    pub(crate) steps: Vec<bool>,
    /// A reached jump goes into the middle of a step: there is data, or worse, and the steps cannot be trusted.
    pub(crate) out_of_step: bool,
}

/// The decoded part of a region, in ascending order of offsets.
#[derive(Debug)]
pub(crate) struct Code<'a> {
    pub(crate) bytes: &'a [u8],
    pub(crate) base: u64,
    pub(crate) steps: Vec<Step>,
    /// The offset up to which linear decoding has come.
    pub(crate) decoded: usize,
    /// Linear decoding met bytes that are no instruction at `decoded`.
    pub(crate) invalid: bool,
    /// There is a jump through a register or memory.
    pub(crate) indirect: bool,
    /// Addresses read or written as rip-relative data.
    data: Vec<u64>,
    /// Addresses taken with `lea`.
    taken: Vec<u64>,
}

impl<'a> Code<'a> {
    /// Nothing decoded yet of `bytes`, which lie at `base`.
    pub(crate) fn new(bytes: &'a [u8], base: u64) -> Self {
        Self {
            bytes,
            base,
            steps: Vec::with_capacity((bytes.len() / 4).min(256)),
            decoded: 0,
            invalid: false,
            indirect: false,
            data: Vec::new(),
            taken: Vec::new(),
        }
    }

    /// Continues linear decoding until an instruction ends at or behind `until`.
    pub(crate) fn extend(&mut self, until: usize) {
        let until = until.min(self.bytes.len());
        let mut decoder = self.decoder_at(self.decoded);
        let mut instruction = Instruction::default();
        while self.decoded < until && !self.invalid {
            decoder.decode_out(&mut instruction);
            if instruction.is_invalid() {
                self.invalid = true;
            } else {
                let step = self.push(&instruction, self.decoded);
                self.decoded = step.end();
                if step.flow == Flow::Detour {
                    self.decoded = self.fill(self.decoded);
                    decoder = self.decoder_at(self.decoded);
                }
            }
        }
    }

    fn decoder_at(&self, offset: usize) -> Decoder<'a> {
        decoder(self.bytes.get(offset..).unwrap_or_default(), self.base.wrapping_add(offset as u64))
    }

    /// Takes the filling from `offset` on, a step a byte; answers where it ends.
    fn fill(&mut self, offset: usize) -> usize {
        let rest = self.bytes.get(offset..).unwrap_or_default();
        let length = rest.iter().take_while(|byte| **byte == INVALID).count();
        let step = |offset| Step { offset, length: 1, flow: Flow::Detour, target: None };
        self.steps.extend((offset..offset + length).map(step));
        offset + length
    }

    /// Decodes what direct control flow reaches from `entries` (offsets).
    pub(crate) fn follow(bytes: &'a [u8], base: u64, entries: &[usize]) -> Self {
        let mut code = Self::new(bytes, base);
        let mut seen = vec![false; bytes.len()];
        let mut pending: Vec<usize> = entries.to_vec();
        let mut instruction = Instruction::default();
        while let Some(mut offset) = pending.pop() {
            let mut decoder = code.decoder_at(offset);
            while let Some(seen @ false) = seen.get_mut(offset) {
                decoder.decode_out(&mut instruction);
                if instruction.is_invalid() {
                    break;
                }
                *seen = true;
                let step = code.push(&instruction, offset);
                if let Some(target) = step.target.and_then(|target| code.offset(target)) {
                    pending.push(target);
                }
                if step.flow.ends_block() {
                    break;
                }
                offset = step.end();
                if step.flow == Flow::Detour {
                    offset = code.fill(offset);
                    decoder = code.decoder_at(offset);
                }
            }
        }
        code.steps.sort_unstable_by_key(|step| step.offset);
        code
    }

    fn push(&mut self, instruction: &Instruction, offset: usize) -> Step {
        let flow = flow(instruction);
        let direct = matches!(flow, Flow::Branch | Flow::Jump);
        let step =
            Step { offset, length: instruction.len(), flow, target: direct.then(|| instruction.near_branch_target()) };
        self.indirect |= flow == Flow::IndirectJump;
        if instruction.memory_base() == Register::RIP {
            let address = instruction.memory_displacement64();
            match instruction.mnemonic() {
                Mnemonic::Lea => self.taken.push(address),
                Mnemonic::Nop => {}
                _ => self.data.push(address),
            }
        }
        self.steps.push(step);
        step
    }

    /// The offset of `address` in the region.
    pub(crate) fn offset(&self, address: u64) -> Option<usize> {
        let offset = usize::try_from(address.wrapping_sub(self.base)).ok()?;
        (offset < self.bytes.len()).then_some(offset)
    }

    /// The addresses that direct jumps and branches go to.
    pub(crate) fn targets(&self) -> impl Iterator<Item = u64> {
        self.steps.iter().filter_map(|step| step.target)
    }

    /// Whether a direct jump or branch goes to an address in `[start, end)`.
    pub(crate) fn jumps_into(&self, start: u64, end: u64) -> bool {
        self.targets().any(|target| start <= target && target < end)
    }

    /// The index of the step that covers `offset`.
    pub(crate) fn covering(&self, offset: usize) -> Option<usize> {
        let behind = self.steps.partition_point(|step| step.offset <= offset);
        let index = behind.checked_sub(1)?;
        (offset < self.steps[index].end()).then_some(index)
    }

    /// The index of the first step of the straight run of instructions that leads to step `index`.
    pub(crate) fn run_start(&self, index: usize) -> usize {
        let mut start = index;
        while let Some(previous) = start.checked_sub(1)
            && let Some(step) = self.steps.get(previous)
            && !step.flow.ends_block()
            && step.end() == self.steps[start].offset
        {
            start = previous;
        }
        start
    }

    /// Whether bytes of `[start, end)` (offsets) are used as data, or their address is taken.
    pub(crate) fn used_as_data(&self, start: usize, end: usize) -> bool {
        let mut addresses = self.data.iter().chain(&self.taken);
        addresses.any(|address| self.offset(*address).is_some_and(|o| start <= o && o < end))
    }

    /// Which of the linear steps control reaches from `entries` (offsets) through direct jumps.
    pub(crate) fn reachable(&self, entries: &[usize]) -> Reachable {
        let mut reached = vec![false; self.steps.len()];
        let mut out_of_step = false;
        let mut pending: Vec<usize> = entries.iter().filter_map(|entry| self.landing(*entry)).collect();
        while let Some(mut index) = pending.pop() {
            while let (Some(reached @ false), Some(step)) = (reached.get_mut(index), self.steps.get(index)) {
                *reached = true;
                if let Some(target) = step.target.and_then(|target| self.offset(target)) {
                    let landing = self.landing(target);
                    out_of_step |= landing.is_none() && target < self.decoded;
                    pending.extend(landing);
                }
                if step.flow.ends_block() {
                    break;
                }
                index += 1;
            }
        }
        Reachable { steps: reached, out_of_step }
    }

    /// The step that a jump to `offset` executes. A jump past a `lock` prefix lands inside a step.
    pub(crate) fn landing(&self, offset: usize) -> Option<usize> {
        let index = self.covering(offset)?;
        let step = &self.steps[index];
        let past_lock = offset == step.offset + 1 && self.bytes.get(step.offset) == Some(&0xf0);
        (offset == step.offset || past_lock).then_some(index)
    }

    /// Decodes step `index` again, whole.
    pub(crate) fn instruction(&self, index: usize) -> Option<Instruction> {
        let step = self.steps.get(index)?;
        let bytes = self.bytes.get(step.offset..step.end())?;
        Some(decoder(bytes, self.base.wrapping_add(step.offset as u64)).decode())
    }
}

/// A decoder of 64-bit code.
pub(crate) fn decoder(bytes: &[u8], address: u64) -> Decoder<'_> {
    Decoder::with_ip(64, bytes, address, DecoderOptions::NONE)
}

/// Whether it jumps through the pointer table, in which nothing is but our own stubs.
fn is_detour(instruction: &Instruction) -> bool {
    let absolute = instruction.memory_base() == Register::None && instruction.memory_index() == Register::None;
    let address = u32::try_from(instruction.memory_displacement64());
    instruction.op0_kind() == OpKind::Memory
        && absolute
        && instruction.len() == JUMP
        && address.is_ok_and(|address| Table::of(address).is_some())
}

/// Where control goes after `instruction`.
pub(crate) fn flow(instruction: &Instruction) -> Flow {
    match instruction.flow_control() {
        FlowControl::IndirectCall => Flow::Call,
        FlowControl::Next => match instruction.mnemonic() {
            // Never in a program's straight-line code: what follows is not reached.
            Mnemonic::Hlt => Flow::Stop,
            _ => Flow::Next,
        },
        FlowControl::Call => match instruction.code() {
            Opcode::Syscall => Flow::Syscall,
            Opcode::Sysenter => Flow::Sysenter,
            _ => Flow::Call,
        },
        FlowControl::ConditionalBranch => Flow::Branch,
        FlowControl::UnconditionalBranch => Flow::Jump,
        FlowControl::IndirectBranch if is_detour(instruction) => Flow::Detour,
        FlowControl::IndirectBranch => Flow::IndirectJump,
        FlowControl::Return | FlowControl::Exception => Flow::Stop,
        FlowControl::Interrupt => match instruction.code() {
            Opcode::Int_imm8 => Flow::Next,
            _ => Flow::Stop,
        },
        FlowControl::XbeginXabortXend => Flow::Next,
    }
}
