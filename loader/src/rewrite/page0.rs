//! The trampoline at address 0: `call *%rax` lands at the syscall number.
//!
//! The sled is the period `e9 67 67 67 67`. Entered at any offset it is up to
//! four harmless address-size prefixes and one `jmp rel32` to 0x6767676c + 5k,
//! where a row of jumps leads to the fast path: two direct jumps for every
//! number.
//! Where that address range is taken, `eb 67 90` hops lead to the end of the
//! sled instead. Neither touches the stack.
//!
//! Page 0 is mapped execute-only: with protection keys (PKU) a read through a
//! null pointer still faults; without them it does not, and `zpoline doctor`
//! says so.
//!
//! # Safety
//! Maps at fixed addresses with MAP_FIXED_NOREPLACE: nothing is replaced.
#![allow(unsafe_code, reason = "maps and fills the trampoline")]

use super::known;
use crate::arch::entry::{self, labels, low};
use crate::arch::syscall::{PAGE, nr, syscall2, syscall3, syscall6};
use crate::dispatch::table;
use crate::island::ranges;
use core::ops::Range;

const PROT_READ: usize = 1;
const PROT_WRITE: usize = 2;
const PROT_EXEC: usize = 4;

/// `jmp rel32` whose displacement bytes are address-size prefixes.
const PERIOD: [u8; 5] = [0xe9, 0x67, 0x67, 0x67, 0x67];
/// Where the first period's jump goes.
const FIRST_LANDING: usize = 0x6767_6767 + PERIOD.len();
/// Pages with the fast path, then the landings.
const LANDING: Range<usize> = low::LANDING..low::ROUTES;
/// Behind them, the tables that the fast path reads.
const TABLES: Range<usize> = low::ROUTES..low::END;

/// Privileged: raises SIGSEGV.
const HLT: u8 = 0xf4;

/// A forward jump over 105 bytes, a multiple of the period of three; at its
/// other two offsets a prefixed nop and a nop.
const HOP: [u8; 3] = [0xeb, 0x67, 0x90];

/// Which trampoline was built.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sled {
    /// Two jumps for every number.
    TwoJumps,
    /// Hops to the end of the sled.
    Hops,
}

/// Why there is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MapError {
    /// Address that could not be mapped.
    pub at: usize,
    /// Linux error number.
    pub errno: i32,
}

