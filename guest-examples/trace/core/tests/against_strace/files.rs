//! Calls about files, memory and descriptors; some are meant to fail.

#![allow(unsafe_code, reason = "structs of plain numbers start as zeros")]

use std::mem::zeroed;

use crate::traced::{Traced, call};

/// Makes them all.
pub fn all(t: &mut Traced) {
    files(t);
    metadata(t);
    memory(t);
    descriptors(t);
}

fn files(t: &mut Traced) {
    let fd = call!(t, SYS_openat, libc::AT_FDCWD, c"a file", libc::O_RDWR | libc::O_CREAT | libc::O_CLOEXEC, 0o640);
    call!(t, SYS_open, c"/nonexistent\n\"\\\x01\x7f1", libc::O_WRONLY | libc::O_NOFOLLOW | libc::O_DIRECTORY);
    let data = b"Zeilen\tmit\x00Zeichen \xc3\xa4 und mehr als genug davon\n";
    call!(t, SYS_write, fd, data, data.len());
    call!(t, SYS_pwrite64, fd, data, 5, 3);
    let mut buffer = [0u8; 64];
    call!(t, SYS_lseek, fd, 0, libc::SEEK_SET);
    call!(t, SYS_read, fd, &mut buffer, 10);
    call!(t, SYS_read, fd, &mut buffer, 64);
    call!(t, SYS_read, fd, &mut buffer, 64);
    call!(t, SYS_read, fd, 4096, 64);
    call!(t, SYS_read, -1, &mut buffer, 64);
    call!(t, SYS_pread64, fd, &mut buffer, 33, 1);
    let vectors = [
        libc::iovec { iov_base: buffer.as_mut_ptr().cast(), iov_len: 4 },
        libc::iovec { iov_base: buffer[8..].as_mut_ptr().cast(), iov_len: 50 },
    ];
    call!(t, SYS_writev, fd, &vectors, 2);
    call!(t, SYS_lseek, fd, -7, libc::SEEK_END);
    call!(t, SYS_readv, fd, &vectors, 2);
    call!(t, SYS_preadv, fd, &vectors, 2, 1, 0);
    call!(t, SYS_preadv2, fd, &vectors, 1, 1, 0, libc::RWF_HIPRI);
    call!(t, SYS_fsync, fd);
    call!(t, SYS_fallocate, fd, libc::FALLOC_FL_KEEP_SIZE, 0, 8192);
    call!(t, SYS_fadvise64, fd, 0, 0, libc::POSIX_FADV_WILLNEED);
    call!(t, SYS_ftruncate, fd, 100);
    call!(t, SYS_truncate, c"a file", 99);
    call!(t, SYS_flock, fd, libc::LOCK_EX | libc::LOCK_NB);
    let mut offset = 0i64;
    let out = call!(t, SYS_creat, c"another", 0o600);
    call!(t, SYS_sendfile, out, fd, &mut offset, 5);
    call!(t, SYS_sendfile, out, fd, 0, 5);
    call!(t, SYS_copy_file_range, fd, &mut offset, out, 0, 5, 0);
    call!(t, SYS_close, out);
    call!(t, SYS_getcwd, &mut [0u8; 4096], 4096);
    call!(t, SYS_getcwd, &mut [0u8; 4], 4);
    call!(t, SYS_mkdir, c"dir", 0o755);
    call!(t, SYS_mkdirat, libc::AT_FDCWD, c"dir", 0o755);
    let directory = call!(t, SYS_openat, libc::AT_FDCWD, c".", libc::O_RDONLY | libc::O_DIRECTORY);
    call!(t, SYS_getdents64, directory, &mut [0u64; 512], 4096);
    call!(t, SYS_getdents64, directory, &mut [0u64; 512], 4096);
    call!(t, SYS_close, directory);
    call!(t, SYS_symlink, c"target", c"link");
    call!(t, SYS_readlink, c"link", &mut buffer, 64);
    call!(t, SYS_readlinkat, libc::AT_FDCWD, c"a file", &mut buffer, 64);
    call!(t, SYS_link, c"a file", c"hard");
    call!(t, SYS_linkat, libc::AT_FDCWD, c"a file", libc::AT_FDCWD, c"hard", libc::AT_SYMLINK_FOLLOW);
    call!(t, SYS_rename, c"hard", c"soft");
    call!(t, SYS_renameat2, libc::AT_FDCWD, c"soft", libc::AT_FDCWD, c"link", libc::RENAME_NOREPLACE);
    call!(t, SYS_unlink, c"soft");
    call!(t, SYS_unlinkat, libc::AT_FDCWD, c"dir", libc::AT_REMOVEDIR);
    call!(t, SYS_rmdir, c"dir");
    call!(t, SYS_mknodat, libc::AT_FDCWD, c"pipe", libc::S_IFIFO | 0o644, 0);
    call!(t, SYS_umask, 0o22);
    call!(t, SYS_close, fd);
    call!(t, SYS_close, 999);
    let how = [libc::O_RDONLY as u64, 0, libc::RESOLVE_BENEATH];
    let fd = call!(t, SYS_openat2, libc::AT_FDCWD, c"a file", &how, 24);
    call!(t, SYS_close, fd);
    call!(t, SYS_openat2, libc::AT_FDCWD, c"/etc", &how, 24);
    call!(t, SYS_chdir, c"/nonexistent");
    call!(t, SYS_getxattr, c"a file", c"user.name", &mut buffer, 64);
    call!(
        t,
        SYS_lsetxattr,
        c"a file",
        c"security.nonsense.more.than.thirty-two.bytes",
        c"value",
        5,
        libc::XATTR_CREATE
    );
    call!(t, SYS_listxattr, c"a file", &mut buffer, 64);
    call!(t, SYS_inotify_init1, libc::IN_CLOEXEC);
    call!(t, SYS_memfd_create, c"name", libc::MFD_CLOEXEC);
}

