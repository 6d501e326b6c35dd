// Generated from flags.tbl by `cargo run -p zpoline-host-abi --example generate`. Do not edit.
//! The sets of `flags.tbl`.

use crate::flags::{Field, FlagSet, Place, SetKind, Shift};

/// `O_???`.
pub static OPEN_ACCESS: FlagSet = FlagSet {
    name: "open_access",
    kind: SetKind::Enum,
    unknown: "O_???",
    fields: &[],
    shift: None,
    outcome: "",
    entries: &[
        (0x0, "O_RDONLY"),
        (0x1, "O_WRONLY"),
        (0x2, "O_RDWR"),
        (0x3, "O_ACCMODE"),
    ],
};

/// `O_???`.
pub static OPEN: FlagSet = FlagSet {
    name: "open",
    kind: SetKind::Bits,
    unknown: "O_???",
    fields: &[Field { mask: 0x3, set: &OPEN_ACCESS, place: Place::First }],
    shift: None,
    outcome: "flags",
    entries: &[
        (0x40, "O_CREAT"),
        (0x80, "O_EXCL"),
        (0x100, "O_NOCTTY"),
        (0x200, "O_TRUNC"),
        (0x400, "O_APPEND"),
        (0x800, "O_NONBLOCK"),
        (0x101000, "O_SYNC"),
        (0x100000, "__O_SYNC"),
        (0x1000, "O_DSYNC"),
        (0x4000, "O_DIRECT"),
        (0x8000, "O_LARGEFILE"),
        (0x20000, "O_NOFOLLOW"),
        (0x40000, "O_NOATIME"),
        (0x80000, "O_CLOEXEC"),
        (0x200000, "O_PATH"),
        (0x410000, "O_TMPFILE"),
        (0x400000, "__O_TMPFILE"),
        (0x10000, "O_DIRECTORY"),
        (0x2000, "FASYNC"),
    ],
};

/// `RESOLVE_???`.
pub static OPENAT2_RESOLVE: FlagSet = FlagSet {
    name: "openat2_resolve",
    kind: SetKind::Bits,
    unknown: "RESOLVE_???",
    fields: &[],
    shift: None,
    outcome: "",
    entries: &[
        (0x1, "RESOLVE_NO_XDEV"),
        (0x2, "RESOLVE_NO_MAGICLINKS"),
        (0x4, "RESOLVE_NO_SYMLINKS"),
        (0x8, "RESOLVE_BENEATH"),
        (0x10, "RESOLVE_IN_ROOT"),
        (0x20, "RESOLVE_CACHED"),
    ],
};

/// `at_fdcwd`.
pub static AT_FDCWD: FlagSet = FlagSet {
    name: "at_fdcwd",
    kind: SetKind::Enum,
    unknown: "",
    fields: &[],
    shift: None,
    outcome: "",
    entries: &[
        (0xffffff9c, "AT_FDCWD"),
    ],
};

/// `AT_???`.
pub static AT: FlagSet = FlagSet {
    name: "at",
    kind: SetKind::Bits,
    unknown: "AT_???",
    fields: &[],
    shift: None,
    outcome: "",
    entries: &[
        (0x100, "AT_SYMLINK_NOFOLLOW"),
        (0x200, "AT_REMOVEDIR"),
        (0x400, "AT_SYMLINK_FOLLOW"),
        (0x800, "AT_NO_AUTOMOUNT"),
        (0x1000, "AT_EMPTY_PATH"),
        (0x8000, "AT_RECURSIVE"),
    ],
};

/// `AT_???`.
pub static UNLINKAT: FlagSet = FlagSet {
    name: "unlinkat",
    kind: SetKind::Bits,
    unknown: "AT_???",
    fields: &[],
    shift: None,
    outcome: "",
    entries: &[
        (0x200, "AT_REMOVEDIR"),
    ],
};

/// `AT_???`.
pub static FACCESSAT: FlagSet = FlagSet {
    name: "faccessat",
    kind: SetKind::Bits,
    unknown: "AT_???",
    fields: &[],
    shift: None,
    outcome: "",
    entries: &[
        (0x100, "AT_SYMLINK_NOFOLLOW"),
        (0x200, "AT_EACCESS"),
        (0x1000, "AT_EMPTY_PATH"),
    ],
};

/// `AT_???`.
pub static EXECVEAT: FlagSet = FlagSet {
    name: "execveat",
    kind: SetKind::Bits,
    unknown: "AT_???",
    fields: &[],
    shift: None,
    outcome: "",
    entries: &[
        (0x100, "AT_SYMLINK_NOFOLLOW"),
        (0x1000, "AT_EMPTY_PATH"),
        (0x10000, "AT_EXECVE_CHECK"),
    ],
};

/// `AT_???`.
pub static NAME_TO_HANDLE_AT: FlagSet = FlagSet {
    name: "name_to_handle_at",
    kind: SetKind::Bits,
    unknown: "AT_???",
    fields: &[],
    shift: None,
    outcome: "",
    entries: &[
        (0x1, "AT_HANDLE_MNT_ID_UNIQUE"),
        (0x2, "AT_HANDLE_CONNECTABLE"),
        (0x200, "AT_HANDLE_FID"),
        (0x400, "AT_SYMLINK_FOLLOW"),
        (0x1000, "AT_EMPTY_PATH"),
    ],
};

/// `AT_STATX_???`.
pub static STATX_SYNC: FlagSet = FlagSet {
    name: "statx_sync",
    kind: SetKind::Enum,
    unknown: "AT_STATX_???",
    fields: &[],
    shift: None,
    outcome: "",
    entries: &[
        (0x0, "AT_STATX_SYNC_AS_STAT"),
        (0x2000, "AT_STATX_FORCE_SYNC"),
        (0x4000, "AT_STATX_DONT_SYNC"),
        (0x6000, "AT_STATX_FORCE_SYNC|AT_STATX_DONT_SYNC"),
    ],
};

/// `AT_???`.
pub static STATX: FlagSet = FlagSet {
    name: "statx",
    kind: SetKind::Bits,
    unknown: "AT_???",
    fields: &[Field { mask: 0x6000, set: &STATX_SYNC, place: Place::First }],
    shift: None,
    outcome: "",
    entries: &[
        (0x100, "AT_SYMLINK_NOFOLLOW"),
        (0x200, "AT_REMOVEDIR"),
        (0x400, "AT_SYMLINK_FOLLOW"),
        (0x800, "AT_NO_AUTOMOUNT"),
        (0x1000, "AT_EMPTY_PATH"),
        (0x8000, "AT_RECURSIVE"),
    ],
};

/// `STATX_???`.
pub static STATX_MASK: FlagSet = FlagSet {
    name: "statx_mask",
    kind: SetKind::Bits,
    unknown: "STATX_???",
    fields: &[],
    shift: None,
    outcome: "",
    entries: &[
        (0xfff, "STATX_ALL"),
        (0x7ff, "STATX_BASIC_STATS"),
        (0x1, "STATX_TYPE"),
        (0x2, "STATX_MODE"),
        (0x4, "STATX_NLINK"),
        (0x8, "STATX_UID"),
        (0x10, "STATX_GID"),
        (0x20, "STATX_ATIME"),
        (0x40, "STATX_MTIME"),
        (0x80, "STATX_CTIME"),
        (0x100, "STATX_INO"),
        (0x200, "STATX_SIZE"),
        (0x400, "STATX_BLOCKS"),
        (0x800, "STATX_BTIME"),
        (0x1000, "STATX_MNT_ID"),
        (0x2000, "STATX_DIOALIGN"),
        (0x4000, "STATX_MNT_ID_UNIQUE"),
        (0x8000, "STATX_SUBVOL"),
        (0x10000, "STATX_WRITE_ATOMIC"),
        (0x20000, "STATX_DIO_READ_ALIGN"),
    ],
};

/// `STATX_ATTR_???`.
pub static STATX_ATTRIBUTES: FlagSet = FlagSet {
    name: "statx_attributes",
    kind: SetKind::Bits,
    unknown: "STATX_ATTR_???",
    fields: &[],
    shift: None,
    outcome: "",
    entries: &[
        (0x4, "STATX_ATTR_COMPRESSED"),
        (0x10, "STATX_ATTR_IMMUTABLE"),
        (0x20, "STATX_ATTR_APPEND"),
        (0x40, "STATX_ATTR_NODUMP"),
        (0x800, "STATX_ATTR_ENCRYPTED"),
        (0x1000, "STATX_ATTR_AUTOMOUNT"),
        (0x2000, "STATX_ATTR_MOUNT_ROOT"),
        (0x100000, "STATX_ATTR_VERITY"),
        (0x200000, "STATX_ATTR_DAX"),
        (0x400000, "STATX_ATTR_WRITE_ATOMIC"),
    ],
};

/// `?_OK`.
pub static ACCESS: FlagSet = FlagSet {
    name: "access",
    kind: SetKind::Bits,
    unknown: "?_OK",
    fields: &[],
    shift: None,
    outcome: "",
    entries: &[
        (0x0, "F_OK"),
        (0x4, "R_OK"),
        (0x2, "W_OK"),
        (0x1, "X_OK"),
    ],
};

/// `S_IF???`.
pub static FILE_TYPE: FlagSet = FlagSet {
    name: "file_type",
    kind: SetKind::Enum,
    unknown: "S_IF???",
    fields: &[],
    shift: None,
    outcome: "",
    entries: &[
        (0x8000, "S_IFREG"),
        (0xc000, "S_IFSOCK"),
        (0x1000, "S_IFIFO"),
        (0xa000, "S_IFLNK"),
        (0x4000, "S_IFDIR"),
        (0x6000, "S_IFBLK"),
        (0x2000, "S_IFCHR"),
    ],
};

/// `mode`.
pub static MODE: FlagSet = FlagSet {
    name: "mode",
    kind: SetKind::Mode,
    unknown: "",
    fields: &[Field { mask: 0xf000, set: &FILE_TYPE, place: Place::Named }],
    shift: None,
    outcome: "",
    entries: &[
        (0x800, "S_ISUID"),
        (0x400, "S_ISGID"),
        (0x200, "S_ISVTX"),
    ],
};

/// `SEEK_???`.
pub static SEEK: FlagSet = FlagSet {
    name: "seek",
    kind: SetKind::Enum,
    unknown: "SEEK_???",
    fields: &[],
    shift: None,
    outcome: "",
    entries: &[
        (0x0, "SEEK_SET"),
        (0x1, "SEEK_CUR"),
        (0x2, "SEEK_END"),
        (0x3, "SEEK_DATA"),
        (0x4, "SEEK_HOLE"),
    ],
};

/// `F_???`.
pub static FCNTL: FlagSet = FlagSet {
    name: "fcntl",
    kind: SetKind::Enum,
    unknown: "F_???",
    fields: &[],
    shift: None,
    outcome: "",
    entries: &[
        (0x0, "F_DUPFD"),
        (0x1, "F_GETFD"),
        (0x2, "F_SETFD"),
        (0x3, "F_GETFL"),
        (0x4, "F_SETFL"),
        (0x5, "F_GETLK"),
        (0x6, "F_SETLK"),
        (0x7, "F_SETLKW"),
        (0x8, "F_SETOWN"),
        (0x9, "F_GETOWN"),
        (0xa, "F_SETSIG"),
        (0xb, "F_GETSIG"),
        (0xf, "F_SETOWN_EX"),
        (0x10, "F_GETOWN_EX"),
        (0x11, "F_GETOWNER_UIDS"),
        (0x24, "F_OFD_GETLK"),
        (0x25, "F_OFD_SETLK"),
        (0x26, "F_OFD_SETLKW"),
        (0x400, "F_SETLEASE"),
        (0x401, "F_GETLEASE"),
        (0x402, "F_NOTIFY"),
        (0x403, "F_DUPFD_QUERY"),
        (0x404, "F_CREATED_QUERY"),
        (0x405, "F_CANCELLK"),
        (0x406, "F_DUPFD_CLOEXEC"),
        (0x407, "F_SETPIPE_SZ"),
        (0x408, "F_GETPIPE_SZ"),
        (0x409, "F_ADD_SEALS"),
        (0x40a, "F_GET_SEALS"),
        (0x40b, "F_GET_RW_HINT"),
        (0x40c, "F_SET_RW_HINT"),
        (0x40d, "F_GET_FILE_RW_HINT"),
        (0x40e, "F_SET_FILE_RW_HINT"),
        (0x40f, "F_GETDELEG"),
        (0x410, "F_SETDELEG"),
    ],
};

/// `FD_???`.
pub static FD_FLAGS: FlagSet = FlagSet {
    name: "fd_flags",
    kind: SetKind::Bits,
    unknown: "FD_???",
    fields: &[],
    shift: None,
    outcome: "flags",
    entries: &[
        (0x1, "FD_CLOEXEC"),
    ],
};

/// `F_???`.
pub static LOCK_TYPE: FlagSet = FlagSet {
    name: "lock_type",
    kind: SetKind::Enum,
    unknown: "F_???",
    fields: &[],
    shift: None,
    outcome: "",
    entries: &[
        (0x0, "F_RDLCK"),
        (0x1, "F_WRLCK"),
        (0x2, "F_UNLCK"),
        (0x4, "F_EXLCK"),
        (0x8, "F_SHLCK"),
    ],
};

/// `DN_???`.
pub static NOTIFY: FlagSet = FlagSet {
    name: "notify",
    kind: SetKind::Bits,
    unknown: "DN_???",
    fields: &[],
    shift: None,
    outcome: "",
    entries: &[
        (0x1, "DN_ACCESS"),
        (0x2, "DN_MODIFY"),
        (0x4, "DN_CREATE"),
        (0x8, "DN_DELETE"),
        (0x10, "DN_RENAME"),
        (0x20, "DN_ATTRIB"),
        (0x80000000, "DN_MULTISHOT"),
    ],
};

/// `F_SEAL_???`.
pub static SEALS: FlagSet = FlagSet {
    name: "seals",
    kind: SetKind::Bits,
    unknown: "F_SEAL_???",
    fields: &[],
    shift: None,
    outcome: "seals",
    entries: &[
        (0x1, "F_SEAL_SEAL"),
        (0x2, "F_SEAL_SHRINK"),
        (0x4, "F_SEAL_GROW"),
        (0x8, "F_SEAL_WRITE"),
        (0x10, "F_SEAL_FUTURE_WRITE"),
        (0x20, "F_SEAL_EXEC"),
    ],
};

/// `RWH_WRITE_LIFE_???`.
pub static RW_HINT: FlagSet = FlagSet {
    name: "rw_hint",
    kind: SetKind::Enum,
    unknown: "RWH_WRITE_LIFE_???",
    fields: &[],
    shift: None,
    outcome: "",
    entries: &[
        (0x0, "RWH_WRITE_LIFE_NOT_SET"),
        (0x1, "RWH_WRITE_LIFE_NONE"),
        (0x2, "RWH_WRITE_LIFE_SHORT"),
        (0x3, "RWH_WRITE_LIFE_MEDIUM"),
        (0x4, "RWH_WRITE_LIFE_LONG"),
        (0x5, "RWH_WRITE_LIFE_EXTREME"),
    ],
};

/// `F_OWNER_???`.
pub static OWNER_TYPE: FlagSet = FlagSet {
    name: "owner_type",
    kind: SetKind::Enum,
    unknown: "F_OWNER_???",
    fields: &[],
    shift: None,
    outcome: "",
    entries: &[
        (0x0, "F_OWNER_TID"),
        (0x1, "F_OWNER_PID"),
        (0x2, "F_OWNER_PGRP"),
    ],
};

/// `LOCK_???`.
pub static FLOCK: FlagSet = FlagSet {
    name: "flock",
    kind: SetKind::Bits,
    unknown: "LOCK_???",
    fields: &[],
    shift: None,
    outcome: "",
    entries: &[
        (0x1, "LOCK_SH"),
        (0x2, "LOCK_EX"),
        (0x4, "LOCK_NB"),
        (0x8, "LOCK_UN"),
        (0x20, "LOCK_MAND"),
        (0xc0, "LOCK_RW"),
        (0x40, "LOCK_READ"),
        (0x80, "LOCK_WRITE"),
    ],
};

/// `O_???`.
pub static DUP3: FlagSet = FlagSet {
    name: "dup3",
    kind: SetKind::Bits,
    unknown: "O_???",
    fields: &[],
    shift: None,
    outcome: "",
    entries: &[
        (0x80000, "O_CLOEXEC"),
    ],
};

/// `O_???`.
pub static PIPE2: FlagSet = FlagSet {
    name: "pipe2",
    kind: SetKind::Bits,
    unknown: "O_???",
    fields: &[],
    shift: None,
    outcome: "",
    entries: &[
        (0x80, "O_EXCL"),
        (0x800, "O_NONBLOCK"),
        (0x4000, "O_DIRECT"),
        (0x80000, "O_CLOEXEC"),
    ],
};

/// `CLOSE_RANGE_???`.
pub static CLOSE_RANGE: FlagSet = FlagSet {
    name: "close_range",
    kind: SetKind::Bits,
    unknown: "CLOSE_RANGE_???",
    fields: &[],
    shift: None,
    outcome: "",
    entries: &[
        (0x2, "CLOSE_RANGE_UNSHARE"),
        (0x4, "CLOSE_RANGE_CLOEXEC"),
    ],
};

/// `RENAME_??`.
pub static RENAMEAT2: FlagSet = FlagSet {
    name: "renameat2",
    kind: SetKind::Bits,
    unknown: "RENAME_??",
    fields: &[],
    shift: None,
    outcome: "",
    entries: &[
        (0x1, "RENAME_NOREPLACE"),
        (0x2, "RENAME_EXCHANGE"),
        (0x4, "RENAME_WHITEOUT"),
    ],
};

/// `FALLOC_FL_???`.
pub static FALLOCATE: FlagSet = FlagSet {
    name: "fallocate",
    kind: SetKind::Bits,
    unknown: "FALLOC_FL_???",
    fields: &[],
    shift: None,
    outcome: "",
    entries: &[
        (0x1, "FALLOC_FL_KEEP_SIZE"),
        (0x2, "FALLOC_FL_PUNCH_HOLE"),
        (0x4, "FALLOC_FL_NO_HIDE_STALE"),
        (0x8, "FALLOC_FL_COLLAPSE_RANGE"),
        (0x10, "FALLOC_FL_ZERO_RANGE"),
        (0x20, "FALLOC_FL_INSERT_RANGE"),
        (0x40, "FALLOC_FL_UNSHARE_RANGE"),
        (0x80, "FALLOC_FL_WRITE_ZEROES"),
    ],
};

/// `POSIX_FADV_???`.
pub static FADVISE: FlagSet = FlagSet {
    name: "fadvise",
    kind: SetKind::Enum,
    unknown: "POSIX_FADV_???",
    fields: &[],
    shift: None,
    outcome: "",
    entries: &[
        (0x0, "POSIX_FADV_NORMAL"),
        (0x1, "POSIX_FADV_RANDOM"),
        (0x2, "POSIX_FADV_SEQUENTIAL"),
        (0x3, "POSIX_FADV_WILLNEED"),
        (0x4, "POSIX_FADV_DONTNEED"),
        (0x5, "POSIX_FADV_NOREUSE"),
    ],
};

/// `SYNC_FILE_RANGE_???`.
pub static SYNC_FILE_RANGE: FlagSet = FlagSet {
    name: "sync_file_range",
    kind: SetKind::Bits,
    unknown: "SYNC_FILE_RANGE_???",
    fields: &[],
    shift: None,
    outcome: "",
    entries: &[
        (0x1, "SYNC_FILE_RANGE_WAIT_BEFORE"),
        (0x2, "SYNC_FILE_RANGE_WRITE"),
        (0x4, "SYNC_FILE_RANGE_WAIT_AFTER"),
    ],
};

/// `SPLICE_F_???`.
pub static SPLICE: FlagSet = FlagSet {
    name: "splice",
    kind: SetKind::Bits,
    unknown: "SPLICE_F_???",
    fields: &[],
    shift: None,
    outcome: "",
    entries: &[
        (0x1, "SPLICE_F_MOVE"),
        (0x2, "SPLICE_F_NONBLOCK"),
        (0x4, "SPLICE_F_MORE"),
        (0x8, "SPLICE_F_GIFT"),
    ],
};

/// `RWF_???`.
pub static RWF: FlagSet = FlagSet {
    name: "rwf",
    kind: SetKind::Bits,
    unknown: "RWF_???",
    fields: &[],
    shift: None,
    outcome: "",
    entries: &[
        (0x1, "RWF_HIPRI"),
        (0x2, "RWF_DSYNC"),
        (0x4, "RWF_SYNC"),
        (0x8, "RWF_NOWAIT"),
        (0x10, "RWF_APPEND"),
        (0x20, "RWF_NOAPPEND"),
        (0x40, "RWF_ATOMIC"),
        (0x80, "RWF_DONTCACHE"),
        (0x100, "RWF_NOSIGNAL"),
    ],
};

/// `XATTR_???`.
pub static XATTR: FlagSet = FlagSet {
    name: "xattr",
    kind: SetKind::Bits,
    unknown: "XATTR_???",
    fields: &[],
    shift: None,
    outcome: "",
    entries: &[
        (0x1, "XATTR_CREATE"),
        (0x2, "XATTR_REPLACE"),
    ],
};

/// `AT_???`.
pub static XATTRAT: FlagSet = FlagSet {
    name: "xattrat",
    kind: SetKind::Bits,
    unknown: "AT_???",
    fields: &[],
    shift: None,
    outcome: "",
    entries: &[
        (0x100, "AT_SYMLINK_NOFOLLOW"),
        (0x1000, "AT_EMPTY_PATH"),
    ],
};

/// `mount_magic`.
pub static MOUNT_MAGIC: FlagSet = FlagSet {
    name: "mount_magic",
    kind: SetKind::Enum,
    unknown: "",
    fields: &[],
    shift: None,
    outcome: "",
    entries: &[
        (0xc0ed0000, "MS_MGC_VAL"),
    ],
};

