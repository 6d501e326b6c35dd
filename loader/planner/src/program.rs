//! What kind of executable a file is, told from its first bytes: a pure
//! function that never reads past what it is given.

use alloc::vec::Vec;

/// What a program file is, as far as preloading into it goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// x86-64, started through this program interpreter (ld.so): it can be hooked.
    Dynamic {
        /// Path of the interpreter.
        interpreter: Vec<u8>,
    },
    /// x86-64 without an interpreter: nothing preloads into it.
    Static,
    /// ELF for another architecture or ABI.
    Foreign(&'static str),
    /// `#!`: what to run instead, with at most one argument.
    Script {
        /// Path of the interpreter.
        interpreter: Vec<u8>,
        /// What follows it on the line.
        argument: Option<Vec<u8>>,
    },
    /// An ELF file that is cut short or contradicts itself.
    Broken,
    /// Neither ELF nor `#!`. execvp(3) hands such a file to /bin/sh.
    Other,
}

/// How much of a file [`probe`] wants to see: the kernel reads program headers
/// up to a page, and an interpreter's path lies close behind them.
pub const HEAD: usize = 64 * 1024;

const PT_INTERP: u32 = 3;
const ET_EXEC: u16 = 2;
const ET_DYN: u16 = 3;
const EM_X86_64: u16 = 62;

/// Tells what a file is by its first [`HEAD`] bytes.
pub fn probe(head: &[u8]) -> Kind {
    if let Some(line) = head.strip_prefix(b"#!") {
        return script(line);
    }
    if !head.starts_with(b"\x7fELF") {
        return Kind::Other;
    }
    elf(head).unwrap_or(Kind::Broken)
}

fn elf(head: &[u8]) -> Option<Kind> {
    let (class, order) = (*head.get(4)?, *head.get(5)?);
    let machine = u16_at(head, 18)?;
    if order != 1 {
        return Some(Kind::Foreign("a big-endian program"));
    }
    match (class, machine) {
        (2, EM_X86_64) => {}
        (1, EM_X86_64) => return Some(Kind::Foreign("an x32 program")),
        (1, 3) => return Some(Kind::Foreign("a 32-bit x86 program")),
        (2, 183) => return Some(Kind::Foreign("an AArch64 program")),
        (2, 243) => return Some(Kind::Foreign("a RISC-V program")),
        (1, _) => return Some(Kind::Foreign("a 32-bit program for another processor")),
        _ => return Some(Kind::Foreign("a program for another processor")),
    }
    if !matches!(u16_at(head, 16)?, ET_EXEC | ET_DYN) {
        return None;
    }
    let table = usize::try_from(u64_at(head, 32)?).ok()?;
    let (size, count) = (usize::from(u16_at(head, 54)?), usize::from(u16_at(head, 56)?));
    for index in 0..count {
        let header = head.get(table.checked_add(index * size)?..)?;
        if u32_at(header, 0)? != PT_INTERP {
            continue;
        }
        let from = usize::try_from(u64_at(header, 8)?).ok()?;
        let length = usize::try_from(u64_at(header, 32)?).ok()?;
        let path = head.get(from..from.checked_add(length)?)?;
        let end = path.iter().position(|b| *b == 0)?;
        return Some(Kind::Dynamic { interpreter: path[..end].to_vec() });
    }
    Some(Kind::Static)
}

/// Whether a path names glibc's dynamic linker.
pub fn is_ld_so(path: &[u8]) -> bool {
    let file = path.rsplit(|byte| *byte == b'/').next().unwrap_or_default();
    file.starts_with(b"ld-linux-x86-64") || file.starts_with(b"ld-2.")
}

/// The rest of a `#!` line, read as the kernel does: one interpreter, and all
/// that follows is one argument.
fn script(line: &[u8]) -> Kind {
    let end = line.iter().position(|b| *b == b'\n').unwrap_or(line.len());
    let line = line[..end].trim_ascii();
    let split = line.iter().position(|b| matches!(b, b' ' | b'\t')).unwrap_or(line.len());
    let (interpreter, argument) = line.split_at(split);
    let argument = argument.trim_ascii();
    if interpreter.is_empty() {
        return Kind::Other;
    }
    Kind::Script { interpreter: interpreter.to_vec(), argument: (!argument.is_empty()).then(|| argument.to_vec()) }
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(*bytes.get(at..)?.first_chunk()?))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(*bytes.get(at..)?.first_chunk()?))
}

fn u64_at(bytes: &[u8], at: usize) -> Option<u64> {
    Some(u64::from_le_bytes(*bytes.get(at..)?.first_chunk()?))
}

/// An ELF head with one program header, of type PT_INTERP if there is an
/// interpreter and PT_LOAD if not: for tests.
#[doc(hidden)]
pub fn sample(class: u8, machine: u16, interpreter: Option<&[u8]>) -> Vec<u8> {
    let mut head = alloc::vec![0; 120];
    head[..6].copy_from_slice(&[0x7f, b'E', b'L', b'F', class, 1]);
    head[16..18].copy_from_slice(&ET_DYN.to_le_bytes());
    head[18..20].copy_from_slice(&machine.to_le_bytes());
    head[32] = 64;
    head[54] = 56;
    head[56] = 1;
    head[64] = if interpreter.is_some() { 3 } else { 1 };
    head[72] = 120;
    let path = interpreter.unwrap_or_default();
    head[96] = u8::try_from(path.len() + 1).unwrap_or(u8::MAX);
    head.extend_from_slice(path);
    head.push(0);
    head
}

#[cfg(test)]
mod tests {
    extern crate std;

    use super::*;

    #[test]
    fn dynamic_and_static_are_told_apart() {
        let ld = b"/lib64/ld-linux-x86-64.so.2";
        assert_eq!(probe(&sample(2, 62, Some(ld))), Kind::Dynamic { interpreter: ld.to_vec() });
        assert_eq!(probe(&sample(2, 62, None)), Kind::Static);
    }

    #[test]
    fn other_processors_are_named() {
        assert_eq!(probe(&sample(1, 3, None)), Kind::Foreign("a 32-bit x86 program"));
        assert_eq!(probe(&sample(1, 62, None)), Kind::Foreign("an x32 program"));
        assert_eq!(probe(&sample(2, 183, None)), Kind::Foreign("an AArch64 program"));
    }

    #[test]
    fn a_script_names_its_interpreter_and_one_argument() {
        let script = |line: &[u8]| match probe(line) {
            Kind::Script { interpreter, argument } => (interpreter, argument),
            other => panic!("{other:?}"),
        };
        assert_eq!(script(b"#!/bin/sh\necho"), (b"/bin/sh".to_vec(), None));
        assert_eq!(script(b"#! /usr/bin/env  -S a b \n"), (b"/usr/bin/env".to_vec(), Some(b"-S a b".to_vec())));
        assert_eq!(probe(b"#!\n"), Kind::Other);
    }

    #[test]
    fn no_prefix_of_a_program_makes_it_panic() {
        let whole = sample(2, 62, Some(b"/lib64/ld-linux-x86-64.so.2"));
        for end in 0..whole.len() {
            let kind = probe(&whole[..end]);
            assert!(matches!(kind, Kind::Broken | Kind::Other), "{end}: {kind:?}");
        }
        let mut wild = whole;
        wild[32..40].fill(0xff);
        assert_eq!(probe(&wild), Kind::Broken);
    }

    #[test]
    fn this_test_itself_is_dynamic() {
        let me = std::fs::read("/proc/self/exe").expect("our own executable");
        assert!(matches!(probe(&me), Kind::Dynamic { .. }));
    }
}
