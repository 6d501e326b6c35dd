//! `wasi:filesystem`: the granted directories, and files below them.
//!
//! Invariants: what was granted by `files=` alone is not changed (`read-only`); a
//! path that leads out is `not-permitted`; links are neither made nor, but by
//! `readlink-at`, shown; times are not set.

use super::clocks::DateTime;
use super::errors::ErrorCode;
use super::io::{self, Input, Output};
use crate::guest::grants::Directory;
use crate::guest::imports::beneath::{self, Held, Kind, Metadata, Open, Remove, Wanted};
use crate::guest::imports::bytes::{Bytes, MAX};
use crate::guest::instance::Host;
use crate::island::memory::Errno;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;
use wasmtime::component::{
    ComponentType, Lift, LinkerInstance, Lower, Resource, ResourceType, WasmList, WasmStr, flags,
};
use wasmtime::{Result, StoreContextMut};
use zpoline_host_abi::errno::{EBADF, EFBIG, EILSEQ, EINVAL, EISDIR, ENOMEM, EROFS};

type Linker<'a> = LinkerInstance<'a, Host>;
type Store<'a> = StoreContextMut<'a, Host>;
type Outcome<T> = core::result::Result<T, Errno>;
type Answer<T> = Result<(core::result::Result<T, ErrorCode>,)>;

/// A `descriptor`.
#[derive(Debug, Clone)]
pub(super) enum Descriptor {
    /// A granted directory, by its place.
    Granted(usize),
    /// Something below one.
    Opened(Opened),
}

/// A file or directory that the guest opened.
#[derive(Debug, Clone)]
pub(super) struct Opened {
    held: Arc<Held>,
    read: bool,
    write: bool,
    /// Whether it lies below a directory that may be written.
    writable: bool,
}

/// A `directory-entry-stream`: the names that are left.
#[derive(Debug)]
pub(super) struct Listing(Vec<Entry>);

#[derive(Debug, Clone, Copy, PartialEq, Eq, ComponentType, Lower)]
#[component(enum)]
#[repr(u8)]
#[expect(dead_code, reason = "WASI's list, not all of which is told apart here")]
enum DescriptorType {
    #[component(name = "unknown")]
    Unknown,
    #[component(name = "block-device")]
    BlockDevice,
    #[component(name = "character-device")]
    CharacterDevice,
    #[component(name = "directory")]
    Directory,
    #[component(name = "fifo")]
    Fifo,
    #[component(name = "symbolic-link")]
    SymbolicLink,
    #[component(name = "regular-file")]
    RegularFile,
    #[component(name = "socket")]
    Socket,
}

impl From<Kind> for DescriptorType {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::File => Self::RegularFile,
            Kind::Directory => Self::Directory,
            Kind::Symlink => Self::SymbolicLink,
            Kind::Other => Self::Unknown,
        }
    }
}

#[derive(Debug, ComponentType, Lower)]
#[component(record)]
struct Entry {
    #[component(name = "type")]
    kind: DescriptorType,
    name: String,
}

#[derive(Debug, Clone, Copy, ComponentType, Lower)]
#[component(record)]
struct Stat {
    #[component(name = "type")]
    kind: DescriptorType,
    #[component(name = "link-count")]
    link_count: u64,
    size: u64,
    #[component(name = "data-access-timestamp")]
    accessed: Option<DateTime>,
    #[component(name = "data-modification-timestamp")]
    modified: Option<DateTime>,
    #[component(name = "status-change-timestamp")]
    changed: Option<DateTime>,
}

#[derive(Debug, Clone, Copy, ComponentType, Lower)]
#[component(record)]
struct MetadataHash {
    lower: u64,
    upper: u64,
}

#[derive(Debug, Clone, Copy, ComponentType, Lift)]
#[component(variant)]
#[expect(dead_code, reason = "times are not set")]
enum NewTimestamp {
    #[component(name = "no-change")]
    NoChange,
    #[component(name = "now")]
    Now,
    #[component(name = "timestamp")]
    Timestamp(DateTime),
}

