//! Files beneath a granted directory, by raw syscalls from its descriptor.
//!
//! Invariants: every path is resolved by openat2 with RESOLVE_BENEATH and
//! RESOLVE_NO_MAGICLINKS, so that neither `..` nor a link leads out (EXDEV) nor
//! into /proc's descriptors (ELOOP); where the kernel has no such form of a call,
//! its parent directory is opened so and the last component is a plain name. A
//! directory whose descriptor the program closed, or put something else under, is
//! EBADF. Nothing but regular files is read or written: no pipe or device makes a
//! hook wait. A descriptor is close-on-exec and lives no longer than its owner here.
//!
//! # Safety
//! The kernel reads and writes buffers on our own stack or of the caller.
#![allow(unsafe_code, reason = "raw file syscalls")]

use crate::arch::syscall::{nr, syscall1, syscall2, syscall3, syscall4, syscall5, syscall6};
use crate::guest::grants::Directory;
use crate::island::memory::Errno;
use zpoline_host_abi::errno::{EAGAIN, EBADF, EINTR, EINVAL, EIO, EISDIR, ENAMETOOLONG, ENOENT, EXDEV};

type Outcome<T> = Result<T, Errno>;

const O_WRONLY: u64 = 1;
const O_RDWR: u64 = 2;
const O_CREAT: u64 = 0o100;
const O_EXCL: u64 = 0o200;
const O_TRUNC: u64 = 0o1000;
const O_APPEND: u64 = 0o2000;
const O_NONBLOCK: u64 = 0o4000;
const O_DIRECTORY: u64 = 0o20_0000;
const O_NOFOLLOW: u64 = 0o40_0000;
const O_CLOEXEC: u64 = 0o200_0000;
const O_PATH: u64 = 0o1000_0000;
const O_NOCTTY: u64 = 0o400;

const S_IFMT: u32 = 0o17_0000;
const S_IFDIR: u32 = 0o4_0000;
const S_IFREG: u32 = 0o10_0000;
const S_IFLNK: u32 = 0o12_0000;

/// What a path names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    File,
    Directory,
    Symlink,
    Other,
}

/// What is known of a file.
#[derive(Debug, Clone, Copy)]
pub(super) struct Metadata {
    pub(super) kind: Kind,
    pub(super) identity: (u64, u64),
    pub(super) links: u64,
    pub(super) size: u64,
    /// Seconds and nanoseconds of last access, modification and status change.
    pub(super) times: [(i64, u32); 3],
}

/// How a file is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Open {
    /// To read a regular file.
    Read,
    /// To write a regular file, making it if it is missing.
    Write,
    /// To write at its end, making it if it is missing.
    Append,
    /// To list a directory.
    List,
    /// To look at it, without its content.
    Look,
    /// As `Look`, at a symbolic link itself.
    LookNoFollow,
}

/// An open descriptor of ours.
#[derive(Debug)]
pub(super) struct Descriptor(i32);

impl Drop for Descriptor {
    fn drop(&mut self) {
        if self.0 < 0 {
            return;
        }
        // SAFETY: our own descriptor, given up.
        unsafe { syscall1(nr::CLOSE, self.0 as usize) };
    }
}

/// A descriptor that a guest keeps from one call to the next. The program may have
/// closed it meanwhile, and opened something else under its number.
#[derive(Debug)]
pub(super) struct Held {
    descriptor: Descriptor,
    identity: (u64, u64),
}

impl Held {
    /// Keeps a descriptor, out of the program's way.
    pub(super) fn new(descriptor: Descriptor) -> Outcome<Self> {
        let descriptor = descriptor.out_of_the_way();
        let identity = descriptor.metadata()?.identity;
        Ok(Self { descriptor, identity })
    }

    /// The descriptor, if it is still what it was.
    pub(super) fn get(&self) -> Outcome<&Descriptor> {
        match self.descriptor.metadata() {
            Ok(metadata) if metadata.identity == self.identity => Ok(&self.descriptor),
            _ => Err(EBADF),
        }
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        if self.get().is_err() {
            // Not ours any more: not ours to close.
            self.descriptor.0 = -1;
        }
    }
}

/// A path for the kernel: NUL-terminated, on the stack.
struct Path {
    bytes: [u8; Self::SIZE],
}

impl Path {
    /// PATH_MAX
    const SIZE: usize = 4096;

    fn new(path: &[u8]) -> Outcome<Self> {
        if path.is_empty() {
            return Err(ENOENT);
        }
        if path.contains(&0) {
            return Err(EINVAL);
        }
        let mut bytes = [0; Self::SIZE];
        match bytes.get_mut(..path.len()) {
            Some(place) if path.len() < Self::SIZE => place.copy_from_slice(path),
            _ => return Err(ENAMETOOLONG),
        }
        Ok(Self { bytes })
    }

