//! `filesystem.error-code`, from errno.

use crate::island::memory::Errno;
use wasmtime::component::{ComponentType, Lower};
use zpoline_host_abi::errno;

/// What went wrong with a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ComponentType, Lower)]
#[component(enum)]
#[repr(u8)]
#[expect(dead_code, reason = "WASI's list, not all of which happens here")]
pub(super) enum ErrorCode {
    #[component(name = "access")]
    Access,
    #[component(name = "would-block")]
    WouldBlock,
    #[component(name = "already")]
    Already,
    #[component(name = "bad-descriptor")]
    BadDescriptor,
    #[component(name = "busy")]
    Busy,
    #[component(name = "deadlock")]
    Deadlock,
    #[component(name = "quota")]
    Quota,
    #[component(name = "exist")]
    Exist,
    #[component(name = "file-too-large")]
    FileTooLarge,
    #[component(name = "illegal-byte-sequence")]
    IllegalByteSequence,
    #[component(name = "in-progress")]
    InProgress,
    #[component(name = "interrupted")]
    Interrupted,
    #[component(name = "invalid")]
    Invalid,
    #[component(name = "io")]
    Io,
    #[component(name = "is-directory")]
    IsDirectory,
    #[component(name = "loop")]
    Loop,
    #[component(name = "too-many-links")]
    TooManyLinks,
    #[component(name = "message-size")]
    MessageSize,
    #[component(name = "name-too-long")]
    NameTooLong,
    #[component(name = "no-device")]
    NoDevice,
    #[component(name = "no-entry")]
    NoEntry,
    #[component(name = "no-lock")]
    NoLock,
    #[component(name = "insufficient-memory")]
    InsufficientMemory,
    #[component(name = "insufficient-space")]
    InsufficientSpace,
    #[component(name = "not-directory")]
    NotDirectory,
    #[component(name = "not-empty")]
    NotEmpty,
    #[component(name = "not-recoverable")]
    NotRecoverable,
    #[component(name = "unsupported")]
    Unsupported,
    #[component(name = "no-tty")]
    NoTty,
    #[component(name = "no-such-device")]
    NoSuchDevice,
    #[component(name = "overflow")]
    Overflow,
    #[component(name = "not-permitted")]
    NotPermitted,
    #[component(name = "pipe")]
    Pipe,
    #[component(name = "read-only")]
    ReadOnly,
    #[component(name = "invalid-seek")]
    InvalidSeek,
    #[component(name = "text-file-busy")]
    TextFileBusy,
    #[component(name = "cross-device")]
    CrossDevice,
}

impl From<Errno> for ErrorCode {
    fn from(number: Errno) -> Self {
        match number {
            errno::EACCES => Self::Access,
            errno::EAGAIN => Self::WouldBlock,
            errno::EBADF => Self::BadDescriptor,
            errno::EBUSY => Self::Busy,
            errno::EDQUOT => Self::Quota,
            errno::EEXIST => Self::Exist,
            errno::EFBIG => Self::FileTooLarge,
            errno::EILSEQ => Self::IllegalByteSequence,
            errno::EINTR => Self::Interrupted,
            errno::EINVAL => Self::Invalid,
            errno::EISDIR => Self::IsDirectory,
            errno::ELOOP => Self::Loop,
            errno::EMLINK => Self::TooManyLinks,
            errno::ENAMETOOLONG => Self::NameTooLong,
            errno::ENODEV | errno::ENXIO => Self::NoSuchDevice,
            errno::ENOENT => Self::NoEntry,
            errno::ENOMEM => Self::InsufficientMemory,
            errno::ENOSPC => Self::InsufficientSpace,
            errno::ENOSYS | errno::EOPNOTSUPP => Self::Unsupported,
            errno::ENOTDIR => Self::NotDirectory,
            errno::ENOTEMPTY => Self::NotEmpty,
            errno::EOVERFLOW => Self::Overflow,
            errno::EPERM => Self::NotPermitted,
            errno::EROFS => Self::ReadOnly,
            errno::ETXTBSY => Self::TextFileBusy,
            // What leads out of a directory is not permitted, as WASI has it.
            errno::EXDEV => Self::NotPermitted,
            _ => Self::Io,
        }
    }
}
