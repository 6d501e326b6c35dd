//! Calls about waiting, sockets, signals, processes, time and the system.

#![allow(unsafe_code, reason = "structs of plain numbers start as zeros")]

use std::{mem::zeroed, ptr::null};

use crate::traced::{Traced, call};

/// Makes them all.
pub fn all(t: &mut Traced) {
    waiting(t);
    sockets(t);
    signals(t);
    processes(t);
    time(t);
    system(t);
}

fn waiting(t: &mut Traced) {
    let mut pipe = [0i32; 2];
    call!(t, SYS_pipe2, &mut pipe, 0);
    let mut entries = [
        libc::pollfd { fd: pipe[0], events: libc::POLLIN, revents: 0 },
        libc::pollfd { fd: pipe[1], events: libc::POLLOUT | libc::POLLPRI, revents: 0 },
    ];
    call!(t, SYS_poll, &mut entries, 1, 0);
    call!(t, SYS_poll, &mut entries, 2, -1);
    call!(t, SYS_poll, 0, 0, 1);
    let mut timeout = libc::timespec { tv_sec: 0, tv_nsec: 1000 };
    call!(t, SYS_ppoll, &mut entries, 1, &mut timeout, 0, 8);
    timeout.tv_sec = 1;
    call!(t, SYS_ppoll, &mut entries, 2, &mut timeout, &0u64, 8);
    let mut sets = [[0u64; 16]; 2];
    sets[0][0] = 1 << pipe[0];
    sets[1][0] = 1 << pipe[1];
    let mut left = libc::timeval { tv_sec: 1, tv_usec: 0 };
    let count = pipe[1] + 1;
    call!(t, SYS_select, count, sets[0].as_mut_ptr(), sets[1].as_mut_ptr(), 0, &mut left);
    sets[0][0] = 1 << pipe[0];
    left = libc::timeval { tv_sec: 0, tv_usec: 10 };
    call!(t, SYS_select, count, sets[0].as_mut_ptr(), 0, 0, &mut left);
    sets[1][0] = 1 << pipe[1];
    call!(t, SYS_pselect6, count, 0, sets[1].as_mut_ptr(), 0, 0, &[0u64, 8]);
    sets[1][0] = 1 << 60;
    call!(t, SYS_select, 64, 0, sets[1].as_mut_ptr(), 0, 0);
    let epoll = call!(t, SYS_epoll_create1, libc::EPOLL_CLOEXEC);
    let event = libc::epoll_event { events: (libc::EPOLLOUT | libc::EPOLLET) as u32, u64: 7 };
    call!(t, SYS_epoll_ctl, epoll, libc::EPOLL_CTL_ADD, pipe[1], &event);
    call!(t, SYS_epoll_ctl, epoll, libc::EPOLL_CTL_DEL, 999, 0);
    let mut events = [event; 4];
    call!(t, SYS_epoll_wait, epoll, &mut events, 4, -1);
    call!(t, SYS_epoll_wait, epoll, &mut events, 4, 0);
    call!(t, SYS_epoll_pwait, epoll, &mut events, 4, 0, 0, 8);
}