#[derive(Debug, Clone, Copy, ComponentType, Lift)]
#[component(enum)]
#[repr(u8)]
#[expect(dead_code, reason = "advice is not followed")]
enum Advice {
    #[component(name = "normal")]
    Normal,
    #[component(name = "sequential")]
    Sequential,
    #[component(name = "random")]
    Random,
    #[component(name = "will-need")]
    WillNeed,
    #[component(name = "dont-need")]
    DontNeed,
    #[component(name = "no-reuse")]
    NoReuse,
}

flags! {
    DescriptorFlags {
        #[component(name = "read")]
        const READ;
        #[component(name = "write")]
        const WRITE;
        #[component(name = "file-integrity-sync")]
        const FILE_INTEGRITY_SYNC;
        #[component(name = "data-integrity-sync")]
        const DATA_INTEGRITY_SYNC;
        #[component(name = "requested-write-sync")]
        const REQUESTED_WRITE_SYNC;
        #[component(name = "mutate-directory")]
        const MUTATE_DIRECTORY;
    }
}

flags! {
    PathFlags {
        #[component(name = "symlink-follow")]
        const SYMLINK_FOLLOW;
    }
}

flags! {
    OpenFlags {
        #[component(name = "create")]
        const CREATE;
        #[component(name = "directory")]
        const DIRECTORY;
        #[component(name = "exclusive")]
        const EXCLUSIVE;
        #[component(name = "truncate")]
        const TRUNCATE;
    }
}

pub(super) fn preopens(linker: &mut Linker<'_>) -> Result<()> {
    type Preopen = (Resource<Descriptor>, String);
    linker.func_wrap("get-directories", |mut store: Store<'_>, (): ()| -> Result<(Vec<Preopen>,)> {
        let host = store.data_mut();
        let mut found = Vec::new();
        for (place, directory) in host.about.grants.directories().iter().enumerate() {
            found.push((host.wasi.descriptors.add(Descriptor::Granted(place))?, directory.path.clone()));
        }
        Ok((found,))
    })
}

pub(super) fn types(linker: &mut Linker<'_>) -> Result<()> {
    linker.resource("descriptor", ResourceType::host::<Descriptor>(), |mut store: Store<'_>, place| {
        store.data_mut().wasi.descriptors.remove(place);
        Ok(())
    })?;
    linker.resource("directory-entry-stream", ResourceType::host::<Listing>(), |mut store: Store<'_>, place| {
        store.data_mut().wasi.listings.remove(place);
        Ok(())
    })?;
    linker.func_wrap(
        "filesystem-error-code",
        |mut store: Store<'_>, (error,): (Resource<io::Error>,)| -> Result<(Option<ErrorCode>,)> {
            Ok((Some(io::code_of(&mut store, &error)?),))
        },
    )?;
    files(linker)?;
    directories(linker)?;
    paths(linker)?;
    unsupported(linker)
}

/// The descriptor behind a handle.
fn find(store: &mut Store<'_>, handle: &Resource<Descriptor>) -> Result<Descriptor> {
    Ok(store.data_mut().wasi.descriptors.get(handle)?.clone())
}

/// Defines a function of a descriptor alone.
fn method<T, F>(linker: &mut Linker<'_>, name: &str, run: F) -> Result<()>
where
    T: ComponentType + Lower + Send + Sync + 'static,
    F: Fn(&Descriptor, &[Directory]) -> Outcome<T> + Send + Sync + 'static,
{
    linker.func_wrap(name, move |mut store: Store<'_>, (handle,): (Resource<Descriptor>,)| -> Answer<T> {
        let descriptor = find(&mut store, &handle)?;
        Ok((run(&descriptor, store.data().about.grants.directories()).map_err(Into::into),))
    })
}