    fn at(&self) -> usize {
        self.bytes.as_ptr() as usize
    }
}

fn outcome(result: isize) -> Outcome<usize> {
    usize::try_from(result).map_err(|_| u32::try_from(-result).unwrap_or(EIO))
}

/// Makes a call again that a signal interrupted.
fn again(mut call: impl FnMut() -> isize) -> Outcome<usize> {
    loop {
        match outcome(call()) {
            Err(EINTR) => {}
            other => return other,
        }
    }
}

/// The directory's descriptor, if it is still that directory's.
pub(super) fn root(directory: &Directory) -> Outcome<i32> {
    match look_at(directory.descriptor) {
        Ok(metadata) if metadata.identity == directory.identity => Ok(directory.descriptor),
        _ => Err(EBADF),
    }
}

/// Opens `path` beneath the directory that `from` is open on.
fn resolve(from: i32, path: &[u8], flags: u64, mode: u64) -> Outcome<Descriptor> {
    const RESOLVE_NO_MAGICLINKS: u64 = 2;
    const RESOLVE_BENEATH: u64 = 8;
    /// How often a path that others are renaming is tried.
    const TRIES: usize = 16;
    let path = Path::new(path)?;
    // openat2 refuses what means nothing with O_PATH.
    let quiet = if flags & O_PATH == 0 { O_NOCTTY } else { 0 };
    let how = [flags | O_CLOEXEC | quiet, mode, RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS];
    let mut last = EAGAIN;
    for _ in 0..TRIES {
        // SAFETY: the path and struct open_how are ours and live.
        let opened = again(|| unsafe {
            syscall4(nr::OPENAT2, from as usize, path.at(), how.as_ptr() as usize, size_of_val(&how))
        });
        match opened {
            Ok(descriptor) => return Ok(Descriptor(descriptor as i32)),
            Err(EAGAIN) => {}
            Err(errno) => {
                last = errno;
                break;
            }
        }
    }
    Err(last)
}

/// Opens `path` beneath the directory that `from` is open on, for this.
pub(super) fn open(from: i32, path: &[u8], how: Open) -> Outcome<Descriptor> {
    const READ_WRITE: u64 = 0o666;
    match how {
        Open::Read => resolve(from, path, O_NONBLOCK, 0).and_then(Descriptor::regular),
        Open::Write => resolve(from, path, O_WRONLY | O_NONBLOCK | O_CREAT, READ_WRITE).and_then(Descriptor::regular),
        Open::Append => {
            let flags = O_WRONLY | O_APPEND | O_NONBLOCK | O_CREAT;
            resolve(from, path, flags, READ_WRITE).and_then(Descriptor::regular)
        }
        Open::List => resolve(from, path, O_DIRECTORY, 0),
        Open::Look => resolve(from, path, O_PATH, 0),
        Open::LookNoFollow => resolve(from, path, O_PATH | O_NOFOLLOW, 0),
    }
}

/// How a file or a directory is opened to be kept.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Wanted {
    pub(super) read: bool,
    pub(super) write: bool,
    /// It must be a directory.
    pub(super) directory: bool,
    /// It is made if it is missing.
    pub(super) create: bool,
    /// It must not be there.
    pub(super) exclusive: bool,
    /// Its content is dropped.
    pub(super) truncate: bool,
    /// A symbolic link at the end is followed.
    pub(super) follow: bool,
}

/// Opens a regular file or a directory.
pub(super) fn open_wanted(from: i32, path: &[u8], wanted: Wanted) -> Outcome<Descriptor> {
    const READ_WRITE: u64 = 0o666;
    let flag = |set: bool, flag: u64| if set { flag } else { 0 };
    let access = match (wanted.read, wanted.write) {
        (_, false) => 0,
        (false, true) => O_WRONLY,
        (true, true) => O_RDWR,
    };
    let flags = access
        | O_NONBLOCK
        | flag(wanted.directory, O_DIRECTORY)
        | flag(wanted.create, O_CREAT)
        | flag(wanted.exclusive, O_EXCL)
        | flag(wanted.truncate, O_TRUNC)
        | flag(!wanted.follow, O_NOFOLLOW);
    let opened = resolve(from, path, flags, if wanted.create { READ_WRITE } else { 0 })?;
    match opened.metadata()?.kind {
        Kind::File | Kind::Directory => Ok(opened),
        Kind::Symlink | Kind::Other => Err(EINVAL),
    }
}

