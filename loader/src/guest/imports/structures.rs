//! The structures of `zpoline:hook/memory`: what the kernel's own types mean.
//!
//! Layouts are those of x86-64 (include/uapi/linux). Invariants: every count is
//! bounded as the kernel bounds it; what the program changes meanwhile is read
//! as it then is, once.

use super::bytes::{Bytes, MAX, room, zeros};
use super::program::{read_c_string, read_exact, read_some, write_exact};
use crate::arch::syscall::PAGE;
use crate::guest::instance::Host;
use crate::island::memory::{EFAULT, Errno};
use alloc::vec::Vec;
use wasmtime::component::{ComponentType, LinkerInstance, Lower};
use wasmtime::{Result, StoreContextMut};
use zpoline_host_abi::errno::{E2BIG, EINVAL, ENOMEM};

type Answer<T> = (core::result::Result<T, Errno>,);
type Outcome<T> = core::result::Result<T, Errno>;

/// UIO_MAXIOV.
const MOST_PARTS: u64 = 1024;
/// More descriptors than a program polls at once; RLIMIT_NOFILE's usual maximum.
const MOST_POLLED: u64 = 4096;
/// Pointers to strings in one array.
const MOST_STRINGS: usize = 1 << 14;
/// MAX_ARG_STRLEN, the NUL included.
const LONGEST: usize = 32 * PAGE;
/// sizeof(struct sockaddr_storage)
const SOCKADDR: usize = 128;

/// `memory.iovec`
#[derive(Debug, Clone, Copy, PartialEq, Eq, ComponentType, Lower)]
#[component(record)]
struct IoVec {
    base: u64,
    length: u64,
}

/// `memory.timespec`
#[derive(Debug, Clone, Copy, ComponentType, Lower)]
#[component(record)]
struct TimeSpec {
    seconds: i64,
    nanoseconds: i64,
}

/// `memory.pollfd`
#[derive(Debug, Clone, Copy, ComponentType, Lower)]
#[component(record)]
struct PollFd {
    fd: i32,
    events: u16,
    revents: u16,
}

/// `memory.open-how`
#[derive(Debug, Clone, Copy, ComponentType, Lower)]
#[component(record)]
struct OpenHow {
    #[component(name = "flags")]
    flags: u64,
    mode: u64,
    resolve: u64,
}

/// `memory.msghdr`
#[derive(Debug, Clone, Copy, ComponentType, Lower)]
#[component(record)]
struct MsgHdr {
    name: u64,
    #[component(name = "name-length")]
    name_length: u32,
    iov: u64,
    #[component(name = "iov-count")]
    iov_count: u64,
    control: u64,
    #[component(name = "control-length")]
    control_length: u64,
    #[component(name = "flags")]
    flags: i32,
}

/// `memory.stat`
#[derive(Debug, Clone, Copy, ComponentType, Lower)]
#[component(record)]
struct Stat {
    dev: u64,
    ino: u64,
    mode: u32,
    nlink: u64,
    uid: u32,
    gid: u32,
    rdev: u64,
    size: i64,
    blksize: i64,
    blocks: i64,
    atime: TimeSpec,
    mtime: TimeSpec,
    ctime: TimeSpec,
}

/// `memory.inet-address`
#[derive(Debug, Clone, Copy, ComponentType, Lower)]
#[component(record)]
struct Inet {
    address: (u8, u8, u8, u8),
    port: u16,
}

/// `memory.inet6-address`
#[derive(Debug, Clone, Copy, ComponentType, Lower)]
#[component(record)]
struct Inet6 {
    address: (u16, u16, u16, u16, u16, u16, u16, u16),
    port: u16,
    #[component(name = "flow-info")]
    flow_info: u32,
    #[component(name = "scope-id")]
    scope_id: u32,
}

/// `memory.other-address`
#[derive(ComponentType, Lower)]
#[component(record)]
struct Other {
    family: u16,
    data: Bytes,
}

/// `memory.sockaddr`
#[derive(ComponentType, Lower)]
#[component(variant)]
enum SockAddr {
    #[component(name = "unix")]
    Unix(Bytes),
    #[component(name = "inet")]
    Inet(Inet),
    #[component(name = "inet6")]
    Inet6(Inet6),
    #[component(name = "other")]
    Other(Other),
}

