//! What the memory behind an argument looks like.

/// What memory looks like. The names are those of the C structs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Bytes; length in bytes.
    Bytes,
    /// `int`.
    Int,
    /// `unsigned int`.
    Uint,
    /// `long`, `loff_t`.
    Long,
    /// `unsigned long`, `size_t`.
    Ulong,
    /// A pointer.
    Pointer,
    /// An `int` with the outcome of a child as `wait` has it:
    /// `[{WIFEXITED(s) && WEXITSTATUS(s) == 0}]`.
    WaitStatus,
    /// `struct timespec`.
    Timespec,
    /// `struct timeval`.
    Timeval,
    /// `struct timezone`.
    Timezone,
    /// `struct itimerval`.
    Itimerval,
    /// `struct itimerspec`.
    Itimerspec,
    /// `struct utimbuf`.
    Utimbuf,
    /// `struct timex`.
    Timex,
    /// `struct tms`.
    Tms,
    /// `struct stat`.
    Stat,
    /// `struct statx`.
    Statx,
    /// `struct statfs`.
    Statfs,
    /// `struct ustat`.
    Ustat,
    /// `struct linux_dirent`, packed; length in bytes.
    Dirents,
    /// `struct linux_dirent64`, packed; length in bytes.
    Dirents64,
    /// `struct rlimit`, `struct rlimit64`.
    Rlimit,
    /// `struct rusage`.
    Rusage,
    /// The kernel's `struct sigaction`: handler, flags, restorer, mask (8
    /// bytes each).
    Sigaction,
    /// `sigset_t`; length in bytes.
    Sigset,
    /// The sixth argument of `pselect6`: a pointer to a `sigset_t` and its
    /// size.
    SigsetPointer,
    /// `siginfo_t`.
    Siginfo,
    /// `stack_t`.
    Stack,
    /// `struct sigevent`.
    Sigevent,
    /// `struct sockaddr` of any family; length in bytes.
    Sockaddr,
    /// `struct msghdr`.
    Msghdr,
    /// `struct mmsghdr`.
    Mmsghdr,
    /// `struct iovec`; what the vectors point to goes in the same direction.
    Iovec,
    /// `struct pollfd`: input, and output through `revents`.
    Pollfd,
    /// `struct epoll_event` (packed, 12 bytes).
    EpollEvent,
    /// `fd_set`; length is the number of descriptors.
    FdSet,
    /// `struct utsname`.
    Utsname,
    /// `struct sysinfo`.
    Sysinfo,
    /// `struct winsize`.
    Winsize,
    /// The kernel's `struct termios`.
    Termios,
    /// `struct flock`.
    Flock,
    /// `struct f_owner_ex`.
    FOwnerEx,
    /// `struct clone_args`; length in bytes.
    CloneArgs,
    /// `struct open_how`; length in bytes.
    OpenHow,
    /// `struct linger`; length in bytes.
    Linger,
    /// `struct ucred`; length in bytes.
    Ucred,
    /// `struct sched_param`.
    SchedParam,
    /// `struct sched_attr`.
    SchedAttr,
    /// `cpu_set_t`; length in bytes.
    CpuSet,
    /// `struct robust_list_head`.
    RobustListHead,
    /// `struct futex_waitv`.
    FutexWaitv,
    /// `struct __user_cap_header_struct`.
    CapHeader,
    /// `struct __user_cap_data_struct`.
    CapData,
    /// `struct user_desc`.
    UserDesc,
    /// `struct mq_attr`.
    MqAttr,
    /// `struct msgbuf`; length is that of the text.
    Msgbuf,
    /// `struct msqid_ds`.
    MsqidDs,
    /// `struct sembuf`.
    Sembuf,
    /// `struct semid_ds`.
    SemidDs,
    /// `struct shmid_ds`.
    ShmidDs,
    /// `struct iocb`.
    Iocb,
    /// `struct io_event`.
    IoEvent,
    /// `struct io_uring_params`.
    IoUringParams,
    /// `struct file_handle`.
    FileHandle,
    /// `struct sock_fprog`.
    SockFprog,
    /// `union bpf_attr`; length in bytes.
    BpfAttr,
    /// `struct perf_event_attr`.
    PerfEventAttr,
    /// `struct mount_attr`; length in bytes.
    MountAttr,
    /// `struct mnt_id_req`.
    MntIdReq,
    /// `struct statmount`; length in bytes.
    Statmount,
    /// `struct ns_id_req`.
    NsIdReq,
    /// `struct lsm_ctx`; length in bytes.
    LsmCtx,
    /// `struct xattr_args`; length in bytes.
    XattrArgs,
    /// `struct file_attr`; length in bytes.
    FileAttr,
    /// `struct cachestat_range`.
    CachestatRange,
    /// `struct cachestat`.
    Cachestat,
    /// `struct landlock_ruleset_attr`; length in bytes.
    LandlockRulesetAttr,
    /// `struct rseq`; length in bytes.
    Rseq,
    /// `struct kexec_segment`.
    KexecSegment,
    /// `struct if_dqblk` and its kin of `quotactl`.
    Dqblk,
}

