//! Finds sites: proves which of the byte pairs that look like `syscall` are instructions.
//!
//! The pairs `0f 05` and `0f 34` are searched as bytes; a function without one is never decoded. A pair is a
//! site only if decoding shows an instruction boundary there, by the first of these that applies:
//!
//! 1. **Function bounds known** (an FDE; else a symbol). The function is decoded from its start.
//!    The pair is a site if it is an instruction that control reaches from the start through direct jumps; or
//!    if it is one in the linear decode and its block can be the target of something that a decoder cannot
//!    follow (a jump through a table, an exception landing pad), and no instruction of the function uses
//!    the block's bytes as data. If the linear decode stumbles (data inside the function), only the
//!    code that direct jumps reach is decoded.
//! 2. **Between known functions.** The pair is a site if control runs into it from the known function before
//!    (glibc's `clone` ends its FDE at its own `syscall`).
//! 3. **Idiom.** Otherwise the bytes before it are decoded, from the end of the known function before it
//!    or from 4 KiB back, starting again at the next 16-byte boundary after anything that no program
//!    contains (invalid or privileged instructions, jumps out of the segment). The pair is a site if the
//!    unbroken stretch has it on a boundary and reads as a system call: on the straight way to it rax gets
//!    a constant below 1024; or rax is loaded and the instruction behind examines or returns the result.
//!    `sysenter` has no idiom in 64-bit code.
//!
//! What decodes as part of another instruction is rejected; what cannot be decided is [`Unproven`],
//! with the reason, and must not be patched.

use crate::code::{Code, Flow};
use crate::elf::{Object, Segment};
use crate::evidence;
use crate::frames::{Function, Lookup};
use crate::gap;
use crate::search;
use alloc::vec::Vec;

/// Which instruction a site is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `0f 05`
    Syscall,
    /// `0f 34`
    Sysenter,
}

/// Why a site is known to be code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proof {
    /// Decoded from the start of a function that the unwind tables record.
    Fde,
    /// Decoded from the start of a function symbol.
    Symbol,
    /// Decoded between known functions, with the evidence that [`crate::sites`] asks for.
    Linear,
}

/// A proven `syscall` or `sysenter` instruction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Site {
    /// Address of the `0f` byte, behind any prefixes.
    pub address: u64,
    /// Which instruction it is.
    pub kind: Kind,
    /// Why it is known to be code.
    pub proof: Proof,
    /// How many prefix bytes the instruction has before `address`.
    pub prefixes: u8,
    /// Bounds of the function around it; equal where unknown.
    pub function: (u64, u64),
}

/// Why a candidate was not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// In a function, but nothing shows that control reaches it.
    Unreached,
    /// Control reaches it both as an instruction and as a part of another one.
    Overlapping,
    /// Outside all known functions, and the bytes around it do not read as a system call.
    NoEvidence,
    /// The object's tables make for more work than any real object needs.
    Budget,
}

/// Bytes that look like a `syscall` and could not be decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unproven {
    /// Address of the `0f` byte.
    pub address: u64,
    /// What is missing.
    pub reason: Reason,
}

/// The answer for one object; both lists ascend within each segment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sites {
    /// Proven instructions.
    pub sites: Vec<Site>,
    /// Undecided candidates: left alone.
    pub unproven: Vec<Unproven>,
    /// How many candidates are parts of other instructions.
    pub rejected: usize,
}

/// Finds the sites of `object`.
pub fn find_sites(object: &Object<'_>) -> Sites {
    let mut candidates = Vec::new();
    let length: usize = object.text.iter().map(|segment| segment.bytes.len()).sum();
    let mut finder = Finder {
        object,
        symbols: None,
        found: Sites::default(),
        budget: length.saturating_mul(4).saturating_add(1 << 20),
    };
    for segment in &object.text {
        candidates.clear();
        search::candidates(segment.bytes, &mut candidates);
        finder.segment(segment, &candidates);
    }
    finder.found
}

/// What a region's decoding says about one candidate.
enum Verdict {
    Site { prefixes: u8, proof: Proof },
    Inside,
    Unproven(Reason),
}

struct Finder<'o, 'a> {
    object: &'o Object<'a>,
    /// Sorted at first need.
    symbols: Option<Vec<(u64, u64)>>,
    found: Sites,
    /// How many more bytes may be decoded.
    budget: usize,
}

