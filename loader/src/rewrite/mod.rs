//! Rewriting of the running program: the trampoline in page 0, the patches at
//! the sites, and the set of sites that are known.

pub mod known;
pub mod page0;
pub mod patch;
