//! Classes of calls, as strace has them. What a class has is mostly read from
//! the arguments: a call with a path is about files, one with a descriptor is
//! about descriptors.

use crate::syscalls::{Kind, Ret, Syscall};

/// Whether a call belongs to a class.
pub type Class = fn(&Syscall) -> bool;

/// The class of this name, without the `%` before it.
#[must_use]
pub fn by_name(name: &str) -> Option<Class> {
    Some(match name {
        "file" => file,
        "desc" => descriptor,
        "process" => process,
        "network" | "net" => network,
        "signal" => signal,
        "memory" => memory,
        "ipc" => ipc,
        "creds" => credentials,
        "clock" => clock,
        _ => return None,
    })
}

fn file(call: &Syscall) -> bool {
    let has_path = call.params.iter().any(|param| matches!(param.kind, Kind::Path));
    has_path || matches!(call.name, "getcwd" | "execveat" | "fanotify_mark")
}

fn descriptor(call: &Syscall) -> bool {
    call.params.iter().any(|param| matches!(param.kind, Kind::Fd | Kind::DirFd))
        || matches!(call.ret, Ret::Fd)
        || matches!(call.name, "pipe" | "pipe2" | "select" | "pselect6" | "poll" | "ppoll" | "socketpair")
}

fn process(call: &Syscall) -> bool {
    matches!(
        call.name,
        "clone"
            | "clone3"
            | "fork"
            | "vfork"
            | "execve"
            | "execveat"
            | "exit"
            | "exit_group"
            | "wait4"
            | "waitid"
            | "kill"
            | "tkill"
            | "tgkill"
            | "rt_sigqueueinfo"
            | "rt_tgsigqueueinfo"
            | "pidfd_send_signal"
            | "unshare"
    )
}

fn network(call: &Syscall) -> bool {
    matches!(
        call.name,
        "socket"
            | "socketpair"
            | "bind"
            | "listen"
            | "accept"
            | "accept4"
            | "connect"
            | "getsockname"
            | "getpeername"
            | "sendto"
            | "recvfrom"
            | "sendmsg"
            | "recvmsg"
            | "sendmmsg"
            | "recvmmsg"
            | "shutdown"
            | "setsockopt"
            | "getsockopt"
            | "sendfile"
            | "getpmsg"
            | "putpmsg"
    )
}

fn signal(call: &Syscall) -> bool {
    call.name.starts_with("rt_sig")
        || call.name.starts_with("rt_tgsig")
        || matches!(
            call.name,
            "kill" | "tkill" | "tgkill" | "sigaltstack" | "pause" | "signalfd" | "signalfd4" | "pidfd_send_signal"
        )
}

fn memory(call: &Syscall) -> bool {
    matches!(
        call.name,
        "brk"
            | "mmap"
            | "munmap"
            | "mprotect"
            | "mremap"
            | "msync"
            | "madvise"
            | "mincore"
            | "mlock"
            | "mlock2"
            | "munlock"
            | "mlockall"
            | "munlockall"
            | "mbind"
            | "get_mempolicy"
            | "set_mempolicy"
            | "migrate_pages"
            | "move_pages"
            | "remap_file_pages"
            | "shmat"
            | "shmdt"
            | "pkey_mprotect"
            | "process_madvise"
            | "process_mrelease"
            | "set_mempolicy_home_node"
            | "io_destroy"
            | "io_setup"
            | "map_shadow_stack"
            | "mseal"
    )
}

fn ipc(call: &Syscall) -> bool {
    matches!(
        call.name,
        "shmget"
            | "shmat"
            | "shmctl"
            | "shmdt"
            | "semget"
            | "semop"
            | "semctl"
            | "semtimedop"
            | "msgget"
            | "msgsnd"
            | "msgrcv"
            | "msgctl"
    )
}

fn credentials(call: &Syscall) -> bool {
    matches!(
        call.name,
        "getuid"
            | "getgid"
            | "setuid"
            | "setgid"
            | "geteuid"
            | "getegid"
            | "setreuid"
            | "setregid"
            | "getgroups"
            | "setgroups"
            | "setresuid"
            | "getresuid"
            | "setresgid"
            | "getresgid"
            | "setfsuid"
            | "setfsgid"
            | "capget"
            | "capset"
            | "prctl"
    )
}

fn clock(call: &Syscall) -> bool {
    matches!(
        call.name,
        "gettimeofday"
            | "settimeofday"
            | "adjtimex"
            | "clock_settime"
            | "clock_gettime"
            | "clock_getres"
            | "clock_adjtime"
            | "time"
    )
}
