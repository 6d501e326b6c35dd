//! Finds `syscall` instructions in machine code and plans their patches: pure functions over bytes.
//!
//! Nothing here writes, allocates executable memory or asks the kernel anything. The loader gives
//! the bytes of an object as it is mapped, `zpoline doctor --sites` those of a file, and both read
//! the same answer:
//!
//! - [`elf`]: which bytes of an object are executable, where its function bounds are recorded;
//! - [`find_sites`]: the addresses proven to be `syscall` or `sysenter` instructions, and those
//!   which look like one but could not be proven ([`sites`] states the rules);
//! - [`plan`] and [`jump`]: the bytes to write over a site, and what the writer must know about them;
//! - [`program`]: whether a program file can be hooked at all.
//!
//! Invariants:
//! - no input makes this crate panic: every read of foreign bytes is bounds-checked;
//! - a byte that is not shown to be code is never reported as a site;
//! - the work is bounded by a small multiple of the object's size, whatever its tables claim.
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

mod around;
mod code;
mod evidence;
mod gap;
mod judge;
mod quick;
mod reader;
mod search;

pub mod elf;
pub mod frames;
pub mod jump;
pub mod plan;
pub mod program;
pub mod red_zone;
pub mod sites;
pub mod symbols;
pub mod vdso;

pub use elf::{Object, Phdr, Segment, object_from_file, object_from_image, object_from_memory, symbols_of};
pub use plan::{Patch, Planner};
pub use red_zone::RedZone;
pub use sites::{
    Kind, Proof, Reason, Site, Sites, Unproven, find_private_loads, find_site, find_sites, find_sites_by_decoding,
};
