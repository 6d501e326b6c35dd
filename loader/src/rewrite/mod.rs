//! Rewriting of the running program: the trampoline in page 0, the stubs
//! that jumps lead to, the patches at the sites, and what is known of them.

pub mod arena;
pub mod known;
pub mod late;
pub mod learn;
pub mod live;
pub mod loose;
pub mod maps;
pub mod page0;
pub mod patch;
pub mod slots;
pub mod steady;
pub mod stub;
