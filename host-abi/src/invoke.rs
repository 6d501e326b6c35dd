//! Which syscalls a hook may make through `zpoline:hook/invoke`, and what that
//! amounts to.

use crate::nr;
use crate::set::SyscallSet;
use crate::syscalls::{Direction, Kind, Syscall, Type};

/// Calls that no grant covers: in the middle of a hook they would take the loader
/// with them.
///
/// | calls | why not |
/// |---|---|
/// | clone, clone3, fork, vfork | the child would be a copy of a hook in mid-call |
/// | execve, execveat, exit, exit_group | they do not return; a hook answers `rewrite` for them |
/// | rt_sigreturn, restart_syscall | they continue something that the hook has not begun |
/// | rt_sigaction, rt_sigprocmask, rt_sigsuspend, sigaltstack | the loader keeps the program's signals on its behalf |
pub const NEVER: [u32; 14] = [
    nr::CLONE,
    nr::CLONE3,
    nr::FORK,
    nr::VFORK,
    nr::EXECVE,
    nr::EXECVEAT,
    nr::EXIT,
    nr::EXIT_GROUP,
    nr::RT_SIGRETURN,
    nr::RESTART_SYSCALL,
    nr::RT_SIGACTION,
    nr::RT_SIGPROCMASK,
    nr::RT_SIGSUSPEND,
    nr::SIGALTSTACK,
];

/// Whether no hook may make this call, whatever it was granted.
#[must_use]
pub fn never(number: u32) -> bool {
    NEVER.contains(&number)
}

/// Whether the call may wait for something and then ends with EINTR when a signal
/// arrives (signal(7)).
#[must_use]
pub fn may_wait(number: u32) -> bool {
    matches!(
        number,
        nr::READ
            | nr::READV
            | nr::PREAD64
            | nr::PREADV
            | nr::PREADV2
            | nr::WRITE
            | nr::WRITEV
            | nr::PWRITE64
            | nr::PWRITEV
            | nr::PWRITEV2
            | nr::OPEN
            | nr::CREAT
            | nr::OPENAT
            | nr::OPENAT2
            | nr::IOCTL
            | nr::FCNTL
            | nr::FLOCK
            | nr::FALLOCATE
            | nr::POLL
            | nr::PPOLL
            | nr::SELECT
            | nr::PSELECT6
            | nr::EPOLL_WAIT
            | nr::EPOLL_PWAIT
            | nr::EPOLL_PWAIT2
            | nr::WAIT4
            | nr::WAITID
            | nr::CONNECT
            | nr::ACCEPT
            | nr::ACCEPT4
            | nr::SENDTO
            | nr::SENDMSG
            | nr::SENDMMSG
            | nr::SENDFILE
            | nr::RECVFROM
            | nr::RECVMSG
            | nr::RECVMMSG
            | nr::SPLICE
            | nr::TEE
            | nr::VMSPLICE
            | nr::COPY_FILE_RANGE
            | nr::NANOSLEEP
            | nr::CLOCK_NANOSLEEP
            | nr::PAUSE
            | nr::RT_SIGTIMEDWAIT
            | nr::FUTEX
            | nr::FUTEX_WAIT
            | nr::FUTEX_WAITV
            | nr::SEMOP
            | nr::SEMTIMEDOP
            | nr::MSGSND
            | nr::MSGRCV
            | nr::MQ_TIMEDSEND
            | nr::MQ_TIMEDRECEIVE
            | nr::IO_GETEVENTS
            | nr::IO_PGETEVENTS
            | nr::IO_URING_ENTER
            | nr::GETRANDOM
    )
}

/// Whether a hook with this set could as well have everything: a call of it lets
/// the kernel write where the hook says, changes mappings, or opens what leads to
/// the program's memory.
#[must_use]
pub fn amounts_to_everything(set: &SyscallSet) -> bool {
    set.calls().any(|call| !never(call.number) && is_power(call))
}

fn is_power(call: &Syscall) -> bool {
    let opens = matches!(
        call.number,
        nr::OPEN | nr::OPENAT | nr::OPENAT2 | nr::CREAT | nr::OPEN_BY_HANDLE_AT | nr::PIDFD_GETFD | nr::PTRACE
    );
    let writes = |call: &Syscall| {
        call.params.iter().any(|param| match param.kind {
            Kind::Memory { direction, .. } | Kind::String(direction) => direction != Direction::In,
            Kind::Address | Kind::Hex => matches!(param.ty, Type::Address | Type::U64),
            _ => false,
        })
    };
    opens || writes(call) || crate::class::by_name("memory").is_some_and(|class| class(call))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_amounts_to_everything() {
        let everything = |text| amounts_to_everything(&SyscallSet::parse(text).unwrap());
        for text in ["all", "read", "mmap", "openat", "recvmsg", "ptrace", "ioctl", "getcwd", "!read", "%file"] {
            assert!(everything(text), "{text}");
        }
        for text in ["getpid,close,kill", "fsync", "write", "sendto", "unlinkat,mkdirat", "fork", "none"] {
            assert!(!everything(text), "{text}");
        }
    }
}
