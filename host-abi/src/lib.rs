//! What the loader, the command and the guests agree on.
#![no_std]
