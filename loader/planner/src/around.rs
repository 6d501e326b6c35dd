//! The code around a site, decoded once for all questions about it.

use crate::code::Code;
use crate::elf::Object;
use crate::frames::Lookup;
use crate::gap;
use crate::sites::Site;
use alloc::vec::Vec;

/// A split function has a handful of parts. One with more is not worth the time.
const MOST_PARTS: usize = 16;
/// No part of a function that the planner follows is longer.
const LONGEST_PART: u64 = 1 << 16;

/// The function that contains a site, or the stretch of code that leads to it.
#[derive(Debug)]
pub(crate) struct Around<'a> {
    pub(crate) code: Code<'a>,
    /// The function's bounds are known, and every byte of it decoded as code.
    pub(crate) whole: bool,
    /// Blocks may be entered by the unwinder.
    landing_pads: bool,
    function: (u64, u64),
}

impl<'a> Around<'a> {
    /// Decodes around `site`.
    pub(crate) fn new(object: &Object<'a>, site: &Site) -> Option<Self> {
        let segment = object.segment(site.address)?;
        let (start, end) = site.function;
        let mut landing_pads = false;
        let mut code = match segment.range(start, end) {
            Some(bytes) if start <= site.address && site.address < end => Code::new(bytes, start),
            _ => {
                let window = gap::window(segment.vaddr, segment.end(), site.address);
                gap::sweep(segment, window, site.address)?
            }
        };
        let bounded = code.base == start && start < end;
        if bounded
            && let Some(frames) = &object.frames
            && let Lookup::Inside(function) = frames.lookup(site.address)
        {
            landing_pads = function.landing_pads;
        }
        code.extend(usize::MAX);
        let whole = bounded && !code.invalid && !code.reachable(&[0]).out_of_step;
        let offset = code.offset(site.address)?;
        let site_at = |code: &Code<'_>| {
            let step = code.covering(offset).and_then(|index| code.steps.get(index));
            step.is_some_and(|step| step.end() == offset + 2 && step.flow.is_site())
        };
        if !whole && !site_at(&code) {
            code = Code::follow(code.bytes, code.base, &[0]);
        }
        site_at(&code).then_some(Self { whole, code, landing_pads, function: site.function })
    }

    /// Whether this is the function around `site`, too.
    pub(crate) fn is_around(&self, site: &Site) -> bool {
        self.function == site.function && self.whole && self.index(site).is_some()
    }

    /// The step that is the site.
    pub(crate) fn index(&self, site: &Site) -> Option<usize> {
        let offset = self.code.offset(site.address)?;
        self.code.covering(offset)
    }

    /// Whether blocks can be entered in ways that no direct jump shows.
    pub(crate) fn has_hidden_entries(&self) -> bool {
        !self.whole || self.code.indirect || self.landing_pads
    }

    /// Where this function jumps out of itself to anything but the start of a function: it is one part of a
    /// split function, and that is another part of it. `None` if that cannot be told.
    pub(crate) fn leaves_into_middle(&self, object: &Object<'_>) -> Option<bool> {
        let frames = object.frames.as_ref()?;
        let mut outside = self.outside();
        Some(outside.any(|target| !frames.is_start(target) && !frames.is_start(target.wrapping_sub(1))))
    }

    /// Whether another part of this function jumps to an address in `[start, end)`. The compiler may
    /// have split it; the parts then jump to each other. `None` if that cannot be told.
    pub(crate) fn parts_jump_into(&self, object: &Object<'a>, start: u64, end: u64) -> Option<bool> {
        let mut pending: Vec<u64> = self.outside().collect();
        let mut done: Vec<(u64, u64)> = Vec::new();
        while let Some(address) = pending.pop() {
            let is_done = |(from, to): &(u64, u64)| *from <= address && address < *to;
            if is_done(&self.function) || done.iter().any(is_done) {
                continue;
            }
            let Lookup::Inside(part) = object.frames.as_ref()?.lookup(address) else {
                return None;
            };
            if part.end - part.start > LONGEST_PART || done.len() == MOST_PARTS {
                return None;
            }
            let bytes = object.segment(part.start)?.range(part.start, part.end)?;
            let mut code = Code::new(bytes, part.start);
            code.extend(usize::MAX);
            done.push((part.start, part.end));
            if code.invalid {
                return None;
            }
            if code.jumps_into(start, end) {
                return Some(true);
            }
            // A whole other function, called in tail position, has no business here; a part of this one has, and
            // may have parts of its own.
            if code.targets().any(|target| is_within(target, self.function)) {
                pending.extend(code.targets());
            }
        }
        Some(false)
    }

    fn outside(&self) -> impl Iterator<Item = u64> {
        self.code.targets().filter(|target| !is_within(*target, self.function))
    }
}

fn is_within(address: u64, (start, end): (u64, u64)) -> bool {
    start <= address && address < end
}
