//! Opens files that will be run as machine code, if nobody but root and this
//! user can have written them or put them where they are.
//!
//! The way there is walked from the root by descriptors, one name at a time, and
//! each directory, symbolic link and finally the file is judged by what the open
//! descriptor says: what is judged is what is read, whatever is renamed
//! meanwhile. The rule is that of ssh and sudo:
//!
//! - everything on the way belongs to root or to this user;
//! - nobody else can write the file, or a directory on the way, except that a
//!   directory may be sticky (/tmp): there nobody can rename what is not theirs;
//! - the user's private group counts as the user ([`group`]).
//!
//! Invariant: a problem names the first thing that is wrong and one command
//! that mends all of its kind.

mod group;
mod walk;

use rustix::process::geteuid;
use std::ffi::OsString;
use std::fmt;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

/// Opens a regular file for reading, if it is to be trusted.
///
/// # Errors
/// Why it cannot be opened, or is not.
pub fn open(path: &Path) -> Result<File, Problem> {
    walk::file(path, geteuid().as_raw())
}

/// Whether a directory is this user's own and nobody else can put anything in it
/// or in its place.
///
/// # Errors
/// Why it cannot be looked at, or is not.
pub fn directory(path: &Path) -> Result<(), Problem> {
    walk::directory(path, geteuid().as_raw())
}

/// Why a file or directory is not used.
#[derive(Debug)]
pub enum Problem {
    /// It cannot be reached or opened.
    Io(io::Error),
    /// It is something else than a regular file.
    NotAFile,
    /// It is something else than a directory.
    NotADirectory,
    /// Others have, or had, a hand in it: one fault or more.
    Distrust(Vec<Fault>),
}

/// Something on the way that is not to be trusted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Where it is.
    path: PathBuf,
    what: What,
    why: Why,
}

/// What a fault is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum What {
    /// That which was asked for.
    Itself,
    Directory,
    Link,
}

/// What is wrong with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Why {
    /// It belongs to this user, not to that one.
    Owner { is: u32, me: u32 },
    /// Others can write it.
    Mode(u32),
}

impl Problem {
    /// The cause, about `subject` (`the hook`) at the path that was asked for.
    pub fn cause(&self, subject: &str, asked: &Path) -> String {
        let asked = asked.display();
        match self {
            Self::Io(error) => format!("cannot open {subject} {asked}: {error}"),
            Self::NotAFile => format!("{subject} {asked} is not a regular file"),
            Self::NotADirectory => format!("{subject} {asked} is not a directory"),
            Self::Distrust(faults) => match faults.first() {
                Some(fault) => format!("{subject} {asked} {fault}"),
                None => format!("{subject} {asked} is not to be trusted"),
            },
        }
    }

    /// One command that helps, if there is one.
    pub fn fix(&self) -> Option<String> {
        let Self::Distrust(faults) = self else { return None };
        match faults.first()?.why {
            Why::Owner { me, .. } => {
                let first = faults.first()?;
                // -h: a link, and not what it leads to.
                Some(format!("put it where only you write, or: chown -h {me} {}", quoted(&first.path)))
            }
            Why::Mode(_) => {
                let mut command = OsString::from("chmod go-w");
                for fault in faults.iter().filter(|fault| matches!(fault.why, Why::Mode(_))) {
                    command.push(" ");
                    command.push(quoted(&fault.path));
                }
                Some(command.to_string_lossy().into_owned())
            }
        }
    }
}

/// A path as a shell takes it.
fn quoted(path: &Path) -> String {
    let text = path.to_string_lossy();
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '/' | '.' | '_' | '-' | '+' | '~' | ':' | ',');
    if text.chars().all(plain) { text.into_owned() } else { format!("'{}'", text.replace('\'', r"'\''")) }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.path.display();
        match (self.what, self.why) {
            (What::Itself, Why::Owner { is, me }) => write!(f, "belongs to user {is}, not to root or you (user {me})"),
            (What::Itself, Why::Mode(mode)) => write!(f, "can be written by others (mode {mode:04o})"),
            (What::Directory, Why::Owner { is, me }) => {
                write!(f, "lies below {path}, which belongs to user {is}, not to root or you (user {me})")
            }
            (What::Directory, Why::Mode(mode)) => {
                write!(f, "lies below {path}, in which others can put what they like (mode {mode:04o})")
            }
            (What::Link, Why::Owner { is, me }) => {
                write!(f, "is reached by the link {path}, which belongs to user {is}, not to root or you (user {me})")
            }
            // A link's mode means nothing.
            (What::Link, Why::Mode(_)) => Ok(()),
        }
    }
}
