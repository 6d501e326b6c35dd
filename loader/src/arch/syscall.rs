//! Raw syscalls from the loader's own text.
//!
//! Invariant: these are the only syscall instructions that the island executes
//! on its own behalf; they never reach libc and never touch errno.
//!
//! # Safety
//! A raw syscall can do anything to the process. Each caller states why its
//! call is sound: usually that the pointers it passes are its own.
#![allow(unsafe_code, reason = "inline assembly")]

use core::arch::asm;

macro_rules! raw {
    ($name:ident $(, $arg:ident in $reg:tt)*) => {
        /// Makes the syscall; the result is the kernel's (-4095..=-1: errno).
        ///
        /// # Safety
        /// The arguments must be sound for the call that `nr` names.
        #[inline(always)]
        pub unsafe fn $name(nr: usize $(, $arg: usize)*) -> isize {
            let result: isize;
            // SAFETY: the caller vouches for the call; rcx and r11 are
            // declared clobbered and the red zone is not used across it.
            unsafe {
                asm!(
                    "syscall",
                    inlateout("rax") nr as isize => result,
                    $(in($reg) $arg,)*
                    lateout("rcx") _,
                    lateout("r11") _,
                    options(nostack)
                );
            }
            result
        }
    };
}

raw!(syscall0);
raw!(syscall1, a in "rdi");
raw!(syscall2, a in "rdi", b in "rsi");
raw!(syscall3, a in "rdi", b in "rsi", c in "rdx");
raw!(syscall4, a in "rdi", b in "rsi", c in "rdx", d in "r10");
raw!(syscall5, a in "rdi", b in "rsi", c in "rdx", d in "r10", e in "r8");
raw!(syscall6, a in "rdi", b in "rsi", c in "rdx", d in "r10", e in "r8", f in "r9");

/// Linux page size on x86-64, in bytes.
pub const PAGE: usize = 4096;

/// Syscall numbers that the loader itself uses.
pub mod nr {
    #![allow(missing_docs, reason = "the kernel's own names")]
    pub const READ: usize = 0;
    pub const WRITE: usize = 1;
    pub const MMAP: usize = 9;
    pub const MPROTECT: usize = 10;
    pub const MUNMAP: usize = 11;
    pub const BRK: usize = 12;
    pub const RT_SIGACTION: usize = 13;
    pub const RT_SIGPROCMASK: usize = 14;
    pub const RT_SIGRETURN: usize = 15;
    pub const MREMAP: usize = 25;
    pub const GETPID: usize = 39;
    pub const CLOCK_GETTIME: usize = 228;
    pub const CLONE: usize = 56;
    pub const FORK: usize = 57;
    pub const VFORK: usize = 58;
    pub const EXECVE: usize = 59;
    pub const EXIT: usize = 60;
    pub const FSTAT: usize = 5;
    pub const OPEN: usize = 2;
    pub const CLOSE: usize = 3;
    pub const MADVISE: usize = 28;
    pub const SHMAT: usize = 30;
    pub const DUP2: usize = 33;
    pub const KILL: usize = 62;
    pub const GETPPID: usize = 110;
    pub const RT_SIGPENDING: usize = 127;
    pub const RT_SIGTIMEDWAIT: usize = 128;
    pub const DUP3: usize = 292;
    pub const SECCOMP: usize = 317;
    pub const PKEY_MPROTECT: usize = 329;
    pub const CLOSE_RANGE: usize = 436;
    pub const MSEAL: usize = 462;
    pub const PREAD64: usize = 17;
    pub const PWRITE64: usize = 18;
    pub const FCNTL: usize = 72;
    pub const FSYNC: usize = 74;
    pub const FDATASYNC: usize = 75;
    pub const FTRUNCATE: usize = 77;
    pub const GETDENTS64: usize = 217;
    pub const MKDIRAT: usize = 258;
    pub const UNLINKAT: usize = 263;
    pub const READLINKAT: usize = 267;
    pub const RENAMEAT2: usize = 316;
    pub const PWRITEV2: usize = 328;
    pub const OPENAT2: usize = 437;
    pub const RT_SIGSUSPEND: usize = 130;
    pub const SIGALTSTACK: usize = 131;
    pub const PSELECT6: usize = 270;
    pub const PPOLL: usize = 271;
    pub const EPOLL_PWAIT: usize = 281;
    pub const EPOLL_PWAIT2: usize = 441;
    pub const MEMBARRIER: usize = 324;
    pub const PRCTL: usize = 157;
    pub const ARCH_PRCTL: usize = 158;
    pub const GETTID: usize = 186;
    pub const TKILL: usize = 200;
    pub const FUTEX: usize = 202;
    pub const RESTART_SYSCALL: usize = 219;
    pub const CLOCK_GETRES: usize = 229;
    pub const CLOCK_NANOSLEEP: usize = 230;
    pub const EXIT_GROUP: usize = 231;
    pub const TGKILL: usize = 234;
    pub const RT_TGSIGQUEUEINFO: usize = 297;
    pub const RT_SIGQUEUEINFO: usize = 129;
    pub const PROCESS_VM_READV: usize = 310;
    pub const PROCESS_VM_WRITEV: usize = 311;
    pub const GETRANDOM: usize = 318;
    pub const EXECVEAT: usize = 322;
    pub const READLINK: usize = 89;
    pub const FACCESSAT2: usize = 439;
    pub const GETUID: usize = 102;
    pub const GETGID: usize = 104;
    pub const FSTATFS: usize = 138;
    pub const FGETXATTR: usize = 193;
    pub const OPENAT: usize = 257;
    pub const CLONE3: usize = 435;
}