/// `MS_???`.
pub static MOUNT: FlagSet = FlagSet {
    name: "mount",
    kind: SetKind::Bits,
    unknown: "MS_???",
    fields: &[Field { mask: 0xffff0000, set: &MOUNT_MAGIC, place: Place::Named }],
    shift: None,
    outcome: "",
    entries: &[
        (0x1, "MS_RDONLY"),
        (0x2, "MS_NOSUID"),
        (0x4, "MS_NODEV"),
        (0x8, "MS_NOEXEC"),
        (0x10, "MS_SYNCHRONOUS"),
        (0x20, "MS_REMOUNT"),
        (0x40, "MS_MANDLOCK"),
        (0x80, "MS_DIRSYNC"),
        (0x100, "MS_NOSYMFOLLOW"),
        (0x400, "MS_NOATIME"),
        (0x800, "MS_NODIRATIME"),
        (0x1000, "MS_BIND"),
        (0x2000, "MS_MOVE"),
        (0x4000, "MS_REC"),
        (0x8000, "MS_SILENT"),
        (0x10000, "MS_POSIXACL"),
        (0x20000, "MS_UNBINDABLE"),
        (0x40000, "MS_PRIVATE"),
        (0x80000, "MS_SLAVE"),
        (0x100000, "MS_SHARED"),
        (0x200000, "MS_RELATIME"),
        (0x400000, "MS_KERNMOUNT"),
        (0x800000, "MS_I_VERSION"),
        (0x1000000, "MS_STRICTATIME"),
        (0x2000000, "MS_LAZYTIME"),
        (0x4000000, "MS_SUBMOUNT"),
        (0x8000000, "MS_NOREMOTELOCK"),
        (0x10000000, "MS_NOSEC"),
        (0x20000000, "MS_BORN"),
        (0x40000000, "MS_ACTIVE"),
        (0x80000000, "MS_NOUSER"),
    ],
};

/// `MNT_???`.
pub static UMOUNT: FlagSet = FlagSet {
    name: "umount",
    kind: SetKind::Bits,
    unknown: "MNT_???",
    fields: &[],
    shift: None,
    outcome: "",
    entries: &[
        (0x1, "MNT_FORCE"),
        (0x2, "MNT_DETACH"),
        (0x4, "MNT_EXPIRE"),
        (0x8, "UMOUNT_NOFOLLOW"),
    ],
};

/// `OPEN_TREE_???`.
pub static OPEN_TREE: FlagSet = FlagSet {
    name: "open_tree",
    kind: SetKind::Bits,
    unknown: "OPEN_TREE_???",
    fields: &[],
    shift: None,
    outcome: "",
    entries: &[
        (0x1, "OPEN_TREE_CLONE"),
        (0x2, "OPEN_TREE_NAMESPACE"),
        (0x80000, "OPEN_TREE_CLOEXEC"),
        (0x100, "AT_SYMLINK_NOFOLLOW"),
        (0x800, "AT_NO_AUTOMOUNT"),
        (0x1000, "AT_EMPTY_PATH"),
        (0x8000, "AT_RECURSIVE"),
    ],
};

/// `MOVE_MOUNT_???`.
pub static MOVE_MOUNT: FlagSet = FlagSet {
    name: "move_mount",
    kind: SetKind::Bits,
    unknown: "MOVE_MOUNT_???",
    fields: &[],
    shift: None,
    outcome: "",
    entries: &[
        (0x1, "MOVE_MOUNT_F_SYMLINKS"),
        (0x2, "MOVE_MOUNT_F_AUTOMOUNTS"),
        (0x4, "MOVE_MOUNT_F_EMPTY_PATH"),
        (0x10, "MOVE_MOUNT_T_SYMLINKS"),
        (0x20, "MOVE_MOUNT_T_AUTOMOUNTS"),
        (0x40, "MOVE_MOUNT_T_EMPTY_PATH"),
        (0x100, "MOVE_MOUNT_SET_GROUP"),
        (0x200, "MOVE_MOUNT_BENEATH"),
    ],
};

/// `FSOPEN_???`.
pub static FSOPEN: FlagSet = FlagSet {
    name: "fsopen",
    kind: SetKind::Bits,
    unknown: "FSOPEN_???",
    fields: &[],
    shift: None,
    outcome: "",
    entries: &[
        (0x1, "FSOPEN_CLOEXEC"),
    ],
};

/// `FSCONFIG_???`.
pub static FSCONFIG: FlagSet = FlagSet {
    name: "fsconfig",
    kind: SetKind::Enum,
    unknown: "FSCONFIG_???",
    fields: &[],
    shift: None,
    outcome: "",
    entries: &[
        (0x0, "FSCONFIG_SET_FLAG"),
        (0x1, "FSCONFIG_SET_STRING"),
        (0x2, "FSCONFIG_SET_BINARY"),
        (0x3, "FSCONFIG_SET_PATH"),
        (0x4, "FSCONFIG_SET_PATH_EMPTY"),
        (0x5, "FSCONFIG_SET_FD"),
        (0x6, "FSCONFIG_CMD_CREATE"),
        (0x7, "FSCONFIG_CMD_RECONFIGURE"),
        (0x8, "FSCONFIG_CMD_CREATE_EXCL"),
    ],
};

/// `FSMOUNT_???`.
pub static FSMOUNT: FlagSet = FlagSet {
    name: "fsmount",
    kind: SetKind::Bits,
    unknown: "FSMOUNT_???",
    fields: &[],
    shift: None,
    outcome: "",
    entries: &[
        (0x1, "FSMOUNT_CLOEXEC"),
        (0x2, "FSMOUNT_NAMESPACE"),
    ],
};

/// `FSPICK_???`.
pub static FSPICK: FlagSet = FlagSet {
    name: "fspick",
    kind: SetKind::Bits,
    unknown: "FSPICK_???",
    fields: &[],
    shift: None,
    outcome: "",
    entries: &[
        (0x1, "FSPICK_CLOEXEC"),
        (0x2, "FSPICK_SYMLINK_NOFOLLOW"),
        (0x4, "FSPICK_NO_AUTOMOUNT"),
        (0x8, "FSPICK_EMPTY_PATH"),
    ],
};

/// `MOUNT_ATTR_???`.
pub static MOUNT_ATTR: FlagSet = FlagSet {
    name: "mount_attr",
    kind: SetKind::Bits,
    unknown: "MOUNT_ATTR_???",
    fields: &[],
    shift: None,
    outcome: "",
    entries: &[
        (0x1, "MOUNT_ATTR_RDONLY"),
        (0x2, "MOUNT_ATTR_NOSUID"),
        (0x4, "MOUNT_ATTR_NODEV"),
        (0x8, "MOUNT_ATTR_NOEXEC"),
        (0x70, "MOUNT_ATTR__ATIME"),
        (0x10, "MOUNT_ATTR_NOATIME"),
        (0x20, "MOUNT_ATTR_STRICTATIME"),
        (0x80, "MOUNT_ATTR_NODIRATIME"),
        (0x100000, "MOUNT_ATTR_IDMAP"),
        (0x200000, "MOUNT_ATTR_NOSYMFOLLOW"),
    ],
};

/// `ST_???`.
pub static STATFS: FlagSet = FlagSet {
    name: "statfs",
    kind: SetKind::Bits,
    unknown: "ST_???",
    fields: &[],
    shift: None,
    outcome: "",
    entries: &[
        (0x20, "ST_VALID"),
        (0x1, "ST_RDONLY"),
        (0x2, "ST_NOSUID"),
        (0x4, "ST_NODEV"),
        (0x8, "ST_NOEXEC"),
        (0x10, "ST_SYNCHRONOUS"),
        (0x40, "ST_MANDLOCK"),
        (0x400, "ST_NOATIME"),
        (0x800, "ST_NODIRATIME"),
        (0x1000, "ST_RELATIME"),
        (0x2000, "ST_NOSYMFOLLOW"),
    ],
};

/// `IN_???`.
pub static INOTIFY_INIT: FlagSet = FlagSet {
    name: "inotify_init",
    kind: SetKind::Bits,
    unknown: "IN_???",
    fields: &[],
    shift: None,
    outcome: "",
    entries: &[
        (0x800, "IN_NONBLOCK"),
        (0x80000, "IN_CLOEXEC"),
    ],
};

/// `IN_???`.
pub static INOTIFY_MASK: FlagSet = FlagSet {
    name: "inotify_mask",
    kind: SetKind::Bits,
    unknown: "IN_???",
    fields: &[],
    shift: None,
    outcome: "",
    entries: &[
        (0x1, "IN_ACCESS"),
        (0x2, "IN_MODIFY"),
        (0x4, "IN_ATTRIB"),
        (0x8, "IN_CLOSE_WRITE"),
        (0x10, "IN_CLOSE_NOWRITE"),
        (0x20, "IN_OPEN"),
        (0x40, "IN_MOVED_FROM"),
        (0x80, "IN_MOVED_TO"),
        (0x100, "IN_CREATE"),
        (0x200, "IN_DELETE"),
        (0x400, "IN_DELETE_SELF"),
        (0x800, "IN_MOVE_SELF"),
        (0x2000, "IN_UNMOUNT"),
        (0x4000, "IN_Q_OVERFLOW"),
        (0x8000, "IN_IGNORED"),
        (0x1000000, "IN_ONLYDIR"),
        (0x2000000, "IN_DONT_FOLLOW"),
        (0x4000000, "IN_EXCL_UNLINK"),
        (0x10000000, "IN_MASK_CREATE"),
        (0x20000000, "IN_MASK_ADD"),
        (0x40000000, "IN_ISDIR"),
        (0x80000000, "IN_ONESHOT"),
    ],
};

/// `FAN_CLASS_???`.
pub static FANOTIFY_CLASS: FlagSet = FlagSet {
    name: "fanotify_class",
    kind: SetKind::Enum,
    unknown: "FAN_CLASS_???",
    fields: &[],
    shift: None,
    outcome: "",
    entries: &[
        (0x0, "FAN_CLASS_NOTIF"),
        (0x4, "FAN_CLASS_CONTENT"),
        (0x8, "FAN_CLASS_PRE_CONTENT"),
    ],
};

/// `FAN_???`.
pub static FANOTIFY_INIT: FlagSet = FlagSet {
    name: "fanotify_init",
    kind: SetKind::Bits,
    unknown: "FAN_???",
    fields: &[Field { mask: 0xc, set: &FANOTIFY_CLASS, place: Place::First }],
    shift: None,
    outcome: "",
    entries: &[
        (0x1, "FAN_CLOEXEC"),
        (0x2, "FAN_NONBLOCK"),
        (0x10, "FAN_UNLIMITED_QUEUE"),
        (0x20, "FAN_UNLIMITED_MARKS"),
        (0x40, "FAN_ENABLE_AUDIT"),
        (0x80, "FAN_REPORT_PIDFD"),
        (0x100, "FAN_REPORT_TID"),
        (0x200, "FAN_REPORT_FID"),
        (0x400, "FAN_REPORT_DIR_FID"),
        (0x800, "FAN_REPORT_NAME"),
        (0x1000, "FAN_REPORT_TARGET_FID"),
        (0x2000, "FAN_REPORT_FD_ERROR"),
        (0x4000, "FAN_REPORT_MNT"),
    ],
};

/// `FAN_MARK_???`.
pub static FANOTIFY_MARK: FlagSet = FlagSet {
    name: "fanotify_mark",
    kind: SetKind::Bits,
    unknown: "FAN_MARK_???",
    fields: &[],
    shift: None,
    outcome: "",
    entries: &[
        (0x1, "FAN_MARK_ADD"),
        (0x2, "FAN_MARK_REMOVE"),
        (0x80, "FAN_MARK_FLUSH"),
        (0x4, "FAN_MARK_DONT_FOLLOW"),
        (0x8, "FAN_MARK_ONLYDIR"),
        (0x110, "FAN_MARK_MNTNS"),
        (0x10, "FAN_MARK_MOUNT"),
        (0x100, "FAN_MARK_FILESYSTEM"),
        (0x20, "FAN_MARK_IGNORED_MASK"),
        (0x40, "FAN_MARK_IGNORED_SURV_MODIFY"),
        (0x400, "FAN_MARK_IGNORE"),
        (0x200, "FAN_MARK_EVICTABLE"),
    ],
};

/// `FAN_???`.
pub static FANOTIFY_EVENT: FlagSet = FlagSet {
    name: "fanotify_event",
    kind: SetKind::Bits,
    unknown: "FAN_???",
    fields: &[],
    shift: None,
    outcome: "",
    entries: &[
        (0x1, "FAN_ACCESS"),
        (0x2, "FAN_MODIFY"),
        (0x4, "FAN_ATTRIB"),
        (0x8, "FAN_CLOSE_WRITE"),
        (0x10, "FAN_CLOSE_NOWRITE"),
        (0x20, "FAN_OPEN"),
        (0x40, "FAN_MOVED_FROM"),
        (0x80, "FAN_MOVED_TO"),
        (0x100, "FAN_CREATE"),
        (0x200, "FAN_DELETE"),
        (0x400, "FAN_DELETE_SELF"),
        (0x800, "FAN_MOVE_SELF"),
        (0x1000, "FAN_OPEN_EXEC"),
        (0x4000, "FAN_Q_OVERFLOW"),
        (0x8000, "FAN_FS_ERROR"),
        (0x10000, "FAN_OPEN_PERM"),
        (0x20000, "FAN_ACCESS_PERM"),
        (0x40000, "FAN_OPEN_EXEC_PERM"),
        (0x100000, "FAN_PRE_ACCESS"),
        (0x1000000, "FAN_MNT_ATTACH"),
        (0x2000000, "FAN_MNT_DETACH"),
        (0x8000000, "FAN_EVENT_ON_CHILD"),
        (0x10000000, "FAN_RENAME"),
        (0x40000000, "FAN_ONDIR"),
    ],
};

/// `quota_type`.
pub static QUOTA_TYPE: FlagSet = FlagSet {
    name: "quota_type",
    kind: SetKind::Enum,
    unknown: "",
    fields: &[],
    shift: None,
    outcome: "",
    entries: &[
        (0x0, "USRQUOTA"),
        (0x1, "GRPQUOTA"),
        (0x2, "PRJQUOTA"),
    ],
};

/// `DT_???`.
pub static DIRENT_TYPE: FlagSet = FlagSet {
    name: "dirent_type",
    kind: SetKind::Enum,
    unknown: "DT_???",
    fields: &[],
    shift: None,
    outcome: "",
    entries: &[
        (0x0, "DT_UNKNOWN"),
        (0x1, "DT_FIFO"),
        (0x2, "DT_CHR"),
        (0x4, "DT_DIR"),
        (0x6, "DT_BLK"),
        (0x8, "DT_REG"),
        (0xa, "DT_LNK"),
        (0xc, "DT_SOCK"),
        (0xe, "DT_WHT"),
    ],
};

/// `SWAP_FLAG_???`.
pub static SWAPON: FlagSet = FlagSet {
    name: "swapon",
    kind: SetKind::Bits,
    unknown: "SWAP_FLAG_???",
    fields: &[],
    shift: None,
    outcome: "",
    entries: &[
        (0x8000, "SWAP_FLAG_PREFER"),
        (0x10000, "SWAP_FLAG_DISCARD"),
        (0x20000, "SWAP_FLAG_DISCARD_ONCE"),
        (0x40000, "SWAP_FLAG_DISCARD_PAGES"),
    ],
};

/// `PROT_???`.
pub static PROT: FlagSet = FlagSet {
    name: "prot",
    kind: SetKind::Bits,
    unknown: "PROT_???",
    fields: &[],
    shift: None,
    outcome: "",
    entries: &[
        (0x0, "PROT_NONE"),
        (0x1, "PROT_READ"),
        (0x2, "PROT_WRITE"),
        (0x4, "PROT_EXEC"),
        (0x8, "PROT_SEM"),
        (0x1000000, "PROT_GROWSDOWN"),
        (0x2000000, "PROT_GROWSUP"),
    ],
};

/// `MAP_???`.
pub static MAP_TYPE: FlagSet = FlagSet {
    name: "map_type",
    kind: SetKind::Enum,
    unknown: "MAP_???",
    fields: &[],
    shift: None,
    outcome: "",
    entries: &[
        (0x0, "MAP_FILE"),
        (0x1, "MAP_SHARED"),
        (0x2, "MAP_PRIVATE"),
        (0x3, "MAP_SHARED_VALIDATE"),
        (0x8, "MAP_DROPPABLE"),
    ],
};

/// `MAP_???`.
pub static MAP: FlagSet = FlagSet {
    name: "map",
    kind: SetKind::Bits,
    unknown: "MAP_???",
    fields: &[Field { mask: 0xf, set: &MAP_TYPE, place: Place::First }],
    shift: Some(Shift { mask: 0xfc000000, name: "MAP_HUGE_SHIFT" }),
    outcome: "",
    entries: &[
        (0x10, "MAP_FIXED"),
        (0x20, "MAP_ANONYMOUS"),
        (0x40, "MAP_32BIT"),
        (0x80, "MAP_ABOVE4G"),
        (0x4000, "MAP_NORESERVE"),
        (0x8000, "MAP_POPULATE"),
        (0x10000, "MAP_NONBLOCK"),
        (0x100, "MAP_GROWSDOWN"),
        (0x800, "MAP_DENYWRITE"),
        (0x1000, "MAP_EXECUTABLE"),
        (0x2000, "MAP_LOCKED"),
        (0x20000, "MAP_STACK"),
        (0x40000, "MAP_HUGETLB"),
        (0x80000, "MAP_SYNC"),
        (0x100000, "MAP_FIXED_NOREPLACE"),
    ],
};

/// `MREMAP_???`.
pub static MREMAP: FlagSet = FlagSet {
    name: "mremap",
    kind: SetKind::Bits,
    unknown: "MREMAP_???",
    fields: &[],
    shift: None,
    outcome: "",
    entries: &[
        (0x1, "MREMAP_MAYMOVE"),
        (0x2, "MREMAP_FIXED"),
        (0x4, "MREMAP_DONTUNMAP"),
    ],
};

/// `MS_???`.
pub static MSYNC: FlagSet = FlagSet {
    name: "msync",
    kind: SetKind::Bits,
    unknown: "MS_???",
    fields: &[],
    shift: None,
    outcome: "",
    entries: &[
        (0x4, "MS_SYNC"),
        (0x1, "MS_ASYNC"),
        (0x2, "MS_INVALIDATE"),
    ],
};

/// `MADV_???`.
pub static MADVISE: FlagSet = FlagSet {
    name: "madvise",
    kind: SetKind::Enum,
    unknown: "MADV_???",
    fields: &[],
    shift: None,
    outcome: "",
    entries: &[
        (0x0, "MADV_NORMAL"),
        (0x1, "MADV_RANDOM"),
        (0x2, "MADV_SEQUENTIAL"),
        (0x3, "MADV_WILLNEED"),
        (0x4, "MADV_DONTNEED"),
        (0x8, "MADV_FREE"),
        (0x9, "MADV_REMOVE"),
        (0xa, "MADV_DONTFORK"),
        (0xb, "MADV_DOFORK"),
        (0xc, "MADV_MERGEABLE"),
        (0xd, "MADV_UNMERGEABLE"),
        (0xe, "MADV_HUGEPAGE"),
        (0xf, "MADV_NOHUGEPAGE"),
        (0x10, "MADV_DONTDUMP"),
        (0x11, "MADV_DODUMP"),
        (0x12, "MADV_WIPEONFORK"),
        (0x13, "MADV_KEEPONFORK"),
        (0x14, "MADV_COLD"),
        (0x15, "MADV_PAGEOUT"),
        (0x16, "MADV_POPULATE_READ"),
        (0x17, "MADV_POPULATE_WRITE"),
        (0x18, "MADV_DONTNEED_LOCKED"),
        (0x19, "MADV_COLLAPSE"),
        (0x64, "MADV_HWPOISON"),
        (0x65, "MADV_SOFT_OFFLINE"),
        (0x66, "MADV_GUARD_INSTALL"),
        (0x67, "MADV_GUARD_REMOVE"),
    ],
};

/// `MLOCK_???`.
pub static MLOCK2: FlagSet = FlagSet {
    name: "mlock2",
    kind: SetKind::Bits,
    unknown: "MLOCK_???",
    fields: &[],
    shift: None,
    outcome: "",
    entries: &[
        (0x1, "MLOCK_ONFAULT"),
    ],
};

/// `MCL_???`.
pub static MLOCKALL: FlagSet = FlagSet {
    name: "mlockall",
    kind: SetKind::Bits,
    unknown: "MCL_???",
    fields: &[],
    shift: None,
    outcome: "",
    entries: &[
        (0x1, "MCL_CURRENT"),
        (0x2, "MCL_FUTURE"),
        (0x4, "MCL_ONFAULT"),
    ],
};

/// `MFD_???`.
pub static MEMFD_CREATE: FlagSet = FlagSet {
    name: "memfd_create",
    kind: SetKind::Bits,
    unknown: "MFD_???",
    fields: &[],
    shift: Some(Shift { mask: 0xfc000000, name: "MFD_HUGE_SHIFT" }),
    outcome: "",
    entries: &[
        (0x1, "MFD_CLOEXEC"),
        (0x2, "MFD_ALLOW_SEALING"),
        (0x4, "MFD_HUGETLB"),
        (0x8, "MFD_NOEXEC_SEAL"),
        (0x10, "MFD_EXEC"),
    ],
};

/// `FD_???`.
pub static MEMFD_SECRET: FlagSet = FlagSet {
    name: "memfd_secret",
    kind: SetKind::Bits,
    unknown: "FD_???",
    fields: &[],
    shift: None,
    outcome: "",
    entries: &[
        (0x80000, "O_CLOEXEC"),
    ],
};

/// `PKEY_???`.
pub static PKEY_ACCESS: FlagSet = FlagSet {
    name: "pkey_access",
    kind: SetKind::Bits,
    unknown: "PKEY_???",
    fields: &[],
    shift: None,
    outcome: "",
    entries: &[
        (0x0, "PKEY_UNRESTRICTED"),
        (0x1, "PKEY_DISABLE_ACCESS"),
        (0x2, "PKEY_DISABLE_WRITE"),
        (0x4, "PKEY_DISABLE_EXECUTE"),
    ],
};

/// `SHADOW_STACK_???`.
pub static SHADOW_STACK: FlagSet = FlagSet {
    name: "shadow_stack",
    kind: SetKind::Bits,
    unknown: "SHADOW_STACK_???",
    fields: &[],
    shift: None,
    outcome: "",
    entries: &[
        (0x1, "SHADOW_STACK_SET_TOKEN"),
        (0x2, "SHADOW_STACK_SET_MARKER"),
    ],
};

