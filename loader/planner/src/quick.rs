//! Walks through ordinary compiled code by the lengths of its instructions.
//!
//! Start-up decodes every function of libc that makes a system call. Most of them are
//! a few plain instructions, for which a full decoder takes most of the time that start-up
//! may take. The walk knows the instructions that compilers put
//! around system calls and gives up on everything else ([`Walk::to`] answers `None`): the
//! decoder of [`crate::code`] then decides. A test holds both against each other over whole
//! libraries.
//!
//! Invariant: an answer is what [`crate::judge`] would give; no answer is always allowed.

use crate::jump::Table;

/// How an instruction goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Flow {
    /// To the next one (calls too).
    Next,
    /// To the next one or to a place this far behind it.
    Branch(i32),
    /// Only to the place this far behind it.
    Jump(i32),
    /// Nowhere, or nobody can tell.
    Stop,
    /// `0f 05`, without prefixes.
    Syscall,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Instruction {
    length: usize,
    flow: Flow,
}

/// What follows an opcode.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
enum Form {
    /// Nothing.
    Bare,
    /// An 8-bit immediate.
    Byte,
    /// A 32-bit immediate, 16-bit behind 66.
    Word,
    /// A ModRM byte and what belongs to it.
    Operand,
    /// A ModRM byte, then an 8-bit immediate.
    OperandByte,
    /// A ModRM byte, then a 32-bit immediate.
    OperandWord,
    /// Not known here.
    Other,
}

/// `one_byte` and `two_byte`, looked up.
static ONE_BYTE: [Form; 256] = table(false);
static TWO_BYTE: [Form; 256] = table(true);

const fn table(second: bool) -> [Form; 256] {
    let mut table = [Form::Other; 256];
    let mut opcode = 0;
    while opcode < table.len() {
        table[opcode] = if second { two_byte(opcode as u8) } else { one_byte(opcode as u8) };
        opcode += 1;
    }
    table
}

/// The forms of the one-byte opcodes that flow on.
const fn one_byte(opcode: u8) -> Form {
    match opcode {
        0x00..=0x3f => match opcode & 7 {
            0..=3 => Form::Operand,
            4 => Form::Byte,
            5 => Form::Word,
            _ => Form::Other,
        },
        0x50..=0x5f | 0x90..=0x99 | 0x9c..=0x9f | 0xa4..=0xa7 | 0xaa..=0xaf | 0xc9 | 0xf8..=0xfd => Form::Bare,
        0x63 | 0x84..=0x8b | 0x8d | 0xd0..=0xd3 | 0xd8..=0xdf | 0xfe => Form::Operand,
        0x68 | 0xa9 => Form::Word,
        0x6a | 0xa8 | 0xb0..=0xb7 => Form::Byte,
        0x69 | 0x81 | 0xc7 => Form::OperandWord,
        0x6b | 0x80 | 0x83 | 0xc0 | 0xc1 | 0xc6 => Form::OperandByte,
        _ => Form::Other,
    }
}

/// The forms of the opcodes behind `0f` that flow on.
const fn two_byte(opcode: u8) -> Form {
    match opcode {
        0x31 | 0x77 | 0xa2 | 0xc8..=0xcf => Form::Bare,
        0x70..=0x73 | 0xa4 | 0xac | 0xba | 0xc2 | 0xc4..=0xc6 => Form::OperandByte,
        0x0d
        | 0x10..=0x1f
        | 0x28..=0x2f
        | 0x40..=0x6f
        | 0x74..=0x76
        | 0x7e
        | 0x7f
        | 0x90..=0x9f
        | 0xa3
        | 0xa5
        | 0xab
        | 0xad..=0xb1
        | 0xb3
        | 0xb6..=0xb8
        | 0xbb..=0xc1
        | 0xc3
        | 0xc7
        | 0xd1..=0xfe => Form::Operand,
        _ => Form::Other,
    }
}

/// Longest instruction, rounded up so that an index can be masked.
const WINDOW: usize = 16;

/// The next bytes, with zeros behind the end.
#[inline(always)]
fn window(bytes: &[u8], at: usize) -> [u8; WINDOW] {
    let rest = bytes.get(at..).unwrap_or_default();
    match rest.first_chunk() {
        Some(window) => *window,
        None => {
            let mut window = [0; WINDOW];
            window.iter_mut().zip(rest).for_each(|(to, from)| *to = *from);
            window
        }
    }
}