fn metadata(t: &mut Traced) {
    // SAFETY: plain numbers.
    let mut stat: libc::stat = unsafe { zeroed() };
    call!(t, SYS_stat, c"a file", &mut stat);
    call!(t, SYS_lstat, c"link", &mut stat);
    call!(t, SYS_fstat, 0, &mut stat);
    call!(t, SYS_stat, c"/dev/null", &mut stat);
    call!(t, SYS_stat, c"/nonexistent", &mut stat);
    call!(t, SYS_newfstatat, libc::AT_FDCWD, c"/tmp", &mut stat, libc::AT_SYMLINK_NOFOLLOW);
    // SAFETY: plain numbers.
    let mut statx: libc::statx = unsafe { zeroed() };
    call!(t, SYS_statx, libc::AT_FDCWD, c"a file", libc::AT_STATX_SYNC_AS_STAT, libc::STATX_ALL, &mut statx);
    call!(t, SYS_statx, libc::AT_FDCWD, c"/", libc::AT_STATX_DONT_SYNC, libc::STATX_BASIC_STATS, &mut statx);
    // SAFETY: plain numbers.
    let mut statfs: libc::statfs = unsafe { zeroed() };
    call!(t, SYS_statfs, c"/proc", &mut statfs);
    call!(t, SYS_statfs, c"/", &mut statfs);
    call!(t, SYS_fstatfs, 999, &mut statfs);
    call!(t, SYS_access, c"a file", libc::R_OK | libc::W_OK);
    call!(t, SYS_access, c"a file", libc::F_OK);
    call!(t, SYS_faccessat, libc::AT_FDCWD, c"a file", libc::X_OK);
    call!(t, SYS_faccessat2, libc::AT_FDCWD, c"a file", libc::X_OK, libc::AT_EACCESS);
    call!(t, SYS_chmod, c"a file", 0o4755);
    call!(t, SYS_fchmodat, libc::AT_FDCWD, c"a file", 0);
    call!(t, SYS_chown, c"a file", -1, -1);
    call!(t, SYS_fchownat, libc::AT_FDCWD, c"a file", 0, 0, libc::AT_SYMLINK_NOFOLLOW);
    let times = [
        libc::timespec { tv_sec: 1_700_000_000, tv_nsec: 123_456_789 },
        libc::timespec { tv_sec: 0, tv_nsec: libc::UTIME_NOW },
    ];
    call!(t, SYS_utimensat, libc::AT_FDCWD, c"a file", &times, 0);
    call!(t, SYS_utimensat, libc::AT_FDCWD, c"a file", 0, 0);
    let times =
        [libc::timespec { tv_sec: 0, tv_nsec: libc::UTIME_OMIT }, libc::timespec { tv_sec: 1_000_000_000, tv_nsec: 0 }];
    call!(t, SYS_utimensat, libc::AT_FDCWD, c"a file", &times, libc::AT_SYMLINK_NOFOLLOW);
    call!(t, SYS_utimes, c"a file", &[1_700_000_000i64, 6, 7, 8]);
    call!(t, SYS_utime, c"a file", &[1_700_000_000i64, 6]);
    call!(t, SYS_name_to_handle_at, libc::AT_FDCWD, c"/tmp", &mut [100u32; 30], &mut 0i32, 0);
}

