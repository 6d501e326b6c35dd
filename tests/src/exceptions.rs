//! What is known to differ from native behaviour, and why. The README's list of
//! limits is made of the same facts.
//!
//! Invariant: an exception that no longer differs fails the suite, so this list
//! never says more than what is true.

use crate::modes::Mode;

/// Something that a mechanism cannot keep.
#[derive(Debug)]
pub struct Exception {
    /// The program that shows it.
    pub program: &'static str,
    /// The mechanisms that have it.
    pub mechanisms: &'static [&'static str],
    /// The hooks of `tests/guests` under which it shows; none named: all.
    pub hooks: &'static [&'static str],
    /// Whether this machine shows it.
    pub here: fn() -> bool,
    /// Why it is so.
    pub reason: &'static str,
}

const NULL_IS_READABLE: &str = "page 0 is mapped, and without protection keys (PKU) what is executable is readable";

/// The list.
pub const EXCEPTIONS: [Exception; 10] = [
    Exception {
        program: "registers/red_zone_8",
        mechanisms: &["zpoline"],
        hooks: &[],
        here: || true,
        reason: "`call *%rax` pushes its return address at -8(%rsp)",
    },
    Exception {
        program: "pointers/null_read",
        mechanisms: &["zpoline"],
        hooks: &[],
        here: || !has_protection_keys(),
        reason: NULL_IS_READABLE,
    },
    Exception {
        program: "pointers/null_argument",
        mechanisms: &["zpoline"],
        hooks: &[],
        here: || !has_protection_keys(),
        reason: NULL_IS_READABLE,
    },
    Exception {
        program: "numbers/code_address",
        mechanisms: &["zpoline"],
        hooks: &[],
        here: || true,
        reason: "`call *%rax` goes to where rax points, if there is code",
    },
    Exception {
        program: "registers/no_stack",
        mechanisms: &["zpoline"],
        hooks: &[],
        here: || true,
        reason: "`call *%rax` pushes its return address: there must be a stack",
    },
    Exception {
        program: "signals/interrupted",
        mechanisms: &["zpoline", "jump", "sud", "auto"],
        hooks: &["invoke"],
        here: || true,
        reason: "a call that a hook makes itself ends with EINTR for a signal, SA_RESTART or not",
    },
    Exception {
        program: "signals/no_stack",
        mechanisms: &["zpoline"],
        hooks: &[],
        here: || true,
        reason: "`call *%rax` pushes its return address: there must be a stack",
    },
    Exception {
        program: "registers/gs_base",
        mechanisms: &["zpoline", "jump", "sud", "auto"],
        hooks: &[],
        here: || true,
        reason: "the loader finds its thread block through the gs register",
    },
    Exception {
        program: "pitfalls/p2a_generated",
        mechanisms: &["zpoline", "jump"],
        hooks: &[],
        here: || true,
        reason: "generated code is patched by nobody: only Syscall User Dispatch (auto, sud) sees it",
    },
    Exception {
        program: "pitfalls/p2a_hidden",
        mechanisms: &["zpoline", "jump"],
        hooks: &[],
        here: || true,
        reason: "a syscall inside another instruction is proven by its execution alone (auto, sud)",
    },
];

/// Whether the processor has protection keys and the kernel uses them.
pub fn has_protection_keys() -> bool {
    let info = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    info.lines()
        .find(|line| line.starts_with("flags"))
        .is_some_and(|line| line.split_whitespace().any(|f| f == "ospke"))
}

/// The exception for a program in a mode, on this machine.
pub fn of(program: &str, mode: Mode) -> Option<&'static Exception> {
    EXCEPTIONS.iter().find(|exception| {
        exception.program == program
            && exception.mechanisms.contains(&mode.mechanism)
            && (exception.hooks.is_empty() || exception.hooks.contains(&mode.hook))
            && (exception.here)()
    })
}
