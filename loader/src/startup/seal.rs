//! Seals the loader: after start-up every function that it imports leads to a
//! trap that prints the function's name and aborts, so that a call into libc
//! from the island is found the first time it happens instead of deadlocking
//! now and then.
//!
//! Exempt by name is what ld.so's own exit path calls on our behalf.
//!
//! # Safety
//! Walks the loader's own dynamic section and writes its own GOT.
#![allow(unsafe_code, reason = "edits the GOT")]

use super::error::StartError;
use crate::arch::syscall::{PAGE, nr, syscall3};
use crate::island::output;
use crate::signals::fault;
use alloc::format;
use core::ffi::{CStr, c_char};
use core::sync::atomic::{AtomicPtr, Ordering};

/// Imports that stay callable.
const EXEMPT: [&CStr; 3] = [c"__cxa_finalize", c"__gmon_start__", c"_ITM_deregisterTMCloneTable"];

const PROT_READ: usize = 1;
const PROT_WRITE: usize = 2;

/// How many imports can be told apart.
const TRAPS: usize = 512;

core::arch::global_asm!(
    ".pushsection .text.zpl_traps,\"ax\",@progbits",
    ".balign 16",
    ".globl zpl_traps",
    ".hidden zpl_traps",
    "zpl_traps:",
    ".set zpl_trap_index, 0",
    ".rept {traps}",
    ".balign 16",
    "push zpl_trap_index",
    "jmp zpl_trap_common",
    ".set zpl_trap_index, zpl_trap_index + 1",
    ".endr",
    "zpl_trap_common:",
    "pop rdi",
    "and rsp, -16",
    "call {called}",
    "ud2",
    ".popsection",
    traps = const TRAPS,
    called = sym called,
);

static NAMES: [AtomicPtr<c_char>; TRAPS] = [const { AtomicPtr::new(core::ptr::null_mut()) }; TRAPS];

/// A sealed import was called.
extern "C" fn called(index: usize) -> ! {
    let name = NAMES.get(index).map_or(core::ptr::null_mut(), |name| name.load(Ordering::Relaxed));
    // SAFETY: null, or a name in our own string table.
    let name = if name.is_null() { c"?" } else { unsafe { CStr::from_ptr(name) } };
    output::message(format_args!(
        "internal error: the loader called {} after start-up\n  \
         this is a bug in zpoline, not in the program; please report it",
        name.to_str().unwrap_or("?")
    ));
    fault::abort()
}

#[repr(C)]
struct Dynamic {
    tag: i64,
    value: u64,
}

#[repr(C)]
struct Relocation {
    offset: u64,
    info: u64,
    addend: i64,
}

#[repr(C)]
struct Symbol {
    name: u32,
    info: u8,
    other: u8,
    section: u16,
    value: u64,
    size: u64,
}

unsafe extern "C" {
    static __ehdr_start: u8;
    static _DYNAMIC: [Dynamic; 1];
    static zpl_traps: u8;
}

/// What the dynamic section says, as far as it matters here.
#[derive(Default)]
struct Tables {
    symbols: u64,
    strings: u64,
    relocations: [(u64, u64); 2],
}

/// ld.so writes run-time addresses into the dynamic section (glibc), or leaves
/// link-time ones (musl).
fn absolute(base: u64, value: u64) -> u64 {
    if value < base { base + value } else { value }
}

fn tables(base: u64) -> Tables {
    const PLT_SIZE: i64 = 2;
    const STRINGS: i64 = 5;
    const SYMBOLS: i64 = 6;
    const RELA: i64 = 7;
    const RELA_SIZE: i64 = 8;
    const PLT: i64 = 23;
    let mut tables = Tables::default();
    let mut entry = (&raw const _DYNAMIC).cast::<Dynamic>();
    loop {
        // SAFETY: the dynamic section ends with a null tag.
        let Dynamic { tag, value } = unsafe { entry.read() };
        match tag {
            0 => return tables,
            STRINGS => tables.strings = absolute(base, value),
            SYMBOLS => tables.symbols = absolute(base, value),
            RELA => tables.relocations[0].0 = absolute(base, value),
            RELA_SIZE => tables.relocations[0].1 = value,
            PLT => tables.relocations[1].0 = absolute(base, value),
            PLT_SIZE => tables.relocations[1].1 = value,
            _ => {}
        }
        // SAFETY: not yet at the end.
        entry = unsafe { entry.add(1) };
    }
}

