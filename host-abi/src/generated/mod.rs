//! Made from the tables at the root of the package.

#[rustfmt::skip]
pub(crate) mod errno;
#[rustfmt::skip]
pub mod flags;
#[rustfmt::skip]
pub mod nr;
#[rustfmt::skip]
pub(crate) mod table;