/// `MPOL_???`.
pub static MPOL_MODE: FlagSet = FlagSet {
    name: "mpol_mode",
    kind: SetKind::Enum,
    unknown: "MPOL_???",
    fields: &[],
    shift: None,
    outcome: "",
    entries: &[
        (0x0, "MPOL_DEFAULT"),
        (0x1, "MPOL_PREFERRED"),
        (0x2, "MPOL_BIND"),
        (0x3, "MPOL_INTERLEAVE"),
        (0x4, "MPOL_LOCAL"),
        (0x5, "MPOL_PREFERRED_MANY"),
        (0x6, "MPOL_WEIGHTED_INTERLEAVE"),
    ],
};

/// `MPOL_???`.
pub static MPOL: FlagSet = FlagSet {
    name: "mpol",
    kind: SetKind::Bits,
    unknown: "MPOL_???",
    fields: &[Field { mask: 0xff, set: &MPOL_MODE, place: Place::First }],
    shift: None,
    outcome: "",
    entries: &[
        (0x2000, "MPOL_F_NUMA_BALANCING"),
        (0x4000, "MPOL_F_RELATIVE_NODES"),
        (0x8000, "MPOL_F_STATIC_NODES"),
    ],
};

/// `MPOL_MF_???`.
pub static MBIND: FlagSet = FlagSet {
    name: "mbind",
    kind: SetKind::Bits,
    unknown: "MPOL_MF_???",
    fields: &[],
    shift: None,
    outcome: "",
    entries: &[
        (0x1, "MPOL_MF_STRICT"),
        (0x2, "MPOL_MF_MOVE"),
        (0x4, "MPOL_MF_MOVE_ALL"),
    ],
};

/// `MPOL_F_???`.
pub static GET_MEMPOLICY: FlagSet = FlagSet {
    name: "get_mempolicy",
    kind: SetKind::Bits,
    unknown: "MPOL_F_???",
    fields: &[],
    shift: None,
    outcome: "",
    entries: &[
        (0x1, "MPOL_F_NODE"),
        (0x2, "MPOL_F_ADDR"),
        (0x4, "MPOL_F_MEMS_ALLOWED"),
    ],
};

/// `UFFD_???`.
pub static USERFAULTFD: FlagSet = FlagSet {
    name: "userfaultfd",
    kind: SetKind::Bits,
    unknown: "UFFD_???",
    fields: &[],
    shift: None,
    outcome: "",
    entries: &[
        (0x1, "UFFD_USER_MODE_ONLY"),
        (0x800, "O_NONBLOCK"),
        (0x80000, "O_CLOEXEC"),
    ],
};

/// `CLONE_???`.
pub static CLONE: FlagSet = FlagSet {
    name: "clone",
    kind: SetKind::Bits,
    unknown: "CLONE_???",
    fields: &[Field { mask: 0xff, set: &SIGNAL, place: Place::Last }],
    shift: None,
    outcome: "",
    entries: &[
        (0x100, "CLONE_VM"),
        (0x200, "CLONE_FS"),
        (0x400, "CLONE_FILES"),
        (0x800, "CLONE_SIGHAND"),
        (0x1000, "CLONE_PIDFD"),
        (0x2000, "CLONE_PTRACE"),
        (0x4000, "CLONE_VFORK"),
        (0x8000, "CLONE_PARENT"),
        (0x10000, "CLONE_THREAD"),
        (0x20000, "CLONE_NEWNS"),
        (0x40000, "CLONE_SYSVSEM"),
        (0x80000, "CLONE_SETTLS"),
        (0x100000, "CLONE_PARENT_SETTID"),
        (0x200000, "CLONE_CHILD_CLEARTID"),
        (0x400000, "CLONE_DETACHED"),
        (0x800000, "CLONE_UNTRACED"),
        (0x1000000, "CLONE_CHILD_SETTID"),
        (0x2000000, "CLONE_NEWCGROUP"),
        (0x4000000, "CLONE_NEWUTS"),
        (0x8000000, "CLONE_NEWIPC"),
        (0x10000000, "CLONE_NEWUSER"),
        (0x20000000, "CLONE_NEWPID"),
        (0x40000000, "CLONE_NEWNET"),
        (0x80000000, "CLONE_IO"),
    ],
};

/// `CLONE_???`.
pub static CLONE3: FlagSet = FlagSet {
    name: "clone3",
    kind: SetKind::Bits,
    unknown: "CLONE_???",
    fields: &[],
    shift: None,
    outcome: "",
    entries: &[
        (0x100, "CLONE_VM"),
        (0x200, "CLONE_FS"),
        (0x400, "CLONE_FILES"),
        (0x800, "CLONE_SIGHAND"),
        (0x1000, "CLONE_PIDFD"),
        (0x2000, "CLONE_PTRACE"),
        (0x4000, "CLONE_VFORK"),
        (0x8000, "CLONE_PARENT"),
        (0x10000, "CLONE_THREAD"),
        (0x20000, "CLONE_NEWNS"),
        (0x40000, "CLONE_SYSVSEM"),
        (0x80000, "CLONE_SETTLS"),
        (0x100000, "CLONE_PARENT_SETTID"),
        (0x200000, "CLONE_CHILD_CLEARTID"),
        (0x400000, "CLONE_DETACHED"),
        (0x800000, "CLONE_UNTRACED"),
        (0x1000000, "CLONE_CHILD_SETTID"),
        (0x2000000, "CLONE_NEWCGROUP"),
        (0x4000000, "CLONE_NEWUTS"),
        (0x8000000, "CLONE_NEWIPC"),
        (0x10000000, "CLONE_NEWUSER"),
        (0x20000000, "CLONE_NEWPID"),
        (0x40000000, "CLONE_NEWNET"),
        (0x80000000, "CLONE_IO"),
        (0x100000000, "CLONE_CLEAR_SIGHAND"),
        (0x200000000, "CLONE_INTO_CGROUP"),
        (0x80, "CLONE_NEWTIME"),
    ],
};

/// `CLONE_???`.
pub static UNSHARE: FlagSet = FlagSet {
    name: "unshare",
    kind: SetKind::Bits,
    unknown: "CLONE_???",
    fields: &[],
    shift: None,
    outcome: "",
    entries: &[
        (0x80, "CLONE_NEWTIME"),
        (0x100, "CLONE_VM"),
        (0x200, "CLONE_FS"),
        (0x400, "CLONE_FILES"),
        (0x800, "CLONE_SIGHAND"),
        (0x10000, "CLONE_THREAD"),
        (0x20000, "CLONE_NEWNS"),
        (0x40000, "CLONE_SYSVSEM"),
        (0x2000000, "CLONE_NEWCGROUP"),
        (0x4000000, "CLONE_NEWUTS"),
        (0x8000000, "CLONE_NEWIPC"),
        (0x10000000, "CLONE_NEWUSER"),
        (0x20000000, "CLONE_NEWPID"),
        (0x40000000, "CLONE_NEWNET"),
    ],
};

/// `CLONE_NEW???`.
pub static SETNS: FlagSet = FlagSet {
    name: "setns",
    kind: SetKind::Bits,
    unknown: "CLONE_NEW???",
    fields: &[],
    shift: None,
    outcome: "",
    entries: &[
        (0x80, "CLONE_NEWTIME"),
        (0x20000, "CLONE_NEWNS"),
        (0x2000000, "CLONE_NEWCGROUP"),
        (0x4000000, "CLONE_NEWUTS"),
        (0x8000000, "CLONE_NEWIPC"),
        (0x10000000, "CLONE_NEWUSER"),
        (0x20000000, "CLONE_NEWPID"),
        (0x40000000, "CLONE_NEWNET"),
    ],
};

/// `W???`.
pub static WAIT4: FlagSet = FlagSet {
    name: "wait4",
    kind: SetKind::Bits,
    unknown: "W???",
    fields: &[],
    shift: None,
    outcome: "",
    entries: &[
        (0x1, "WNOHANG"),
        (0x2, "WUNTRACED"),
        (0x4, "WEXITED"),
        (0x8, "WCONTINUED"),
        (0x1000000, "WNOWAIT"),
        (0x80000000, "__WCLONE"),
        (0x40000000, "__WALL"),
        (0x20000000, "__WNOTHREAD"),
    ],
};

/// `P_???`.
pub static WAITID: FlagSet = FlagSet {
    name: "waitid",
    kind: SetKind::Enum,
    unknown: "P_???",
    fields: &[],
    shift: None,
    outcome: "",
    entries: &[
        (0x0, "P_ALL"),
        (0x1, "P_PID"),
        (0x2, "P_PGID"),
        (0x3, "P_PIDFD"),
    ],
};

/// `PIDFD_???`.
pub static PIDFD_OPEN: FlagSet = FlagSet {
    name: "pidfd_open",
    kind: SetKind::Bits,
    unknown: "PIDFD_???",
    fields: &[],
    shift: None,
    outcome: "",
    entries: &[
        (0x800, "PIDFD_NONBLOCK"),
        (0x80, "PIDFD_THREAD"),
    ],
};

/// `PIDFD_SIGNAL_???`.
pub static PIDFD_SIGNAL: FlagSet = FlagSet {
    name: "pidfd_signal",
    kind: SetKind::Bits,
    unknown: "PIDFD_SIGNAL_???",
    fields: &[],
    shift: None,
    outcome: "",
    entries: &[
        (0x1, "PIDFD_SIGNAL_THREAD"),
        (0x2, "PIDFD_SIGNAL_THREAD_GROUP"),
        (0x4, "PIDFD_SIGNAL_PROCESS_GROUP"),
    ],
};

/// `RLIMIT_???`.
pub static RLIMIT: FlagSet = FlagSet {
    name: "rlimit",
    kind: SetKind::Enum,
    unknown: "RLIMIT_???",
    fields: &[],
    shift: None,
    outcome: "",
    entries: &[
        (0x0, "RLIMIT_CPU"),
        (0x1, "RLIMIT_FSIZE"),
        (0x2, "RLIMIT_DATA"),
        (0x3, "RLIMIT_STACK"),
        (0x4, "RLIMIT_CORE"),
        (0x5, "RLIMIT_RSS"),
        (0x6, "RLIMIT_NPROC"),
        (0x7, "RLIMIT_NOFILE"),
        (0x8, "RLIMIT_MEMLOCK"),
        (0x9, "RLIMIT_AS"),
        (0xa, "RLIMIT_LOCKS"),
        (0xb, "RLIMIT_SIGPENDING"),
        (0xc, "RLIMIT_MSGQUEUE"),
        (0xd, "RLIMIT_NICE"),
        (0xe, "RLIMIT_RTPRIO"),
        (0xf, "RLIMIT_RTTIME"),
    ],
};

/// `RUSAGE_???`.
pub static RUSAGE: FlagSet = FlagSet {
    name: "rusage",
    kind: SetKind::Enum,
    unknown: "RUSAGE_???",
    fields: &[],
    shift: None,
    outcome: "",
    entries: &[
        (0x0, "RUSAGE_SELF"),
        (0xffffffff, "RUSAGE_CHILDREN"),
        (0xfffffffe, "RUSAGE_BOTH"),
        (0x1, "RUSAGE_THREAD"),
    ],
};

/// `PRIO_???`.
pub static PRIORITY: FlagSet = FlagSet {
    name: "priority",
    kind: SetKind::Enum,
    unknown: "PRIO_???",
    fields: &[],
    shift: None,
    outcome: "",
    entries: &[
        (0x0, "PRIO_PROCESS"),
        (0x1, "PRIO_PGRP"),
        (0x2, "PRIO_USER"),
    ],
};

/// `IOPRIO_WHO_???`.
pub static IOPRIO: FlagSet = FlagSet {
    name: "ioprio",
    kind: SetKind::Enum,
    unknown: "IOPRIO_WHO_???",
    fields: &[],
    shift: None,
    outcome: "",
    entries: &[
        (0x1, "IOPRIO_WHO_PROCESS"),
        (0x2, "IOPRIO_WHO_PGRP"),
        (0x3, "IOPRIO_WHO_USER"),
    ],
};

/// `SCHED_???`.
pub static SCHEDULER: FlagSet = FlagSet {
    name: "scheduler",
    kind: SetKind::Enum,
    unknown: "SCHED_???",
    fields: &[],
    shift: None,
    outcome: "",
    entries: &[
        (0x0, "SCHED_OTHER"),
        (0x1, "SCHED_FIFO"),
        (0x2, "SCHED_RR"),
        (0x3, "SCHED_BATCH"),
        (0x4, "SCHED_ISO"),
        (0x5, "SCHED_IDLE"),
        (0x6, "SCHED_DEADLINE"),
        (0x7, "SCHED_EXT"),
    ],
};

/// `ARCH_???`.
pub static ARCH_PRCTL: FlagSet = FlagSet {
    name: "arch_prctl",
    kind: SetKind::Enum,
    unknown: "ARCH_???",
    fields: &[],
    shift: None,
    outcome: "",
    entries: &[
        (0x1001, "ARCH_SET_GS"),
        (0x1002, "ARCH_SET_FS"),
        (0x1003, "ARCH_GET_FS"),
        (0x1004, "ARCH_GET_GS"),
        (0x1011, "ARCH_GET_CPUID"),
        (0x1012, "ARCH_SET_CPUID"),
        (0x1021, "ARCH_GET_XCOMP_SUPP"),
        (0x1022, "ARCH_GET_XCOMP_PERM"),
        (0x1023, "ARCH_REQ_XCOMP_PERM"),
        (0x1024, "ARCH_GET_XCOMP_GUEST_PERM"),
        (0x1025, "ARCH_REQ_XCOMP_GUEST_PERM"),
        (0x2001, "ARCH_MAP_VDSO_X32"),
        (0x2002, "ARCH_MAP_VDSO_32"),
        (0x2003, "ARCH_MAP_VDSO_64"),
        (0x4001, "ARCH_GET_UNTAG_MASK"),
        (0x4002, "ARCH_ENABLE_TAGGED_ADDR"),
        (0x4003, "ARCH_GET_MAX_TAG_BITS"),
        (0x4004, "ARCH_FORCE_TAGGED_SVA"),
        (0x5001, "ARCH_SHSTK_ENABLE"),
        (0x5002, "ARCH_SHSTK_DISABLE"),
        (0x5003, "ARCH_SHSTK_LOCK"),
        (0x5004, "ARCH_SHSTK_UNLOCK"),
        (0x5005, "ARCH_SHSTK_STATUS"),
    ],
};

/// `PR_???`.
pub static PRCTL: FlagSet = FlagSet {
    name: "prctl",
    kind: SetKind::Enum,
    unknown: "PR_???",
    fields: &[],
    shift: None,
    outcome: "",
    entries: &[
        (0x1, "PR_SET_PDEATHSIG"),
        (0x2, "PR_GET_PDEATHSIG"),
        (0x3, "PR_GET_DUMPABLE"),
        (0x4, "PR_SET_DUMPABLE"),
        (0x5, "PR_GET_UNALIGN"),
        (0x6, "PR_SET_UNALIGN"),
        (0x7, "PR_GET_KEEPCAPS"),
        (0x8, "PR_SET_KEEPCAPS"),
        (0x9, "PR_GET_FPEMU"),
        (0xa, "PR_SET_FPEMU"),
        (0xb, "PR_GET_FPEXC"),
        (0xc, "PR_SET_FPEXC"),
        (0xd, "PR_GET_TIMING"),
        (0xe, "PR_SET_TIMING"),
        (0xf, "PR_SET_NAME"),
        (0x10, "PR_GET_NAME"),
        (0x13, "PR_GET_ENDIAN"),
        (0x14, "PR_SET_ENDIAN"),
        (0x15, "PR_GET_SECCOMP"),
        (0x16, "PR_SET_SECCOMP"),
        (0x17, "PR_CAPBSET_READ"),
        (0x18, "PR_CAPBSET_DROP"),
        (0x19, "PR_GET_TSC"),
        (0x1a, "PR_SET_TSC"),
        (0x1b, "PR_GET_SECUREBITS"),
        (0x1c, "PR_SET_SECUREBITS"),
        (0x1d, "PR_SET_TIMERSLACK"),
        (0x1e, "PR_GET_TIMERSLACK"),
        (0x1f, "PR_TASK_PERF_EVENTS_DISABLE"),
        (0x20, "PR_TASK_PERF_EVENTS_ENABLE"),
        (0x21, "PR_MCE_KILL"),
        (0x22, "PR_MCE_KILL_GET"),
        (0x23, "PR_SET_MM"),
        (0x59616d61, "PR_SET_PTRACER"),
        (0x24, "PR_SET_CHILD_SUBREAPER"),
        (0x25, "PR_GET_CHILD_SUBREAPER"),
        (0x26, "PR_SET_NO_NEW_PRIVS"),
        (0x27, "PR_GET_NO_NEW_PRIVS"),
        (0x28, "PR_GET_TID_ADDRESS"),
        (0x29, "PR_SET_THP_DISABLE"),
        (0x2a, "PR_GET_THP_DISABLE"),
        (0x2b, "PR_MPX_ENABLE_MANAGEMENT"),
        (0x2c, "PR_MPX_DISABLE_MANAGEMENT"),
        (0x2d, "PR_SET_FP_MODE"),
        (0x2e, "PR_GET_FP_MODE"),
        (0x2f, "PR_CAP_AMBIENT"),
        (0x32, "PR_SVE_SET_VL"),
        (0x33, "PR_SVE_GET_VL"),
        (0x34, "PR_GET_SPECULATION_CTRL"),
        (0x35, "PR_SET_SPECULATION_CTRL"),
        (0x36, "PR_PAC_RESET_KEYS"),
        (0x37, "PR_SET_TAGGED_ADDR_CTRL"),
        (0x38, "PR_GET_TAGGED_ADDR_CTRL"),
        (0x39, "PR_SET_IO_FLUSHER"),
        (0x3a, "PR_GET_IO_FLUSHER"),
        (0x3b, "PR_SET_SYSCALL_USER_DISPATCH"),
        (0x3c, "PR_PAC_SET_ENABLED_KEYS"),
        (0x3d, "PR_PAC_GET_ENABLED_KEYS"),
        (0x3e, "PR_SCHED_CORE"),
        (0x3f, "PR_SME_SET_VL"),
        (0x40, "PR_SME_GET_VL"),
        (0x41, "PR_SET_MDWE"),
        (0x42, "PR_GET_MDWE"),
        (0x43, "PR_SET_MEMORY_MERGE"),
        (0x44, "PR_GET_MEMORY_MERGE"),
        (0x45, "PR_RISCV_V_SET_CONTROL"),
        (0x46, "PR_RISCV_V_GET_CONTROL"),
        (0x47, "PR_RISCV_SET_ICACHE_FLUSH_CTX"),
        (0x48, "PR_PPC_GET_DEXCR"),
        (0x49, "PR_PPC_SET_DEXCR"),
        (0x4a, "PR_GET_SHADOW_STACK_STATUS"),
        (0x4b, "PR_SET_SHADOW_STACK_STATUS"),
        (0x4c, "PR_LOCK_SHADOW_STACK_STATUS"),
        (0x4d, "PR_TIMER_CREATE_RESTORE_IDS"),
        (0x4e, "PR_FUTEX_HASH"),
        (0x4f, "PR_RSEQ_SLICE_EXTENSION"),
        (0x50, "PR_GET_CFI"),
        (0x51, "PR_SET_CFI"),
        (0x41555856, "PR_GET_AUXV"),
        (0x53564d41, "PR_SET_VMA"),
    ],
};

/// `SUID_DUMP_???`.
pub static PR_DUMPABLE: FlagSet = FlagSet {
    name: "pr_dumpable",
    kind: SetKind::Enum,
    unknown: "SUID_DUMP_???",
    fields: &[],
    shift: None,
    outcome: "",
    entries: &[
        (0x0, "SUID_DUMP_DISABLE"),
        (0x1, "SUID_DUMP_USER"),
        (0x2, "SUID_DUMP_ROOT"),
    ],
};

/// `PR_CAP_AMBIENT_???`.
pub static PR_CAP_AMBIENT: FlagSet = FlagSet {
    name: "pr_cap_ambient",
    kind: SetKind::Enum,
    unknown: "PR_CAP_AMBIENT_???",
    fields: &[],
    shift: None,
    outcome: "",
    entries: &[
        (0x1, "PR_CAP_AMBIENT_IS_SET"),
        (0x2, "PR_CAP_AMBIENT_RAISE"),
        (0x3, "PR_CAP_AMBIENT_LOWER"),
        (0x4, "PR_CAP_AMBIENT_CLEAR_ALL"),
    ],
};

/// `PR_SET_MM_???`.
pub static PR_SET_MM: FlagSet = FlagSet {
    name: "pr_set_mm",
    kind: SetKind::Enum,
    unknown: "PR_SET_MM_???",
    fields: &[],
    shift: None,
    outcome: "",
    entries: &[
        (0x1, "PR_SET_MM_START_CODE"),
        (0x2, "PR_SET_MM_END_CODE"),
        (0x3, "PR_SET_MM_START_DATA"),
        (0x4, "PR_SET_MM_END_DATA"),
        (0x5, "PR_SET_MM_START_STACK"),
        (0x6, "PR_SET_MM_START_BRK"),
        (0x7, "PR_SET_MM_BRK"),
        (0x8, "PR_SET_MM_ARG_START"),
        (0x9, "PR_SET_MM_ARG_END"),
        (0xa, "PR_SET_MM_ENV_START"),
        (0xb, "PR_SET_MM_ENV_END"),
        (0xc, "PR_SET_MM_AUXV"),
        (0xd, "PR_SET_MM_EXE_FILE"),
        (0xe, "PR_SET_MM_MAP"),
        (0xf, "PR_SET_MM_MAP_SIZE"),
    ],
};

/// `PR_SET_VMA_???`.
pub static PR_SET_VMA: FlagSet = FlagSet {
    name: "pr_set_vma",
    kind: SetKind::Enum,
    unknown: "PR_SET_VMA_???",
    fields: &[],
    shift: None,
    outcome: "",
    entries: &[
        (0x0, "PR_SET_VMA_ANON_NAME"),
    ],
};

/// `PR_SYS_DISPATCH_???`.
pub static PR_SUD: FlagSet = FlagSet {
    name: "pr_sud",
    kind: SetKind::Enum,
    unknown: "PR_SYS_DISPATCH_???",
    fields: &[],
    shift: None,
    outcome: "",
    entries: &[
        (0x0, "PR_SYS_DISPATCH_OFF"),
        (0x1, "PR_SYS_DISPATCH_ON"),
    ],
};