fn sockets(t: &mut Traced) {
    let mut pair = [0i32; 2];
    call!(t, SYS_socketpair, libc::AF_UNIX, libc::SOCK_STREAM | libc::SOCK_CLOEXEC, 0, &mut pair);
    call!(t, SYS_sendto, pair[0], b"hello", 5, libc::MSG_NOSIGNAL, 0, 0);
    let mut buffer = [0u8; 64];
    let mut length: u32;
    let mut address = [0u8; 128];
    call!(t, SYS_recvfrom, pair[1], &mut buffer, 64, libc::MSG_DONTWAIT, 0, 0);
    call!(t, SYS_recvfrom, pair[1], &mut buffer, 64, libc::MSG_DONTWAIT, 0, 0);
    let mut vector = libc::iovec { iov_base: buffer.as_mut_ptr().cast(), iov_len: 5 };
    // SAFETY: plain numbers and null pointers.
    let mut message: libc::msghdr = unsafe { zeroed() };
    message.msg_iov = &mut vector;
    message.msg_iovlen = 1;
    let mut control = [20u64, 1 | 1 << 32, 0];
    message.msg_control = control.as_mut_ptr().cast();
    message.msg_controllen = 24;
    call!(t, SYS_sendmsg, pair[0], &message, libc::MSG_NOSIGNAL);
    call!(t, SYS_recvmsg, pair[1], &mut message, libc::MSG_CMSG_CLOEXEC);
    call!(t, SYS_recvmsg, pair[1], &mut message, libc::MSG_DONTWAIT);
    call!(t, SYS_sendto, pair[0], b"hello", 5, 0, 0, 0);
    let mut name = [0u8; 16];
    (message.msg_name, message.msg_namelen) = (name.as_mut_ptr().cast(), 16);
    call!(t, SYS_recvmsg, pair[1], &mut message, 0);

    let server = call!(t, SYS_socket, libc::AF_INET, libc::SOCK_STREAM | libc::SOCK_NONBLOCK, libc::IPPROTO_TCP);
    call!(t, SYS_setsockopt, server, libc::SOL_SOCKET, libc::SO_REUSEADDR, &1i32, 4);
    call!(t, SYS_setsockopt, server, libc::IPPROTO_TCP, libc::TCP_NODELAY, &1i32, 4);
    let mut value = 0i32;
    length = 4;
    call!(t, SYS_getsockopt, server, libc::SOL_SOCKET, libc::SO_TYPE, &mut value, &mut length);
    call!(t, SYS_getsockopt, server, libc::SOL_SOCKET, libc::SO_ERROR, &mut value, &mut length);
    let mut linger = [1i32, 5];
    call!(t, SYS_setsockopt, server, libc::SOL_SOCKET, libc::SO_LINGER, &linger, 8);
    length = 8;
    call!(t, SYS_getsockopt, server, libc::SOL_SOCKET, libc::SO_LINGER, &mut linger, &mut length);
    length = 12;
    call!(t, SYS_getsockopt, server, libc::SOL_SOCKET, libc::SO_PEERCRED, &mut buffer, &mut length);
    length = 64;
    call!(t, SYS_getsockopt, server, libc::IPPROTO_TCP, libc::TCP_INFO, &mut buffer, &mut length);
    let mut local = [2u8, 0, 0, 0, 127, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0];
    call!(t, SYS_bind, server, &local, 16);
    length = 128;
    call!(t, SYS_getsockname, server, &mut local, &mut length);
    call!(t, SYS_listen, server, 5);
    call!(t, SYS_accept4, server, &mut address, &mut length, libc::SOCK_CLOEXEC);
    let client = call!(t, SYS_socket, libc::AF_INET, libc::SOCK_STREAM, 0);
    call!(t, SYS_connect, client, &local, 16);
    length = 128;
    call!(t, SYS_accept, server, &mut address, &mut length);
    call!(t, SYS_getpeername, client, &mut address, &mut length);
    call!(t, SYS_shutdown, client, libc::SHUT_RDWR);
    let six = call!(t, SYS_socket, libc::AF_INET6, libc::SOCK_DGRAM, 0);
    let mut loopback = [0u8; 28];
    (loopback[0], loopback[3], loopback[23]) = (10, 9, 1);
    call!(t, SYS_sendto, six, b"x", 1, 0, &loopback, 28);
    let mut path = *b"\x01\0/nonexistent/socket\0";
    let unix = call!(t, SYS_socket, libc::AF_UNIX, libc::SOCK_DGRAM, 0);
    call!(t, SYS_connect, unix, &path, 22);
    path[2] = 0;
    call!(t, SYS_connect, unix, &path, 22);
    let netlink = call!(t, SYS_socket, libc::AF_NETLINK, libc::SOCK_RAW, libc::NETLINK_ROUTE);
    call!(t, SYS_bind, netlink, &[16u32, 0, 0], 12);
}