pub(super) fn define(linker: &mut LinkerInstance<'_, Host>) -> Result<()> {
    type Store<'a> = StoreContextMut<'a, Host>;
    linker.func_wrap("read-iovec", |_: Store<'_>, (at, count): (u64, u64)| -> Result<Answer<Vec<IoVec>>> {
        Ok((iovec(at, count),))
    })?;
    linker.func_wrap(
        "read-scattered",
        |_: Store<'_>, (at, count, max): (u64, u64, u32)| -> Result<Answer<Vec<u8>>> {
            Ok((gather(at, count, max.min(MAX)),))
        },
    )?;
    linker.func_wrap("read-c-strings", |_: Store<'_>, (at, max): (u64, u32)| -> Result<Answer<Vec<Vec<u8>>>> {
        Ok((c_strings(at, max.min(MAX)),))
    })?;
    linker.func_wrap("read-sockaddr", |_: Store<'_>, (at, length): (u64, u32)| -> Result<Answer<SockAddr>> {
        Ok((sockaddr(at, length),))
    })?;
    linker.func_wrap("read-msghdr", |_: Store<'_>, (at,): (u64,)| -> Result<Answer<MsgHdr>> { Ok((msghdr(at),)) })?;
    linker.func_wrap("read-timespec", |_: Store<'_>, (at,): (u64,)| -> Result<Answer<TimeSpec>> {
        Ok((words::<2>(at).map(|words| timespec(&words, 0)),))
    })?;
    linker.func_wrap("read-pollfds", |_: Store<'_>, (at, count): (u64, u64)| -> Result<Answer<Vec<PollFd>>> {
        Ok((pollfds(at, count),))
    })?;
    linker.func_wrap("read-open-how", |_: Store<'_>, (at, size): (u64, u64)| -> Result<Answer<OpenHow>> {
        Ok((open_how(at, size),))
    })?;
    linker.func_wrap("read-stat", |_: Store<'_>, (at,): (u64,)| -> Result<Answer<Stat>> { Ok((stat(at),)) })?;
    Ok(())
}

/// The 64-bit words at an address.
fn words<const N: usize>(at: u64) -> Outcome<[u64; N]> {
    let mut bytes = [[0; 8]; N];
    read_exact(at, bytes.as_flattened_mut())?;
    Ok(bytes.map(u64::from_le_bytes))
}

/// `count` elements of `SIZE` bytes, at most `most` of them, made by `make` of
/// their words.
fn array<T, const WORDS: usize>(at: u64, count: u64, most: u64, make: impl Fn([u64; WORDS]) -> T) -> Outcome<Vec<T>> {
    if count > most {
        return Err(EINVAL);
    }
    let mut elements = room(count as usize)?;
    let mut bytes = zeros(count as usize * WORDS * 8)?;
    read_exact(at, &mut bytes)?;
    for element in bytes.chunks_exact(WORDS * 8) {
        let mut words = [0; WORDS];
        for (word, bytes) in words.iter_mut().zip(element.as_chunks().0) {
            *word = u64::from_le_bytes(*bytes);
        }
        elements.push(make(words));
    }
    Ok(elements)
}

fn iovec(at: u64, count: u64) -> Outcome<Vec<IoVec>> {
    array(at, count, MOST_PARTS, |[base, length]| IoVec { base, length })
}

/// The bytes that an array of iovecs names, in order, `max` at most; stops short
/// where memory ends.
fn gather(at: u64, count: u64, max: u32) -> Outcome<Vec<u8>> {
    let parts = iovec(at, count)?;
    let max = max as usize;
    let wanted = parts.iter().fold(0usize, |sum, part| sum.saturating_add(part.length as usize)).min(max);
    let mut bytes = zeros(wanted)?;
    let mut done = 0;
    for part in parts {
        let length = (part.length as usize).min(wanted - done);
        let Some(into) = bytes.get_mut(done..done + length) else { break };
        match read_some(part.base, into) {
            Ok(got) => {
                done += got;
                if got < length {
                    break;
                }
            }
            Err(errno) if done == 0 => return Err(errno),
            Err(_) => break,
        }
    }
    bytes.truncate(done);
    Ok(bytes)
}

/// Spreads bytes over what an array of iovecs names, in order; answers how many
/// found a place.
pub(super) fn scatter(at: u64, count: u64, mut bytes: &[u8]) -> Outcome<u32> {
    let all = bytes.len();
    for part in iovec(at, count)? {
        let length = usize::try_from(part.length).unwrap_or(usize::MAX).min(bytes.len());
        let Some((here, rest)) = bytes.split_at_checked(length) else { break };
        write_exact(part.base, here)?;
        bytes = rest;
    }
    Ok((all - bytes.len()) as u32)
}

/// The strings of an array that a null pointer ends, `max` bytes together.
fn c_strings(at: u64, max: u32) -> Outcome<Vec<Vec<u8>>> {
    let mut strings = Vec::new();
    let mut left = max as usize;
    let mut text = zeros(left.min(LONGEST))?;
    for index in 0..MOST_STRINGS as u64 {
        let place = at.checked_add(index * 8).ok_or(EFAULT)?;
        let [pointer] = words(place)?;
        if pointer == 0 {
            return Ok(strings);
        }
        let most = left.min(text.len());
        let buffer = text.get_mut(..most).unwrap_or_default();
        let length = read_c_string(pointer, buffer)?;
        if length == most {
            return Err(E2BIG);
        }
        left -= length + 1;
        let mut string = room(length)?;
        string.extend_from_slice(buffer.get(..length).unwrap_or_default());
        strings.try_reserve(1).map_err(|_| ENOMEM)?;
        strings.push(string);
    }
    Err(E2BIG)
}