/// Defines a function of a descriptor and a path below it.
fn path_method<T, F>(linker: &mut Linker<'_>, name: &str, run: F) -> Result<()>
where
    T: ComponentType + Lower + Send + Sync + 'static,
    F: Fn(&Descriptor, &[Directory], &[u8]) -> Outcome<T> + Send + Sync + 'static,
{
    linker.func_wrap(name, move |mut store: Store<'_>, (handle, path): (Resource<Descriptor>, WasmStr)| -> Answer<T> {
        let descriptor = find(&mut store, &handle)?;
        let path = path.to_str(&store)?;
        let directories = store.data().about.grants.directories();
        Ok((run(&descriptor, directories, path.as_bytes()).map_err(Into::into),))
    })
}

impl Descriptor {
    /// The number of an open directory, for what starts from it.
    fn directory(&self, granted: &[Directory]) -> Outcome<i32> {
        match self {
            Self::Granted(place) => beneath::root(granted.get(*place).ok_or(EBADF)?),
            Self::Opened(opened) => Ok(opened.held.get()?.number()),
        }
    }

    /// The same, for what changes it.
    fn writable_directory(&self, granted: &[Directory]) -> Outcome<i32> {
        if self.is_writable(granted) { self.directory(granted) } else { Err(EROFS) }
    }

    fn is_writable(&self, granted: &[Directory]) -> bool {
        match self {
            Self::Granted(place) => granted.get(*place).is_some_and(|directory| directory.writable),
            Self::Opened(opened) => opened.writable,
        }
    }

    fn metadata(&self, granted: &[Directory]) -> Outcome<Metadata> {
        match self {
            Self::Granted(_) => beneath::open(self.directory(granted)?, b".", Open::Look)?.metadata(),
            Self::Opened(opened) => opened.held.get()?.metadata(),
        }
    }

    /// A file that may be read.
    fn readable(&self) -> Outcome<&Arc<Held>> {
        match self {
            Self::Granted(_) => Err(EISDIR),
            Self::Opened(opened) if opened.read => Ok(&opened.held),
            Self::Opened(_) => Err(EBADF),
        }
    }

    /// A file that may be written.
    fn writable(&self) -> Outcome<&Arc<Held>> {
        match self {
            Self::Granted(_) => Err(EISDIR),
            Self::Opened(opened) if opened.write => Ok(&opened.held),
            Self::Opened(_) => Err(EBADF),
        }
    }
}