/// `PR_TSC_???`.
pub static PR_TSC: FlagSet = FlagSet {
    name: "pr_tsc",
    kind: SetKind::Enum,
    unknown: "PR_TSC_???",
    fields: &[],
    shift: None,
    outcome: "",
    entries: &[
        (0x1, "PR_TSC_ENABLE"),
        (0x2, "PR_TSC_SIGSEGV"),
    ],
};

/// `SECCOMP_MODE_???`.
pub static SECCOMP_MODE: FlagSet = FlagSet {
    name: "seccomp_mode",
    kind: SetKind::Enum,
    unknown: "SECCOMP_MODE_???",
    fields: &[],
    shift: None,
    outcome: "",
    entries: &[
        (0x0, "SECCOMP_MODE_DISABLED"),
        (0x1, "SECCOMP_MODE_STRICT"),
        (0x2, "SECCOMP_MODE_FILTER"),
    ],
};

/// `CAP_???`.
pub static CAPABILITY: FlagSet = FlagSet {
    name: "capability",
    kind: SetKind::Enum,
    unknown: "CAP_???",
    fields: &[],
    shift: None,
    outcome: "",
    entries: &[
        (0x0, "CAP_CHOWN"),
        (0x1, "CAP_DAC_OVERRIDE"),
        (0x2, "CAP_DAC_READ_SEARCH"),
        (0x3, "CAP_FOWNER"),
        (0x4, "CAP_FSETID"),
        (0x5, "CAP_KILL"),
        (0x6, "CAP_SETGID"),
        (0x7, "CAP_SETUID"),
        (0x8, "CAP_SETPCAP"),
        (0x9, "CAP_LINUX_IMMUTABLE"),
        (0xa, "CAP_NET_BIND_SERVICE"),
        (0xb, "CAP_NET_BROADCAST"),
        (0xc, "CAP_NET_ADMIN"),
        (0xd, "CAP_NET_RAW"),
        (0xe, "CAP_IPC_LOCK"),
        (0xf, "CAP_IPC_OWNER"),
        (0x10, "CAP_SYS_MODULE"),
        (0x11, "CAP_SYS_RAWIO"),
        (0x12, "CAP_SYS_CHROOT"),
        (0x13, "CAP_SYS_PTRACE"),
        (0x14, "CAP_SYS_PACCT"),
        (0x15, "CAP_SYS_ADMIN"),
        (0x16, "CAP_SYS_BOOT"),
        (0x17, "CAP_SYS_NICE"),
        (0x18, "CAP_SYS_RESOURCE"),
        (0x19, "CAP_SYS_TIME"),
        (0x1a, "CAP_SYS_TTY_CONFIG"),
        (0x1b, "CAP_MKNOD"),
        (0x1c, "CAP_LEASE"),
        (0x1d, "CAP_AUDIT_WRITE"),
        (0x1e, "CAP_AUDIT_CONTROL"),
        (0x1f, "CAP_SETFCAP"),
        (0x20, "CAP_MAC_OVERRIDE"),
        (0x21, "CAP_MAC_ADMIN"),
        (0x22, "CAP_SYSLOG"),
        (0x23, "CAP_WAKE_ALARM"),
        (0x24, "CAP_BLOCK_SUSPEND"),
        (0x25, "CAP_AUDIT_READ"),
        (0x26, "CAP_PERFMON"),
        (0x27, "CAP_BPF"),
        (0x28, "CAP_CHECKPOINT_RESTORE"),
    ],
};

/// `_LINUX_CAPABILITY_VERSION_???`.
pub static CAP_VERSION: FlagSet = FlagSet {
    name: "cap_version",
    kind: SetKind::Enum,
    unknown: "_LINUX_CAPABILITY_VERSION_???",
    fields: &[],
    shift: None,
    outcome: "",
    entries: &[
        (0x19980330, "_LINUX_CAPABILITY_VERSION_1"),
        (0x20071026, "_LINUX_CAPABILITY_VERSION_2"),
        (0x20080522, "_LINUX_CAPABILITY_VERSION_3"),
    ],
};

/// `PER_???`.
pub static PERSONALITY_DOMAIN: FlagSet = FlagSet {
    name: "personality_domain",
    kind: SetKind::Enum,
    unknown: "PER_???",
    fields: &[],
    shift: None,
    outcome: "",
    entries: &[
        (0x0, "PER_LINUX"),
        (0x4100001, "PER_SVR4"),
        (0x5000002, "PER_SVR3"),
        (0x7000003, "PER_SCOSVR3"),
        (0x6000003, "PER_OSR5"),
        (0x5000004, "PER_WYSEV386"),
        (0x4000005, "PER_ISCR4"),
        (0x6, "PER_BSD"),
        (0x4000006, "PER_SUNOS"),
        (0x5000007, "PER_XENIX"),
        (0x8, "PER_LINUX32"),
        (0x8000008, "PER_LINUX32_3GB"),
        (0x4000009, "PER_IRIX32"),
        (0x400000a, "PER_IRIXN32"),
        (0x400000b, "PER_IRIX64"),
        (0xc, "PER_RISCOS"),
        (0x400000d, "PER_SOLARIS"),
        (0x410000e, "PER_UW7"),
        (0xf, "PER_OSF4"),
        (0x10, "PER_HPUX"),
    ],
};

/// `PER_???`.
pub static PERSONALITY: FlagSet = FlagSet {
    name: "personality",
    kind: SetKind::Bits,
    unknown: "PER_???",
    fields: &[Field { mask: 0xff, set: &PERSONALITY_DOMAIN, place: Place::First }],
    shift: None,
    outcome: "",
    entries: &[
        (0x20000, "UNAME26"),
        (0x40000, "ADDR_NO_RANDOMIZE"),
        (0x80000, "FDPIC_FUNCPTRS"),
        (0x100000, "MMAP_PAGE_ZERO"),
        (0x200000, "ADDR_COMPAT_LAYOUT"),
        (0x400000, "READ_IMPLIES_EXEC"),
        (0x800000, "ADDR_LIMIT_32BIT"),
        (0x1000000, "SHORT_INODE"),
        (0x2000000, "WHOLE_SECONDS"),
        (0x4000000, "STICKY_TIMEOUTS"),
        (0x8000000, "ADDR_LIMIT_3GB"),
    ],
};

/// `PTRACE_O_???`.
pub static PTRACE_OPTIONS: FlagSet = FlagSet {
    name: "ptrace_options",
    kind: SetKind::Bits,
    unknown: "PTRACE_O_???",
    fields: &[],
    shift: None,
    outcome: "",
    entries: &[
        (0x1, "PTRACE_O_TRACESYSGOOD"),
        (0x2, "PTRACE_O_TRACEFORK"),
        (0x4, "PTRACE_O_TRACEVFORK"),
        (0x8, "PTRACE_O_TRACECLONE"),
        (0x10, "PTRACE_O_TRACEEXEC"),
        (0x20, "PTRACE_O_TRACEVFORKDONE"),
        (0x40, "PTRACE_O_TRACEEXIT"),
        (0x80, "PTRACE_O_TRACESECCOMP"),
        (0x100000, "PTRACE_O_EXITKILL"),
        (0x200000, "PTRACE_O_SUSPEND_SECCOMP"),
    ],
};

/// `PTRACE_???`.
pub static PTRACE: FlagSet = FlagSet {
    name: "ptrace",
    kind: SetKind::Enum,
    unknown: "PTRACE_???",
    fields: &[],
    shift: None,
    outcome: "",
    entries: &[
        (0x0, "PTRACE_TRACEME"),
        (0x1, "PTRACE_PEEKTEXT"),
        (0x2, "PTRACE_PEEKDATA"),
        (0x3, "PTRACE_PEEKUSER"),
        (0x4, "PTRACE_POKETEXT"),
        (0x5, "PTRACE_POKEDATA"),
        (0x6, "PTRACE_POKEUSER"),
        (0x7, "PTRACE_CONT"),
        (0x8, "PTRACE_KILL"),
        (0x9, "PTRACE_SINGLESTEP"),
        (0xc, "PTRACE_GETREGS"),
        (0xd, "PTRACE_SETREGS"),
        (0xe, "PTRACE_GETFPREGS"),
        (0xf, "PTRACE_SETFPREGS"),
        (0x10, "PTRACE_ATTACH"),
        (0x11, "PTRACE_DETACH"),
        (0x12, "PTRACE_GETFPXREGS"),
        (0x13, "PTRACE_SETFPXREGS"),
        (0x15, "PTRACE_OLDSETOPTIONS"),
        (0x18, "PTRACE_SYSCALL"),
        (0x19, "PTRACE_GET_THREAD_AREA"),
        (0x1a, "PTRACE_SET_THREAD_AREA"),
        (0x1e, "PTRACE_ARCH_PRCTL"),
        (0x1f, "PTRACE_SYSEMU"),
        (0x20, "PTRACE_SYSEMU_SINGLESTEP"),
        (0x21, "PTRACE_SINGLEBLOCK"),
        (0x4200, "PTRACE_SETOPTIONS"),
        (0x4201, "PTRACE_GETEVENTMSG"),
        (0x4202, "PTRACE_GETSIGINFO"),
        (0x4203, "PTRACE_SETSIGINFO"),
        (0x4204, "PTRACE_GETREGSET"),
        (0x4205, "PTRACE_SETREGSET"),
        (0x4206, "PTRACE_SEIZE"),
        (0x4207, "PTRACE_INTERRUPT"),
        (0x4208, "PTRACE_LISTEN"),
        (0x4209, "PTRACE_PEEKSIGINFO"),
        (0x420a, "PTRACE_GETSIGMASK"),
        (0x420b, "PTRACE_SETSIGMASK"),
        (0x420c, "PTRACE_SECCOMP_GET_FILTER"),
        (0x420d, "PTRACE_SECCOMP_GET_METADATA"),
        (0x420e, "PTRACE_GET_SYSCALL_INFO"),
        (0x420f, "PTRACE_GET_RSEQ_CONFIGURATION"),
        (0x4210, "PTRACE_SET_SYSCALL_USER_DISPATCH_CONFIG"),
        (0x4211, "PTRACE_GET_SYSCALL_USER_DISPATCH_CONFIG"),
        (0x4212, "PTRACE_SET_SYSCALL_INFO"),
    ],
};

/// `KCMP_???`.
pub static KCMP: FlagSet = FlagSet {
    name: "kcmp",
    kind: SetKind::Enum,
    unknown: "KCMP_???",
    fields: &[],
    shift: None,
    outcome: "",
    entries: &[
        (0x0, "KCMP_FILE"),
        (0x1, "KCMP_VM"),
        (0x2, "KCMP_FILES"),
        (0x3, "KCMP_FS"),
        (0x4, "KCMP_SIGHAND"),
        (0x5, "KCMP_IO"),
        (0x6, "KCMP_SYSVSEM"),
        (0x7, "KCMP_EPOLL_TFD"),
    ],
};

/// `RSEQ_FLAG_???`.
pub static RSEQ: FlagSet = FlagSet {
    name: "rseq",
    kind: SetKind::Bits,
    unknown: "RSEQ_FLAG_???",
    fields: &[],
    shift: None,
    outcome: "",
    entries: &[
        (0x1, "RSEQ_FLAG_UNREGISTER"),
        (0x2, "RSEQ_FLAG_SLICE_EXT_DEFAULT_ON"),
    ],
};

/// `MEMBARRIER_CMD_???`.
pub static MEMBARRIER: FlagSet = FlagSet {
    name: "membarrier",
    kind: SetKind::Bits,
    unknown: "MEMBARRIER_CMD_???",
    fields: &[],
    shift: None,
    outcome: "",
    entries: &[
        (0x0, "MEMBARRIER_CMD_QUERY"),
        (0x1, "MEMBARRIER_CMD_GLOBAL"),
        (0x2, "MEMBARRIER_CMD_GLOBAL_EXPEDITED"),
        (0x4, "MEMBARRIER_CMD_REGISTER_GLOBAL_EXPEDITED"),
        (0x8, "MEMBARRIER_CMD_PRIVATE_EXPEDITED"),
        (0x10, "MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED"),
        (0x20, "MEMBARRIER_CMD_PRIVATE_EXPEDITED_SYNC_CORE"),
        (0x40, "MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED_SYNC_CORE"),
        (0x80, "MEMBARRIER_CMD_PRIVATE_EXPEDITED_RSEQ"),
        (0x100, "MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED_RSEQ"),
        (0x200, "MEMBARRIER_CMD_GET_REGISTRATIONS"),
    ],
};

/// `MEMBARRIER_CMD_FLAG_???`.
pub static MEMBARRIER_FLAGS: FlagSet = FlagSet {
    name: "membarrier_flags",
    kind: SetKind::Bits,
    unknown: "MEMBARRIER_CMD_FLAG_???",
    fields: &[],
    shift: None,
    outcome: "",
    entries: &[
        (0x1, "MEMBARRIER_CMD_FLAG_CPU"),
    ],
};

/// `SECCOMP_SET_MODE_???`.
pub static SECCOMP: FlagSet = FlagSet {
    name: "seccomp",
    kind: SetKind::Enum,
    unknown: "SECCOMP_SET_MODE_???",
    fields: &[],
    shift: None,
    outcome: "",
    entries: &[
        (0x0, "SECCOMP_SET_MODE_STRICT"),
        (0x1, "SECCOMP_SET_MODE_FILTER"),
        (0x2, "SECCOMP_GET_ACTION_AVAIL"),
        (0x3, "SECCOMP_GET_NOTIF_SIZES"),
    ],
};

/// `SECCOMP_FILTER_FLAG_???`.
pub static SECCOMP_FILTER: FlagSet = FlagSet {
    name: "seccomp_filter",
    kind: SetKind::Bits,
    unknown: "SECCOMP_FILTER_FLAG_???",
    fields: &[],
    shift: None,
    outcome: "",
    entries: &[
        (0x1, "SECCOMP_FILTER_FLAG_TSYNC"),
        (0x2, "SECCOMP_FILTER_FLAG_LOG"),
        (0x4, "SECCOMP_FILTER_FLAG_SPEC_ALLOW"),
        (0x8, "SECCOMP_FILTER_FLAG_NEW_LISTENER"),
        (0x10, "SECCOMP_FILTER_FLAG_TSYNC_ESRCH"),
        (0x20, "SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV"),
    ],
};

/// `LANDLOCK_RULE_???`.
pub static LANDLOCK_RULE: FlagSet = FlagSet {
    name: "landlock_rule",
    kind: SetKind::Enum,
    unknown: "LANDLOCK_RULE_???",
    fields: &[],
    shift: None,
    outcome: "",
    entries: &[
        (0x1, "LANDLOCK_RULE_PATH_BENEATH"),
        (0x2, "LANDLOCK_RULE_NET_PORT"),
    ],
};

/// `LANDLOCK_CREATE_RULESET_???`.
pub static LANDLOCK_CREATE: FlagSet = FlagSet {
    name: "landlock_create",
    kind: SetKind::Bits,
    unknown: "LANDLOCK_CREATE_RULESET_???",
    fields: &[],
    shift: None,
    outcome: "",
    entries: &[
        (0x1, "LANDLOCK_CREATE_RULESET_VERSION"),
        (0x2, "LANDLOCK_CREATE_RULESET_ERRATA"),
    ],
};

/// `GRND_???`.
pub static GETRANDOM: FlagSet = FlagSet {
    name: "getrandom",
    kind: SetKind::Bits,
    unknown: "GRND_???",
    fields: &[],
    shift: None,
    outcome: "",
    entries: &[
        (0x1, "GRND_NONBLOCK"),
        (0x2, "GRND_RANDOM"),
        (0x4, "GRND_INSECURE"),
    ],
};

/// `LINUX_REBOOT_MAGIC_???`.
pub static REBOOT_MAGIC1: FlagSet = FlagSet {
    name: "reboot_magic1",
    kind: SetKind::Enum,
    unknown: "LINUX_REBOOT_MAGIC_???",
    fields: &[],
    shift: None,
    outcome: "",
    entries: &[
        (0xfee1dead, "LINUX_REBOOT_MAGIC1"),
    ],
};

/// `LINUX_REBOOT_MAGIC_???`.
pub static REBOOT_MAGIC2: FlagSet = FlagSet {
    name: "reboot_magic2",
    kind: SetKind::Enum,
    unknown: "LINUX_REBOOT_MAGIC_???",
    fields: &[],
    shift: None,
    outcome: "",
    entries: &[
        (0x28121969, "LINUX_REBOOT_MAGIC2"),
        (0x5121996, "LINUX_REBOOT_MAGIC2A"),
        (0x16041998, "LINUX_REBOOT_MAGIC2B"),
        (0x20112000, "LINUX_REBOOT_MAGIC2C"),
    ],
};

/// `LINUX_REBOOT_CMD_???`.
pub static REBOOT: FlagSet = FlagSet {
    name: "reboot",
    kind: SetKind::Enum,
    unknown: "LINUX_REBOOT_CMD_???",
    fields: &[],
    shift: None,
    outcome: "",
    entries: &[
        (0x1234567, "LINUX_REBOOT_CMD_RESTART"),
        (0xcdef0123, "LINUX_REBOOT_CMD_HALT"),
        (0x89abcdef, "LINUX_REBOOT_CMD_CAD_ON"),
        (0x0, "LINUX_REBOOT_CMD_CAD_OFF"),
        (0x4321fedc, "LINUX_REBOOT_CMD_POWER_OFF"),
        (0xa1b2c3d4, "LINUX_REBOOT_CMD_RESTART2"),
        (0xd000fce2, "LINUX_REBOOT_CMD_SW_SUSPEND"),
        (0x45584543, "LINUX_REBOOT_CMD_KEXEC"),
    ],
};

/// `SYSLOG_ACTION_???`.
pub static SYSLOG: FlagSet = FlagSet {
    name: "syslog",
    kind: SetKind::Numbered,
    unknown: "SYSLOG_ACTION_???",
    fields: &[],
    shift: None,
    outcome: "",
    entries: &[
        (0x0, "SYSLOG_ACTION_CLOSE"),
        (0x1, "SYSLOG_ACTION_OPEN"),
        (0x2, "SYSLOG_ACTION_READ"),
        (0x3, "SYSLOG_ACTION_READ_ALL"),
        (0x4, "SYSLOG_ACTION_READ_CLEAR"),
        (0x5, "SYSLOG_ACTION_CLEAR"),
        (0x6, "SYSLOG_ACTION_CONSOLE_OFF"),
        (0x7, "SYSLOG_ACTION_CONSOLE_ON"),
        (0x8, "SYSLOG_ACTION_CONSOLE_LEVEL"),
        (0x9, "SYSLOG_ACTION_SIZE_UNREAD"),
        (0xa, "SYSLOG_ACTION_SIZE_BUFFER"),
    ],
};

/// `O_???`.
pub static DELETE_MODULE: FlagSet = FlagSet {
    name: "delete_module",
    kind: SetKind::Bits,
    unknown: "O_???",
    fields: &[],
    shift: None,
    outcome: "",
    entries: &[
        (0x800, "O_NONBLOCK"),
        (0x200, "O_TRUNC"),
    ],
};

/// `MODULE_INIT_???`.
pub static FINIT_MODULE: FlagSet = FlagSet {
    name: "finit_module",
    kind: SetKind::Bits,
    unknown: "MODULE_INIT_???",
    fields: &[],
    shift: None,
    outcome: "",
    entries: &[
        (0x1, "MODULE_INIT_IGNORE_MODVERSIONS"),
        (0x2, "MODULE_INIT_IGNORE_VERMAGIC"),
        (0x4, "MODULE_INIT_COMPRESSED_FILE"),
    ],
};

/// `KEXEC_ARCH_???`.
pub static KEXEC_ARCH: FlagSet = FlagSet {
    name: "kexec_arch",
    kind: SetKind::Enum,
    unknown: "KEXEC_ARCH_???",
    fields: &[],
    shift: None,
    outcome: "",
    entries: &[
        (0x0, "KEXEC_ARCH_DEFAULT"),
        (0x30000, "KEXEC_ARCH_386"),
        (0x3e0000, "KEXEC_ARCH_X86_64"),
    ],
};

/// `KEXEC_???`.
pub static KEXEC_LOAD: FlagSet = FlagSet {
    name: "kexec_load",
    kind: SetKind::Bits,
    unknown: "KEXEC_???",
    fields: &[Field { mask: 0xffff0000, set: &KEXEC_ARCH, place: Place::First }],
    shift: None,
    outcome: "",
    entries: &[
        (0x1, "KEXEC_ON_CRASH"),
        (0x2, "KEXEC_PRESERVE_CONTEXT"),
        (0x4, "KEXEC_UPDATE_ELFCOREHDR"),
        (0x8, "KEXEC_CRASH_HOTPLUG_SUPPORT"),
    ],
};

/// `KEXEC_FILE_???`.
pub static KEXEC_FILE_LOAD: FlagSet = FlagSet {
    name: "kexec_file_load",
    kind: SetKind::Bits,
    unknown: "KEXEC_FILE_???",
    fields: &[],
    shift: None,
    outcome: "",
    entries: &[
        (0x1, "KEXEC_FILE_UNLOAD"),
        (0x2, "KEXEC_FILE_ON_CRASH"),
        (0x4, "KEXEC_FILE_NO_INITRAMFS"),
        (0x8, "KEXEC_FILE_DEBUG"),
        (0x10, "KEXEC_FILE_NO_CMA"),
    ],
};

/// `key_spec`.
pub static KEY_SPEC: FlagSet = FlagSet {
    name: "key_spec",
    kind: SetKind::Enum,
    unknown: "",
    fields: &[],
    shift: None,
    outcome: "",
    entries: &[
        (0xffffffff, "KEY_SPEC_THREAD_KEYRING"),
        (0xfffffffe, "KEY_SPEC_PROCESS_KEYRING"),
        (0xfffffffd, "KEY_SPEC_SESSION_KEYRING"),
        (0xfffffffc, "KEY_SPEC_USER_KEYRING"),
        (0xfffffffb, "KEY_SPEC_USER_SESSION_KEYRING"),
        (0xfffffffa, "KEY_SPEC_GROUP_KEYRING"),
        (0xfffffff9, "KEY_SPEC_REQKEY_AUTH_KEY"),
        (0xfffffff8, "KEY_SPEC_REQUESTOR_KEYRING"),
    ],
};