fn signals(t: &mut Traced) {
    let mut old = [0u64; 4];
    call!(t, SYS_rt_sigaction, libc::SIGUSR1, 0, &mut old, 8);
    let action = [0x1234u64, 0x0400_0004, 0x5678, 0];
    call!(t, SYS_rt_sigaction, libc::SIGUSR2, &action, &mut old, 8);
    let action = [1u64, 0x1400_0000, 0x1234, 1 << 9 | 1 << 16];
    call!(t, SYS_rt_sigaction, libc::SIGUSR1, &action, &mut old, 8);
    call!(t, SYS_rt_sigaction, libc::SIGKILL, &action, 0, 8);
    let mut mask = 0u64;
    call!(t, SYS_rt_sigprocmask, libc::SIG_BLOCK, &(1u64 << 11), &mut mask, 8);
    call!(t, SYS_rt_sigprocmask, libc::SIG_SETMASK, &!(3u64 << 31), &mut mask, 8);
    call!(t, SYS_rt_sigprocmask, libc::SIG_SETMASK, &mask, 0, 8);
    call!(t, SYS_rt_sigpending, &mut mask, 8);
    let stack = [0u64, 2, 0];
    call!(t, SYS_sigaltstack, &stack, 0);
    call!(t, SYS_sigaltstack, 0, &mut [0u64; 3]);
    call!(t, SYS_kill, std::process::id(), 0);
    call!(t, SYS_tgkill, std::process::id(), std::process::id(), libc::SIGUSR1);
    let timeout = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    call!(t, SYS_rt_sigtimedwait, &(1u64 << 11), 0, &timeout, 8);
    call!(t, SYS_signalfd4, -1, &(1u64 << 11), 8, libc::SFD_CLOEXEC);
}