/// Length of the ModRM byte at `at` with its SIB byte and displacement.
#[inline(always)]
fn operand(w: &[u8; WINDOW], at: usize) -> usize {
    let modrm = w[at % WINDOW];
    let (mode, register) = (modrm >> 6, modrm & 7);
    if mode == 3 {
        return 1;
    }
    let (sib, base) = if register == 4 { (1, w[(at + 1) % WINDOW] & 7) } else { (0, register) };
    let displacement = match mode {
        0 if base == 5 => 4,
        0 => 0,
        1 => 1,
        _ => 4,
    };
    1 + sib + displacement
}

#[inline(always)]
fn word_at(w: &[u8; WINDOW], at: usize) -> i32 {
    i32::from_le_bytes([w[at % WINDOW], w[(at + 1) % WINDOW], w[(at + 2) % WINDOW], w[(at + 3) % WINDOW]])
}

/// Whether `ff 24` goes on as a jump through the pointer table.
fn is_detour(w: &[u8; WINDOW]) -> bool {
    w[2] == 0x25 && Table::of(word_at(w, 3).cast_unsigned()).is_some()
}

/// The instruction at offset `at`, if it is one that the walk knows.
#[inline]
fn instruction(bytes: &[u8], at: usize) -> Option<Instruction> {
    const REX_W: u8 = 8;
    const LONGEST: usize = 15;
    let w = &window(bytes, at);
    let mut i = 0;
    let mut narrow = false;
    while let prefix @ (0x2e | 0x64 | 0x65 | 0x66 | 0xf0 | 0xf2 | 0xf3) = w[i % WINDOW] {
        narrow |= prefix == 0x66;
        i += 1;
        if i > 4 {
            return None;
        }
    }
    let rex = w[i % WINDOW];
    let wide = rex & 0xf0 == 0x40 && rex & REX_W != 0;
    if rex & 0xf0 == 0x40 {
        i += 1;
    }
    let prefixed = i > 0;
    let opcode = w[i % WINDOW];
    i += 1;
    let second = w[i % WINDOW];
    let immediate = if narrow && !wide { 2 } else { 4 };
    let form = match opcode {
        0x0f => {
            i += 1;
            TWO_BYTE[usize::from(second)]
        }
        _ => ONE_BYTE[usize::from(opcode)],
    };
    let mut flow = Flow::Next;
    let more = match form {
        Form::Bare => 0,
        Form::Byte => 1,
        Form::Word => immediate,
        Form::Operand => operand(w, i),
        Form::OperandByte => operand(w, i) + 1,
        Form::OperandWord => operand(w, i) + immediate,
        Form::Other => {
            let more;
            (more, flow) = match (opcode, second) {
                (0x0f, 0x05) if !prefixed => (0, Flow::Syscall),
                (0x0f, 0x0b) if !prefixed => (0, Flow::Stop),
                (0x0f, 0x80..=0x8f) if !narrow => (4, Flow::Branch(word_at(w, i))),
                (0x0f, _) => return None,
                (0x70..=0x7f, by) => (1, Flow::Branch(i32::from(by.cast_signed()))),
                (0xeb, by) => (1, Flow::Jump(i32::from(by.cast_signed()))),
                (0xe9, _) if !narrow => (4, Flow::Jump(word_at(w, i))),
                (0xe8, _) if !narrow => (4, Flow::Next),
                (0xc3, _) => (0, Flow::Stop),
                (0xf4 | 0xcc, _) if !prefixed => (0, Flow::Stop),
                (0xb8..=0xbf, _) => (if wide { 8 } else { immediate }, Flow::Next),
                (0xf6 | 0xf7, modrm) => {
                    let word = if opcode == 0xf6 { 1 } else { immediate };
                    (operand(w, i) + if modrm & 0x38 <= 8 { word } else { 0 }, Flow::Next)
                }
                // A jump of ours: the stub comes back to what follows.
                (0xff, 0x24) if !prefixed && is_detour(w) => (operand(w, i), Flow::Next),
                (0xff, modrm) => match modrm >> 3 & 7 {
                    0 | 1 | 2 | 6 => (operand(w, i), Flow::Next),
                    4 => (operand(w, i), Flow::Stop),
                    _ => return None,
                },
                _ => return None,
            };
            more
        }
    };
    let length = i + more;
    (length <= LONGEST && length <= bytes.len().wrapping_sub(at)).then_some(Instruction { length, flow })
}

/// More jumps than this are not kept track of.
const MOST_TARGETS: usize = 64;

/// A walk through a function from its start.
#[derive(Debug)]
pub(crate) struct Walk<'a> {
    bytes: &'a [u8],
    at: usize,
    /// Control gets to `at`, by direct jumps or by falling through.
    reached: bool,
    /// Length of the instruction before `at` that control comes from, or 0.
    lead: usize,
    /// Where jumps before `at` lead to.
    targets: [usize; MOST_TARGETS],
    count: usize,
    /// The first place ahead that a reached jump leads to.
    nearest: usize,
    /// Places that reached jumps lead to.
    ahead: u64,
    lost: bool,
}

