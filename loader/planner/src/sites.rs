//! Finds sites: proves which of the byte pairs that look like `syscall` are instructions.
//!
//! The pairs `0f 05` and `0f 34` are searched as bytes; a function without one is never decoded. A pair is a
//! site only if decoding shows an instruction boundary there, by the first of these that applies:
//!
//! 1. **Function bounds known** (an FDE). The function is decoded from its start. The pair is a site if it is an
//!    instruction that control reaches from the start through direct jumps; or if it is one in the linear
//!    decode and its block can be the target of something that a decoder cannot follow (a jump through a table,
//!    an exception landing pad), and no instruction of the function uses the block's bytes as data. If the
//!    linear decode stumbles (data inside the function), only the code that direct jumps reach is decoded.
//! 2. **Behind a known function.** The pair is a site if control runs into it from the known function before
//!    (glibc's `clone` ends its FDE at its own `syscall`), not counting what follows a last call.
//! 3. **Symbol.** As the first rule, from the start of a function symbol.
//! 4. **Idiom.** Otherwise the bytes before it are decoded, from the end of the known function before it or from
//!    256 bytes back, starting again at the next 16-byte boundary after anything that no program contains
//!    (invalid or privileged instructions, jumps out of the segment, pairs of zero bytes). The pair is a site
//!    if the unbroken stretch has it on a boundary and reads as a system call: on the straight way to it rax
//!    gets a constant below 1024; or rax is loaded, and one of the two instructions behind examines or
//!    returns the result; or one of those compares rax with -4095; and the next instructions are code too.
//!    Before the first and behind the last function of unwind tables that span most of the object this is not
//!    tried: there lie the read-only data of objects linked without a segment of their own for it. `sysenter`
//!    has no idiom in 64-bit code.
//!
//! What decodes as part of another instruction is rejected; what cannot be decided is [`Unproven`],
//! with the reason, and must not be patched.

use crate::elf::{Object, Segment};
use crate::frames::{Frames, Function, Lookup};
use crate::gap;
use crate::judge::{FallThrough, Known, Verdict, idiom};
use crate::quick::Walk;
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
    /// Known without decoding: `mov $nr,%eax` falls through to it, and nothing in the function refers to any byte
    /// of the two but the first.
    pub private_load: bool,
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

impl core::fmt::Display for Reason {
    /// One word, for tables and statistics.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(match self {
            Self::Unreached => "unreached",
            Self::Overlapping => "overlapping",
            Self::NoEvidence => "no-evidence",
            Self::Budget => "budget",
        })
    }
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
    find(object, Means::Both)
}

/// Finds those of its sites that [`Site::private_load`] holds for, and no others, in a fraction of the time.
pub fn find_private_loads(object: &Object<'_>) -> Vec<Site> {
    let mut sites = find(object, Means::Walk).sites;
    sites.retain(|site| site.private_load);
    sites
}

fn find(object: &Object<'_>, means: Means) -> Sites {
    let mut candidates = Vec::new();
    let mut finder = Finder { means, ..Finder::new(object) };
    for segment in &object.text {
        candidates.clear();
        search::candidates(segment.bytes, &mut candidates);
        finder.segment(segment, &candidates);
    }
    finder.found
}

/// By what a site is proven.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Means {
    /// Known functions are walked through; what that does not tell is left out.
    Walk,
    /// Decoding alone.
    Decode,
    /// Walking, and decoding where that does not tell.
    Both,
}

/// As [`find_sites`], with the decoder alone: what a test holds the walk ([`crate::quick`]) against.
#[doc(hidden)]
pub fn find_sites_by_decoding(object: &Object<'_>) -> Sites {
    find(object, Means::Decode)
}

