//! `zpoline:hook/process`: who made the call.
//!
//! # Safety
//! getpid, gettid and prctl(PR_GET_NAME) touch nothing but the buffer given.
#![allow(unsafe_code, reason = "raw syscalls")]

use crate::arch::syscall::{nr, syscall0, syscall2};
use crate::dispatch::thread;
use crate::guest::instance::Host;
use crate::guest::limits::charge;
use alloc::vec::Vec;
use core::sync::atomic::Ordering;
use wasmtime::component::LinkerInstance;
use wasmtime::{Result, StoreContextMut};

pub(super) fn define(linker: &mut LinkerInstance<'_, Host>) -> Result<()> {
    linker.func_wrap("pid", |mut store: StoreContextMut<'_, Host>, (): ()| {
        charge(&mut store, 0)?;
        // SAFETY: no arguments, no memory.
        Ok((unsafe { syscall0(nr::GETPID) } as i32,))
    })?;
    linker.func_wrap("tid", |mut store: StoreContextMut<'_, Host>, (): ()| {
        charge(&mut store, 0)?;
        Ok((tid() as i32,))
    })?;
    linker.func_wrap("comm", |mut store: StoreContextMut<'_, Host>, (): ()| {
        charge(&mut store, 0)?;
        Ok((comm(),))
    })?;
    Ok(())
}

fn tid() -> u32 {
    let noted = thread::try_current().map_or(0, |block| block.tid.load(Ordering::Relaxed));
    // SAFETY: no arguments, no memory.
    if noted != 0 { noted } else { unsafe { syscall0(nr::GETTID) as u32 } }
}

fn comm() -> Vec<u8> {
    const PR_GET_NAME: usize = 16;
    let mut name = [0u8; 16];
    // SAFETY: the kernel writes at most 16 bytes to the buffer.
    unsafe { syscall2(nr::PRCTL, PR_GET_NAME, name.as_mut_ptr() as usize) };
    let end = name.iter().position(|&byte| byte == 0).unwrap_or(name.len());
    name[..end].to_vec()
}