/// A syscall instruction that a walk came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Found {
    /// `mov $nr,%eax` falls through to it, and nothing in the function refers to any byte of the
    /// two but the first.
    pub(crate) private_load: bool,
}

impl<'a> Walk<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self {
            bytes,
            at: 0,
            reached: true,
            lead: 0,
            targets: [0; MOST_TARGETS],
            count: 0,
            nearest: usize::MAX,
            ahead: 0,
            lost: false,
        }
    }

    /// Walks on to `offset`; what is there, if it is a syscall instruction that
    /// control reaches. `None`: that cannot be told by walking.
    pub(crate) fn to(&mut self, offset: usize) -> Option<Found> {
        while !self.lost && self.at < offset {
            self.lost = self.step().is_none();
        }
        if self.lost || self.at != offset {
            self.lost = true;
            return None;
        }
        self.arrive();
        let here = instruction(self.bytes, offset)?;
        let is_site = self.reached && here.flow == Flow::Syscall;
        is_site.then(|| Found { private_load: self.has_private_load() })
    }

    /// Whether a jump has led to `at`.
    fn arrive(&mut self) {
        if self.nearest != self.at {
            return;
        }
        if !self.reached {
            self.lead = 0;
        }
        self.reached = true;
        let targets = self.targets.iter().take(self.count).enumerate();
        let ahead = targets.filter(|(n, target)| self.ahead >> n & 1 != 0 && **target > self.at);
        self.nearest = ahead.map(|(_, target)| *target).min().unwrap_or(usize::MAX);
    }

    fn step(&mut self) -> Option<()> {
        self.arrive();
        let here = instruction(self.bytes, self.at)?;
        let end = self.at + here.length;
        // A jump into the middle of an instruction: the decoder has to look.
        if self.nearest < end {
            return None;
        }
        if let Flow::Branch(by) | Flow::Jump(by) = here.flow {
            self.note(end, by)?;
        }
        self.lead = if self.reached { here.length } else { 0 };
        if matches!(here.flow, Flow::Jump(_) | Flow::Stop) {
            self.reached = false;
            self.lead = 0;
        }
        self.at = end;
        Some(())
    }

    fn note(&mut self, end: usize, by: i32) -> Option<()> {
        let target = end.wrapping_add_signed(isize::try_from(by).ok()?);
        if target >= self.bytes.len() {
            return Some(());
        }
        *self.targets.get_mut(self.count)? = target;
        if self.reached && target >= end {
            self.ahead |= 1 << self.count;
            self.nearest = self.nearest.min(target);
        }
        self.count += 1;
        Some(())
    }

    /// See [`Found`].
    fn has_private_load(&self) -> bool {
        const MOV: usize = 5;
        const MOV_EAX: u8 = 0xb8;
        let Some(first) = self.at.checked_sub(MOV) else { return false };
        let (start, end) = (first + 1, self.at + 2);
        self.lead == MOV
            && self.bytes.get(first) == Some(&MOV_EAX)
            && !self.targets.iter().take(self.count).any(|target| (start..end).contains(target))
            && !jumps_back(self.bytes, start, end)
            // A displacement cannot straddle the ends of an instruction.
            && !refers(self.bytes.get(..first).unwrap_or_default(), 0, start, end)
            && !refers(self.bytes.get(end..).unwrap_or_default(), end, start, end)
    }
}

/// Whether a short jump close behind leads to `start..end`, or what is close behind cannot be
/// walked through.
fn jumps_back(bytes: &[u8], start: usize, end: usize) -> bool {
    /// How far a jump with a byte of displacement reaches.
    const SHORT: usize = 130;
    let mut at = end;
    while at < bytes.len().min(end + SHORT) {
        let Some(here) = instruction(bytes, at) else { return true };
        at += here.length;
        if let Flow::Branch(by) | Flow::Jump(by) = here.flow
            && (start as i64..end as i64).contains(&(at as i64 + i64::from(by)))
        {
            return true;
        }
    }
    false
}