/// `KEYCTL_???`.
pub static KEYCTL: FlagSet = FlagSet {
    name: "keyctl",
    kind: SetKind::Enum,
    unknown: "KEYCTL_???",
    fields: &[],
    shift: None,
    outcome: "",
    entries: &[
        (0x0, "KEYCTL_GET_KEYRING_ID"),
        (0x1, "KEYCTL_JOIN_SESSION_KEYRING"),
        (0x2, "KEYCTL_UPDATE"),
        (0x3, "KEYCTL_REVOKE"),
        (0x4, "KEYCTL_CHOWN"),
        (0x5, "KEYCTL_SETPERM"),
        (0x6, "KEYCTL_DESCRIBE"),
        (0x7, "KEYCTL_CLEAR"),
        (0x8, "KEYCTL_LINK"),
        (0x9, "KEYCTL_UNLINK"),
        (0xa, "KEYCTL_SEARCH"),
        (0xb, "KEYCTL_READ"),
        (0xc, "KEYCTL_INSTANTIATE"),
        (0xd, "KEYCTL_NEGATE"),
        (0xe, "KEYCTL_SET_REQKEY_KEYRING"),
        (0xf, "KEYCTL_SET_TIMEOUT"),
        (0x10, "KEYCTL_ASSUME_AUTHORITY"),
        (0x11, "KEYCTL_GET_SECURITY"),
        (0x12, "KEYCTL_SESSION_TO_PARENT"),
        (0x13, "KEYCTL_REJECT"),
        (0x14, "KEYCTL_INSTANTIATE_IOV"),
        (0x15, "KEYCTL_INVALIDATE"),
        (0x16, "KEYCTL_GET_PERSISTENT"),
        (0x17, "KEYCTL_DH_COMPUTE"),
        (0x18, "KEYCTL_PKEY_QUERY"),
        (0x19, "KEYCTL_PKEY_ENCRYPT"),
        (0x1a, "KEYCTL_PKEY_DECRYPT"),
        (0x1b, "KEYCTL_PKEY_SIGN"),
        (0x1c, "KEYCTL_PKEY_VERIFY"),
        (0x1d, "KEYCTL_RESTRICT_KEYRING"),
        (0x1e, "KEYCTL_MOVE"),
        (0x1f, "KEYCTL_CAPABILITIES"),
        (0x20, "KEYCTL_WATCH_KEY"),
    ],
};

/// `BPF_???`.
pub static BPF: FlagSet = FlagSet {
    name: "bpf",
    kind: SetKind::Enum,
    unknown: "BPF_???",
    fields: &[],
    shift: None,
    outcome: "",
    entries: &[
        (0x0, "BPF_MAP_CREATE"),
        (0x1, "BPF_MAP_LOOKUP_ELEM"),
        (0x2, "BPF_MAP_UPDATE_ELEM"),
        (0x3, "BPF_MAP_DELETE_ELEM"),
        (0x4, "BPF_MAP_GET_NEXT_KEY"),
        (0x5, "BPF_PROG_LOAD"),
        (0x6, "BPF_OBJ_PIN"),
        (0x7, "BPF_OBJ_GET"),
        (0x8, "BPF_PROG_ATTACH"),
        (0x9, "BPF_PROG_DETACH"),
        (0xa, "BPF_PROG_TEST_RUN"),
        (0xb, "BPF_PROG_GET_NEXT_ID"),
        (0xc, "BPF_MAP_GET_NEXT_ID"),
        (0xd, "BPF_PROG_GET_FD_BY_ID"),
        (0xe, "BPF_MAP_GET_FD_BY_ID"),
        (0xf, "BPF_OBJ_GET_INFO_BY_FD"),
        (0x10, "BPF_PROG_QUERY"),
        (0x11, "BPF_RAW_TRACEPOINT_OPEN"),
        (0x12, "BPF_BTF_LOAD"),
        (0x13, "BPF_BTF_GET_FD_BY_ID"),
        (0x14, "BPF_TASK_FD_QUERY"),
        (0x15, "BPF_MAP_LOOKUP_AND_DELETE_ELEM"),
        (0x16, "BPF_MAP_FREEZE"),
        (0x17, "BPF_BTF_GET_NEXT_ID"),
        (0x18, "BPF_MAP_LOOKUP_BATCH"),
        (0x19, "BPF_MAP_LOOKUP_AND_DELETE_BATCH"),
        (0x1a, "BPF_MAP_UPDATE_BATCH"),
        (0x1b, "BPF_MAP_DELETE_BATCH"),
        (0x1c, "BPF_LINK_CREATE"),
        (0x1d, "BPF_LINK_UPDATE"),
        (0x1e, "BPF_LINK_GET_FD_BY_ID"),
        (0x1f, "BPF_LINK_GET_NEXT_ID"),
        (0x20, "BPF_ENABLE_STATS"),
        (0x21, "BPF_ITER_CREATE"),
        (0x22, "BPF_LINK_DETACH"),
        (0x23, "BPF_PROG_BIND_MAP"),
        (0x24, "BPF_TOKEN_CREATE"),
        (0x25, "BPF_PROG_STREAM_READ_BY_FD"),
        (0x26, "BPF_PROG_ASSOC_STRUCT_OPS"),
    ],
};

/// `PERF_FLAG_???`.
pub static PERF_EVENT_OPEN: FlagSet = FlagSet {
    name: "perf_event_open",
    kind: SetKind::Bits,
    unknown: "PERF_FLAG_???",
    fields: &[],
    shift: None,
    outcome: "",
    entries: &[
        (0x1, "PERF_FLAG_FD_NO_GROUP"),
        (0x2, "PERF_FLAG_FD_OUTPUT"),
        (0x4, "PERF_FLAG_PID_CGROUP"),
        (0x8, "PERF_FLAG_FD_CLOEXEC"),
    ],
};

/// `IORING_ENTER_???`.
pub static IO_URING_ENTER: FlagSet = FlagSet {
    name: "io_uring_enter",
    kind: SetKind::Bits,
    unknown: "IORING_ENTER_???",
    fields: &[],
    shift: None,
    outcome: "",
    entries: &[
        (0x1, "IORING_ENTER_GETEVENTS"),
        (0x2, "IORING_ENTER_SQ_WAKEUP"),
        (0x4, "IORING_ENTER_SQ_WAIT"),
        (0x8, "IORING_ENTER_EXT_ARG"),
        (0x10, "IORING_ENTER_REGISTERED_RING"),
        (0x20, "IORING_ENTER_ABS_TIMER"),
        (0x40, "IORING_ENTER_EXT_ARG_REG"),
        (0x80, "IORING_ENTER_NO_IOWAIT"),
    ],
};

/// `IORING_SETUP_???`.
pub static IO_URING_SETUP: FlagSet = FlagSet {
    name: "io_uring_setup",
    kind: SetKind::Bits,
    unknown: "IORING_SETUP_???",
    fields: &[],
    shift: None,
    outcome: "",
    entries: &[
        (0x1, "IORING_SETUP_IOPOLL"),
        (0x2, "IORING_SETUP_SQPOLL"),
        (0x4, "IORING_SETUP_SQ_AFF"),
        (0x8, "IORING_SETUP_CQSIZE"),
        (0x10, "IORING_SETUP_CLAMP"),
        (0x20, "IORING_SETUP_ATTACH_WQ"),
        (0x40, "IORING_SETUP_R_DISABLED"),
        (0x80, "IORING_SETUP_SUBMIT_ALL"),
        (0x100, "IORING_SETUP_COOP_TASKRUN"),
        (0x200, "IORING_SETUP_TASKRUN_FLAG"),
        (0x400, "IORING_SETUP_SQE128"),
        (0x800, "IORING_SETUP_CQE32"),
        (0x1000, "IORING_SETUP_SINGLE_ISSUER"),
        (0x2000, "IORING_SETUP_DEFER_TASKRUN"),
        (0x4000, "IORING_SETUP_NO_MMAP"),
        (0x8000, "IORING_SETUP_REGISTERED_FD_ONLY"),
        (0x10000, "IORING_SETUP_NO_SQARRAY"),
        (0x20000, "IORING_SETUP_HYBRID_IOPOLL"),
    ],
};

/// `IORING_REGISTER_???`.
pub static IO_URING_REGISTER: FlagSet = FlagSet {
    name: "io_uring_register",
    kind: SetKind::Enum,
    unknown: "IORING_REGISTER_???",
    fields: &[],
    shift: None,
    outcome: "",
    entries: &[
        (0x0, "IORING_REGISTER_BUFFERS"),
        (0x1, "IORING_UNREGISTER_BUFFERS"),
        (0x2, "IORING_REGISTER_FILES"),
        (0x3, "IORING_UNREGISTER_FILES"),
        (0x4, "IORING_REGISTER_EVENTFD"),
        (0x5, "IORING_UNREGISTER_EVENTFD"),
        (0x6, "IORING_REGISTER_FILES_UPDATE"),
        (0x7, "IORING_REGISTER_EVENTFD_ASYNC"),
        (0x8, "IORING_REGISTER_PROBE"),
        (0x9, "IORING_REGISTER_PERSONALITY"),
        (0xa, "IORING_UNREGISTER_PERSONALITY"),
        (0xb, "IORING_REGISTER_RESTRICTIONS"),
        (0xc, "IORING_REGISTER_ENABLE_RINGS"),
        (0xd, "IORING_REGISTER_FILES2"),
        (0xe, "IORING_REGISTER_FILES_UPDATE2"),
        (0xf, "IORING_REGISTER_BUFFERS2"),
        (0x10, "IORING_REGISTER_BUFFERS_UPDATE"),
        (0x11, "IORING_REGISTER_IOWQ_AFF"),
        (0x12, "IORING_UNREGISTER_IOWQ_AFF"),
        (0x13, "IORING_REGISTER_IOWQ_MAX_WORKERS"),
        (0x14, "IORING_REGISTER_RING_FDS"),
        (0x15, "IORING_UNREGISTER_RING_FDS"),
        (0x16, "IORING_REGISTER_PBUF_RING"),
        (0x17, "IORING_UNREGISTER_PBUF_RING"),
        (0x18, "IORING_REGISTER_SYNC_CANCEL"),
        (0x19, "IORING_REGISTER_FILE_ALLOC_RANGE"),
        (0x1a, "IORING_REGISTER_PBUF_STATUS"),
        (0x1b, "IORING_REGISTER_NAPI"),
        (0x1c, "IORING_UNREGISTER_NAPI"),
        (0x1d, "IORING_REGISTER_CLOCK"),
        (0x1e, "IORING_REGISTER_CLONE_BUFFERS"),
        (0x1f, "IORING_REGISTER_SEND_MSG_RING"),
        (0x20, "IORING_REGISTER_ZCRX_IFQ"),
        (0x21, "IORING_REGISTER_RESIZE_RINGS"),
        (0x22, "IORING_REGISTER_MEM_REGION"),
    ],
};

/// `signal`.
pub static SIGNAL: FlagSet = FlagSet {
    name: "signal",
    kind: SetKind::Signal,
    unknown: "",
    fields: &[],
    shift: None,
    outcome: "",
    entries: &[
        (0x1, "SIGHUP"),
        (0x2, "SIGINT"),
        (0x3, "SIGQUIT"),
        (0x4, "SIGILL"),
        (0x5, "SIGTRAP"),
        (0x6, "SIGABRT"),
        (0x7, "SIGBUS"),
        (0x8, "SIGFPE"),
        (0x9, "SIGKILL"),
        (0xa, "SIGUSR1"),
        (0xb, "SIGSEGV"),
        (0xc, "SIGUSR2"),
        (0xd, "SIGPIPE"),
        (0xe, "SIGALRM"),
        (0xf, "SIGTERM"),
        (0x10, "SIGSTKFLT"),
        (0x11, "SIGCHLD"),
        (0x12, "SIGCONT"),
        (0x13, "SIGSTOP"),
        (0x14, "SIGTSTP"),
        (0x15, "SIGTTIN"),
        (0x16, "SIGTTOU"),
        (0x17, "SIGURG"),
        (0x18, "SIGXCPU"),
        (0x19, "SIGXFSZ"),
        (0x1a, "SIGVTALRM"),
        (0x1b, "SIGPROF"),
        (0x1c, "SIGWINCH"),
        (0x1d, "SIGIO"),
        (0x1e, "SIGPWR"),
        (0x1f, "SIGSYS"),
    ],
};

/// `SIG_???`.
pub static SIGPROCMASK: FlagSet = FlagSet {
    name: "sigprocmask",
    kind: SetKind::Enum,
    unknown: "SIG_???",
    fields: &[],
    shift: None,
    outcome: "",
    entries: &[
        (0x0, "SIG_BLOCK"),
        (0x1, "SIG_UNBLOCK"),
        (0x2, "SIG_SETMASK"),
    ],
};

/// `SA_???`.
pub static SIGACTION: FlagSet = FlagSet {
    name: "sigaction",
    kind: SetKind::Bits,
    unknown: "SA_???",
    fields: &[],
    shift: None,
    outcome: "",
    entries: &[
        (0x4000000, "SA_RESTORER"),
        (0x8000000, "SA_ONSTACK"),
        (0x10000000, "SA_RESTART"),
        (0x40000000, "SA_NODEFER"),
        (0x80000000, "SA_RESETHAND"),
        (0x4, "SA_SIGINFO"),
        (0x1, "SA_NOCLDSTOP"),
        (0x2, "SA_NOCLDWAIT"),
        (0x400, "SA_UNSUPPORTED"),
        (0x800, "SA_EXPOSE_TAGBITS"),
    ],
};

/// `sa_handler`.
pub static SA_HANDLER: FlagSet = FlagSet {
    name: "sa_handler",
    kind: SetKind::Enum,
    unknown: "",
    fields: &[],
    shift: None,
    outcome: "",
    entries: &[
        (0xffffffffffffffff, "SIG_ERR"),
        (0x0, "SIG_DFL"),
        (0x1, "SIG_IGN"),
    ],
};

/// `SS_???`.
pub static SIGALTSTACK: FlagSet = FlagSet {
    name: "sigaltstack",
    kind: SetKind::Bits,
    unknown: "SS_???",
    fields: &[],
    shift: None,
    outcome: "",
    entries: &[
        (0x1, "SS_ONSTACK"),
        (0x2, "SS_DISABLE"),
        (0x80000000, "SS_AUTODISARM"),
    ],
};

/// `SIGEV_???`.
pub static SIGEV_NOTIFY: FlagSet = FlagSet {
    name: "sigev_notify",
    kind: SetKind::Enum,
    unknown: "SIGEV_???",
    fields: &[],
    shift: None,
    outcome: "",
    entries: &[
        (0x0, "SIGEV_SIGNAL"),
        (0x1, "SIGEV_NONE"),
        (0x2, "SIGEV_THREAD"),
        (0x4, "SIGEV_THREAD_ID"),
    ],
};

/// `SFD_???`.
pub static SIGNALFD: FlagSet = FlagSet {
    name: "signalfd",
    kind: SetKind::Bits,
    unknown: "SFD_???",
    fields: &[],
    shift: None,
    outcome: "",
    entries: &[
        (0x80000, "SFD_CLOEXEC"),
        (0x800, "SFD_NONBLOCK"),
    ],
};

/// `SI_???`.
pub static SI_CODE: FlagSet = FlagSet {
    name: "si_code",
    kind: SetKind::Enum,
    unknown: "SI_???",
    fields: &[],
    shift: None,
    outcome: "",
    entries: &[
        (0x0, "SI_USER"),
        (0x80, "SI_KERNEL"),
        (0xffffffff, "SI_QUEUE"),
        (0xfffffffe, "SI_TIMER"),
        (0xfffffffd, "SI_MESGQ"),
        (0xfffffffc, "SI_ASYNCIO"),
        (0xfffffffb, "SI_SIGIO"),
        (0xfffffffa, "SI_TKILL"),
        (0xffffffc4, "SI_ASYNCNL"),
        (0xfffffff9, "SI_DETHREAD"),
    ],
};

/// `CLD_???`.
pub static SI_CODE_CHLD: FlagSet = FlagSet {
    name: "si_code_chld",
    kind: SetKind::Enum,
    unknown: "CLD_???",
    fields: &[],
    shift: None,
    outcome: "",
    entries: &[
        (0x1, "CLD_EXITED"),
        (0x2, "CLD_KILLED"),
        (0x3, "CLD_DUMPED"),
        (0x4, "CLD_TRAPPED"),
        (0x5, "CLD_STOPPED"),
        (0x6, "CLD_CONTINUED"),
    ],
};

/// `CLOCK_???`.
pub static CLOCK: FlagSet = FlagSet {
    name: "clock",
    kind: SetKind::Enum,
    unknown: "CLOCK_???",
    fields: &[],
    shift: None,
    outcome: "",
    entries: &[
        (0x0, "CLOCK_REALTIME"),
        (0x1, "CLOCK_MONOTONIC"),
        (0x2, "CLOCK_PROCESS_CPUTIME_ID"),
        (0x3, "CLOCK_THREAD_CPUTIME_ID"),
        (0x4, "CLOCK_MONOTONIC_RAW"),
        (0x5, "CLOCK_REALTIME_COARSE"),
        (0x6, "CLOCK_MONOTONIC_COARSE"),
        (0x7, "CLOCK_BOOTTIME"),
        (0x8, "CLOCK_REALTIME_ALARM"),
        (0x9, "CLOCK_BOOTTIME_ALARM"),
        (0xa, "CLOCK_SGI_CYCLE"),
        (0xb, "CLOCK_TAI"),
    ],
};

/// `TIMER_???`.
pub static TIMER: FlagSet = FlagSet {
    name: "timer",
    kind: SetKind::Bits,
    unknown: "TIMER_???",
    fields: &[],
    shift: None,
    outcome: "",
    entries: &[
        (0x1, "TIMER_ABSTIME"),
    ],
};

/// `TFD_???`.
pub static TIMERFD_CREATE: FlagSet = FlagSet {
    name: "timerfd_create",
    kind: SetKind::Bits,
    unknown: "TFD_???",
    fields: &[],
    shift: None,
    outcome: "",
    entries: &[
        (0x80000, "TFD_CLOEXEC"),
        (0x800, "TFD_NONBLOCK"),
    ],
};

/// `TFD_???`.
pub static TIMERFD_SETTIME: FlagSet = FlagSet {
    name: "timerfd_settime",
    kind: SetKind::Bits,
    unknown: "TFD_???",
    fields: &[],
    shift: None,
    outcome: "",
    entries: &[
        (0x1, "TFD_TIMER_ABSTIME"),
        (0x2, "TFD_TIMER_CANCEL_ON_SET"),
    ],
};

/// `ITIMER_???`.
pub static ITIMER: FlagSet = FlagSet {
    name: "itimer",
    kind: SetKind::Enum,
    unknown: "ITIMER_???",
    fields: &[],
    shift: None,
    outcome: "",
    entries: &[
        (0x0, "ITIMER_REAL"),
        (0x1, "ITIMER_VIRTUAL"),
        (0x2, "ITIMER_PROF"),
    ],
};

/// `FUTEX_???`.
pub static FUTEX: FlagSet = FlagSet {
    name: "futex",
    kind: SetKind::Enum,
    unknown: "FUTEX_???",
    fields: &[],
    shift: None,
    outcome: "",
    entries: &[
        (0x0, "FUTEX_WAIT"),
        (0x1, "FUTEX_WAKE"),
        (0x2, "FUTEX_FD"),
        (0x3, "FUTEX_REQUEUE"),
        (0x4, "FUTEX_CMP_REQUEUE"),
        (0x5, "FUTEX_WAKE_OP"),
        (0x6, "FUTEX_LOCK_PI"),
        (0x7, "FUTEX_UNLOCK_PI"),
        (0x8, "FUTEX_TRYLOCK_PI"),
        (0x9, "FUTEX_WAIT_BITSET"),
        (0xa, "FUTEX_WAKE_BITSET"),
        (0xb, "FUTEX_WAIT_REQUEUE_PI"),
        (0xc, "FUTEX_CMP_REQUEUE_PI"),
        (0xd, "FUTEX_LOCK_PI2"),
        (0x80, "FUTEX_WAIT_PRIVATE"),
        (0x81, "FUTEX_WAKE_PRIVATE"),
        (0x82, "FUTEX_FD|FUTEX_PRIVATE_FLAG"),
        (0x83, "FUTEX_REQUEUE_PRIVATE"),
        (0x84, "FUTEX_CMP_REQUEUE_PRIVATE"),
        (0x85, "FUTEX_WAKE_OP_PRIVATE"),
        (0x86, "FUTEX_LOCK_PI_PRIVATE"),
        (0x87, "FUTEX_UNLOCK_PI_PRIVATE"),
        (0x88, "FUTEX_TRYLOCK_PI_PRIVATE"),
        (0x89, "FUTEX_WAIT_BITSET_PRIVATE"),
        (0x8a, "FUTEX_WAKE_BITSET_PRIVATE"),
        (0x8b, "FUTEX_WAIT_REQUEUE_PI_PRIVATE"),
        (0x8c, "FUTEX_CMP_REQUEUE_PI_PRIVATE"),
        (0x8d, "FUTEX_LOCK_PI2_PRIVATE"),
        (0x100, "FUTEX_WAIT|FUTEX_CLOCK_REALTIME"),
        (0x180, "FUTEX_WAIT_PRIVATE|FUTEX_CLOCK_REALTIME"),
        (0x109, "FUTEX_WAIT_BITSET|FUTEX_CLOCK_REALTIME"),
        (0x189, "FUTEX_WAIT_BITSET_PRIVATE|FUTEX_CLOCK_REALTIME"),
        (0x10b, "FUTEX_WAIT_REQUEUE_PI|FUTEX_CLOCK_REALTIME"),
        (0x18b, "FUTEX_WAIT_REQUEUE_PI_PRIVATE|FUTEX_CLOCK_REALTIME"),
    ],
};

/// `futex_bitset`.
pub static FUTEX_BITSET: FlagSet = FlagSet {
    name: "futex_bitset",
    kind: SetKind::Enum,
    unknown: "",
    fields: &[],
    shift: None,
    outcome: "",
    entries: &[
        (0xffffffff, "FUTEX_BITSET_MATCH_ANY"),
    ],
};