/// `jmp *[rip]` and the address to go to.
fn absolute_jump(to: u64) -> [u8; 14] {
    let mut code = [0xff, 0x25, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    code[6..].copy_from_slice(&to.to_le_bytes());
    code
}

/// Fills page 0 with the two-jump sled.
pub fn fill_two_jumps(page: &mut [u8]) {
    for (i, byte) in page.iter_mut().enumerate() {
        *byte = PERIOD[i % PERIOD.len()];
    }
}

/// Fills the landing pages: the fast path, the address of the slow way in, and
/// a row of jumps to the former.
pub fn fill_landing(pages: &mut [u8], fast: &[u8], slow: u64) {
    // A number that is an address in here arrives as a SIGSEGV (`signals::fault`).
    pages.fill(HLT);
    pages[..fast.len()].copy_from_slice(fast);
    let slot = low::SLOW - low::LANDING;
    pages[slot..slot + 8].copy_from_slice(&slow.to_le_bytes());
    for k in 0..=PAGE / PERIOD.len() {
        let at = FIRST_LANDING + k * PERIOD.len();
        let jump = (low::LANDING as i64 - (at as i64 + 5)) as i32;
        let offset = at - low::LANDING;
        pages[offset] = 0xe9;
        pages[offset + 1..offset + 5].copy_from_slice(&jump.to_le_bytes());
    }
}

/// Fills pages 0 and 1 with hops and the jump that ends them.
pub fn fill_hops(pages: &mut [u8], entry: u64) {
    // From any number in page 0 the last hop ends among the nops.
    let hops = PAGE.next_multiple_of(HOP.len());
    let end = hops + 2 + usize::from(HOP[1]);
    pages.fill(HLT);
    for (i, byte) in pages[..hops].iter_mut().enumerate() {
        *byte = HOP[i % HOP.len()];
    }
    pages[hops..end].fill(0x90);
    pages[end..end + 14].copy_from_slice(&absolute_jump(entry));
}

/// Maps writable pages at exactly `range`.
fn map_at(range: &Range<usize>) -> Result<(), MapError> {
    const MAP_PRIVATE_ANONYMOUS: usize = 0x22;
    const MAP_FIXED_NOREPLACE: usize = 0x10_0000;
    const EEXIST: i32 = 17;
    // SAFETY: NOREPLACE: an existing mapping makes the call fail.
    let at = unsafe {
        syscall6(
            nr::MMAP,
            range.start,
            range.len(),
            PROT_READ | PROT_WRITE,
            MAP_PRIVATE_ANONYMOUS | MAP_FIXED_NOREPLACE,
            usize::MAX,
            0,
        )
    };
    if (-4095..0).contains(&at) {
        return Err(MapError { at: range.start, errno: -at as i32 });
    }
    if at as usize != range.start {
        // A kernel before 4.17 takes the address as a hint.
        unmap(&(at as usize..at as usize + range.len()));
        return Err(MapError { at: range.start, errno: EEXIST });
    }
    ranges::add(range.start as u64, range.len());
    Ok(())
}

/// Maps `code` at `at`, with the given protection in the end.
fn place(at: usize, code: &[u8], protection: usize) -> Result<(), MapError> {
    let range = at..at + code.len();
    map_at(&range)?;
    // SAFETY: the range was just mapped. A copy by hand, since to Rust no
    // memory lies at a null pointer.
    unsafe {
        core::arch::asm!(
            "rep movsb",
            inout("rcx") code.len() => _,
            inout("rsi") code.as_ptr() => _,
            inout("rdi") at => _,
            options(nostack, preserves_flags)
        );
    }
    protect(&range, protection).inspect_err(|_| unmap(&range))
}

fn protect(range: &Range<usize>, protection: usize) -> Result<(), MapError> {
    // SAFETY: the range is ours.
    match unsafe { syscall3(nr::MPROTECT, range.start, range.len(), protection) } {
        0 => Ok(()),
        error => Err(MapError { at: range.start, errno: -error as i32 }),
    }
}

fn unmap(range: &Range<usize>) {
    ranges::remove(range.start as u64);
    // SAFETY: the range is ours and unused.
    unsafe { syscall2(nr::MUNMAP, range.start, range.len()) };
}

/// Builds the trampoline: every number in page 0 leads to the entry path. Copies
/// the dispatch table and moves the cache of known sites, so it comes after the
/// one is filled and before the other is.
///
/// PROT_EXEC alone is execute-only where the processor has protection keys, and
/// readable where not.
pub fn build() -> Result<Sled, MapError> {
    let slow = labels().entry;
    let mut landing = [0; LANDING.end - LANDING.start];
    fill_landing(&mut landing, entry::fast_path(), slow);
    let tables = map_at(&TABLES);
    if tables.is_ok() && place(LANDING.start, &landing, PROT_READ | PROT_EXEC).is_ok() {
        let mut page = [0; PAGE];
        fill_two_jumps(&mut page);
        if let Err(error) = place(0, &page, PROT_EXEC) {
            unmap(&(LANDING.start..TABLES.end));
            return Err(error);
        }
        // SAFETY: freshly mapped, writable, and never unmapped from here on.
        unsafe { table::keep_copy(low::ROUTES as *mut _) };
        // SAFETY: freshly mapped, zero, and never unmapped from here on.
        unsafe { known::move_to(low::KNOWN as *mut _) };
        return Ok(Sled::TwoJumps);
    }
    if tables.is_ok() {
        unmap(&TABLES);
    }
    let mut pages = [0; 2 * PAGE];
    fill_hops(&mut pages, slow);
    place(0, &pages, PROT_EXEC).map(|()| Sled::Hops)
}

const _: () = assert!(table::COPIED == PAGE);

#[cfg(test)]
mod tests {
    use super::*;

    /// Follows the hops from `at` to the first byte of the jump that ends them.
    fn follow(pages: &[u8], mut at: usize) -> usize {
        loop {
            match pages[at] {
                0xeb => at += 2 + usize::from(pages[at + 1]),
                0x67 | 0x90 => at += 1,
                _ => return at,
            }
        }
    }

    #[test]
    fn every_number_hops_to_the_jump_at_the_end() {
        let mut pages = [0; 2 * PAGE];
        fill_hops(&mut pages, 0x1122_3344_5566_7788);
        let end = follow(&pages, 0);
        assert_eq!(pages[end..end + 6], [0xff, 0x25, 0, 0, 0, 0]);
        assert_eq!(pages[end + 6..end + 14], 0x1122_3344_5566_7788u64.to_le_bytes());
        for number in 0..PAGE {
            assert_eq!(follow(&pages, number), end, "number {number}");
        }
    }

    #[test]
    fn every_number_takes_two_jumps_to_the_fast_path() {
        let (mut page, mut landing) = ([0; PAGE], [0; LANDING.end - LANDING.start]);
        fill_two_jumps(&mut page);
        fill_landing(&mut landing, &[0x90; 60], 0x1122);
        let jump = |code: &[u8], at: usize, base: usize| {
            let displacement = i32::from_le_bytes(code[at + 1..at + 5].try_into().unwrap());
            (base + at + 5).checked_add_signed(displacement as isize).unwrap()
        };
        for number in 0..PAGE - PERIOD.len() {
            let first = number + page[number..].iter().position(|byte| *byte == 0xe9).unwrap();
            let slot = jump(&page, first, 0);
            assert!(LANDING.contains(&slot), "number {number}");
            assert_eq!(jump(&landing, slot - LANDING.start, LANDING.start), low::LANDING);
        }
    }
}