fn processes(t: &mut Traced) {
    call!(t, SYS_getpid);
    call!(t, SYS_getppid);
    call!(t, SYS_gettid);
    call!(t, SYS_getuid);
    call!(t, SYS_getpgid, 0);
    call!(t, SYS_setpgid, 999_999, 0);
    let mut status = 0i32;
    // SAFETY: plain numbers.
    let mut usage: libc::rusage = unsafe { zeroed() };
    call!(t, SYS_wait4, -1, &mut status, libc::WNOHANG, 0);
    for command in ["exit 3", "kill -9 $$"] {
        let child = std::process::Command::new("sh").args(["-c", command]).spawn();
        let id = child.expect("a child").id();
        call!(t, SYS_wait4, id, &mut status, 0, &mut usage);
    }
    let child = std::process::Command::new("true").spawn().expect("a child").id();
    // SAFETY: plain numbers.
    let mut info: libc::siginfo_t = unsafe { zeroed() };
    call!(t, SYS_waitid, libc::P_PID, child, &mut info, libc::WEXITED, 0);
    call!(t, SYS_execve, c"/nonexistent", &[c"a".as_ptr(), c"b c".as_ptr(), null()], &[null::<u8>()]);
    call!(t, SYS_set_tid_address, &status);
    call!(t, SYS_set_robust_list, 0, 24);
    call!(t, SYS_arch_prctl, 0x1003, &mut [0u64]);
    let mut word = 5u32;
    call!(t, SYS_futex, &mut word, libc::FUTEX_WAKE | libc::FUTEX_PRIVATE_FLAG, 1);
    call!(t, SYS_futex, &mut word, libc::FUTEX_WAIT, 6, 0);
    let timeout = libc::timespec { tv_sec: 0, tv_nsec: 100 };
    call!(t, SYS_futex, &mut word, libc::FUTEX_WAIT_BITSET | libc::FUTEX_CLOCK_REALTIME, 5, &timeout, 0, -1);
    let mut limit = [0u64; 2];
    call!(t, SYS_prlimit64, 0, libc::RLIMIT_CORE, 0, &mut limit);
    call!(t, SYS_getrlimit, libc::RLIMIT_STACK, &mut limit);
    call!(t, SYS_setrlimit, libc::RLIMIT_CORE, &[0u64, limit[1]]);
    call!(t, SYS_getrusage, libc::RUSAGE_SELF, &mut usage);
    call!(t, SYS_prctl, libc::PR_SET_NAME, c"name");
    call!(t, SYS_prctl, libc::PR_GET_DUMPABLE);
    call!(t, SYS_sched_yield);
    call!(t, SYS_sched_getaffinity, 0, 128, &mut [0u64; 16]);
    call!(t, SYS_sched_getparam, 0, &mut [0u32]);
    call!(t, SYS_sched_setscheduler, 0, libc::SCHED_OTHER, &[0u32]);
    call!(t, SYS_getpriority, libc::PRIO_PROCESS, 0);
    call!(t, SYS_getgroups, 0, 0);
    call!(t, SYS_setresuid, -1, -1, -1);
    let mut capabilities = [0u32; 6];
    call!(t, SYS_capget, &mut [0x2008_0522u32, 0], 0);
    call!(t, SYS_capget, &mut [0x2008_0522u32, 0], &mut capabilities);
    call!(t, SYS_capset, &[0x2008_0522u32, 0], &capabilities);
    call!(t, SYS_sched_getattr, 0, &mut [0u32; 14], 56, 0);
    call!(t, SYS_sched_getscheduler, 0);
    call!(t, SYS_prctl, libc::PR_SET_PDEATHSIG, libc::SIGTERM);
    call!(t, SYS_prctl, libc::PR_GET_NAME, &mut [0u8; 16]);
    call!(t, SYS_prctl, libc::PR_CAPBSET_READ, 3);
    call!(t, SYS_prctl, libc::PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    call!(t, SYS_get_robust_list, 0, &mut 0u64, &mut 0u64);
    call!(t, SYS_membarrier, 0, 0, 0);
    call!(t, SYS_personality, 0xffff_ffffu32);
}

fn time(t: &mut Traced) {
    let mut spec = [0u64; 2];
    call!(t, SYS_clock_gettime, libc::CLOCK_MONOTONIC, &mut spec);
    call!(t, SYS_clock_getres, libc::CLOCK_REALTIME, &mut spec);
    call!(t, SYS_gettimeofday, &mut spec, 0);
    call!(t, SYS_nanosleep, &[0u64, 1000], 0);
    call!(t, SYS_nanosleep, &[0u64, 1000], &mut spec);
    call!(t, SYS_clock_nanosleep, libc::CLOCK_MONOTONIC, 0, &[0u64, 1000], 0);
    call!(t, SYS_nanosleep, &[0u64, 10_000_000_000], 0);
    let timer = call!(t, SYS_timerfd_create, libc::CLOCK_MONOTONIC, libc::TFD_CLOEXEC | libc::TFD_NONBLOCK);
    call!(t, SYS_timerfd_settime, timer, 0, &[0u64, 0, 100, 0], &mut [0u64; 4]);
    call!(t, SYS_setitimer, libc::ITIMER_REAL, &[0u64, 0, 100, 5], &mut [0u64; 4]);
    call!(t, SYS_setitimer, libc::ITIMER_REAL, &[0u64; 4], 0);
    call!(t, SYS_alarm, 0);
    call!(t, SYS_times, &mut [0u64; 4]);
}

fn system(t: &mut Traced) {
    call!(t, SYS_uname, &mut [0u8; 400]);
    call!(t, SYS_sysinfo, &mut [0u64; 16]);
    call!(t, SYS_getrandom, &mut [0u8; 40], 40, libc::GRND_NONBLOCK);
    call!(t, SYS_getrandom, &mut [0u8; 8], 8, 0);
    call!(t, SYS_syslog, 10, 0, 0);
    let mut status = [0u64; 16];
    let memory = call!(t, SYS_shmget, libc::IPC_PRIVATE, 4096, libc::IPC_CREAT | 0o600);
    call!(t, SYS_shmctl, memory, libc::IPC_STAT, &mut status);
    call!(t, SYS_shmctl, memory, libc::IPC_RMID, 0);
    let queue = call!(t, SYS_msgget, libc::IPC_PRIVATE, libc::IPC_CREAT | 0o600);
    let mut message = *b"\x01\0\0\0\0\0\0\0hello";
    call!(t, SYS_msgsnd, queue, &message, 5, 0);
    call!(t, SYS_msgrcv, queue, &mut message, 5, 0, 0);
    call!(t, SYS_msgctl, queue, libc::IPC_STAT, &mut status);
    call!(t, SYS_msgctl, queue, libc::IPC_RMID, 0);
    let semaphores = call!(t, SYS_semget, libc::IPC_PRIVATE, 1, libc::IPC_CREAT | 0o600);
    call!(t, SYS_semop, semaphores, &[0u16, 1, 0x1000], 1);
    call!(t, SYS_semctl, semaphores, 0, libc::IPC_STAT, &mut status);
    call!(t, SYS_semctl, semaphores, 0, libc::IPC_RMID, 0);
    call!(t, SYS_landlock_create_ruleset, 0, 0, 1);
    call!(t, SYS_adjtimex, &mut [0u64; 26]);
    call!(t, SYS_futex_waitv, 0, 0, 0, 0, 0);
}