impl<'a> Finder<'_, 'a> {
    /// Goes through the ascending candidates (offsets), one known function or gap at a time.
    fn segment(&mut self, segment: &Segment<'a>, mut candidates: &[usize]) {
        while let Some(first) = candidates.first() {
            let address = segment.vaddr.wrapping_add(*first as u64);
            let lookup = match &self.object.frames {
                Some(frames) => frames.lookup(address),
                None => Lookup::Between(None, None),
            };
            let (before, start, end) = match lookup {
                Lookup::Inside(function) => (None, function.start, function.end),
                Lookup::Between(before, next) => (
                    before,
                    before.map_or(0, |f| f.end),
                    next.unwrap_or(u64::MAX),
                ),
            };
            let (start, end) = (start.max(segment.vaddr), end.min(segment.end()));
            let inside = |offset: &usize| segment.vaddr.wrapping_add(*offset as u64) < end;
            // At least the candidate itself, whatever the tables say.
            let (here, rest) = candidates.split_at(candidates.partition_point(inside).max(1));
            candidates = rest;
            match lookup {
                Lookup::Inside(function) => {
                    let function = Function {
                        start,
                        end,
                        ..function
                    };
                    self.function(segment, function, Proof::Fde, here);
                }
                Lookup::Between(..) => {
                    for offset in here {
                        self.between(segment, before, (start, end), *offset);
                    }
                }
            }
        }
    }

    fn function(
        &mut self,
        segment: &Segment<'a>,
        function: Function,
        proof: Proof,
        candidates: &[usize],
    ) {
        // See [`Function::signal`].
        let entry = function.start + u64::from(function.signal);
        let Some(bytes) = segment.range(entry, function.end) else {
            return self.all_unproven(segment, candidates, Reason::NoEvidence);
        };
        if !self.spend(bytes.len()) {
            return self.all_unproven(segment, candidates, Reason::Budget);
        }
        let mut known = Known {
            code: Code::new(bytes, entry),
            reached: None,
            followed: None,
        };
        for offset in candidates {
            let address = segment.vaddr.wrapping_add(*offset as u64);
            let verdict = known.judge(address, function.landing_pads, proof);
            self.record(segment, *offset, (entry, function.end), verdict);
        }
    }

    fn between(
        &mut self,
        segment: &Segment<'a>,
        before: Option<Function>,
        gap: (u64, u64),
        offset: usize,
    ) {
        let address = segment.vaddr.wrapping_add(offset as u64);
        if let Some((start, end)) = self.symbol(address, gap) {
            let function = Function {
                start,
                end,
                signal: false,
                landing_pads: false,
            };
            return self.function(segment, function, Proof::Symbol, &[offset]);
        }
        let mut verdict = Verdict::Unproven(Reason::NoEvidence);
        let window = gap::window(gap.0, gap.1, address);
        if let Some(before) = before.filter(|_| window.0 == gap.0)
            && let Some(bytes) = segment.range(before.start, window.1)
        {
            if !self.spend(bytes.len()) {
                return self.all_unproven(segment, &[offset], Reason::Budget);
            }
            verdict = flows_from(bytes, before.start, address);
        }
        if matches!(verdict, Verdict::Unproven(_)) {
            // A stretch is decoded twice, and again behind each break.
            if !self.spend(4 * usize::try_from(window.1 - window.0).unwrap_or(usize::MAX)) {
                return self.all_unproven(segment, &[offset], Reason::Budget);
            }
            verdict = idiom(segment, window, address);
        }
        self.record(segment, offset, (gap.0, gap.0), verdict);
    }

    /// The function symbol around `address`, within the gap.
    fn symbol(&mut self, address: u64, gap: (u64, u64)) -> Option<(u64, u64)> {
        let object = self.object;
        let symbols = self
            .symbols
            .get_or_insert_with(|| object.symbols.functions());
        let behind = symbols.partition_point(|(start, _)| *start <= address);
        let (start, end) = *symbols.get(behind.checked_sub(1)?)?;
        let next = symbols
            .get(behind)
            .map_or(gap.1, |(next, _)| *next)
            .min(gap.1);
        // Hand-written functions often have no size: they end where the next one starts.
        let end = if end == start { next } else { end.min(gap.1) };
        (gap.0 <= start && address < end).then_some((start, end))
    }

    fn spend(&mut self, bytes: usize) -> bool {
        let left = self.budget.checked_sub(bytes);
        self.budget = left.unwrap_or(0);
        left.is_some()
    }

    fn all_unproven(&mut self, segment: &Segment<'_>, candidates: &[usize], reason: Reason) {
        for offset in candidates {
            self.record(segment, *offset, (0, 0), Verdict::Unproven(reason));
        }
    }

    fn record(
        &mut self,
        segment: &Segment<'_>,
        offset: usize,
        function: (u64, u64),
        verdict: Verdict,
    ) {
        let address = segment.vaddr.wrapping_add(offset as u64);
        match verdict {
            Verdict::Site { prefixes, proof } => {
                let kind = match segment.bytes.get(offset + 1) {
                    Some(0x34) => Kind::Sysenter,
                    _ => Kind::Syscall,
                };
                self.found.sites.push(Site {
                    address,
                    kind,
                    proof,
                    prefixes,
                    function,
                });
            }
            Verdict::Inside => self.found.rejected += 1,
            Verdict::Unproven(reason) => self.found.unproven.push(Unproven { address, reason }),
        }
    }
}

/// A function with known bounds, decoded as far as its candidates ask for.
struct Known<'a> {
    code: Code<'a>,
    /// Which linear steps direct control flow reaches; set once the whole function is decoded.
    reached: Option<Vec<bool>>,
    followed: Option<Code<'a>>,
}

