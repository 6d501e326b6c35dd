//! Finds syscall sites in machine code and plans their patches: pure functions over bytes.
#![no_std]
#![forbid(unsafe_code)]