/// `FUTEX2_SIZE_???`.
pub static FUTEX2_SIZE: FlagSet = FlagSet {
    name: "futex2_size",
    kind: SetKind::Enum,
    unknown: "FUTEX2_SIZE_???",
    fields: &[],
    shift: None,
    outcome: "",
    entries: &[
        (0x0, "FUTEX2_SIZE_U8"),
        (0x1, "FUTEX2_SIZE_U16"),
        (0x2, "FUTEX2_SIZE_U32"),
        (0x3, "FUTEX2_SIZE_U64"),
    ],
};

/// `FUTEX2_???`.
pub static FUTEX2: FlagSet = FlagSet {
    name: "futex2",
    kind: SetKind::Bits,
    unknown: "FUTEX2_???",
    fields: &[Field { mask: 0x3, set: &FUTEX2_SIZE, place: Place::First }],
    shift: None,
    outcome: "",
    entries: &[
        (0x4, "FUTEX2_NUMA"),
        (0x8, "FUTEX2_MPOL"),
        (0x80, "FUTEX2_PRIVATE"),
    ],
};

/// `POLL???`.
pub static POLL: FlagSet = FlagSet {
    name: "poll",
    kind: SetKind::Bits,
    unknown: "POLL???",
    fields: &[],
    shift: None,
    outcome: "",
    entries: &[
        (0x1, "POLLIN"),
        (0x2, "POLLPRI"),
        (0x4, "POLLOUT"),
        (0x8, "POLLERR"),
        (0x10, "POLLHUP"),
        (0x20, "POLLNVAL"),
        (0x40, "POLLRDNORM"),
        (0x80, "POLLRDBAND"),
        (0x100, "POLLWRNORM"),
        (0x200, "POLLWRBAND"),
        (0x400, "POLLMSG"),
        (0x1000, "POLLREMOVE"),
        (0x2000, "POLLRDHUP"),
        (0x8000, "POLL_BUSY_LOOP"),
    ],
};

/// `EPOLL_CTL_???`.
pub static EPOLL_CTL: FlagSet = FlagSet {
    name: "epoll_ctl",
    kind: SetKind::Enum,
    unknown: "EPOLL_CTL_???",
    fields: &[],
    shift: None,
    outcome: "",
    entries: &[
        (0x1, "EPOLL_CTL_ADD"),
        (0x2, "EPOLL_CTL_DEL"),
        (0x3, "EPOLL_CTL_MOD"),
    ],
};

/// `EPOLL???`.
pub static EPOLL: FlagSet = FlagSet {
    name: "epoll",
    kind: SetKind::Bits,
    unknown: "EPOLL???",
    fields: &[],
    shift: None,
    outcome: "",
    entries: &[
        (0x1, "EPOLLIN"),
        (0x2, "EPOLLPRI"),
        (0x4, "EPOLLOUT"),
        (0x8, "EPOLLERR"),
        (0x10, "EPOLLHUP"),
        (0x20, "EPOLLNVAL"),
        (0x40, "EPOLLRDNORM"),
        (0x80, "EPOLLRDBAND"),
        (0x100, "EPOLLWRNORM"),
        (0x200, "EPOLLWRBAND"),
        (0x400, "EPOLLMSG"),
        (0x2000, "EPOLLRDHUP"),
        (0x10000000, "EPOLLEXCLUSIVE"),
        (0x20000000, "EPOLLWAKEUP"),
        (0x40000000, "EPOLLONESHOT"),
        (0x80000000, "EPOLLET"),
    ],
};

/// `EPOLL_???`.
pub static EPOLL_CREATE: FlagSet = FlagSet {
    name: "epoll_create",
    kind: SetKind::Bits,
    unknown: "EPOLL_???",
    fields: &[],
    shift: None,
    outcome: "",
    entries: &[
        (0x80000, "EPOLL_CLOEXEC"),
    ],
};

/// `EFD_???`.
pub static EVENTFD: FlagSet = FlagSet {
    name: "eventfd",
    kind: SetKind::Bits,
    unknown: "EFD_???",
    fields: &[],
    shift: None,
    outcome: "",
    entries: &[
        (0x1, "EFD_SEMAPHORE"),
        (0x80000, "EFD_CLOEXEC"),
        (0x800, "EFD_NONBLOCK"),
    ],
};

/// `AF_???`.
pub static ADDRESS_FAMILY: FlagSet = FlagSet {
    name: "address_family",
    kind: SetKind::Enum,
    unknown: "AF_???",
    fields: &[],
    shift: None,
    outcome: "",
    entries: &[
        (0x0, "AF_UNSPEC"),
        (0x1, "AF_UNIX"),
        (0x2, "AF_INET"),
        (0x3, "AF_AX25"),
        (0x4, "AF_IPX"),
        (0x5, "AF_APPLETALK"),
        (0x6, "AF_NETROM"),
        (0x7, "AF_BRIDGE"),
        (0x8, "AF_ATMPVC"),
        (0x9, "AF_X25"),
        (0xa, "AF_INET6"),
        (0xb, "AF_ROSE"),
        (0xc, "AF_DECnet"),
        (0xd, "AF_NETBEUI"),
        (0xe, "AF_SECURITY"),
        (0xf, "AF_KEY"),
        (0x10, "AF_NETLINK"),
        (0x11, "AF_PACKET"),
        (0x12, "AF_ASH"),
        (0x13, "AF_ECONET"),
        (0x14, "AF_ATMSVC"),
        (0x15, "AF_RDS"),
        (0x16, "AF_SNA"),
        (0x17, "AF_IRDA"),
        (0x18, "AF_PPPOX"),
        (0x19, "AF_WANPIPE"),
        (0x1a, "AF_LLC"),
        (0x1b, "AF_IB"),
        (0x1c, "AF_MPLS"),
        (0x1d, "AF_CAN"),
        (0x1e, "AF_TIPC"),
        (0x1f, "AF_BLUETOOTH"),
        (0x20, "AF_IUCV"),
        (0x21, "AF_RXRPC"),
        (0x22, "AF_ISDN"),
        (0x23, "AF_PHONET"),
        (0x24, "AF_IEEE802154"),
        (0x25, "AF_CAIF"),
        (0x26, "AF_ALG"),
        (0x27, "AF_NFC"),
        (0x28, "AF_VSOCK"),
        (0x29, "AF_KCM"),
        (0x2a, "AF_QIPCRTR"),
        (0x2b, "AF_SMC"),
        (0x2c, "AF_XDP"),
        (0x2d, "AF_MCTP"),
    ],
};

/// `socket_kind`.
pub static SOCKET_KIND: FlagSet = FlagSet {
    name: "socket_kind",
    kind: SetKind::Enum,
    unknown: "",
    fields: &[],
    shift: None,
    outcome: "",
    entries: &[
        (0x1, "SOCK_STREAM"),
        (0x2, "SOCK_DGRAM"),
        (0x3, "SOCK_RAW"),
        (0x4, "SOCK_RDM"),
        (0x5, "SOCK_SEQPACKET"),
        (0x6, "SOCK_DCCP"),
        (0xa, "SOCK_PACKET"),
    ],
};

/// `SOCK_???`.
pub static SOCKET_TYPE: FlagSet = FlagSet {
    name: "socket_type",
    kind: SetKind::Bits,
    unknown: "SOCK_???",
    fields: &[Field { mask: 0xf, set: &SOCKET_KIND, place: Place::Named }],
    shift: None,
    outcome: "",
    entries: &[
        (0x80000, "SOCK_CLOEXEC"),
        (0x800, "SOCK_NONBLOCK"),
    ],
};

/// `SOCK_???`.
pub static ACCEPT4: FlagSet = FlagSet {
    name: "accept4",
    kind: SetKind::Bits,
    unknown: "SOCK_???",
    fields: &[],
    shift: None,
    outcome: "",
    entries: &[
        (0x80000, "SOCK_CLOEXEC"),
        (0x800, "SOCK_NONBLOCK"),
    ],
};

/// `IPPROTO_???`.
pub static IPPROTO: FlagSet = FlagSet {
    name: "ipproto",
    kind: SetKind::Enum,
    unknown: "IPPROTO_???",
    fields: &[],
    shift: None,
    outcome: "",
    entries: &[
        (0x0, "IPPROTO_IP"),
        (0x1, "IPPROTO_ICMP"),
        (0x2, "IPPROTO_IGMP"),
        (0x4, "IPPROTO_IPIP"),
        (0x6, "IPPROTO_TCP"),
        (0x8, "IPPROTO_EGP"),
        (0xc, "IPPROTO_PUP"),
        (0x11, "IPPROTO_UDP"),
        (0x16, "IPPROTO_IDP"),
        (0x1d, "IPPROTO_TP"),
        (0x21, "IPPROTO_DCCP"),
        (0x29, "IPPROTO_IPV6"),
        (0x2b, "IPPROTO_ROUTING"),
        (0x2c, "IPPROTO_FRAGMENT"),
        (0x2e, "IPPROTO_RSVP"),
        (0x2f, "IPPROTO_GRE"),
        (0x32, "IPPROTO_ESP"),
        (0x33, "IPPROTO_AH"),
        (0x3a, "IPPROTO_ICMPV6"),
        (0x3b, "IPPROTO_NONE"),
        (0x3c, "IPPROTO_DSTOPTS"),
        (0x5c, "IPPROTO_MTP"),
        (0x5e, "IPPROTO_BEETPH"),
        (0x62, "IPPROTO_ENCAP"),
        (0x67, "IPPROTO_PIM"),
        (0x6c, "IPPROTO_COMP"),
        (0x73, "IPPROTO_L2TP"),
        (0x84, "IPPROTO_SCTP"),
        (0x87, "IPPROTO_MH"),
        (0x88, "IPPROTO_UDPLITE"),
        (0x89, "IPPROTO_MPLS"),
        (0x8f, "IPPROTO_ETHERNET"),
        (0xff, "IPPROTO_RAW"),
        (0x100, "IPPROTO_SMC"),
        (0x106, "IPPROTO_MPTCP"),
    ],
};

/// `NETLINK_???`.
pub static NETLINK: FlagSet = FlagSet {
    name: "netlink",
    kind: SetKind::Enum,
    unknown: "NETLINK_???",
    fields: &[],
    shift: None,
    outcome: "",
    entries: &[
        (0x0, "NETLINK_ROUTE"),
        (0x1, "NETLINK_UNUSED"),
        (0x2, "NETLINK_USERSOCK"),
        (0x3, "NETLINK_FIREWALL"),
        (0x4, "NETLINK_SOCK_DIAG"),
        (0x5, "NETLINK_NFLOG"),
        (0x6, "NETLINK_XFRM"),
        (0x7, "NETLINK_SELINUX"),
        (0x8, "NETLINK_ISCSI"),
        (0x9, "NETLINK_AUDIT"),
        (0xa, "NETLINK_FIB_LOOKUP"),
        (0xb, "NETLINK_CONNECTOR"),
        (0xc, "NETLINK_NETFILTER"),
        (0xd, "NETLINK_IP6_FW"),
        (0xe, "NETLINK_DNRTMSG"),
        (0xf, "NETLINK_KOBJECT_UEVENT"),
        (0x10, "NETLINK_GENERIC"),
        (0x12, "NETLINK_SCSITRANSPORT"),
        (0x13, "NETLINK_ECRYPTFS"),
        (0x14, "NETLINK_RDMA"),
        (0x15, "NETLINK_CRYPTO"),
        (0x16, "NETLINK_SMC"),
    ],
};

/// `SHUT_???`.
pub static SHUTDOWN: FlagSet = FlagSet {
    name: "shutdown",
    kind: SetKind::Enum,
    unknown: "SHUT_???",
    fields: &[],
    shift: None,
    outcome: "",
    entries: &[
        (0x0, "SHUT_RD"),
        (0x1, "SHUT_WR"),
        (0x2, "SHUT_RDWR"),
    ],
};

/// `MSG_???`.
pub static MSG: FlagSet = FlagSet {
    name: "msg",
    kind: SetKind::Bits,
    unknown: "MSG_???",
    fields: &[],
    shift: None,
    outcome: "",
    entries: &[
        (0x1, "MSG_OOB"),
        (0x2, "MSG_PEEK"),
        (0x4, "MSG_DONTROUTE"),
        (0x8, "MSG_CTRUNC"),
        (0x10, "MSG_PROBE"),
        (0x20, "MSG_TRUNC"),
        (0x40, "MSG_DONTWAIT"),
        (0x80, "MSG_EOR"),
        (0x100, "MSG_WAITALL"),
        (0x200, "MSG_FIN"),
        (0x400, "MSG_SYN"),
        (0x800, "MSG_CONFIRM"),
        (0x1000, "MSG_RST"),
        (0x2000, "MSG_ERRQUEUE"),
        (0x4000, "MSG_NOSIGNAL"),
        (0x8000, "MSG_MORE"),
        (0x10000, "MSG_WAITFORONE"),
        (0x20000, "MSG_SENDPAGE_NOTLAST"),
        (0x40000, "MSG_BATCH"),
        (0x80000, "MSG_NO_SHARED_FRAGS"),
        (0x2000000, "MSG_SOCK_DEVMEM"),
        (0x4000000, "MSG_ZEROCOPY"),
        (0x20000000, "MSG_FASTOPEN"),
        (0x40000000, "MSG_CMSG_CLOEXEC"),
    ],
};

/// `SOL_??`.
pub static SOL: FlagSet = FlagSet {
    name: "sol",
    kind: SetKind::Enum,
    unknown: "SOL_??",
    fields: &[],
    shift: None,
    outcome: "",
    entries: &[
        (0x0, "SOL_IP"),
        (0x1, "SOL_SOCKET"),
        (0x6, "SOL_TCP"),
        (0x11, "SOL_UDP"),
        (0x29, "SOL_IPV6"),
        (0x3a, "SOL_ICMPV6"),
        (0x84, "SOL_SCTP"),
        (0x88, "SOL_UDPLITE"),
        (0xff, "SOL_RAW"),
        (0x107, "SOL_PACKET"),
        (0x108, "SOL_ATM"),
        (0x10a, "SOL_IRDA"),
        (0x10c, "SOL_LLC"),
        (0x10d, "SOL_DCCP"),
        (0x10e, "SOL_NETLINK"),
        (0x10f, "SOL_TIPC"),
        (0x110, "SOL_RXRPC"),
        (0x111, "SOL_PPPOL2TP"),
        (0x112, "SOL_BLUETOOTH"),
        (0x114, "SOL_RDS"),
        (0x116, "SOL_CAIF"),
        (0x117, "SOL_ALG"),
        (0x118, "SOL_NFC"),
        (0x119, "SOL_KCM"),
        (0x11a, "SOL_TLS"),
        (0x11b, "SOL_XDP"),
        (0x11c, "SOL_MPTCP"),
        (0x11d, "SOL_MCTP"),
        (0x11e, "SOL_SMC"),
        (0x11f, "SOL_VSOCK"),
    ],
};

/// `SO_???`.
pub static SO: FlagSet = FlagSet {
    name: "so",
    kind: SetKind::Enum,
    unknown: "SO_???",
    fields: &[],
    shift: None,
    outcome: "",
    entries: &[
        (0x1, "SO_DEBUG"),
        (0x2, "SO_REUSEADDR"),
        (0x3, "SO_TYPE"),
        (0x4, "SO_ERROR"),
        (0x5, "SO_DONTROUTE"),
        (0x6, "SO_BROADCAST"),
        (0x7, "SO_SNDBUF"),
        (0x8, "SO_RCVBUF"),
        (0x9, "SO_KEEPALIVE"),
        (0xa, "SO_OOBINLINE"),
        (0xb, "SO_NO_CHECK"),
        (0xc, "SO_PRIORITY"),
        (0xd, "SO_LINGER"),
        (0xe, "SO_BSDCOMPAT"),
        (0xf, "SO_REUSEPORT"),
        (0x10, "SO_PASSCRED"),
        (0x11, "SO_PEERCRED"),
        (0x12, "SO_RCVLOWAT"),
        (0x13, "SO_SNDLOWAT"),
        (0x14, "SO_RCVTIMEO_OLD"),
        (0x15, "SO_SNDTIMEO_OLD"),
        (0x16, "SO_SECURITY_AUTHENTICATION"),
        (0x17, "SO_SECURITY_ENCRYPTION_TRANSPORT"),
        (0x18, "SO_SECURITY_ENCRYPTION_NETWORK"),
        (0x19, "SO_BINDTODEVICE"),
        (0x1a, "SO_ATTACH_FILTER"),
        (0x1b, "SO_DETACH_FILTER"),
        (0x1c, "SO_PEERNAME"),
        (0x1d, "SO_TIMESTAMP_OLD"),
        (0x1e, "SO_ACCEPTCONN"),
        (0x1f, "SO_PEERSEC"),
        (0x20, "SO_SNDBUFFORCE"),
        (0x21, "SO_RCVBUFFORCE"),
        (0x22, "SO_PASSSEC"),
        (0x23, "SO_TIMESTAMPNS_OLD"),
        (0x24, "SO_MARK"),
        (0x25, "SO_TIMESTAMPING_OLD"),
        (0x26, "SO_PROTOCOL"),
        (0x27, "SO_DOMAIN"),
        (0x28, "SO_RXQ_OVFL"),
        (0x29, "SO_WIFI_STATUS"),
        (0x2a, "SO_PEEK_OFF"),
        (0x2b, "SO_NOFCS"),
        (0x2c, "SO_LOCK_FILTER"),
        (0x2d, "SO_SELECT_ERR_QUEUE"),
        (0x2e, "SO_BUSY_POLL"),
        (0x2f, "SO_MAX_PACING_RATE"),
        (0x30, "SO_BPF_EXTENSIONS"),
        (0x31, "SO_INCOMING_CPU"),
        (0x32, "SO_ATTACH_BPF"),
        (0x33, "SO_ATTACH_REUSEPORT_CBPF"),
        (0x34, "SO_ATTACH_REUSEPORT_EBPF"),
        (0x35, "SO_CNX_ADVICE"),
        (0x37, "SO_MEMINFO"),
        (0x38, "SO_INCOMING_NAPI_ID"),
        (0x39, "SO_COOKIE"),
        (0x3b, "SO_PEERGROUPS"),
        (0x3c, "SO_ZEROCOPY"),
        (0x3d, "SO_TXTIME"),
        (0x3e, "SO_BINDTOIFINDEX"),
        (0x3f, "SO_TIMESTAMP_NEW"),
        (0x40, "SO_TIMESTAMPNS_NEW"),
        (0x41, "SO_TIMESTAMPING_NEW"),
        (0x42, "SO_RCVTIMEO_NEW"),
        (0x43, "SO_SNDTIMEO_NEW"),
        (0x44, "SO_DETACH_REUSEPORT_BPF"),
        (0x45, "SO_PREFER_BUSY_POLL"),
        (0x46, "SO_BUSY_POLL_BUDGET"),
        (0x47, "SO_NETNS_COOKIE"),
        (0x48, "SO_BUF_LOCK"),
        (0x49, "SO_RESERVE_MEM"),
        (0x4a, "SO_TXREHASH"),
        (0x4b, "SO_RCVMARK"),
        (0x4c, "SO_PASSPIDFD"),
        (0x4d, "SO_PEERPIDFD"),
        (0x4e, "SO_DEVMEM_LINEAR"),
        (0x4f, "SO_DEVMEM_DMABUF"),
        (0x50, "SO_DEVMEM_DONTNEED"),
        (0x52, "SO_RCVPRIORITY"),
        (0x53, "SO_PASSRIGHTS"),
        (0x54, "SO_INQ"),
    ],
};

/// `IP_???`.
pub static SO_IP: FlagSet = FlagSet {
    name: "so_ip",
    kind: SetKind::Enum,
    unknown: "IP_???",
    fields: &[],
    shift: None,
    outcome: "",
    entries: &[
        (0x1, "IP_TOS"),
        (0x2, "IP_TTL"),
        (0x3, "IP_HDRINCL"),
        (0x4, "IP_OPTIONS"),
        (0x5, "IP_ROUTER_ALERT"),
        (0x6, "IP_RECVOPTS"),
        (0x7, "IP_RETOPTS"),
        (0x8, "IP_PKTINFO"),
        (0x9, "IP_PKTOPTIONS"),
        (0xa, "IP_MTU_DISCOVER"),
        (0xb, "IP_RECVERR"),
        (0xc, "IP_RECVTTL"),
        (0xd, "IP_RECVTOS"),
        (0xe, "IP_MTU"),
        (0xf, "IP_FREEBIND"),
        (0x10, "IP_IPSEC_POLICY"),
        (0x11, "IP_XFRM_POLICY"),
        (0x12, "IP_PASSSEC"),
        (0x13, "IP_TRANSPARENT"),
        (0x14, "IP_ORIGDSTADDR"),
        (0x15, "IP_MINTTL"),
        (0x16, "IP_NODEFRAG"),
        (0x17, "IP_CHECKSUM"),
        (0x18, "IP_BIND_ADDRESS_NO_PORT"),
        (0x19, "IP_RECVFRAGSIZE"),
        (0x1a, "IP_RECVERR_RFC4884"),
        (0x20, "IP_MULTICAST_IF"),
        (0x21, "IP_MULTICAST_TTL"),
        (0x22, "IP_MULTICAST_LOOP"),
        (0x23, "IP_ADD_MEMBERSHIP"),
        (0x24, "IP_DROP_MEMBERSHIP"),
        (0x25, "IP_UNBLOCK_SOURCE"),
        (0x26, "IP_BLOCK_SOURCE"),
        (0x27, "IP_ADD_SOURCE_MEMBERSHIP"),
        (0x28, "IP_DROP_SOURCE_MEMBERSHIP"),
        (0x29, "IP_MSFILTER"),
        (0x2a, "MCAST_JOIN_GROUP"),
        (0x2b, "MCAST_BLOCK_SOURCE"),
        (0x2c, "MCAST_UNBLOCK_SOURCE"),
        (0x2d, "MCAST_LEAVE_GROUP"),
        (0x2e, "MCAST_JOIN_SOURCE_GROUP"),
        (0x2f, "MCAST_LEAVE_SOURCE_GROUP"),
        (0x30, "MCAST_MSFILTER"),
        (0x31, "IP_MULTICAST_ALL"),
        (0x32, "IP_UNICAST_IF"),
        (0x33, "IP_LOCAL_PORT_RANGE"),
        (0x34, "IP_PROTOCOL"),
    ],
};