fn memory(t: &mut Traced) {
    let rw = libc::PROT_READ | libc::PROT_WRITE;
    let private = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS;
    let at = call!(t, SYS_mmap, 0, 8192, rw, private, -1, 0);
    call!(t, SYS_mmap, at, 4096, libc::PROT_NONE, private | libc::MAP_FIXED | libc::MAP_NORESERVE, -1, 0);
    call!(t, SYS_mprotect, at, 4096, libc::PROT_READ | libc::PROT_EXEC);
    call!(t, SYS_madvise, at, 4096, libc::MADV_DONTNEED);
    let at = call!(t, SYS_mremap, at, 4096, 4096, libc::MREMAP_MAYMOVE);
    call!(t, SYS_msync, at, 4096, libc::MS_ASYNC);
    call!(t, SYS_munmap, at, 4096);
    call!(t, SYS_mmap, 0, 0, rw, private, -1, 0);
    call!(t, SYS_brk, 0);
    call!(t, SYS_mlock, 1, 0);
}

fn descriptors(t: &mut Traced) {
    let mut pipe = [0i32; 2];
    call!(t, SYS_pipe, &mut pipe);
    call!(t, SYS_pipe2, &mut pipe, libc::O_CLOEXEC | libc::O_NONBLOCK);
    call!(t, SYS_dup, pipe[0]);
    call!(t, SYS_dup2, pipe[0], 40);
    call!(t, SYS_dup3, pipe[0], 41, libc::O_CLOEXEC);
    call!(t, SYS_fcntl, 40, libc::F_GETFD);
    call!(t, SYS_fcntl, 41, libc::F_GETFD);
    call!(t, SYS_fcntl, 40, libc::F_SETFD, libc::FD_CLOEXEC);
    call!(t, SYS_fcntl, 40, libc::F_GETFL);
    call!(t, SYS_fcntl, 40, libc::F_SETFL, libc::O_RDONLY | libc::O_NONBLOCK);
    call!(t, SYS_fcntl, 40, libc::F_DUPFD_CLOEXEC, 50);
    call!(t, SYS_fcntl, 40, libc::F_GETPIPE_SZ);
    call!(t, SYS_fcntl, 999, libc::F_GETFL);
    let fd = call!(t, SYS_openat, libc::AT_FDCWD, c"a file", libc::O_RDWR);
    // SAFETY: plain numbers.
    let mut lock: libc::flock = unsafe { zeroed() };
    lock.l_type = libc::F_WRLCK as i16;
    lock.l_len = 10;
    call!(t, SYS_fcntl, fd, libc::F_SETLK, &lock);
    call!(t, SYS_fcntl, fd, libc::F_GETLK, &mut lock);
    let mut number = 0i32;
    call!(t, SYS_ioctl, fd, libc::FIONREAD, &mut number);
    call!(t, SYS_ioctl, 0, libc::TIOCGWINSZ, &mut [0u16; 4]);
    call!(t, SYS_ioctl, fd, libc::FIOCLEX);
    call!(t, SYS_ioctl, pipe[0], libc::FIONBIO, &1i32);
    call!(t, SYS_ioctl, fd, 0x1234_5678u32, 7);
    let terminal = call!(t, SYS_openat, libc::AT_FDCWD, c"/dev/ptmx", libc::O_RDWR | libc::O_NOCTTY);
    call!(t, SYS_ioctl, terminal, libc::TCGETS, &mut [0u64; 8]);
    call!(t, SYS_ioctl, terminal, libc::TIOCGWINSZ, &mut [0u16; 4]);
    call!(t, SYS_ioctl, terminal, libc::TIOCGPTN, &mut number);
    call!(t, SYS_close_range, 300, 400, libc::CLOSE_RANGE_CLOEXEC);
    call!(t, SYS_eventfd2, 3, libc::EFD_CLOEXEC);
    call!(t, SYS_write, pipe[1], b"x", 1);
    call!(t, SYS_splice, pipe[0], 0, fd, 0, 1, libc::SPLICE_F_MOVE);
    call!(t, SYS_tee, 999, 998, 1, 0);
}