/// Looks at one candidate only: the instruction at `address`, if it is proven to be a site. For an address that is
/// known to be executed, when the rest of the object does not matter; so one that decodes as a part of
/// another instruction is [`Reason::Overlapping`].
pub fn find_site(object: &Object<'_>, address: u64) -> Result<Site, Reason> {
    let segment = object.segment(address).ok_or(Reason::NoEvidence)?;
    let offset = address.checked_sub(segment.vaddr).and_then(|offset| usize::try_from(offset).ok());
    let mut finder = Finder::new(object);
    finder.segment(segment, &[offset.ok_or(Reason::NoEvidence)?]);
    let Sites { mut sites, unproven, .. } = finder.found;
    let why = unproven.first().map_or(Reason::Overlapping, |unproven| unproven.reason);
    sites.pop().ok_or(why)
}

/// From the first to the last function that the unwind tables record; everything if they record only a
/// small part of the object, as with Go programs that contain some C.
fn extent(frames: Option<&Frames<'_>>, text: usize) -> (u64, u64) {
    let everything = (0, u64::MAX);
    let (first, end) = frames.map_or(everything, Frames::extent);
    if end.saturating_sub(first) < text as u64 / 4 {
        return everything;
    }
    (first, end)
}

/// How far behind a function's recorded end its code is looked for.
const FALL_THROUGH: u64 = 1024;

struct Finder<'o, 'a> {
    object: &'o Object<'a>,
    /// Bytes of all segments.
    length: usize,
    /// Where code may be that nothing records; see [`extent`]. Looked up at first need.
    extent: Option<(u64, u64)>,
    /// Sorted at first need.
    symbols: Option<Vec<(u64, u64)>>,
    found: Sites,
    /// How many more bytes may be decoded.
    budget: usize,
    means: Means,
}

