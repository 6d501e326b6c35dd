//! The way to a file, one name at a time.

use crate::{Fault, Problem, What, Why, group};
use rustix::fs::{FileType, Mode, OFlags, Stat, fstat, openat, readlinkat};
use rustix::io::Errno;
use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};
use std::os::unix::ffi::OsStringExt;
use std::path::{Component, Path, PathBuf};
use std::{env, fs};

/// As many as the kernel follows.
const MOST_LINKS: u32 = 40;

/// Opens a file.
pub(crate) fn file(path: &Path, me: u32) -> Result<File, Problem> {
    let mut walk = Walk::new(path, me)?;
    while let Some(name) = walk.rest.pop() {
        if !walk.rest.is_empty() {
            walk.step(&name)?;
            continue;
        }
        // A fifo must not make us wait, nor a terminal become ours.
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
        match openat(&walk.at, &name, flags, Mode::empty()) {
            Ok(file) => {
                let stat = fstat(&file)?;
                if FileType::from_raw_mode(stat.st_mode) != FileType::RegularFile {
                    return Err(Problem::NotAFile);
                }
                walk.shown.push(&name);
                walk.judge(What::Itself, file.as_fd(), &stat);
                walk.verdict()?;
                return Ok(file.into());
            }
            Err(Errno::LOOP) => walk.step(&name)?,
            Err(error) => return Err(walk.failed(error)),
        }
    }
    // "/", or something that ended in "..".
    Err(Problem::NotAFile)
}

/// Looks at a directory.
pub(crate) fn directory(path: &Path, me: u32) -> Result<(), Problem> {
    let mut walk = Walk::new(path, me)?;
    while let Some(name) = walk.rest.pop() {
        walk.step(&name)?;
    }
    // That which was asked for has to be more than a directory on the way.
    walk.faults.retain(|fault| fault.path != walk.shown);
    let stat = fstat(&walk.at)?;
    if stat.st_uid != me {
        walk.fault(What::Itself, Why::Owner { is: stat.st_uid, me });
    } else if others_write(walk.at.as_fd(), &stat, me) {
        walk.fault(What::Itself, Why::Mode(stat.st_mode & 0o7777));
    }
    walk.verdict()
}

/// Where we are on the way.
struct Walk {
    me: u32,
    /// The directory, without links.
    at: OwnedFd,
    /// Nobody can rename there what is not theirs.
    sticky: bool,
    /// Its path, for messages.
    shown: PathBuf,
    /// Names still to come, the next one last.
    rest: Vec<OsString>,
    links: u32,
    faults: Vec<Fault>,
}

impl From<Errno> for Problem {
    fn from(error: Errno) -> Self {
        Self::Io(error.into())
    }
}

impl Walk {
    fn new(path: &Path, me: u32) -> Result<Self, Problem> {
        let (shown, rest, faults) = ("/".into(), Vec::new(), Vec::new());
        let mut walk = Self { me, at: root()?, sticky: false, shown, rest, links: 0, faults };
        walk.judge_directory()?;
        walk.push(path);
        if path.is_relative() {
            walk.push(&env::current_dir().map_err(Problem::Io)?);
        }
        Ok(walk)
    }

    /// Puts a path before what is still to come.
    fn push(&mut self, path: &Path) {
        let names = path.components().filter_map(|component| match component {
            Component::Normal(name) => Some(name.to_owned()),
            Component::ParentDir => Some("..".into()),
            Component::RootDir | Component::CurDir | Component::Prefix(_) => None,
        });
        let first = self.rest.len();
        self.rest.extend(names);
        self.rest[first..].reverse();
    }

    /// Goes into a directory, or on to where a link leads.
    fn step(&mut self, name: &OsStr) -> Result<(), Problem> {
        let flags = OFlags::PATH | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let next = openat(&self.at, name, flags, Mode::empty()).map_err(|error| self.failed(error))?;
        let stat = fstat(&next)?;
        match FileType::from_raw_mode(stat.st_mode) {
            FileType::Directory => {
                self.at = next;
                if name == ".." {
                    self.shown.pop();
                } else {
                    self.shown.push(name);
                }
                self.judge_directory()
            }
            FileType::Symlink => self.follow(name, &next, &stat),
            _ if self.rest.is_empty() => Err(Problem::NotADirectory),
            _ => Err(self.failed(Errno::NOTDIR)),
        }
    }

