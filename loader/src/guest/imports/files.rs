//! `zpoline:hook/files` and `zpoline:hook/files-write`: files below the granted
//! directories.
//!
//! Every function opens what it needs and closes it again: no descriptor outlives
//! it, for the program to see, a fork to inherit or a trap to leak.

use super::beneath::{self, Kind, Metadata, Open, Remove};
use super::bytes::{Bytes, MAX, room};
use crate::guest::grants::Directory;
use crate::guest::instance::Host;
use crate::island::memory::Errno;
use alloc::string::String;
use alloc::vec::Vec;
use wasmtime::component::{ComponentType, LinkerInstance, Lower, WasmList};
use wasmtime::{Result, StoreContextMut};
use zpoline_host_abi::errno::{EBADF, EFBIG, EINVAL, ENOMEM, EROFS};

type Store<'a> = StoreContextMut<'a, Host>;
type Outcome<T> = core::result::Result<T, Errno>;
type Answer<T> = Result<(Outcome<T>,)>;

/// Most names that one listing gives.
const MOST_ENTRIES: usize = 1 << 14;

/// `files.kind`
#[derive(Debug, Clone, Copy, ComponentType, Lower)]
#[component(enum)]
#[repr(u8)]
enum WitKind {
    #[component(name = "file")]
    File,
    #[component(name = "directory")]
    Directory,
    #[component(name = "symlink")]
    Symlink,
    #[component(name = "other")]
    Other,
    #[component(name = "unknown")]
    Unknown,
}

impl From<Option<Kind>> for WitKind {
    fn from(kind: Option<Kind>) -> Self {
        match kind {
            Some(Kind::File) => Self::File,
            Some(Kind::Directory) => Self::Directory,
            Some(Kind::Symlink) => Self::Symlink,
            Some(Kind::Other) => Self::Other,
            None => Self::Unknown,
        }
    }
}

/// `files.granted`
#[derive(Debug, ComponentType, Lower)]
#[component(record)]
struct Granted {
    path: String,
    writable: bool,
}

/// `files.metadata`
#[derive(Debug, Clone, Copy, ComponentType, Lower)]
#[component(record)]
struct WitMetadata {
    kind: WitKind,
    size: u64,
    modified: i64,
}

/// `files.entry`
#[derive(Debug, ComponentType, Lower)]
#[component(record)]
struct Entry {
    name: Vec<u8>,
    kind: WitKind,
}

pub(super) fn define(linker: &mut LinkerInstance<'_, Host>) -> Result<()> {
    linker.func_wrap("directories", |store: Store<'_>, (): ()| -> Result<(Vec<Granted>,)> {
        let granted = store.data().about.grants.directories().iter();
        let granted = granted.map(|directory| Granted { path: directory.path.clone(), writable: directory.writable });
        Ok((granted.collect(),))
    })?;
    linker.func_wrap(
        "read",
        |store: Store<'_>, (directory, path, offset, length): (u32, WasmList<u8>, u64, u32)| -> Answer<Bytes> {
            let path = path.as_le_slice(&store);
            Ok((root(&store, directory).and_then(|root| read(root, path, offset, length)),))
        },
    )?;
    linker.func_wrap("look", |store: Store<'_>, (directory, path): (u32, WasmList<u8>)| -> Answer<WitMetadata> {
        let path = path.as_le_slice(&store);
        Ok((root(&store, directory).and_then(|root| metadata(root, path)),))
    })?;
    linker.func_wrap("entries", |store: Store<'_>, (directory, path): (u32, WasmList<u8>)| -> Answer<Vec<Entry>> {
        let path = path.as_le_slice(&store);
        Ok((root(&store, directory).and_then(|root| entries(root, path)),))
    })?;
    Ok(())
}

