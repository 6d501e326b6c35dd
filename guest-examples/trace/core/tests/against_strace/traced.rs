//! Syscalls that tell the tracer.
//!
//! # Safety
//!
//! The calls are real: callers pass addresses that are good for what the call
//! does with them. Memory is read back through the kernel, which refuses bad
//! addresses.

#![allow(unsafe_code, reason = "raw syscalls")]

use trace_core::{Call, Memory, Thread, Tracer};

/// Makes calls and keeps the tracer's lines.
pub struct Traced {
    tracer: Tracer,
    lines: Vec<u8>,
}

/// An argument of a call.
pub trait Argument {
    fn register(self) -> u64;
}

macro_rules! numbers {
    ($($type:ty)*) => {
        $(impl Argument for $type {
            fn register(self) -> u64 {
                self as u64
            }
        })*
    };
}

numbers!(i32 u32 i64 u64 usize);

impl<T> Argument for *const T {
    fn register(self) -> u64 {
        self as u64
    }
}

impl<T> Argument for *mut T {
    fn register(self) -> u64 {
        self as u64
    }
}

impl<T> Argument for &T {
    fn register(self) -> u64 {
        std::ptr::from_ref(self) as u64
    }
}

impl<T> Argument for &mut T {
    fn register(self) -> u64 {
        std::ptr::from_mut(self) as u64
    }
}

impl Argument for &std::ffi::CStr {
    fn register(self) -> u64 {
        self.as_ptr() as u64
    }
}

/// `call!(traced, SYS_read, fd, &mut buffer, 4)`
macro_rules! call {
    ($traced:expr, $number:ident $(, $argument:expr)* $(,)?) => {{
        let given: &[u64] = &[$(crate::traced::Argument::register($argument)),*];
        let mut args = [0u64; 6];
        args[..given.len()].copy_from_slice(given);
        $traced.call(libc::$number as u32, args)
    }};
}
pub(crate) use call;

struct OwnMemory;

impl Memory for OwnMemory {
    fn read(&self, at: u64, length: usize) -> Option<Vec<u8>> {
        self.read_some(at, length).filter(|bytes| bytes.len() == length)
    }

    fn read_some(&self, at: u64, length: usize) -> Option<Vec<u8>> {
        let mut bytes = vec![0; length];
        let local = libc::iovec { iov_base: bytes.as_mut_ptr().cast(), iov_len: length };
        let remote = libc::iovec { iov_base: at as *mut _, iov_len: length };
        // SAFETY: the local vector is `bytes`; the kernel checks the remote one.
        let count = unsafe { libc::process_vm_readv(std::process::id() as i32, &local, 1, &remote, 1, 0) };
        bytes.truncate(usize::try_from(count).ok()?);
        Some(bytes)
    }

    fn read_c_string(&self, at: u64, max: usize) -> Option<Vec<u8>> {
        let mut bytes = self.read_some(at, max)?;
        if let Some(end) = bytes.iter().position(|byte| *byte == 0) {
            bytes.truncate(end);
        }
        Some(bytes)
    }
}

impl Traced {
    pub fn new() -> Self {
        Self { tracer: Tracer::default(), lines: Vec::new() }
    }

    pub fn lines(self) -> Vec<u8> {
        self.lines
    }

    pub fn call(&mut self, number: u32, args: [u64; 6]) -> i64 {
        let pid = std::process::id() as i32;
        let (thread, call) = (Thread { pid, tid: pid }, Call { number, args });
        self.lines.extend_from_slice(self.tracer.enter(thread, call, &OwnMemory));
        let [a, b, c, d, e, f] = args;
        // SAFETY: see the module.
        let result = unsafe { libc::syscall(number.into(), a, b, c, d, e, f) };
        let outcome = match result {
            -1 => -i64::from(std::io::Error::last_os_error().raw_os_error().unwrap_or(0)),
            _ => result,
        };
        self.lines.extend_from_slice(self.tracer.exit(thread, call, outcome, &OwnMemory));
        outcome
    }
}