fn timespec(words: &[u64], at: usize) -> TimeSpec {
    let word = |at| words.get(at).copied().map_or(0, u64::cast_signed);
    TimeSpec { seconds: word(at), nanoseconds: word(at + 1) }
}

fn pollfds(at: u64, count: u64) -> Outcome<Vec<PollFd>> {
    array(at, count, MOST_POLLED, |[word]| PollFd {
        fd: word as i32,
        events: (word >> 32) as u16,
        revents: (word >> 48) as u16,
    })
}

/// struct open_how may grow: what is not there is 0, what we do not know must be.
fn open_how(at: u64, size: u64) -> Outcome<OpenHow> {
    const FIRST: u64 = 24;
    const MOST: u64 = 4096;
    if !(FIRST..=MOST).contains(&size) {
        return Err(if size < FIRST { EINVAL } else { E2BIG });
    }
    let [flags, mode, resolve] = words(at)?;
    let mut rest = zeros((size - FIRST) as usize)?;
    read_exact(at.checked_add(FIRST).ok_or(EFAULT)?, &mut rest)?;
    if rest.iter().any(|&byte| byte != 0) { Err(E2BIG) } else { Ok(OpenHow { flags, mode, resolve }) }
}

fn msghdr(at: u64) -> Outcome<MsgHdr> {
    let [name, name_length, iov, iov_count, control, control_length, flags] = words(at)?;
    Ok(MsgHdr { name, name_length: name_length as u32, iov, iov_count, control, control_length, flags: flags as i32 })
}

fn stat(at: u64) -> Outcome<Stat> {
    let w: [u64; 18] = words(at)?;
    Ok(Stat {
        dev: w[0],
        ino: w[1],
        nlink: w[2],
        mode: w[3] as u32,
        uid: (w[3] >> 32) as u32,
        gid: w[4] as u32,
        rdev: w[5],
        size: w[6].cast_signed(),
        blksize: w[7].cast_signed(),
        blocks: w[8].cast_signed(),
        atime: timespec(&w, 9),
        mtime: timespec(&w, 11),
        ctime: timespec(&w, 13),
    })
}

/// An address of `length` bytes, as connect or bind take it.
fn sockaddr(at: u64, length: u32) -> Outcome<SockAddr> {
    const AF_UNIX: u16 = 1;
    const AF_INET: u16 = 2;
    const AF_INET6: u16 = 10;
    let length = length as usize;
    if !(2..=SOCKADDR).contains(&length) {
        return Err(EINVAL);
    }
    let mut bytes = [0u8; SOCKADDR];
    read_exact(at, bytes.get_mut(..length).unwrap_or_default())?;
    let pair = |at: usize| [bytes.get(at).copied().unwrap_or(0), bytes.get(at + 1).copied().unwrap_or(0)];
    let network = |at: usize| u16::from_be_bytes(pair(at));
    let family = u16::from_le_bytes(pair(0));
    let data = bytes.get(2..length).unwrap_or_default();
    let list = |bytes: &[u8]| {
        Bytes::filled(bytes.len() as u32, |into| {
            into.copy_from_slice(bytes);
            Ok(into.len())
        })
    };
    Ok(match family {
        AF_UNIX => {
            // A path ends at its NUL; an abstract name begins with one.
            let end = match data.first() {
                Some(0) => data.len(),
                _ => data.iter().position(|&byte| byte == 0).unwrap_or(data.len()),
            };
            SockAddr::Unix(list(data.get(..end).unwrap_or_default())?)
        }
        AF_INET if length >= 16 => {
            let ([a, b], [c, d]) = (pair(4), pair(6));
            SockAddr::Inet(Inet { address: (a, b, c, d), port: network(2) })
        }
        AF_INET6 if length >= 24 => {
            let word =
                |at: usize| u32::from(u16::from_le_bytes(pair(at))) | u32::from(u16::from_le_bytes(pair(at + 2))) << 16;
            let part = |index: usize| network(8 + index * 2);
            SockAddr::Inet6(Inet6 {
                address: (part(0), part(1), part(2), part(3), part(4), part(5), part(6), part(7)),
                port: network(2),
                flow_info: word(4).swap_bytes(),
                scope_id: if length >= 28 { word(24) } else { 0 },
            })
        }
        _ => SockAddr::Other(Other { family, data: list(data)? }),
    })
}

#[cfg(test)]
#[path = "structures_tests.rs"]
mod tests;