    fn follow(&mut self, name: &OsStr, link: &OwnedFd, stat: &Stat) -> Result<(), Problem> {
        self.links += 1;
        if self.links > MOST_LINKS {
            return Err(self.failed(Errno::LOOP));
        }
        self.shown.push(name);
        self.judge(What::Link, link.as_fd(), stat);
        self.shown.pop();
        let target = readlinkat(link, "", Vec::new())?.into_bytes();
        let target = PathBuf::from(OsString::from_vec(target));
        if target.is_absolute() {
            self.at = root()?;
            self.shown = "/".into();
        }
        self.push(&target);
        Ok(())
    }

    fn judge_directory(&mut self) -> Result<(), Problem> {
        const STICKY: u32 = 0o1000;
        let stat = fstat(&self.at)?;
        self.sticky = stat.st_mode & STICKY != 0;
        let at = self.at.try_clone().map_err(Problem::Io)?;
        self.judge(What::Directory, at.as_fd(), &stat);
        Ok(())
    }

    /// Notes what is wrong with something on the way.
    fn judge(&mut self, what: What, which: BorrowedFd<'_>, stat: &Stat) {
        let (me, owner) = (self.me, stat.st_uid);
        let may_be_roots = match what {
            What::Itself => false,
            What::Directory => is_unmapped(owner),
            What::Link => !self.sticky && is_unmapped(owner),
        };
        if owner != 0 && owner != me && !may_be_roots {
            return self.fault(what, Why::Owner { is: owner, me });
        }
        let open = match what {
            What::Link => false,
            What::Directory => !self.sticky && others_write(which, stat, me),
            What::Itself => others_write(which, stat, me),
        };
        if open {
            self.fault(what, Why::Mode(stat.st_mode & 0o7777));
        }
    }

    fn fault(&mut self, what: What, why: Why) {
        self.faults.push(Fault { path: self.shown.clone(), what, why });
    }

    fn verdict(self) -> Result<(), Problem> {
        if self.faults.is_empty() { Ok(()) } else { Err(Problem::Distrust(self.faults)) }
    }

    fn failed(&self, error: Errno) -> Problem {
        Problem::Io(error.into())
    }
}

fn root() -> Result<OwnedFd, Problem> {
    let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
    Ok(openat(rustix::fs::CWD, "/", flags, Mode::empty())?)
}

/// Whether somebody who is neither root nor this user can write it.
fn others_write(which: BorrowedFd<'_>, stat: &Stat, me: u32) -> bool {
    const GROUP: u32 = 0o020;
    const OTHERS: u32 = 0o002;
    let private = || {
        let group = stat.st_gid;
        (group::is_private(group, me) || group::is_private(group, 0)) && !has_access_list(which)
    };
    stat.st_mode & OTHERS != 0 || (stat.st_mode & GROUP != 0 && !private())
}

/// Whether the group's bits stand for an access control list, which may have
/// others in it.
fn has_access_list(which: BorrowedFd<'_>) -> bool {
    // The descriptor may be one that stands for a path only.
    let path = format!("/proc/self/fd/{}", which.as_raw_fd());
    let none = |error| matches!(error, Errno::NODATA | Errno::OPNOTSUPP);
    !rustix::fs::getxattr(path, "system.posix_acl_access", &mut [0u8; 0]).is_err_and(none)
}

/// Whether a user is one that this user namespace has no number for: as far as
/// can be told from inside, the real root.
fn is_unmapped(user: u32) -> bool {
    let number = |path: &str| fs::read_to_string(path).ok();
    let overflow = number("/proc/sys/kernel/overflowuid").and_then(|text| text.trim().parse().ok());
    let maps_all = |map: String| map.split_whitespace().eq(["0", "0", "4294967295"]);
    Some(user) == overflow && !number("/proc/self/uid_map").is_none_or(maps_all)
}

#[cfg(test)]
#[path = "walk_tests.rs"]
mod tests;