/// What is known of an open descriptor.
fn look_at(descriptor: i32) -> Outcome<Metadata> {
    // struct stat, 144 bytes: see `structures`.
    let mut stat = [0u64; 18];
    // SAFETY: the buffer has the size of struct stat.
    outcome(unsafe { syscall2(nr::FSTAT, descriptor as usize, stat.as_mut_ptr() as usize) })?;
    let kind = match stat[3] as u32 & S_IFMT {
        S_IFREG => Kind::File,
        S_IFDIR => Kind::Directory,
        S_IFLNK => Kind::Symlink,
        _ => Kind::Other,
    };
    let time = |at: usize| {
        let word = |at: usize| stat.get(at).copied().unwrap_or(0);
        (word(at).cast_signed(), word(at + 1) as u32)
    };
    Ok(Metadata {
        kind,
        identity: (stat[0], stat[1]),
        links: stat[2],
        size: stat[6],
        times: [time(9), time(11), time(13)],
    })
}

impl Descriptor {
    /// The number, for calls relative to a directory.
    pub(super) fn number(&self) -> i32 {
        self.0
    }

    /// The same descriptor, if it is a regular file's.
    fn regular(self) -> Outcome<Self> {
        match self.metadata()?.kind {
            Kind::File => Ok(self),
            Kind::Directory => Err(EISDIR),
            Kind::Symlink | Kind::Other => Err(EINVAL),
        }
    }

    pub(super) fn metadata(&self) -> Outcome<Metadata> {
        look_at(self.0)
    }

    /// Reads at an offset; stops short at the end of the file.
    pub(super) fn read_at(&self, offset: u64, into: &mut [u8]) -> Outcome<usize> {
        let mut done = 0;
        while let Some(rest) = into.get_mut(done..).filter(|rest| !rest.is_empty()) {
            let at = offset.checked_add(done as u64).ok_or(EINVAL)?;
            // SAFETY: the buffer is the caller's.
            let got = again(|| unsafe {
                syscall4(nr::PREAD64, self.0 as usize, rest.as_mut_ptr() as usize, rest.len(), at as usize)
            });
            match got {
                Ok(0) => break,
                Ok(got) => done += got,
                Err(errno) if done == 0 => return Err(errno),
                Err(_) => break,
            }
        }
        Ok(done)
    }

    /// Writes at an offset, all of it unless the file system is full; at the end
    /// of a file opened to append.
    pub(super) fn write_at(&self, offset: u64, bytes: &[u8]) -> Outcome<usize> {
        let mut done = 0;
        while let Some(rest) = bytes.get(done..).filter(|rest| !rest.is_empty()) {
            let at = offset.checked_add(done as u64).ok_or(EINVAL)?;
            // SAFETY: the slice is live.
            let got = again(|| unsafe {
                syscall4(nr::PWRITE64, self.0 as usize, rest.as_ptr() as usize, rest.len(), at as usize)
            });
            match got {
                Ok(0) => break,
                Ok(got) => done += got,
                Err(errno) if done == 0 => return Err(errno),
                Err(_) => break,
            }
        }
        Ok(done)
    }

    /// Writes at the end of the file, wherever that is.
    pub(super) fn append(&self, bytes: &[u8]) -> Outcome<usize> {
        const RWF_APPEND: usize = 0x10;
        let mut done = 0;
        while let Some(rest) = bytes.get(done..).filter(|rest| !rest.is_empty()) {
            let part = [rest.as_ptr() as usize, rest.len()];
            // SAFETY: struct iovec and the slice are live.
            let got = again(|| unsafe {
                syscall6(nr::PWRITEV2, self.0 as usize, part.as_ptr() as usize, 1, 0, 0, RWF_APPEND)
            });
            match got {
                Ok(0) => break,
                Ok(got) => done += got,
                Err(errno) if done == 0 => return Err(errno),
                Err(_) => break,
            }
        }
        Ok(done)
    }

    /// Has the content reach the disk, and what is known of the file if `all`.
    pub(super) fn sync(&self, all: bool) -> Outcome<()> {
        let number = if all { nr::FSYNC } else { nr::FDATASYNC };
        // SAFETY: no memory is involved.
        again(|| unsafe { syscall1(number, self.0 as usize) }).map(drop)
    }

    /// What a symbolic link holds that was opened by `LookNoFollow`.
    pub(super) fn link(&self, into: &mut [u8]) -> Outcome<usize> {
        let (empty, at, size) = (c"".as_ptr() as usize, into.as_mut_ptr() as usize, into.len());
        // SAFETY: the buffer is the caller's.
        again(|| unsafe { syscall4(nr::READLINKAT, self.0 as usize, empty, at, size) })
    }

