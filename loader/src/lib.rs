//! libzpoline_loader.so
#![no_std]