pub(super) fn define_write(linker: &mut LinkerInstance<'_, Host>) -> Result<()> {
    linker.func_wrap(
        "write",
        |store: Store<'_>, (directory, path, offset, bytes): (u32, WasmList<u8>, u64, WasmList<u8>)| -> Answer<u32> {
            let (path, bytes) = (path.as_le_slice(&store), bytes.as_le_slice(&store));
            Ok((write(&store, directory, path, Open::Write, offset, bytes),))
        },
    )?;
    linker.func_wrap(
        "append",
        |store: Store<'_>, (directory, path, bytes): (u32, WasmList<u8>, WasmList<u8>)| -> Answer<u32> {
            let (path, bytes) = (path.as_le_slice(&store), bytes.as_le_slice(&store));
            Ok((write(&store, directory, path, Open::Append, 0, bytes),))
        },
    )?;
    linker.func_wrap(
        "set-size",
        |store: Store<'_>, (directory, path, size): (u32, WasmList<u8>, u64)| -> Answer<()> {
            let path = path.as_le_slice(&store);
            let root = writable_root(&store, directory);
            Ok((root.and_then(|root| beneath::open(root, path, Open::Write)?.set_size(size)),))
        },
    )?;
    linker.func_wrap("create-directory", |store: Store<'_>, (directory, path): (u32, WasmList<u8>)| -> Answer<()> {
        let path = path.as_le_slice(&store);
        Ok((writable_root(&store, directory).and_then(|root| beneath::make_directory(root, path)),))
    })?;
    linker.func_wrap("remove-file", |store: Store<'_>, (directory, path): (u32, WasmList<u8>)| -> Answer<()> {
        let path = path.as_le_slice(&store);
        Ok((writable_root(&store, directory).and_then(|root| beneath::remove(root, path, Remove::File)),))
    })?;
    linker.func_wrap("remove-directory", |store: Store<'_>, (directory, path): (u32, WasmList<u8>)| -> Answer<()> {
        let path = path.as_le_slice(&store);
        Ok((writable_root(&store, directory).and_then(|root| beneath::remove(root, path, Remove::Directory)),))
    })?;
    linker.func_wrap(
        "rename",
        |store: Store<'_>, (from, path, to, new): (u32, WasmList<u8>, u32, WasmList<u8>)| -> Answer<()> {
            let (path, new) = (path.as_le_slice(&store), new.as_le_slice(&store));
            let roots = writable_root(&store, from).and_then(|from| Ok((from, writable_root(&store, to)?)));
            Ok((roots.and_then(|(from, to)| beneath::rename(from, path, to, new)),))
        },
    )?;
    Ok(())
}

fn granted<'a>(store: &'a Store<'_>, directory: u32) -> Outcome<&'a Directory> {
    store.data().about.grants.directories().get(directory as usize).ok_or(EBADF)
}

fn root(store: &Store<'_>, directory: u32) -> Outcome<i32> {
    beneath::root(granted(store, directory)?)
}

fn writable_root(store: &Store<'_>, directory: u32) -> Outcome<i32> {
    let directory = granted(store, directory)?;
    if directory.writable { beneath::root(directory) } else { Err(EROFS) }
}

fn read(root: i32, path: &[u8], offset: u64, length: u32) -> Outcome<Bytes> {
    if length > MAX {
        return Err(EINVAL);
    }
    let file = beneath::open(root, path, Open::Read)?;
    // What is not there needs no room.
    let left = file.metadata()?.size.saturating_sub(offset);
    // Some files, as in /proc, do not know their size.
    let length = if left == 0 { length.min(PROC) } else { length.min(u32::try_from(left).unwrap_or(u32::MAX)) };
    Bytes::filled(length, |bytes| file.read_at(offset, bytes))
}

/// What is tried of a file that says it is empty.
const PROC: u32 = 1 << 16;

fn metadata(root: i32, path: &[u8]) -> Outcome<WitMetadata> {
    let Metadata { kind, size, times: [_, (modified, _), _], .. } =
        beneath::open(root, path, Open::LookNoFollow)?.metadata()?;
    Ok(WitMetadata { kind: Some(kind).into(), size, modified })
}

fn entries(root: i32, path: &[u8]) -> Outcome<Vec<Entry>> {
    let mut entries = Vec::new();
    beneath::open(root, path, Open::List)?.entries(|name, kind| {
        if entries.len() == MOST_ENTRIES {
            return Err(EFBIG);
        }
        let mut owned = room(name.len())?;
        owned.extend_from_slice(name);
        entries.try_reserve(1).map_err(|_| ENOMEM)?;
        entries.push(Entry { name: owned, kind: kind.into() });
        Ok(())
    })?;
    Ok(entries)
}

fn write(store: &Store<'_>, directory: u32, path: &[u8], how: Open, offset: u64, bytes: &[u8]) -> Outcome<u32> {
    let root = writable_root(store, directory)?;
    if offset > i64::MAX as u64 {
        return Err(EINVAL);
    }
    Ok(beneath::open(root, path, how)?.write_at(offset, bytes)? as u32)
}