/// What is said of a file or directory, and done to a file.
fn files(linker: &mut Linker<'_>) -> Result<()> {
    method(linker, "[method]descriptor.get-type", |descriptor, granted| {
        Ok(DescriptorType::from(descriptor.metadata(granted)?.kind))
    })?;
    method(linker, "[method]descriptor.get-flags", |descriptor, granted| {
        let mut flags = DescriptorFlags::empty();
        match descriptor {
            Descriptor::Granted(_) => {
                flags |= DescriptorFlags::READ;
                if descriptor.is_writable(granted) {
                    flags |= DescriptorFlags::MUTATE_DIRECTORY;
                }
            }
            Descriptor::Opened(opened) => {
                let is_directory = descriptor.metadata(granted)?.kind == Kind::Directory;
                if opened.read {
                    flags |= DescriptorFlags::READ;
                }
                if opened.write {
                    flags |= DescriptorFlags::WRITE;
                }
                if is_directory && opened.writable {
                    flags |= DescriptorFlags::MUTATE_DIRECTORY;
                }
            }
        }
        Ok(flags)
    })?;
    method(linker, "[method]descriptor.stat", |descriptor, granted| Ok(stat(&descriptor.metadata(granted)?)))?;
    method(linker, "[method]descriptor.metadata-hash", |descriptor, granted| Ok(hash(&descriptor.metadata(granted)?)))?;
    method(linker, "[method]descriptor.sync-data", |descriptor, _| descriptor.writable()?.get()?.sync(false))?;
    method(linker, "[method]descriptor.sync", |descriptor, _| descriptor.writable()?.get()?.sync(true))?;
    linker.func_wrap(
        "[method]descriptor.is-same-object",
        |mut store: Store<'_>, (one, other): (Resource<Descriptor>, Resource<Descriptor>)| -> Result<(bool,)> {
            let (one, other) = (find(&mut store, &one)?, find(&mut store, &other)?);
            let granted = store.data().about.grants.directories();
            let identity = |descriptor: &Descriptor| descriptor.metadata(granted).map(|metadata| metadata.identity);
            Ok((identity(&one).is_ok_and(|one| identity(&other) == Ok(one)),))
        },
    )?;
    linker.func_wrap(
        "[method]descriptor.advise",
        |_: Store<'_>, (_, _, _, _): (Resource<Descriptor>, u64, u64, Advice)| -> Answer<()> { Ok((Ok(()),)) },
    )?;
    linker.func_wrap(
        "[method]descriptor.set-size",
        |mut store: Store<'_>, (handle, size): (Resource<Descriptor>, u64)| -> Answer<()> {
            let descriptor = find(&mut store, &handle)?;
            Ok((descriptor.writable().and_then(|file| file.get()?.set_size(size)).map_err(Into::into),))
        },
    )?;
    linker.func_wrap(
        "[method]descriptor.read",
        |mut store: Store<'_>, (handle, length, at): (Resource<Descriptor>, u64, u64)| -> Answer<(Bytes, bool)> {
            let descriptor = find(&mut store, &handle)?;
            let length = u32::try_from(length).unwrap_or(MAX).min(MAX);
            let read = descriptor.readable().and_then(|file| {
                let file = file.get()?;
                let bytes = Bytes::filled(length, |into| file.read_at(at, into))?;
                let end = bytes.as_slice().len() < length as usize;
                Ok((bytes, end))
            });
            Ok((read.map_err(Into::into),))
        },
    )?;
    linker.func_wrap(
        "[method]descriptor.write",
        |mut store: Store<'_>, (handle, bytes, at): (Resource<Descriptor>, WasmList<u8>, u64)| -> Answer<u64> {
            let descriptor = find(&mut store, &handle)?;
            let bytes = bytes.as_le_slice(&store);
            let wrote = descriptor.writable().and_then(|file| file.get()?.write_at(at, bytes));
            Ok((wrote.map(|wrote| wrote as u64).map_err(Into::into),))
        },
    )?;
    linker.func_wrap(
        "[method]descriptor.read-via-stream",
        |mut store: Store<'_>, (handle, at): (Resource<Descriptor>, u64)| -> Answer<Resource<Input>> {
            let descriptor = find(&mut store, &handle)?;
            Ok((match descriptor.readable() {
                Ok(file) => Ok(store.data_mut().wasi.io.inputs.add(Input::File { file: Arc::clone(file), at })?),
                Err(errno) => Err(errno.into()),
            },))
        },
    )?;
    linker.func_wrap(
        "[method]descriptor.write-via-stream",
        |mut store: Store<'_>, (handle, at): (Resource<Descriptor>, u64)| -> Answer<Resource<Output>> {
            let descriptor = find(&mut store, &handle)?;
            Ok((match descriptor.writable() {
                Ok(file) => Ok(store.data_mut().wasi.io.outputs.add(Output::File { file: Arc::clone(file), at })?),
                Err(errno) => Err(errno.into()),
            },))
        },
    )?;
    linker.func_wrap(
        "[method]descriptor.append-via-stream",
        |mut store: Store<'_>, (handle,): (Resource<Descriptor>,)| -> Answer<Resource<Output>> {
            let descriptor = find(&mut store, &handle)?;
            Ok((match descriptor.writable() {
                Ok(file) => Ok(store.data_mut().wasi.io.outputs.add(Output::Append { file: Arc::clone(file) })?),
                Err(errno) => Err(errno.into()),
            },))
        },
    )?;
    Ok(())
}