impl Known<'_> {
    fn judge(&mut self, address: u64, landing_pads: bool, proof: Proof) -> Verdict {
        let Some(offset) = self.code.offset(address) else {
            return Verdict::Unproven(Reason::Unreached);
        };
        self.code.extend(offset + 1);
        let linear = self.code.covering(offset);
        // Most candidates are parts of other instructions: nothing more is decoded for those.
        if let Some(index) = linear
            && prefixes(&self.code, index, offset).is_none()
            && self.code.run_start(index) == 0
        {
            return Verdict::Inside;
        }
        if let Some(verdict) = self.judge_linear(offset, landing_pads, proof) {
            return verdict;
        }
        let (bytes, base) = (self.code.bytes, self.code.base);
        let followed = self
            .followed
            .get_or_insert_with(|| Code::follow(bytes, base, &[0]));
        if let Some(verdict) = judge_followed(followed, offset, proof) {
            return verdict;
        }
        match linear {
            Some(index) if is_idiom_site(&self.code, index, offset) => Verdict::Site {
                prefixes: prefixes(&self.code, index, offset).unwrap_or(0),
                proof: Proof::Linear,
            },
            _ => Verdict::Unproven(Reason::Unreached),
        }
    }

    /// By the linear decode, if it got this far and the block is reached or can be.
    fn judge_linear(&mut self, offset: usize, landing_pads: bool, proof: Proof) -> Option<Verdict> {
        let index = self.code.covering(offset)?;
        let reached = self.reached.get_or_insert_with(|| {
            self.code.extend(usize::MAX);
            self.code.reachable(&[0])
        });
        if !reached.get(index).copied().unwrap_or(false) {
            let start = self.code.steps.get(self.code.run_start(index))?.offset;
            let reachable = self.code.indirect || landing_pads;
            if !reachable || self.code.invalid || self.code.used_as_data(start, offset + 2) {
                return None;
            }
        }
        Some(match prefixes(&self.code, index, offset) {
            Some(prefixes) => Verdict::Site { prefixes, proof },
            None => Verdict::Inside,
        })
    }
}

/// By the code that direct jumps reach, whatever lies between.
fn judge_followed(code: &Code<'_>, offset: usize, proof: Proof) -> Option<Verdict> {
    let covers = |index: &usize| {
        code.steps
            .get(*index)
            .is_some_and(|s| s.offset <= offset && offset < s.end())
    };
    // Where jumps go into the middle of instructions, several may cover one byte.
    let behind = code.steps.partition_point(|step| step.offset <= offset);
    let mut covering = (behind.saturating_sub(15)..behind).filter(covers);
    let first = covering.next()?;
    let site = prefixes(code, first, offset);
    Some(match (site, covering.next()) {
        (Some(prefixes), None) => Verdict::Site { prefixes, proof },
        (None, None) => Verdict::Inside,
        (_, Some(_)) => Verdict::Unproven(Reason::Overlapping),
    })
}

/// Whether control runs from the known function at the start of `bytes` into the candidate.
fn flows_from(bytes: &[u8], base: u64, address: u64) -> Verdict {
    let mut code = Code::new(bytes, base);
    let reached = || {
        let offset = code.offset(address)?;
        code.extend(usize::MAX);
        let index = code.covering(offset)?;
        let reached = code.reachable(&[0]).get(index).copied()?;
        reached.then(|| prefixes(&code, index, offset))
    };
    match { reached }() {
        Some(Some(prefixes)) => Verdict::Site {
            prefixes,
            proof: Proof::Linear,
        },
        Some(None) => Verdict::Inside,
        None => Verdict::Unproven(Reason::NoEvidence),
    }
}

/// Whether the bytes around the candidate read as a system call.
fn idiom(segment: &Segment<'_>, window: (u64, u64), address: u64) -> Verdict {
    let site = || {
        let code = gap::sweep(segment, window, address)?;
        let offset = code.offset(address)?;
        let index = code.covering(offset)?;
        is_idiom_site(&code, index, offset).then(|| prefixes(&code, index, offset))?
    };
    match site() {
        Some(prefixes) => Verdict::Site {
            prefixes,
            proof: Proof::Linear,
        },
        None => Verdict::Unproven(Reason::NoEvidence),
    }
}

fn is_idiom_site(code: &Code<'_>, index: usize, offset: usize) -> bool {
    let syscall = code
        .steps
        .get(index)
        .is_some_and(|step| step.flow == Flow::Syscall);
    syscall && prefixes(code, index, offset).is_some() && evidence::is_idiom(code, index)
}

/// If step `index` is a site whose opcode is at `offset`: the number of prefix bytes before it.
fn prefixes(code: &Code<'_>, index: usize, offset: usize) -> Option<u8> {
    let step = code.steps.get(index)?;
    let site = matches!(step.flow, Flow::Syscall | Flow::Sysenter) && step.end() == offset + 2;
    site.then(|| u8::try_from(offset - step.offset).ok())?
}
