//! The `zpoline` command.
fn main() {}
