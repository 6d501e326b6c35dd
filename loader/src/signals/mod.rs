//! The program's view of signals is virtual: the kernel knows the loader's
//! handler, which keeps the program's handlers out of the island and shows them
//! a context that the program could have been in.

pub mod action;
pub mod deliver;
pub mod fault;
pub mod frame;
pub mod hygiene;
pub mod mask;
pub mod program_sud;
pub mod sigreturn;
pub mod stack;
pub mod step;
pub mod sud;
pub mod view;