    pub(super) fn set_size(&self, size: u64) -> Outcome<()> {
        // SAFETY: no memory is involved.
        again(|| unsafe { syscall2(nr::FTRUNCATE, self.0 as usize, size as usize) }).map(drop)
    }

    /// Calls `each` with the names in a directory and what they are, as far as the
    /// file system tells without looking; `.` and `..` are left out.
    pub(super) fn entries(&self, mut each: impl FnMut(&[u8], Option<Kind>) -> Outcome<()>) -> Outcome<()> {
        let mut buffer = [0u64; 512];
        loop {
            let size = size_of_val(&buffer);
            // SAFETY: the buffer is ours.
            let got =
                again(|| unsafe { syscall3(nr::GETDENTS64, self.0 as usize, buffer.as_mut_ptr() as usize, size) })?;
            if got == 0 {
                return Ok(());
            }
            let bytes = buffer.map(u64::to_ne_bytes);
            let mut rest = bytes.as_flattened().get(..got).unwrap_or_default();
            // struct linux_dirent64: d_ino, d_off, d_reclen at 16, d_type, d_name at 19.
            while let [_, .., _] = rest {
                let word = |at| rest.get(at).copied().unwrap_or(0);
                let length = usize::from(u16::from_le_bytes([word(16), word(17)]));
                let Some((entry, next)) = rest.split_at_checked(length.max(1)) else { return Err(EIO) };
                let name = entry.get(19..).unwrap_or_default();
                let name = name.split(|&byte| byte == 0).next().unwrap_or_default();
                const DT_UNKNOWN: u8 = 0;
                let kind = match word(18) {
                    DT_UNKNOWN => None,
                    4 => Some(Kind::Directory),
                    8 => Some(Kind::File),
                    10 => Some(Kind::Symlink),
                    _ => Some(Kind::Other),
                };
                if name != b"." && name != b".." {
                    each(name, kind)?;
                }
                rest = next;
            }
        }
    }

    /// Moves the descriptor to a number that programs leave alone.
    pub(super) fn out_of_the_way(self) -> Self {
        const F_DUPFD_CLOEXEC: usize = 1030;
        for lowest in [900, 200, 60] {
            // SAFETY: makes a new descriptor and touches no old one.
            let high = unsafe { syscall3(nr::FCNTL, self.0 as usize, F_DUPFD_CLOEXEC, lowest) };
            if high >= 0 {
                return Self(high as i32);
            }
        }
        self
    }
}

/// The directory that the last component of a path is in, and that component,
/// which is a name: not `..`, not empty, no slash.
fn parent(from: i32, path: &[u8]) -> Outcome<(Descriptor, Path)> {
    let path = path.strip_suffix(b"/").unwrap_or(path);
    let (parent, name) = match path.iter().rposition(|&byte| byte == b'/') {
        Some(0) => return Err(EXDEV),
        Some(slash) => (path.get(..slash).unwrap_or_default(), path.get(slash + 1..).unwrap_or_default()),
        None => (&b"."[..], path),
    };
    if matches!(name, b"" | b"." | b"..") {
        return Err(EINVAL);
    }
    Ok((resolve(from, parent, O_PATH | O_DIRECTORY, 0)?, Path::new(name)?))
}

/// Makes a directory.
pub(super) fn make_directory(from: i32, path: &[u8]) -> Outcome<()> {
    const MODE: usize = 0o777;
    let (parent, name) = parent(from, path)?;
    // SAFETY: the name is ours and live.
    again(|| unsafe { syscall3(nr::MKDIRAT, parent.0 as usize, name.at(), MODE) }).map(drop)
}

/// What `remove` removes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Remove {
    /// Anything but a directory.
    File,
    /// An empty directory.
    Directory,
}

/// Removes what a path names; of a link, the link.
pub(super) fn remove(from: i32, path: &[u8], what: Remove) -> Outcome<()> {
    const AT_REMOVEDIR: usize = 0x200;
    let (parent, name) = parent(from, path)?;
    let flags = if what == Remove::Directory { AT_REMOVEDIR } else { 0 };
    // SAFETY: the name is ours and live.
    again(|| unsafe { syscall3(nr::UNLINKAT, parent.0 as usize, name.at(), flags) }).map(drop)
}

/// Renames, replacing what has the new name.
pub(super) fn rename(from: i32, path: &[u8], to: i32, new: &[u8]) -> Outcome<()> {
    let (parent_old, old) = parent(from, path)?;
    let (parent_new, new) = parent(to, new)?;
    // SAFETY: the names are ours and live.
    again(|| unsafe { syscall5(nr::RENAMEAT2, parent_old.0 as usize, old.at(), parent_new.0 as usize, new.at(), 0) })
        .map(drop)
}