/// What a [`Length`] counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Elements of [`Shape::size`] bytes.
    Elements,
    /// Bytes.
    Bytes,
    /// Descriptors, one bit each.
    Bits,
}

impl Shape {
    /// What a [`Length`](crate::syscalls::Length) counts for this shape.
    #[must_use]
    pub const fn unit(self) -> Unit {
        match self {
            Self::FdSet => Unit::Bits,
            _ if self.size() == 1 => Unit::Bytes,
            _ => Unit::Elements,
        }
    }

    /// Bytes of one element (x86-64); 1 for what is counted in bytes, 0 for
    /// `FdSet`.
    #[must_use]
    pub const fn size(self) -> usize {
        match self {
            Self::FdSet => 0,
            Self::Bytes
            | Self::Dirents
            | Self::Dirents64
            | Self::Sigset
            | Self::Sockaddr
            | Self::CloneArgs
            | Self::OpenHow
            | Self::Linger
            | Self::Ucred
            | Self::SchedAttr
            | Self::CpuSet
            | Self::Msgbuf
            | Self::BpfAttr
            | Self::PerfEventAttr
            | Self::MountAttr
            | Self::MntIdReq
            | Self::Statmount
            | Self::NsIdReq
            | Self::LsmCtx
            | Self::XattrArgs
            | Self::FileAttr
            | Self::LandlockRulesetAttr
            | Self::Rseq => 1,
            Self::Int | Self::Uint | Self::WaitStatus | Self::SchedParam => 4,
            Self::Sembuf => 6,
            Self::Long
            | Self::Ulong
            | Self::Pointer
            | Self::Timezone
            | Self::Pollfd
            | Self::Winsize
            | Self::FOwnerEx
            | Self::CapHeader
            | Self::FileHandle => 8,
            Self::EpollEvent | Self::CapData => 12,
            Self::Timespec
            | Self::Timeval
            | Self::Utimbuf
            | Self::Rlimit
            | Self::SigsetPointer
            | Self::Iovec
            | Self::UserDesc
            | Self::SockFprog
            | Self::CachestatRange => 16,
            Self::Stack | Self::RobustListHead | Self::FutexWaitv => 24,
            Self::Itimerval
            | Self::Itimerspec
            | Self::Tms
            | Self::Ustat
            | Self::Sigaction
            | Self::Flock
            | Self::IoEvent
            | Self::KexecSegment => 32,
            Self::Termios => 36,
            Self::Cachestat => 40,
            Self::Msghdr => 56,
            Self::Sigevent | Self::Mmsghdr | Self::MqAttr | Self::Iocb => 64,
            Self::Dqblk => 72,
            Self::SemidDs => 104,
            Self::Sysinfo | Self::ShmidDs => 112,
            Self::Statfs | Self::MsqidDs | Self::IoUringParams => 120,
            Self::Siginfo => 128,
            Self::Stat | Self::Rusage => 144,
            Self::Timex => 208,
            Self::Statx => 256,
            Self::Utsname => 390,
        }
    }

    /// How many bytes a length means; `None` if that overflows.
    #[must_use]
    pub const fn bytes(self, length: u64) -> Option<u64> {
        match self.unit() {
            Unit::Bits => Some(length.div_ceil(64).saturating_mul(8)),
            Unit::Bytes => Some(length),
            Unit::Elements => length.checked_mul(self.size() as u64),
        }
    }
}