/// What is done to a directory.
fn directories(linker: &mut Linker<'_>) -> Result<()> {
    linker.func_wrap(
        "[method]descriptor.read-directory",
        |mut store: Store<'_>, (handle,): (Resource<Descriptor>,)| -> Answer<Resource<Listing>> {
            let descriptor = find(&mut store, &handle)?;
            let listing = descriptor.directory(store.data().about.grants.directories()).and_then(list);
            Ok((match listing {
                Ok(listing) => Ok(store.data_mut().wasi.listings.add(listing)?),
                Err(errno) => Err(errno.into()),
            },))
        },
    )?;
    linker.func_wrap(
        "[method]directory-entry-stream.read-directory-entry",
        |mut store: Store<'_>, (stream,): (Resource<Listing>,)| -> Answer<Option<Entry>> {
            Ok((Ok(store.data_mut().wasi.listings.get(&stream)?.0.pop()),))
        },
    )?;
    linker.func_wrap(
        "[method]descriptor.open-at",
        |mut store: Store<'_>,
         (handle, follow, path, open, flags): (
            Resource<Descriptor>,
            PathFlags,
            WasmStr,
            OpenFlags,
            DescriptorFlags,
        )|
         -> Answer<Resource<Descriptor>> {
            let descriptor = find(&mut store, &handle)?;
            let wanted = Wanted {
                read: flags.contains(DescriptorFlags::READ),
                write: flags.contains(DescriptorFlags::WRITE),
                directory: open.contains(OpenFlags::DIRECTORY),
                create: open.contains(OpenFlags::CREATE),
                exclusive: open.contains(OpenFlags::EXCLUSIVE),
                truncate: open.contains(OpenFlags::TRUNCATE),
                follow: follow.contains(PathFlags::SYMLINK_FOLLOW),
            };
            let changes = flags.contains(DescriptorFlags::MUTATE_DIRECTORY);
            let opened = {
                let path = path.to_str(&store)?;
                let granted = store.data().about.grants.directories();
                open_at(&descriptor, granted, path.as_bytes(), wanted, changes)
            };
            Ok((match opened {
                Ok(opened) => Ok(store.data_mut().wasi.descriptors.add(Descriptor::Opened(opened))?),
                Err(errno) => Err(errno.into()),
            },))
        },
    )
}

fn open_at(from: &Descriptor, granted: &[Directory], path: &[u8], wanted: Wanted, changes: bool) -> Outcome<Opened> {
    let writable = from.is_writable(granted);
    if !writable && (wanted.write || wanted.create || wanted.truncate || changes) {
        return Err(EROFS);
    }
    if wanted.truncate && !wanted.write {
        return Err(EINVAL);
    }
    let descriptor = beneath::open_wanted(from.directory(granted)?, path, wanted)?;
    let held = Arc::new(Held::new(descriptor)?);
    Ok(Opened { held, read: wanted.read, write: wanted.write, writable })
}

/// The names in an open directory.
fn list(directory: i32) -> Outcome<Listing> {
    const MOST: usize = 1 << 14;
    let mut entries: Vec<Entry> = Vec::new();
    beneath::open(directory, b".", Open::List)?.entries(|name, kind| {
        if entries.len() == MOST {
            return Err(EFBIG);
        }
        let name = core::str::from_utf8(name).map_err(|_| EILSEQ)?;
        entries.try_reserve(1).map_err(|_| ENOMEM)?;
        entries.push(Entry { kind: kind.map_or(DescriptorType::Unknown, Into::into), name: name.into() });
        Ok(())
    })?;
    Ok(Listing(entries))
}

