//! Judging one candidate by the code around it; [`crate::sites`] states the rules.

use crate::code::{Code, Flow, Reachable};
use crate::elf::Segment;
use crate::evidence;
use crate::gap;
use crate::sites::{Proof, Reason};

/// What a region's decoding says about one candidate.
pub(crate) enum Verdict {
    Site { prefixes: u8, proof: Proof },
    Inside,
    Unproven(Reason),
}

/// A function with known bounds, decoded as far as its candidates ask for.
pub(crate) struct Known<'a> {
    code: Code<'a>,
    /// Set once the whole function is decoded.
    reachable: Option<Reachable>,
    followed: Option<Code<'a>>,
}

impl<'a> Known<'a> {
    pub(crate) fn new(bytes: &'a [u8], base: u64) -> Self {
        Self { code: Code::new(bytes, base), reachable: None, followed: None }
    }

    pub(crate) fn judge(&mut self, address: u64, landing_pads: bool, proof: Proof) -> Verdict {
        let Some(offset) = self.code.offset(address) else {
            return Verdict::Unproven(Reason::Unreached);
        };
        self.code.extend(offset + 1);
        let linear = self.code.covering(offset);
        // Straight from the entry, without a jump on the way: most candidates are decided here, and nothing
        // more of the function is decoded.
        if let Some(index) = linear
            && self.code.run_start(index) == 0
        {
            match prefixes(&self.code, index, offset) {
                Some(prefixes) => return Verdict::Site { prefixes, proof },
                None if !self.code.jumps_into(address, address.saturating_add(1)) => return Verdict::Inside,
                None => {}
            }
        }
        if let Some(verdict) = self.judge_linear(offset, landing_pads, proof) {
            return verdict;
        }
        let (bytes, base) = (self.code.bytes, self.code.base);
        let followed = self.followed.get_or_insert_with(|| Code::follow(bytes, base, &[0]));
        if let Some(verdict) = judge_followed(followed, offset, proof) {
            return verdict;
        }
        match linear.map(|index| (index, prefixes(&self.code, index, offset))) {
            // Another function may jump here, as compilers do into the parts they split off as cold.
            Some((index, Some(prefixes))) if is_idiom_site(&self.code, index, offset) => {
                Verdict::Site { prefixes, proof: Proof::Linear }
            }
            Some((_, None)) if !self.code.invalid => Verdict::Inside,
            _ => Verdict::Unproven(Reason::Unreached),
        }
    }

    /// By the linear decode, if it got this far and the block is reached or can be.
    fn judge_linear(&mut self, offset: usize, landing_pads: bool, proof: Proof) -> Option<Verdict> {
        let index = self.code.covering(offset)?;
        let reachable = self.reachable.get_or_insert_with(|| {
            self.code.extend(usize::MAX);
            self.code.reachable(&[0])
        });
        if reachable.out_of_step {
            return None;
        }
        if !reachable.steps.get(index).copied().unwrap_or(false) {
            let start = self.code.steps.get(self.code.run_start(index))?.offset;
            let indirectly = self.code.indirect || landing_pads;
            if !indirectly || self.code.invalid || self.code.used_as_data(start, offset + 2) {
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
    let covers = |index: &usize| code.steps.get(*index).is_some_and(|s| s.offset <= offset && offset < s.end());
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

/// A known function and some bytes behind its recorded end, into which control may run.
pub(crate) struct FallThrough<'a> {
    code: Code<'a>,
    reachable: Reachable,
}

impl<'a> FallThrough<'a> {
    /// `bytes` start with the known function, at `base`; its recorded length is `length`.
    pub(crate) fn new(bytes: &'a [u8], base: u64, length: usize) -> Self {
        let mut code = Code::new(bytes, base);
        code.extend(usize::MAX);
        // A function that ends in a call ends in one that does not return (`abort`, `exit`): what follows may be data.
        if let Some(last) = code.steps.iter_mut().find(|step| step.end() == length)
            && (last.flow == Flow::Call || last.flow.is_site())
        {
            last.flow = Flow::Stop;
        }
        let reachable = code.reachable(&[0]);
        Self { code, reachable }
    }

    /// What the candidate is, if control reaches it.
    pub(crate) fn judge(&self, address: u64) -> Option<Verdict> {
        let offset = self.code.offset(address)?;
        let index = self.code.covering(offset)?;
        let reached = *self.reachable.steps.get(index)? && !self.reachable.out_of_step;
        reached.then(|| match prefixes(&self.code, index, offset) {
            Some(prefixes) => Verdict::Site { prefixes, proof: Proof::Linear },
            None => Verdict::Inside,
        })
    }
}

/// Whether the bytes around the candidate read as a system call.
pub(crate) fn idiom(segment: &Segment<'_>, window: (u64, u64), address: u64) -> Verdict {
    let site = || {
        let code = gap::sweep(segment, window, address)?;
        let offset = code.offset(address)?;
        let index = code.covering(offset)?;
        is_idiom_site(&code, index, offset).then(|| prefixes(&code, index, offset))?
    };
    match site() {
        Some(prefixes) => Verdict::Site { prefixes, proof: Proof::Linear },
        None => Verdict::Unproven(Reason::NoEvidence),
    }
}

fn is_idiom_site(code: &Code<'_>, index: usize, offset: usize) -> bool {
    let syscall = code.steps.get(index).is_some_and(|step| step.flow == Flow::Syscall);
    syscall && prefixes(code, index, offset).is_some() && evidence::is_idiom(code, index)
}

/// If step `index` is a site whose opcode is at `offset`: the number of prefix bytes before it.
fn prefixes(code: &Code<'_>, index: usize, offset: usize) -> Option<u8> {
    let step = code.steps.get(index)?;
    let site = step.flow.is_site() && step.end() == offset + 2;
    site.then(|| u8::try_from(offset - step.offset).ok())?
}