impl<'o, 'a> Finder<'o, 'a> {
    fn new(object: &'o Object<'a>) -> Self {
        let length: usize = object.text.iter().map(|segment| segment.bytes.len()).sum();
        Self {
            object,
            length,
            extent: None,
            symbols: None,
            found: Sites::default(),
            budget: length.saturating_mul(4).saturating_add(1 << 20),
            means: Means::Both,
        }
    }

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
                Lookup::Between(before, next) => (before, before.map_or(0, |f| f.end), next.unwrap_or(u64::MAX)),
            };
            let (start, end) = (start.max(segment.vaddr), end.min(segment.end()));
            let inside = |offset: &usize| segment.vaddr.wrapping_add(*offset as u64) < end;
            // At least the candidate itself, whatever the tables say.
            let (here, rest) = candidates.split_at(candidates.partition_point(inside).max(1));
            candidates = rest;
            match lookup {
                Lookup::Inside(function) => {
                    let function = Function { start, end, ..function };
                    self.function(segment, function, Proof::Fde, here);
                }
                Lookup::Between(..) if self.means == Means::Walk => {}
                Lookup::Between(..) => self.gap(segment, before, (start, end), here),
            }
        }
    }

    /// Candidates between known functions.
    fn gap(&mut self, segment: &Segment<'a>, before: Option<Function>, gap: (u64, u64), mut candidates: &[usize]) {
        let mut fall_through = None;
        while let Some((first, rest)) = candidates.split_first() {
            let address = segment.vaddr.wrapping_add(*first as u64);
            let fall_through = fall_through.get_or_insert_with(|| self.fall_through(segment, before?, gap, address));
            if let Some(verdict) = fall_through.as_ref().and_then(|f| f.judge(address)) {
                self.record(segment, *first, (gap.0, gap.0), verdict);
                candidates = rest;
            } else if let Some((start, end)) = self.symbol(address, gap) {
                let inside = |offset: &usize| segment.vaddr.wrapping_add(*offset as u64) < end;
                let (here, rest) = candidates.split_at(candidates.partition_point(inside).max(1));
                let function = Function { start, end, signal: false, landing_pads: false };
                self.function(segment, function, Proof::Symbol, here);
                candidates = rest;
            } else {
                self.unknown(segment, gap, *first);
                candidates = rest;
            }
        }
    }

    fn function(&mut self, segment: &Segment<'a>, function: Function, proof: Proof, candidates: &[usize]) {
        // See [`Function::signal`].
        let entry = function.start + u64::from(function.signal);
        let Some(bytes) = segment.range(entry, function.end) else {
            return self.all_unproven(segment, candidates, Reason::NoEvidence);
        };
        if !self.spend(bytes.len()) {
            return self.all_unproven(segment, candidates, Reason::Budget);
        }
        let mut walk = Walk::new(bytes);
        let mut known = None;
        for offset in candidates {
            let address = segment.vaddr.wrapping_add(*offset as u64);
            let within = usize::try_from(address.wrapping_sub(entry)).unwrap_or(usize::MAX);
            if self.means != Means::Decode
                && let Some(found) = walk.to(within)
            {
                let site = Site {
                    address,
                    kind: Kind::Syscall,
                    proof,
                    prefixes: 0,
                    function: (entry, function.end),
                    private_load: found.private_load,
                };
                self.found.sites.push(site);
                continue;
            }
            if self.means == Means::Walk {
                continue;
            }
            let known = known.get_or_insert_with(|| Known::new(bytes, entry));
            let verdict = known.judge(address, function.landing_pads, proof);
            self.record(segment, *offset, (entry, function.end), verdict);
        }
    }

    /// A candidate that no function is known around.
    fn unknown(&mut self, segment: &Segment<'a>, gap: (u64, u64), offset: usize) {
        let address = segment.vaddr.wrapping_add(offset as u64);
        let (first, end) = self.extent();
        if address < first || end <= address {
            return self.all_unproven(segment, &[offset], Reason::NoEvidence);
        }
        let window = gap::window(gap.0, gap.1, address);
        // A stretch is decoded twice, and again behind each break.
        if !self.spend(4 * usize::try_from(window.1 - window.0).unwrap_or(usize::MAX)) {
            return self.all_unproven(segment, &[offset], Reason::Budget);
        }
        self.record(segment, offset, (gap.0, gap.0), idiom(segment, window, address));
    }

    /// Decodes the known function before a gap, if a candidate lies close behind it.
    fn fall_through(
        &mut self,
        segment: &Segment<'a>,
        before: Function,
        gap: (u64, u64),
        first: u64,
    ) -> Option<FallThrough<'a>> {
        let end = gap.1.min(gap.0.saturating_add(FALL_THROUGH));
        let bytes = segment.range(before.start, end).filter(|_| first < end)?;
        self.spend(bytes.len()).then(|| {
            let length = usize::try_from(before.end - before.start).unwrap_or(usize::MAX);
            FallThrough::new(bytes, before.start, length)
        })
    }

    /// The function symbol around `address`, within the gap.
    fn symbol(&mut self, address: u64, gap: (u64, u64)) -> Option<(u64, u64)> {
        let object = self.object;
        let (_, extent) = self.extent();
        let symbols = self.symbols.get_or_insert_with(|| object.symbols.functions());
        let behind = symbols.partition_point(|(start, _)| *start <= address);
        let (start, end) = *symbols.get(behind.checked_sub(1)?)?;
        // Hand-written functions often have no size: they end where the next one starts. Behind the last there
        // may be anything.
        let end = match symbols.get(behind) {
            _ if end != start => end,
            Some((next, _)) => *next,
            None => extent,
        };
        let end = end.min(gap.1);
        (gap.0 <= start && address < end).then_some((start, end))
    }

    fn extent(&mut self) -> (u64, u64) {
        let (frames, length) = (self.object.frames.as_ref(), self.length);
        *self.extent.get_or_insert_with(|| extent(frames, length))
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

    fn record(&mut self, segment: &Segment<'_>, offset: usize, function: (u64, u64), verdict: Verdict) {
        let address = segment.vaddr.wrapping_add(offset as u64);
        match verdict {
            Verdict::Site { prefixes, proof } => {
                let kind = match segment.bytes.get(offset + 1) {
                    Some(0x34) => Kind::Sysenter,
                    _ => Kind::Syscall,
                };
                self.found.sites.push(Site { address, kind, proof, prefixes, function, private_load: false });
            }
            Verdict::Inside => self.found.rejected += 1,
            Verdict::Unproven(reason) => self.found.unproven.push(Unproven { address, reason }),
        }
    }
}