/// Seals every imported function.
pub(super) fn seal() -> Result<(), StartError> {
    let base = (&raw const __ehdr_start).addr() as u64;
    let tables = tables(base);
    let relro = relro(base);
    protect(&relro, PROT_READ | PROT_WRITE)?;
    let mut used = 0;
    for (at, size) in tables.relocations {
        let count = size as usize / size_of::<Relocation>();
        for i in 0..count {
            // SAFETY: within the table that the dynamic section describes.
            let relocation = unsafe { (at as *const Relocation).add(i).read() };
            // SAFETY: the tables are our own.
            if let Some(name) = unsafe { imported_function(&tables, &relocation) } {
                if used == TRAPS {
                    return Err(StartError::new(
                        format!("the loader imports more than {TRAPS} functions"),
                        "this is a bug: report it",
                    ));
                }
                NAMES[used].store(name.as_ptr().cast_mut(), Ordering::Relaxed);
                let trap = (&raw const zpl_traps).addr() + used * 16;
                // SAFETY: the slot of a function that is never called again.
                unsafe { replace(base + relocation.offset, trap as u64) };
                used += 1;
            }
        }
    }
    protect(&relro, PROT_READ)
}

/// The name of the function that a relocation imports, unless it is exempt.
///
/// # Safety
/// The tables are those of a loaded object.
unsafe fn imported_function(tables: &Tables, relocation: &Relocation) -> Option<&'static CStr> {
    const R_X86_64_64: u64 = 1;
    const R_X86_64_GLOB_DAT: u64 = 6;
    const R_X86_64_JUMP_SLOT: u64 = 7;
    const STT_OBJECT: u8 = 1;
    const STT_TLS: u8 = 6;
    let kind = relocation.info & 0xffff_ffff;
    if !matches!(kind, R_X86_64_64 | R_X86_64_GLOB_DAT | R_X86_64_JUMP_SLOT) {
        return None;
    }
    // SAFETY: by the caller.
    let symbol = unsafe { &*(tables.symbols as *const Symbol).add((relocation.info >> 32) as usize) };
    if symbol.section != 0 || matches!(symbol.info & 15, STT_OBJECT | STT_TLS) {
        return None;
    }
    // SAFETY: by the caller.
    let name = unsafe { CStr::from_ptr((tables.strings as *const c_char).add(symbol.name as usize)) };
    const DATA: [&CStr; 2] = [c"environ", c"__environ"];
    (!EXEMPT.contains(&name) && !DATA.contains(&name)).then_some(name)
}

/// The range that the dynamic linker made read-only after relocation.
fn relro(base: u64) -> core::ops::Range<u64> {
    const PT_GNU_RELRO: u32 = 0x6474_e552;
    // SAFETY: our own ELF header and program headers.
    unsafe {
        let header = &*(base as *const libc::Elf64_Ehdr);
        let table = (base + header.e_phoff) as *const libc::Elf64_Phdr;
        let headers = core::slice::from_raw_parts(table, usize::from(header.e_phnum));
        let found = headers.iter().find(|h| h.p_type == PT_GNU_RELRO);
        found.map_or(0..0, |h| base + h.p_vaddr..base + h.p_vaddr + h.p_memsz)
    }
}

/// Changes the protection of the range that RELRO covers.
fn protect(range: &core::ops::Range<u64>, protection: usize) -> Result<(), StartError> {
    let start = range.start as usize & !(PAGE - 1);
    // What ld.so protects is rounded down to whole pages at both ends.
    let end = range.end as usize & !(PAGE - 1);
    // SAFETY: our own pages, of which nothing else runs meanwhile.
    match unsafe { syscall3(nr::MPROTECT, start, end - start, protection) } {
        0 => Ok(()),
        error => Err(StartError::new(
            format!("cannot seal the loader: mprotect of its GOT failed with error {}", -error),
            "report it: this is a bug in zpoline",
        )),
    }
}

/// Overwrites one slot; a weak import that nobody provides stays null.
///
/// # Safety
/// `slot` is a pointer-sized slot in the loader's own data, writable now.
unsafe fn replace(slot: u64, value: u64) {
    // SAFETY: by the caller.
    unsafe {
        let at = slot as *mut u64;
        if at.read() != 0 {
            at.write(value);
        }
    }
}