/// `IPV6_???`.
pub static SO_IPV6: FlagSet = FlagSet {
    name: "so_ipv6",
    kind: SetKind::Enum,
    unknown: "IPV6_???",
    fields: &[],
    shift: None,
    outcome: "",
    entries: &[
        (0x1, "IPV6_ADDRFORM"),
        (0x2, "IPV6_2292PKTINFO"),
        (0x3, "IPV6_2292HOPOPTS"),
        (0x4, "IPV6_2292DSTOPTS"),
        (0x5, "IPV6_2292RTHDR"),
        (0x6, "IPV6_2292PKTOPTIONS"),
        (0x7, "IPV6_CHECKSUM"),
        (0x8, "IPV6_2292HOPLIMIT"),
        (0x9, "IPV6_NEXTHOP"),
        (0xa, "IPV6_AUTHHDR"),
        (0xb, "IPV6_FLOWINFO"),
        (0x10, "IPV6_UNICAST_HOPS"),
        (0x11, "IPV6_MULTICAST_IF"),
        (0x12, "IPV6_MULTICAST_HOPS"),
        (0x13, "IPV6_MULTICAST_LOOP"),
        (0x14, "IPV6_ADD_MEMBERSHIP"),
        (0x15, "IPV6_DROP_MEMBERSHIP"),
        (0x16, "IPV6_ROUTER_ALERT"),
        (0x17, "IPV6_MTU_DISCOVER"),
        (0x18, "IPV6_MTU"),
        (0x19, "IPV6_RECVERR"),
        (0x1a, "IPV6_V6ONLY"),
        (0x1b, "IPV6_JOIN_ANYCAST"),
        (0x1c, "IPV6_LEAVE_ANYCAST"),
        (0x1d, "IPV6_MULTICAST_ALL"),
        (0x1e, "IPV6_ROUTER_ALERT_ISOLATE"),
        (0x1f, "IPV6_RECVERR_RFC4884"),
        (0x20, "IPV6_FLOWLABEL_MGR"),
        (0x21, "IPV6_FLOWINFO_SEND"),
        (0x22, "IPV6_IPSEC_POLICY"),
        (0x23, "IPV6_XFRM_POLICY"),
        (0x24, "IPV6_HDRINCL"),
        (0x31, "IPV6_RECVPKTINFO"),
        (0x32, "IPV6_PKTINFO"),
        (0x33, "IPV6_RECVHOPLIMIT"),
        (0x34, "IPV6_HOPLIMIT"),
        (0x35, "IPV6_RECVHOPOPTS"),
        (0x36, "IPV6_HOPOPTS"),
        (0x37, "IPV6_RTHDRDSTOPTS"),
        (0x38, "IPV6_RECVRTHDR"),
        (0x39, "IPV6_RTHDR"),
        (0x3a, "IPV6_RECVDSTOPTS"),
        (0x3b, "IPV6_DSTOPTS"),
        (0x3c, "IPV6_RECVPATHMTU"),
        (0x3d, "IPV6_PATHMTU"),
        (0x3e, "IPV6_DONTFRAG"),
        (0x3f, "IPV6_USE_MIN_MTU"),
        (0x42, "IPV6_RECVTCLASS"),
        (0x43, "IPV6_TCLASS"),
        (0x46, "IPV6_AUTOFLOWLABEL"),
        (0x48, "IPV6_ADDR_PREFERENCES"),
        (0x49, "IPV6_MINHOPCOUNT"),
        (0x4a, "IPV6_ORIGDSTADDR"),
        (0x4b, "IPV6_TRANSPARENT"),
        (0x4c, "IPV6_UNICAST_IF"),
        (0x4d, "IPV6_RECVFRAGSIZE"),
        (0x4e, "IPV6_FREEBIND"),
    ],
};

/// `TCP_???`.
pub static SO_TCP: FlagSet = FlagSet {
    name: "so_tcp",
    kind: SetKind::Enum,
    unknown: "TCP_???",
    fields: &[],
    shift: None,
    outcome: "",
    entries: &[
        (0x1, "TCP_NODELAY"),
        (0x2, "TCP_MAXSEG"),
        (0x3, "TCP_CORK"),
        (0x4, "TCP_KEEPIDLE"),
        (0x5, "TCP_KEEPINTVL"),
        (0x6, "TCP_KEEPCNT"),
        (0x7, "TCP_SYNCNT"),
        (0x8, "TCP_LINGER2"),
        (0x9, "TCP_DEFER_ACCEPT"),
        (0xa, "TCP_WINDOW_CLAMP"),
        (0xb, "TCP_INFO"),
        (0xc, "TCP_QUICKACK"),
        (0xd, "TCP_CONGESTION"),
        (0xe, "TCP_MD5SIG"),
        (0xf, "TCP_COOKIE_TRANSACTIONS"),
        (0x10, "TCP_THIN_LINEAR_TIMEOUTS"),
        (0x11, "TCP_THIN_DUPACK"),
        (0x12, "TCP_USER_TIMEOUT"),
        (0x13, "TCP_REPAIR"),
        (0x14, "TCP_REPAIR_QUEUE"),
        (0x15, "TCP_QUEUE_SEQ"),
        (0x16, "TCP_REPAIR_OPTIONS"),
        (0x17, "TCP_FASTOPEN"),
        (0x18, "TCP_TIMESTAMP"),
        (0x19, "TCP_NOTSENT_LOWAT"),
        (0x1a, "TCP_CC_INFO"),
        (0x1b, "TCP_SAVE_SYN"),
        (0x1c, "TCP_SAVED_SYN"),
        (0x1d, "TCP_REPAIR_WINDOW"),
        (0x1e, "TCP_FASTOPEN_CONNECT"),
        (0x1f, "TCP_ULP"),
        (0x20, "TCP_MD5SIG_EXT"),
        (0x21, "TCP_FASTOPEN_KEY"),
        (0x22, "TCP_FASTOPEN_NO_COOKIE"),
        (0x23, "TCP_ZEROCOPY_RECEIVE"),
        (0x24, "TCP_INQ"),
        (0x25, "TCP_TX_DELAY"),
        (0x26, "TCP_AO_ADD_KEY"),
        (0x27, "TCP_AO_DEL_KEY"),
        (0x28, "TCP_AO_INFO"),
        (0x29, "TCP_AO_GET_KEYS"),
        (0x2a, "TCP_AO_REPAIR"),
        (0x2b, "TCP_IS_MPTCP"),
        (0x2c, "TCP_RTO_MAX_MS"),
    ],
};

/// `UDP_???`.
pub static SO_UDP: FlagSet = FlagSet {
    name: "so_udp",
    kind: SetKind::Enum,
    unknown: "UDP_???",
    fields: &[],
    shift: None,
    outcome: "",
    entries: &[
        (0x1, "UDP_CORK"),
        (0x64, "UDP_ENCAP"),
        (0x65, "UDP_NO_CHECK6_TX"),
        (0x66, "UDP_NO_CHECK6_RX"),
        (0x67, "UDP_SEGMENT"),
        (0x68, "UDP_GRO"),
    ],
};

/// `PACKET_???`.
pub static SO_PACKET: FlagSet = FlagSet {
    name: "so_packet",
    kind: SetKind::Enum,
    unknown: "PACKET_???",
    fields: &[],
    shift: None,
    outcome: "",
    entries: &[
        (0x1, "PACKET_ADD_MEMBERSHIP"),
        (0x2, "PACKET_DROP_MEMBERSHIP"),
        (0x3, "PACKET_RECV_OUTPUT"),
        (0x5, "PACKET_RX_RING"),
        (0x6, "PACKET_STATISTICS"),
        (0x7, "PACKET_COPY_THRESH"),
        (0x8, "PACKET_AUXDATA"),
        (0x9, "PACKET_ORIGDEV"),
        (0xa, "PACKET_VERSION"),
        (0xb, "PACKET_HDRLEN"),
        (0xc, "PACKET_RESERVE"),
        (0xd, "PACKET_TX_RING"),
        (0xe, "PACKET_LOSS"),
        (0xf, "PACKET_VNET_HDR"),
        (0x10, "PACKET_TX_TIMESTAMP"),
        (0x11, "PACKET_TIMESTAMP"),
        (0x12, "PACKET_FANOUT"),
        (0x13, "PACKET_TX_HAS_OFF"),
        (0x14, "PACKET_QDISC_BYPASS"),
        (0x15, "PACKET_ROLLOVER_STATS"),
        (0x16, "PACKET_FANOUT_DATA"),
        (0x17, "PACKET_IGNORE_OUTGOING"),
    ],
};

/// `NETLINK_???`.
pub static SO_NETLINK: FlagSet = FlagSet {
    name: "so_netlink",
    kind: SetKind::Enum,
    unknown: "NETLINK_???",
    fields: &[],
    shift: None,
    outcome: "",
    entries: &[
        (0x1, "NETLINK_ADD_MEMBERSHIP"),
        (0x2, "NETLINK_DROP_MEMBERSHIP"),
        (0x3, "NETLINK_PKTINFO"),
        (0x4, "NETLINK_BROADCAST_ERROR"),
        (0x5, "NETLINK_NO_ENOBUFS"),
        (0x6, "NETLINK_RX_RING"),
        (0x7, "NETLINK_TX_RING"),
        (0x8, "NETLINK_LISTEN_ALL_NSID"),
        (0x9, "NETLINK_LIST_MEMBERSHIPS"),
        (0xa, "NETLINK_CAP_ACK"),
        (0xb, "NETLINK_EXT_ACK"),
        (0xc, "NETLINK_GET_STRICT_CHK"),
    ],
};

/// `SCM_???`.
pub static SCM_TYPE: FlagSet = FlagSet {
    name: "scm_type",
    kind: SetKind::Enum,
    unknown: "SCM_???",
    fields: &[],
    shift: None,
    outcome: "",
    entries: &[
        (0x1, "SCM_RIGHTS"),
        (0x2, "SCM_CREDENTIALS"),
        (0x3, "SCM_SECURITY"),
        (0x4, "SCM_PIDFD"),
    ],
};

/// `ipc_private`.
pub static IPC_PRIVATE: FlagSet = FlagSet {
    name: "ipc_private",
    kind: SetKind::Enum,
    unknown: "",
    fields: &[],
    shift: None,
    outcome: "",
    entries: &[
        (0x0, "IPC_PRIVATE"),
    ],
};

/// `msgget`.
pub static MSGGET: FlagSet = FlagSet {
    name: "msgget",
    kind: SetKind::Bits,
    unknown: "",
    fields: &[Field { mask: 0x1ff, set: &PERMISSIONS, place: Place::Last }],
    shift: None,
    outcome: "",
    entries: &[
        (0x200, "IPC_CREAT"),
        (0x400, "IPC_EXCL"),
        (0x800, "IPC_NOWAIT"),
    ],
};

/// `shmget`.
pub static SHMGET: FlagSet = FlagSet {
    name: "shmget",
    kind: SetKind::Bits,
    unknown: "",
    fields: &[Field { mask: 0x1ff, set: &PERMISSIONS, place: Place::Last }],
    shift: None,
    outcome: "",
    entries: &[
        (0x200, "IPC_CREAT"),
        (0x400, "IPC_EXCL"),
        (0x800, "SHM_HUGETLB"),
        (0x1000, "SHM_NORESERVE"),
    ],
};

/// `permissions`.
pub static PERMISSIONS: FlagSet = FlagSet {
    name: "permissions",
    kind: SetKind::Mode,
    unknown: "",
    fields: &[],
    shift: None,
    outcome: "",
    entries: &[
    ],
};

/// `SHM_???`.
pub static SHMAT: FlagSet = FlagSet {
    name: "shmat",
    kind: SetKind::Bits,
    unknown: "SHM_???",
    fields: &[],
    shift: None,
    outcome: "",
    entries: &[
        (0x1000, "SHM_RDONLY"),
        (0x2000, "SHM_RND"),
        (0x4000, "SHM_REMAP"),
        (0x8000, "SHM_EXEC"),
    ],
};

/// `MSG_???`.
pub static MSG_IPC: FlagSet = FlagSet {
    name: "msg_ipc",
    kind: SetKind::Bits,
    unknown: "MSG_???",
    fields: &[],
    shift: None,
    outcome: "",
    entries: &[
        (0x1000, "MSG_NOERROR"),
        (0x2000, "MSG_EXCEPT"),
        (0x4000, "MSG_COPY"),
        (0x800, "IPC_NOWAIT"),
    ],
};

/// `SEM_???`.
pub static SEMOP: FlagSet = FlagSet {
    name: "semop",
    kind: SetKind::Bits,
    unknown: "SEM_???",
    fields: &[],
    shift: None,
    outcome: "",
    entries: &[
        (0x1000, "SEM_UNDO"),
        (0x800, "IPC_NOWAIT"),
    ],
};

/// `SEM_???`.
pub static SEMCTL: FlagSet = FlagSet {
    name: "semctl",
    kind: SetKind::Enum,
    unknown: "SEM_???",
    fields: &[],
    shift: None,
    outcome: "",
    entries: &[
        (0x0, "IPC_RMID"),
        (0x1, "IPC_SET"),
        (0x2, "IPC_STAT"),
        (0x3, "IPC_INFO"),
        (0xb, "GETPID"),
        (0xc, "GETVAL"),
        (0xd, "GETALL"),
        (0xe, "GETNCNT"),
        (0xf, "GETZCNT"),
        (0x10, "SETVAL"),
        (0x11, "SETALL"),
        (0x12, "SEM_STAT"),
        (0x13, "SEM_INFO"),
        (0x14, "SEM_STAT_ANY"),
    ],
};

/// `MSG_???`.
pub static MSGCTL: FlagSet = FlagSet {
    name: "msgctl",
    kind: SetKind::Enum,
    unknown: "MSG_???",
    fields: &[],
    shift: None,
    outcome: "",
    entries: &[
        (0x0, "IPC_RMID"),
        (0x1, "IPC_SET"),
        (0x2, "IPC_STAT"),
        (0x3, "IPC_INFO"),
        (0xb, "MSG_STAT"),
        (0xc, "MSG_INFO"),
        (0xd, "MSG_STAT_ANY"),
    ],
};

/// `SHM_???`.
pub static SHMCTL: FlagSet = FlagSet {
    name: "shmctl",
    kind: SetKind::Enum,
    unknown: "SHM_???",
    fields: &[],
    shift: None,
    outcome: "",
    entries: &[
        (0x0, "IPC_RMID"),
        (0x1, "IPC_SET"),
        (0x2, "IPC_STAT"),
        (0x3, "IPC_INFO"),
        (0xb, "SHM_LOCK"),
        (0xc, "SHM_UNLOCK"),
        (0xd, "SHM_STAT"),
        (0xe, "SHM_INFO"),
        (0xf, "SHM_STAT_ANY"),
    ],
};

/// `O_???`.
pub static MQ_FLAGS: FlagSet = FlagSet {
    name: "mq_flags",
    kind: SetKind::Bits,
    unknown: "O_???",
    fields: &[],
    shift: None,
    outcome: "",
    entries: &[
        (0x800, "O_NONBLOCK"),
    ],
};

/// `IOCB_CMD_???`.
pub static AIO: FlagSet = FlagSet {
    name: "aio",
    kind: SetKind::Enum,
    unknown: "IOCB_CMD_???",
    fields: &[],
    shift: None,
    outcome: "",
    entries: &[
        (0x0, "IOCB_CMD_PREAD"),
        (0x1, "IOCB_CMD_PWRITE"),
        (0x2, "IOCB_CMD_FSYNC"),
        (0x3, "IOCB_CMD_FDSYNC"),
        (0x5, "IOCB_CMD_POLL"),
        (0x6, "IOCB_CMD_NOOP"),
        (0x7, "IOCB_CMD_PREADV"),
        (0x8, "IOCB_CMD_PWRITEV"),
    ],
};

/// `ioctl`.
pub static IOCTL: FlagSet = FlagSet {
    name: "ioctl",
    kind: SetKind::Ioctl,
    unknown: "",
    fields: &[],
    shift: None,
    outcome: "",
    entries: &[
        (0x5401, "TCGETS"),
        (0x5402, "TCSETS"),
        (0x5403, "TCSETSW"),
        (0x5404, "TCSETSF"),
        (0x5405, "TCGETA"),
        (0x5406, "TCSETA"),
        (0x5407, "TCSETAW"),
        (0x5408, "TCSETAF"),
        (0x5409, "TCSBRK"),
        (0x540a, "TCXONC"),
        (0x540b, "TCFLSH"),
        (0x540c, "TIOCEXCL"),
        (0x540d, "TIOCNXCL"),
        (0x540e, "TIOCSCTTY"),
        (0x540f, "TIOCGPGRP"),
        (0x5410, "TIOCSPGRP"),
        (0x5411, "TIOCOUTQ"),
        (0x5412, "TIOCSTI"),
        (0x5413, "TIOCGWINSZ"),
        (0x5414, "TIOCSWINSZ"),
        (0x5415, "TIOCMGET"),
        (0x5416, "TIOCMBIS"),
        (0x5417, "TIOCMBIC"),
        (0x5418, "TIOCMSET"),
        (0x5419, "TIOCGSOFTCAR"),
        (0x541a, "TIOCSSOFTCAR"),
        (0x541b, "FIONREAD"),
        (0x541c, "TIOCLINUX"),
        (0x541d, "TIOCCONS"),
        (0x541e, "TIOCGSERIAL"),
        (0x541f, "TIOCSSERIAL"),
        (0x5420, "TIOCPKT"),
        (0x5421, "FIONBIO"),
        (0x5422, "TIOCNOTTY"),
        (0x5423, "TIOCSETD"),
        (0x5424, "TIOCGETD"),
        (0x5425, "TCSBRKP"),
        (0x5427, "TIOCSBRK"),
        (0x5428, "TIOCCBRK"),
        (0x5429, "TIOCGSID"),
        (0x802c542a, "TCGETS2"),
        (0x402c542b, "TCSETS2"),
        (0x402c542c, "TCSETSW2"),
        (0x402c542d, "TCSETSF2"),
        (0x80045430, "TIOCGPTN"),
        (0x40045431, "TIOCSPTLCK"),
        (0x80045432, "TIOCGDEV"),
        (0x40045436, "TIOCSIG"),
        (0x5437, "TIOCVHANGUP"),
        (0x80045438, "TIOCGPKT"),
        (0x80045439, "TIOCGPTLCK"),
        (0x80045440, "TIOCGEXCL"),
        (0x5441, "TIOCGPTPEER"),
        (0x5450, "FIONCLEX"),
        (0x5451, "FIOCLEX"),
        (0x5452, "FIOASYNC"),
        (0x5460, "FIOQSIZE"),
        (0x8901, "FIOSETOWN"),
        (0x8903, "FIOGETOWN"),
        (0x2, "FIGETBSZ"),
        (0x1, "FIBMAP"),
        (0xc0045877, "FIFREEZE"),
        (0xc0045878, "FITHAW"),
        (0xc0185879, "FITRIM"),
        (0x40049409, "FICLONE"),
        (0x4020940d, "FICLONERANGE"),
        (0xc0189436, "FIDEDUPERANGE"),
        (0x80086601, "FS_IOC_GETFLAGS"),
        (0x40086602, "FS_IOC_SETFLAGS"),
        (0x80087601, "FS_IOC_GETVERSION"),
        (0x40087602, "FS_IOC_SETVERSION"),
        (0xc020660b, "FS_IOC_FIEMAP"),
        (0x801c581f, "FS_IOC_FSGETXATTR"),
        (0x401c5820, "FS_IOC_FSSETXATTR"),
        (0x81009431, "FS_IOC_GETFSLABEL"),
        (0x41009432, "FS_IOC_SETFSLABEL"),
        (0x125d, "BLKROSET"),
        (0x125e, "BLKROGET"),
        (0x125f, "BLKRRPART"),
        (0x1260, "BLKGETSIZE"),
        (0x1261, "BLKFLSBUF"),
        (0x1262, "BLKRASET"),
        (0x1263, "BLKRAGET"),
        (0x1268, "BLKSSZGET"),
        (0x80081270, "BLKBSZGET"),
        (0x40081271, "BLKBSZSET"),
        (0x80081272, "BLKGETSIZE64"),
        (0x1277, "BLKDISCARD"),
        (0x1278, "BLKIOMIN"),
        (0x1279, "BLKIOOPT"),
        (0x127a, "BLKALIGNOFF"),
        (0x127b, "BLKPBSZGET"),
        (0x127c, "BLKDISCARDZEROES"),
        (0x127d, "BLKSECDISCARD"),
        (0x127e, "BLKROTATIONAL"),
        (0x127f, "BLKZEROOUT"),
        (0x8905, "SIOCATMARK"),
        (0x8906, "SIOCGSTAMP_OLD"),
        (0x8907, "SIOCGSTAMPNS_OLD"),
        (0x890b, "SIOCADDRT"),
        (0x890c, "SIOCDELRT"),
        (0x8910, "SIOCGIFNAME"),
        (0x8912, "SIOCGIFCONF"),
        (0x8913, "SIOCGIFFLAGS"),
        (0x8914, "SIOCSIFFLAGS"),
        (0x8915, "SIOCGIFADDR"),
        (0x8916, "SIOCSIFADDR"),
        (0x8917, "SIOCGIFDSTADDR"),
        (0x8918, "SIOCSIFDSTADDR"),
        (0x8919, "SIOCGIFBRDADDR"),
        (0x891a, "SIOCSIFBRDADDR"),
        (0x891b, "SIOCGIFNETMASK"),
        (0x891c, "SIOCSIFNETMASK"),
        (0x891d, "SIOCGIFMETRIC"),
        (0x891e, "SIOCSIFMETRIC"),
        (0x8921, "SIOCGIFMTU"),
        (0x8922, "SIOCSIFMTU"),
        (0x8923, "SIOCSIFNAME"),
        (0x8924, "SIOCSIFHWADDR"),
        (0x8927, "SIOCGIFHWADDR"),
        (0x8933, "SIOCGIFINDEX"),
        (0x8942, "SIOCGIFTXQLEN"),
        (0x8943, "SIOCSIFTXQLEN"),
        (0x8970, "SIOCGIFMAP"),
        (0x8971, "SIOCSIFMAP"),
        (0x8946, "SIOCETHTOOL"),
        (0x8947, "SIOCGMIIPHY"),
        (0x8948, "SIOCGMIIREG"),
        (0x89a0, "SIOCBRADDBR"),
        (0x89a1, "SIOCBRDELBR"),
        (0x89a2, "SIOCBRADDIF"),
        (0x89a3, "SIOCBRDELIF"),
        (0x8954, "SIOCGARP"),
        (0x8955, "SIOCSARP"),
        (0x8953, "SIOCDARP"),
        (0x400454ca, "TUNSETIFF"),
        (0x400454cb, "TUNSETPERSIST"),
        (0x400454cc, "TUNSETOWNER"),
        (0x800454cf, "TUNGETFEATURES"),
        (0x400454ce, "TUNSETGROUP"),
        (0x800454d2, "TUNGETIFF"),
        (0x400454d0, "TUNSETOFFLOAD"),
        (0x400454d8, "TUNSETVNETHDRSZ"),
        (0x80045200, "RNDGETENTCNT"),
        (0x40045201, "RNDADDTOENTCNT"),
        (0x40085203, "RNDADDENTROPY"),
        (0x4c00, "LOOP_SET_FD"),
        (0x4c01, "LOOP_CLR_FD"),
        (0x4c04, "LOOP_SET_STATUS64"),
        (0x4c05, "LOOP_GET_STATUS64"),
        (0x4c82, "LOOP_CTL_GET_FREE"),
        (0x4c0a, "LOOP_CONFIGURE"),
        (0xb701, "NS_GET_USERNS"),
        (0xb702, "NS_GET_PARENT"),
        (0xb703, "NS_GET_NSTYPE"),
        (0xb704, "NS_GET_OWNER_UID"),
        (0x2400, "PERF_EVENT_IOC_ENABLE"),
        (0x2401, "PERF_EVENT_IOC_DISABLE"),
        (0x2402, "PERF_EVENT_IOC_REFRESH"),
        (0x2403, "PERF_EVENT_IOC_RESET"),
        (0x40082404, "PERF_EVENT_IOC_PERIOD"),
        (0x2405, "PERF_EVENT_IOC_SET_OUTPUT"),
        (0x40082406, "PERF_EVENT_IOC_SET_FILTER"),
        (0x80082407, "PERF_EVENT_IOC_ID"),
        (0x40042408, "PERF_EVENT_IOC_SET_BPF"),
        (0xc018aa3f, "UFFDIO_API"),
        (0xc020aa00, "UFFDIO_REGISTER"),
        (0x8010aa01, "UFFDIO_UNREGISTER"),
        (0x8010aa02, "UFFDIO_WAKE"),
        (0xc028aa03, "UFFDIO_COPY"),
        (0xc020aa04, "UFFDIO_ZEROPAGE"),
        (0xae00, "KVM_GET_API_VERSION"),
        (0xae01, "KVM_CREATE_VM"),
        (0xae03, "KVM_CHECK_EXTENSION"),
        (0xae04, "KVM_GET_VCPU_MMAP_SIZE"),
        (0xae41, "KVM_CREATE_VCPU"),
        (0xae80, "KVM_RUN"),
        (0x4020ae46, "KVM_SET_USER_MEMORY_REGION"),
        (0x8090ae81, "KVM_GET_REGS"),
        (0x4090ae82, "KVM_SET_REGS"),
        (0x8138ae83, "KVM_GET_SREGS"),
        (0x4138ae84, "KVM_SET_SREGS"),
        (0x80247009, "RTC_RD_TIME"),
        (0x4024700a, "RTC_SET_TIME"),
        (0x4b3b, "KDGETMODE"),
        (0x4b3a, "KDSETMODE"),
        (0x4b33, "KDGKBTYPE"),
        (0x4b44, "KDGKBMODE"),
        (0x4b45, "KDSKBMODE"),
        (0x5603, "VT_GETSTATE"),
        (0x5606, "VT_ACTIVATE"),
        (0x5607, "VT_WAITACTIVE"),
        (0x5601, "VT_GETMODE"),
        (0x5602, "VT_SETMODE"),
        (0x80044501, "EVIOCGVERSION"),
        (0x80084502, "EVIOCGID"),
        (0x40044590, "EVIOCGRAB"),
        (0x80045705, "WDIOC_KEEPALIVE"),
        (0xc0045706, "WDIOC_SETTIMEOUT"),
        (0x80045707, "WDIOC_GETTIMEOUT"),
        (0x2285, "SG_IO"),
        (0x301, "HDIO_GETGEO"),
        (0x5309, "CDROMEJECT"),
        (0x5326, "CDROM_DRIVE_STATUS"),
    ],
};

