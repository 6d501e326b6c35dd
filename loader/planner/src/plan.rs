//! The patch of a site: the bytes to write, and what whoever writes them must know.
//!
//! Mechanism `zpoline` puts `ff d0` (`call *%rax`) over `0f 05`. The instruction's length stays, so a thread that
//! returns from the kernel behind it, or is restarted on it, finds an instruction there.

use crate::around::Around;
use crate::elf::Object;
use crate::jump::{self, Detour, Refusal};
use crate::red_zone::{RedZone, red_zone};
use crate::sites::Site;

/// A few bytes, by value.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub struct Bytes {
    bytes: [u8; Self::MOST],
    length: u8,
}

impl Bytes {
    /// One byte short of a jump's length, and one more instruction of the longest kind.
    pub const MOST: usize = 24;

    /// A copy of `bytes`; `None` if they are more than [`Bytes::MOST`].
    pub fn new(bytes: &[u8]) -> Option<Self> {
        let mut copy = [0; Self::MOST];
        copy.get_mut(..bytes.len())?.copy_from_slice(bytes);
        Some(Self { bytes: copy, length: u8::try_from(bytes.len()).ok()? })
    }
}

impl core::ops::Deref for Bytes {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        self.bytes.get(..usize::from(self.length)).unwrap_or_default()
    }
}

impl core::fmt::Debug for Bytes {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "{:02x?}", &**self)
    }
}

/// Bytes to write at an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patch {
    /// Where.
    pub address: u64,
    /// What is there now.
    pub old: Bytes,
    /// What to write; as long as `old`.
    pub new: Bytes,
}

impl Patch {
    /// Whether the patched bytes lie in two cache lines: no single store writes them atomically.
    pub fn straddles_line(&self) -> bool {
        self.straddles(64)
    }

    /// Whether the patched bytes lie in two pages: both need their protection changed.
    pub fn straddles_page(&self) -> bool {
        self.straddles(4096)
    }

    fn straddles(&self, unit: u64) -> bool {
        let last = self.address.wrapping_add(self.old.len().saturating_sub(1) as u64);
        self.address / unit != last / unit
    }
}

const NOP: u8 = 0x90;
const CALL_RAX: [u8; 2] = [0xff, 0xd0];

/// `call *%rax` over the site. Prefixes become `nop`: with REX.B before it the call would take r8.
///
/// `None` if the site is not one of `object`, or a `sysenter`: that is no call in 64-bit code.
pub fn zpoline(object: &Object<'_>, site: &Site) -> Option<Patch> {
    let prefixes = usize::from(site.prefixes);
    let address = site.address.checked_sub(u64::from(site.prefixes))?;
    let segment = object.segment(address)?;
    let old = segment.range(address, site.address.checked_add(2)?)?;
    if !matches!(old.get(prefixes..)?, [0x0f, 0x05]) {
        return None;
    }
    let mut new = [NOP; Bytes::MOST];
    new.get_mut(prefixes..prefixes + 2)?.copy_from_slice(&CALL_RAX);
    Some(Patch { address, old: Bytes::new(old)?, new: Bytes::new(new.get(..old.len())?)? })
}

/// Answers what needs the code around a site. Sites in ascending order share what was decoded.
#[derive(Debug)]
pub struct Planner<'o, 'a> {
    object: &'o Object<'a>,
    around: Option<Around<'a>>,
}

impl<'o, 'a> Planner<'o, 'a> {
    /// A planner for the sites of `object`.
    pub fn new(object: &'o Object<'a>) -> Self {
        Self { object, around: None }
    }

    /// Whether the function uses its red zone across the site.
    pub fn red_zone(&mut self, site: &Site) -> RedZone {
        let object = self.object;
        match self.around(site) {
            Some((around, index)) => red_zone(object, around, index),
            None => RedZone::Unknown,
        }
    }

    /// A jump over the site and the instructions that lead to it.
    pub fn before(&mut self, site: &Site) -> Result<Detour, Refusal> {
        let object = self.object;
        if let Some(detour) = jump::before_private_load(object, site) {
            return Ok(detour);
        }
        let (around, index) = self.around(site).ok_or(Refusal::Unknown)?;
        jump::before(object, around, site, index)
    }

    /// A jump over the site and the instructions behind it: only while no thread can be in the call.
    pub fn after(&mut self, site: &Site) -> Result<Detour, Refusal> {
        let object = self.object;
        let (around, index) = self.around(site).ok_or(Refusal::Unknown)?;
        jump::after(object, around, site, index)
    }

    fn around(&mut self, site: &Site) -> Option<(&Around<'a>, usize)> {
        if !self.around.as_ref().is_some_and(|around| around.is_around(site)) {
            self.around = Around::new(self.object, site);
        }
        let around = self.around.as_ref()?;
        Some((around, around.index(site)?))
    }
}