/// Whether any four of these bytes, the first of which is at offset `base`, would lead to
/// `start..end` as a displacement from behind them. An instruction may have four more bytes behind its displacement.
fn refers(bytes: &[u8], base: usize, start: usize, end: usize) -> bool {
    const BEHIND: u32 = 4;
    let (first, length) = ((start as u32).wrapping_sub(BEHIND), (end - start) as u32 + BEHIND);
    // Four passes over words, each a loop without branches, which becomes SSE2 code.
    (0..4).any(|shift| {
        let words = bytes.get(shift..).unwrap_or_default().chunks_exact(4);
        let base = ((base + shift) as u32).wrapping_add(4).wrapping_sub(first);
        let hits = words.enumerate().fold(0, |hits, (at, word)| {
            let by = word.first_chunk().map_or(0, |word| u32::from_le_bytes(*word));
            hits | u32::from(by.wrapping_add(at as u32 * 4).wrapping_add(base) < length)
        });
        hits != 0
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths() {
        let length = |bytes: &[u8]| instruction(bytes, 0).map(|i| i.length);
        assert_eq!(length(&[0xf3, 0x0f, 0x1e, 0xfa]), Some(4)); // endbr64
        assert_eq!(length(&[0xb8, 1, 0, 0, 0]), Some(5)); // mov $1,%eax
        assert_eq!(length(&[0x48, 0xb8, 1, 2, 3, 4, 5, 6, 7, 8]), Some(10)); // movabs
        assert_eq!(length(&[0x48, 0x3d, 0, 0xf0, 0xff, 0xff]), Some(6)); // cmp $-4096,%rax
        assert_eq!(length(&[0x80, 0x3d, 1, 2, 3, 4, 0]), Some(7)); // cmpb $0,x(%rip)
        assert_eq!(length(&[0x64, 0x89, 0x01]), Some(3)); // mov %eax,%fs:(%rcx)
        assert_eq!(length(&[0x48, 0x83, 0xec, 0x18]), Some(4)); // sub $24,%rsp
        assert_eq!(length(&[0x8b, 0x44, 0x24, 0x0c]), Some(4)); // mov 12(%rsp),%eax
        assert_eq!(length(&[0x66, 0xc7, 0x00, 1, 0]), Some(5)); // movw $1,(%rax)
        assert_eq!(length(&[0xf7, 0xd8]), Some(2)); // neg %eax
        assert_eq!(length(&[0xf7, 0xc1, 1, 0, 0, 0]), Some(6)); // test $1,%ecx
        assert_eq!(length(&[0xc5, 0xf8, 0x77]), None); // vzeroupper
        assert_eq!(length(&[0xb8, 1]), None);
    }

    #[test]
    fn a_site_behind_a_return_is_reached_by_its_branch() {
        let code = [0x74, 1, 0xc3, 0xb8, 3, 0, 0, 0, 0x0f, 0x05];
        assert_eq!(Walk::new(&code).to(8), Some(Found { private_load: true }));
        let code = [0xc3, 0xb8, 3, 0, 0, 0, 0x0f, 0x05];
        assert_eq!(Walk::new(&code).to(6), None);
    }

    #[test]
    fn a_jump_into_an_instruction_is_not_walked_over() {
        // je into the immediate of the mov
        let code = [0x74, 2, 0xb8, 3, 0, 0, 0, 0x0f, 0x05];
        assert_eq!(Walk::new(&code).to(7), None);
    }

    #[test]
    fn behind_a_jump_of_ours_it_goes_on() {
        let code = |slot: [u8; 4]| [&[0xff, 0x24, 0x25], &slot[..], &[0xb8, 3, 0, 0, 0, 0x0f, 0x05]].concat();
        let found = |slot| Walk::new(&code(slot)).to(12);
        assert_eq!(found([8, 0, 0x0f, 5]), Some(Found { private_load: true }));
        assert_eq!(found([8, 0, 6, 0]), Some(Found { private_load: true }));
        // Somebody else's.
        assert_eq!(found([8, 0, 0x10, 5]), None);
    }

    #[test]
    fn private_loads() {
        let private = |code: &[u8]| Walk::new(code).to(5).map(|found| found.private_load);
        assert_eq!(private(&[0xb8, 3, 0, 0, 0, 0x0f, 0x05, 0x48, 0x3d, 0, 0xf0, 0xff, 0xff, 0xc3]), Some(true));
        // A loop back to the syscall, by a short jump and by a long one.
        assert_eq!(private(&[0xb8, 3, 0, 0, 0, 0x0f, 0x05, 0x85, 0xc0, 0x75, 0xfa, 0xc3]), Some(false));
        assert_eq!(private(&[0xb8, 3, 0, 0, 0, 0x0f, 0x05, 0xe9, 0xf9, 0xff, 0xff, 0xff]), Some(false));
        // mov $3,%r8d: the load is not of eax.
        assert_eq!(Walk::new(&[0x41, 0xb8, 3, 0, 0, 0, 0x0f, 0x05]).to(6).map(|f| f.private_load), Some(false));
    }
}