/// `termios_iflag`.
pub static TERMIOS_IFLAG: FlagSet = FlagSet {
    name: "termios_iflag",
    kind: SetKind::Bits,
    unknown: "",
    fields: &[],
    shift: None,
    outcome: "",
    entries: &[
        (0x1, "IGNBRK"),
        (0x2, "BRKINT"),
        (0x4, "IGNPAR"),
        (0x8, "PARMRK"),
        (0x10, "INPCK"),
        (0x20, "ISTRIP"),
        (0x40, "INLCR"),
        (0x80, "IGNCR"),
        (0x100, "ICRNL"),
        (0x200, "IUCLC"),
        (0x400, "IXON"),
        (0x800, "IXANY"),
        (0x1000, "IXOFF"),
        (0x2000, "IMAXBEL"),
        (0x4000, "IUTF8"),
    ],
};

/// `NL?`.
pub static TERMIOS_NL: FlagSet = FlagSet {
    name: "termios_nl",
    kind: SetKind::Enum,
    unknown: "NL?",
    fields: &[],
    shift: None,
    outcome: "",
    entries: &[
        (0x0, "NL0"),
        (0x100, "NL1"),
    ],
};

/// `CR?`.
pub static TERMIOS_CR: FlagSet = FlagSet {
    name: "termios_cr",
    kind: SetKind::Enum,
    unknown: "CR?",
    fields: &[],
    shift: None,
    outcome: "",
    entries: &[
        (0x0, "CR0"),
        (0x200, "CR1"),
        (0x400, "CR2"),
        (0x600, "CR3"),
    ],
};

/// `TAB?`.
pub static TERMIOS_TAB: FlagSet = FlagSet {
    name: "termios_tab",
    kind: SetKind::Enum,
    unknown: "TAB?",
    fields: &[],
    shift: None,
    outcome: "",
    entries: &[
        (0x1800, "XTABS"),
        (0x0, "TAB0"),
        (0x800, "TAB1"),
        (0x1000, "TAB2"),
    ],
};

/// `BS?`.
pub static TERMIOS_BS: FlagSet = FlagSet {
    name: "termios_bs",
    kind: SetKind::Enum,
    unknown: "BS?",
    fields: &[],
    shift: None,
    outcome: "",
    entries: &[
        (0x0, "BS0"),
        (0x2000, "BS1"),
    ],
};

/// `VT?`.
pub static TERMIOS_VT: FlagSet = FlagSet {
    name: "termios_vt",
    kind: SetKind::Enum,
    unknown: "VT?",
    fields: &[],
    shift: None,
    outcome: "",
    entries: &[
        (0x0, "VT0"),
        (0x4000, "VT1"),
    ],
};

/// `FF?`.
pub static TERMIOS_FF: FlagSet = FlagSet {
    name: "termios_ff",
    kind: SetKind::Enum,
    unknown: "FF?",
    fields: &[],
    shift: None,
    outcome: "",
    entries: &[
        (0x0, "FF0"),
        (0x8000, "FF1"),
    ],
};

/// `termios_oflag`.
pub static TERMIOS_OFLAG: FlagSet = FlagSet {
    name: "termios_oflag",
    kind: SetKind::Bits,
    unknown: "",
    fields: &[Field { mask: 0x100, set: &TERMIOS_NL, place: Place::First }, Field { mask: 0x600, set: &TERMIOS_CR, place: Place::First }, Field { mask: 0x1800, set: &TERMIOS_TAB, place: Place::First }, Field { mask: 0x2000, set: &TERMIOS_BS, place: Place::First }, Field { mask: 0x4000, set: &TERMIOS_VT, place: Place::First }, Field { mask: 0x8000, set: &TERMIOS_FF, place: Place::First }],
    shift: None,
    outcome: "",
    entries: &[
        (0x1, "OPOST"),
        (0x2, "OLCUC"),
        (0x4, "ONLCR"),
        (0x8, "OCRNL"),
        (0x10, "ONOCR"),
        (0x20, "ONLRET"),
        (0x40, "OFILL"),
        (0x80, "OFDEL"),
    ],
};

/// `CS?`.
pub static TERMIOS_CSIZE: FlagSet = FlagSet {
    name: "termios_csize",
    kind: SetKind::Enum,
    unknown: "CS?",
    fields: &[],
    shift: None,
    outcome: "",
    entries: &[
        (0x0, "CS5"),
        (0x10, "CS6"),
        (0x20, "CS7"),
        (0x30, "CS8"),
    ],
};

/// `termios_cflag`.
pub static TERMIOS_CFLAG: FlagSet = FlagSet {
    name: "termios_cflag",
    kind: SetKind::Bits,
    unknown: "",
    fields: &[Field { mask: 0x100f, set: &TERMIOS_BAUD, place: Place::First }, Field { mask: 0x30, set: &TERMIOS_CSIZE, place: Place::First }],
    shift: None,
    outcome: "",
    entries: &[
        (0x40, "CSTOPB"),
        (0x80, "CREAD"),
        (0x100, "PARENB"),
        (0x200, "PARODD"),
        (0x400, "HUPCL"),
        (0x800, "CLOCAL"),
        (0x40000000, "CMSPAR"),
        (0x80000000, "CRTSCTS"),
    ],
};

/// `termios_lflag`.
pub static TERMIOS_LFLAG: FlagSet = FlagSet {
    name: "termios_lflag",
    kind: SetKind::Bits,
    unknown: "",
    fields: &[],
    shift: None,
    outcome: "",
    entries: &[
        (0x1, "ISIG"),
        (0x2, "ICANON"),
        (0x4, "XCASE"),
        (0x8, "ECHO"),
        (0x10, "ECHOE"),
        (0x20, "ECHOK"),
        (0x40, "ECHONL"),
        (0x80, "NOFLSH"),
        (0x8000, "IEXTEN"),
        (0x200, "ECHOCTL"),
        (0x400, "ECHOPRT"),
        (0x800, "ECHOKE"),
        (0x1000, "FLUSHO"),
        (0x4000, "PENDIN"),
        (0x100, "TOSTOP"),
        (0x10000, "EXTPROC"),
    ],
};

/// `B???`.
pub static TERMIOS_BAUD: FlagSet = FlagSet {
    name: "termios_baud",
    kind: SetKind::Enum,
    unknown: "B???",
    fields: &[],
    shift: None,
    outcome: "",
    entries: &[
        (0x0, "B0"),
        (0x1, "B50"),
        (0x2, "B75"),
        (0x3, "B110"),
        (0x4, "B134"),
        (0x5, "B150"),
        (0x6, "B200"),
        (0x7, "B300"),
        (0x8, "B600"),
        (0x9, "B1200"),
        (0xa, "B1800"),
        (0xb, "B2400"),
        (0xc, "B4800"),
        (0xd, "B9600"),
        (0xe, "B19200"),
        (0xf, "B38400"),
        (0x1001, "B57600"),
        (0x1002, "B115200"),
        (0x1003, "B230400"),
        (0x1004, "B460800"),
        (0x1005, "B500000"),
        (0x1006, "B576000"),
        (0x1007, "B921600"),
        (0x1008, "B1000000"),
        (0x1009, "B1152000"),
        (0x100a, "B1500000"),
        (0x100b, "B2000000"),
        (0x100c, "B2500000"),
        (0x100d, "B3000000"),
        (0x100e, "B3500000"),
        (0x100f, "B4000000"),
    ],
};

/// `NS_???`.
pub static LISTNS: FlagSet = FlagSet {
    name: "listns",
    kind: SetKind::Bits,
    unknown: "NS_???",
    fields: &[],
    shift: None,
    outcome: "",
    entries: &[
        (0x80, "TIME_NS"),
        (0x20000, "MNT_NS"),
        (0x2000000, "CGROUP_NS"),
        (0x4000000, "UTS_NS"),
        (0x8000000, "IPC_NS"),
        (0x10000000, "USER_NS"),
        (0x20000000, "PID_NS"),
        (0x40000000, "NET_NS"),
    ],
};

/// `LSM_ATTR_???`.
pub static LSM_ATTR: FlagSet = FlagSet {
    name: "lsm_attr",
    kind: SetKind::Enum,
    unknown: "LSM_ATTR_???",
    fields: &[],
    shift: None,
    outcome: "",
    entries: &[
        (0x0, "LSM_ATTR_UNDEF"),
        (0x64, "LSM_ATTR_CURRENT"),
        (0x65, "LSM_ATTR_EXEC"),
        (0x66, "LSM_ATTR_FSCREATE"),
        (0x67, "LSM_ATTR_KEYCREATE"),
        (0x68, "LSM_ATTR_PREV"),
        (0x69, "LSM_ATTR_SOCKCREATE"),
    ],
};

/// `ADJ_???`.
pub static ADJTIMEX: FlagSet = FlagSet {
    name: "adjtimex",
    kind: SetKind::Bits,
    unknown: "ADJ_???",
    fields: &[],
    shift: None,
    outcome: "",
    entries: &[
        (0xa001, "ADJ_OFFSET_SS_READ"),
        (0x8001, "ADJ_OFFSET_SINGLESHOT"),
        (0x1, "ADJ_OFFSET"),
        (0x2, "ADJ_FREQUENCY"),
        (0x4, "ADJ_MAXERROR"),
        (0x8, "ADJ_ESTERROR"),
        (0x10, "ADJ_STATUS"),
        (0x20, "ADJ_TIMECONST"),
        (0x80, "ADJ_TAI"),
        (0x100, "ADJ_SETOFFSET"),
        (0x1000, "ADJ_MICRO"),
        (0x2000, "ADJ_NANO"),
        (0x4000, "ADJ_TICK"),
    ],
};

/// `TIME_???`.
pub static ADJTIMEX_STATE: FlagSet = FlagSet {
    name: "adjtimex_state",
    kind: SetKind::Enum,
    unknown: "TIME_???",
    fields: &[],
    shift: None,
    outcome: "",
    entries: &[
        (0x0, "TIME_OK"),
        (0x1, "TIME_INS"),
        (0x2, "TIME_DEL"),
        (0x3, "TIME_OOP"),
        (0x4, "TIME_WAIT"),
        (0x5, "TIME_ERROR"),
    ],
};

/// `statfs_magic`.
pub static STATFS_MAGIC: FlagSet = FlagSet {
    name: "statfs_magic",
    kind: SetKind::Enum,
    unknown: "",
    fields: &[],
    shift: None,
    outcome: "",
    entries: &[
        (0xadf5, "ADFS_SUPER_MAGIC"),
        (0xcafe4a11, "BPF_FS_MAGIC"),
        (0x9123683e, "BTRFS_SUPER_MAGIC"),
        (0x27e0eb, "CGROUP_SUPER_MAGIC"),
        (0x63677270, "CGROUP2_SUPER_MAGIC"),
        (0x28cd3d45, "CRAMFS_MAGIC"),
        (0x64626720, "DEBUGFS_MAGIC"),
        (0x1cd1, "DEVPTS_SUPER_MAGIC"),
        (0xf15f, "ECRYPTFS_SUPER_MAGIC"),
        (0xde5e81e4, "EFIVARFS_MAGIC"),
        (0xef53, "EXT2_SUPER_MAGIC"),
        (0xf2f52010, "F2FS_SUPER_MAGIC"),
        (0x65735546, "FUSE_SUPER_MAGIC"),
        (0x958458f6, "HUGETLBFS_MAGIC"),
        (0x9660, "ISOFS_SUPER_MAGIC"),
        (0x19800202, "MQUEUE_MAGIC"),
        (0x4d44, "MSDOS_SUPER_MAGIC"),
        (0x6969, "NFS_SUPER_MAGIC"),
        (0x6e736673, "NSFS_MAGIC"),
        (0x794c7630, "OVERLAYFS_SUPER_MAGIC"),
        (0x50495045, "PIPEFS_MAGIC"),
        (0x9fa0, "PROC_SUPER_MAGIC"),
        (0x6165676c, "PSTOREFS_MAGIC"),
        (0x858458f6, "RAMFS_MAGIC"),
        (0x52654973, "REISERFS_SUPER_MAGIC"),
        (0x73636673, "SECURITYFS_MAGIC"),
        (0xf97cff8c, "SELINUX_MAGIC"),
        (0x534f434b, "SOCKFS_MAGIC"),
        (0x73717368, "SQUASHFS_MAGIC"),
        (0x62656572, "SYSFS_MAGIC"),
        (0x1021994, "TMPFS_MAGIC"),
        (0x74726163, "TRACEFS_MAGIC"),
        (0x1021997, "V9FS_MAGIC"),
        (0x58465342, "XFS_SUPER_MAGIC"),
        (0x9041934, "ANON_INODE_FS_MAGIC"),
    ],
};

/// Every set.
pub static ALL: [&FlagSet; 196] = [
    &OPEN_ACCESS,
    &OPEN,
    &OPENAT2_RESOLVE,
    &AT_FDCWD,
    &AT,
    &UNLINKAT,
    &FACCESSAT,
    &EXECVEAT,
    &NAME_TO_HANDLE_AT,
    &STATX_SYNC,
    &STATX,
    &STATX_MASK,
    &STATX_ATTRIBUTES,
    &ACCESS,
    &FILE_TYPE,
    &MODE,
    &SEEK,
    &FCNTL,
    &FD_FLAGS,
    &LOCK_TYPE,
    &NOTIFY,
    &SEALS,
    &RW_HINT,
    &OWNER_TYPE,
    &FLOCK,
    &DUP3,
    &PIPE2,
    &CLOSE_RANGE,
    &RENAMEAT2,
    &FALLOCATE,
    &FADVISE,
    &SYNC_FILE_RANGE,
    &SPLICE,
    &RWF,
    &XATTR,
    &XATTRAT,
    &MOUNT_MAGIC,
    &MOUNT,
    &UMOUNT,
    &OPEN_TREE,
    &MOVE_MOUNT,
    &FSOPEN,
    &FSCONFIG,
    &FSMOUNT,
    &FSPICK,
    &MOUNT_ATTR,
    &STATFS,
    &INOTIFY_INIT,
    &INOTIFY_MASK,
    &FANOTIFY_CLASS,
    &FANOTIFY_INIT,
    &FANOTIFY_MARK,
    &FANOTIFY_EVENT,
    &QUOTA_TYPE,
    &DIRENT_TYPE,
    &SWAPON,
    &PROT,
    &MAP_TYPE,
    &MAP,
    &MREMAP,
    &MSYNC,
    &MADVISE,
    &MLOCK2,
    &MLOCKALL,
    &MEMFD_CREATE,
    &MEMFD_SECRET,
    &PKEY_ACCESS,
    &SHADOW_STACK,
    &MPOL_MODE,
    &MPOL,
    &MBIND,
    &GET_MEMPOLICY,
    &USERFAULTFD,
    &CLONE,
    &CLONE3,
    &UNSHARE,
    &SETNS,
    &WAIT4,
    &WAITID,
    &PIDFD_OPEN,
    &PIDFD_SIGNAL,
    &RLIMIT,
    &RUSAGE,
    &PRIORITY,
    &IOPRIO,
    &SCHEDULER,
    &ARCH_PRCTL,
    &PRCTL,
    &PR_DUMPABLE,
    &PR_CAP_AMBIENT,
    &PR_SET_MM,
    &PR_SET_VMA,
    &PR_SUD,
    &PR_TSC,
    &SECCOMP_MODE,
    &CAPABILITY,
    &CAP_VERSION,
    &PERSONALITY_DOMAIN,
    &PERSONALITY,
    &PTRACE_OPTIONS,
    &PTRACE,
    &KCMP,
    &RSEQ,
    &MEMBARRIER,
    &MEMBARRIER_FLAGS,
    &SECCOMP,
    &SECCOMP_FILTER,
    &LANDLOCK_RULE,
    &LANDLOCK_CREATE,
    &GETRANDOM,
    &REBOOT_MAGIC1,
    &REBOOT_MAGIC2,
    &REBOOT,
    &SYSLOG,
    &DELETE_MODULE,
    &FINIT_MODULE,
    &KEXEC_ARCH,
    &KEXEC_LOAD,
    &KEXEC_FILE_LOAD,
    &KEY_SPEC,
    &KEYCTL,
    &BPF,
    &PERF_EVENT_OPEN,
    &IO_URING_ENTER,
    &IO_URING_SETUP,
    &IO_URING_REGISTER,
    &SIGNAL,
    &SIGPROCMASK,
    &SIGACTION,
    &SA_HANDLER,
    &SIGALTSTACK,
    &SIGEV_NOTIFY,
    &SIGNALFD,
    &SI_CODE,
    &SI_CODE_CHLD,
    &CLOCK,
    &TIMER,
    &TIMERFD_CREATE,
    &TIMERFD_SETTIME,
    &ITIMER,
    &FUTEX,
    &FUTEX_BITSET,
    &FUTEX2_SIZE,
    &FUTEX2,
    &POLL,
    &EPOLL_CTL,
    &EPOLL,
    &EPOLL_CREATE,
    &EVENTFD,
    &ADDRESS_FAMILY,
    &SOCKET_KIND,
    &SOCKET_TYPE,
    &ACCEPT4,
    &IPPROTO,
    &NETLINK,
    &SHUTDOWN,
    &MSG,
    &SOL,
    &SO,
    &SO_IP,
    &SO_IPV6,
    &SO_TCP,
    &SO_UDP,
    &SO_PACKET,
    &SO_NETLINK,
    &SCM_TYPE,
    &IPC_PRIVATE,
    &MSGGET,
    &SHMGET,
    &PERMISSIONS,
    &SHMAT,
    &MSG_IPC,
    &SEMOP,
    &SEMCTL,
    &MSGCTL,
    &SHMCTL,
    &MQ_FLAGS,
    &AIO,
    &IOCTL,
    &TERMIOS_IFLAG,
    &TERMIOS_NL,
    &TERMIOS_CR,
    &TERMIOS_TAB,
    &TERMIOS_BS,
    &TERMIOS_VT,
    &TERMIOS_FF,
    &TERMIOS_OFLAG,
    &TERMIOS_CSIZE,
    &TERMIOS_CFLAG,
    &TERMIOS_LFLAG,
    &TERMIOS_BAUD,
    &LISTNS,
    &LSM_ATTR,
    &ADJTIMEX,
    &ADJTIMEX_STATE,
    &STATFS_MAGIC,
];
