//! The host's side of things: memory, threads, output, and the one tracer.
//!
//! # Safety
//!
//! A component has one thread and the host never calls it while a call of it
//! runs, so [`State`] is not shared: the host takes a lock for each call.

#![allow(unsafe_code, reason = "a static that one thread uses")]

use alloc::vec::Vec;
use core::{
    cell::RefCell,
    sync::atomic::{AtomicU64, Ordering},
};

use trace_core::{Memory, Thread, Tracer};

use crate::bindings::zpoline::hook::{log, memory, process};

/// The program's memory, read through the host.
pub struct ProgramMemory;

impl Memory for ProgramMemory {
    fn read(&self, at: u64, length: usize) -> Option<Vec<u8>> {
        memory::read(at, length as u32).ok()
    }

    fn read_some(&self, at: u64, length: usize) -> Option<Vec<u8>> {
        memory::read_some(at, length as u32).ok()
    }

    fn read_c_string(&self, at: u64, max: usize) -> Option<Vec<u8>> {
        memory::read_c_string(at, max as u32).ok()
    }
}

/// Who makes the call. A thread id belongs to one process, so that the process
/// is asked for only when another thread comes along.
pub fn thread() -> Thread {
    static LAST: AtomicU64 = AtomicU64::new(0);
    let tid = process::tid();
    let last = LAST.load(Ordering::Relaxed);
    let (last_pid, last_tid) = ((last >> 32) as i32, last as i32);
    if tid == last_tid {
        return Thread { pid: last_pid, tid };
    }
    let pid = process::pid();
    LAST.store((pid as u64) << 32 | u64::from(tid.cast_unsigned()), Ordering::Relaxed);
    Thread { pid, tid }
}

/// Writes a line, if there is one.
pub fn print(text: &[u8]) {
    if !text.is_empty() {
        log::output(text);
    }
}

/// The tracer, made by `init`.
pub struct State(RefCell<Option<Tracer>>);

// SAFETY: WebAssembly without threads; see the module.
unsafe impl Sync for State {}

impl State {
    /// Before `init`.
    pub const fn new() -> Self {
        Self(RefCell::new(None))
    }

    /// What `init` made.
    pub fn set(&self, tracer: Tracer) {
        *self.0.borrow_mut() = Some(tracer);
    }

    /// Runs `f` with the tracer, one with default options if there was no
    /// `init`.
    pub fn with<T>(&self, f: impl FnOnce(&mut Tracer) -> T) -> T {
        let mut tracer = self.0.borrow_mut();
        f(tracer.get_or_insert_with(Tracer::default))
    }
}