/// What is done to what has a name.
fn paths(linker: &mut Linker<'_>) -> Result<()> {
    path_method(linker, "[method]descriptor.create-directory-at", |descriptor, granted, path| {
        beneath::make_directory(descriptor.writable_directory(granted)?, path)
    })?;
    path_method(linker, "[method]descriptor.remove-directory-at", |descriptor, granted, path| {
        beneath::remove(descriptor.writable_directory(granted)?, path, Remove::Directory)
    })?;
    path_method(linker, "[method]descriptor.unlink-file-at", |descriptor, granted, path| {
        beneath::remove(descriptor.writable_directory(granted)?, path, Remove::File)
    })?;
    path_method(linker, "[method]descriptor.readlink-at", |descriptor, granted, path| {
        const PATH_MAX: usize = 4096;
        let link = beneath::open(descriptor.directory(granted)?, path, Open::LookNoFollow)?;
        if link.metadata()?.kind != Kind::Symlink {
            return Err(EINVAL);
        }
        let mut text = [0; PATH_MAX];
        let length = link.link(&mut text)?;
        let text = core::str::from_utf8(text.get(..length).unwrap_or_default()).map_err(|_| EILSEQ)?;
        Ok(String::from(text))
    })?;
    looking(linker, "[method]descriptor.stat-at", stat)?;
    looking(linker, "[method]descriptor.metadata-hash-at", hash)?;
    linker.func_wrap(
        "[method]descriptor.rename-at",
        |mut store: Store<'_>,
         (from, old, to, new): (Resource<Descriptor>, WasmStr, Resource<Descriptor>, WasmStr)|
         -> Answer<()> {
            let (from, to) = (find(&mut store, &from)?, find(&mut store, &to)?);
            let (old, new) = (old.to_str(&store)?, new.to_str(&store)?);
            let granted = store.data().about.grants.directories();
            let rename = || {
                let (from, to) = (from.writable_directory(granted)?, to.writable_directory(granted)?);
                beneath::rename(from, old.as_bytes(), to, new.as_bytes())
            };
            Ok((rename().map_err(Into::into),))
        },
    )
}

/// Defines a function that looks at what a path names.
fn looking<T, F>(linker: &mut Linker<'_>, name: &str, make: F) -> Result<()>
where
    T: ComponentType + Lower + Send + Sync + 'static,
    F: Fn(&Metadata) -> T + Send + Sync + 'static,
{
    linker.func_wrap(
        name,
        move |mut store: Store<'_>, (handle, follow, path): (Resource<Descriptor>, PathFlags, WasmStr)| -> Answer<T> {
            let descriptor = find(&mut store, &handle)?;
            let how = if follow.contains(PathFlags::SYMLINK_FOLLOW) { Open::Look } else { Open::LookNoFollow };
            let path = path.to_str(&store)?;
            let look = || {
                let directory = descriptor.directory(store.data().about.grants.directories())?;
                beneath::open(directory, path.as_bytes(), how)?.metadata()
            };
            Ok((look().map(|metadata| make(&metadata)).map_err(Into::into),))
        },
    )
}

/// What no hook is known to need.
fn unsupported(linker: &mut Linker<'_>) -> Result<()> {
    const ANSWER: core::result::Result<(), ErrorCode> = Err(ErrorCode::Unsupported);
    linker.func_wrap(
        "[method]descriptor.set-times",
        |_: Store<'_>, (_, _, _): (Resource<Descriptor>, NewTimestamp, NewTimestamp)| -> Answer<()> { Ok((ANSWER,)) },
    )?;
    linker.func_wrap(
        "[method]descriptor.set-times-at",
        |_: Store<'_>,
         (_, _, _, _, _): (Resource<Descriptor>, PathFlags, WasmStr, NewTimestamp, NewTimestamp)|
         -> Answer<()> { Ok((ANSWER,)) },
    )?;
    linker.func_wrap(
        "[method]descriptor.link-at",
        |_: Store<'_>,
         (_, _, _, _, _): (Resource<Descriptor>, PathFlags, WasmStr, Resource<Descriptor>, WasmStr)|
         -> Answer<()> { Ok((ANSWER,)) },
    )?;
    linker.func_wrap(
        "[method]descriptor.symlink-at",
        |_: Store<'_>, (_, _, _): (Resource<Descriptor>, WasmStr, WasmStr)| -> Answer<()> { Ok((ANSWER,)) },
    )
}

fn stat(metadata: &Metadata) -> Stat {
    let [accessed, modified, changed] = metadata.times.map(|time| Some(DateTime::from(time)));
    Stat { kind: metadata.kind.into(), link_count: metadata.links, size: metadata.size, accessed, modified, changed }
}

/// The same for the same file, whichever way it was reached.
fn hash(metadata: &Metadata) -> MetadataHash {
    let (device, inode) = metadata.identity;
    MetadataHash { lower: inode, upper: device }
}
