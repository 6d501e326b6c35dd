//! The functions of the vDSO as real system calls.
//!
//! Calls into the vDSO (vdso(7)) answer from memory and make no syscall, so that a hook
//! does not see them. Where a hook wants to, each entry point gets a few bytes that
//! make the call instead: a site like any other. Pure: bytes in, bytes out.

use crate::elf::Phdr;
use crate::reader::Reader;

/// A function of the vDSO and the system call that does the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Function {
    /// Its symbol.
    pub symbol: &'static [u8],
    /// Number of the system call with the same arguments and results.
    pub number: u32,
}

/// All of them, as of Linux 6.18.
pub const FUNCTIONS: [Function; 6] = [
    Function { symbol: b"__vdso_gettimeofday", number: 96 },
    Function { symbol: b"__vdso_time", number: 201 },
    Function { symbol: b"__vdso_clock_gettime", number: 228 },
    Function { symbol: b"__vdso_clock_getres", number: 229 },
    Function { symbol: b"__vdso_getcpu", number: 309 },
    Function { symbol: b"__vdso_getrandom", number: GETRANDOM },
];

const GETRANDOM: u32 = 318;

/// The new body of a function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Body {
    /// The code.
    pub code: [u8; Self::MOST],
    /// How many bytes of it count.
    pub length: usize,
    /// Offset of `mov $nr,%eax; syscall; ret`: the first two are 7 bytes, which a jump can take.
    pub site: usize,
}

impl Body {
    /// No body is longer.
    pub const MOST: usize = 22;
}

/// `mov $nr,%eax; syscall; ret`.
fn call(number: u32) -> [u8; 8] {
    let [a, b, c, d] = number.to_le_bytes();
    [0xb8, a, b, c, d, 0x0f, 0x05, 0xc3]
}

/// The body that makes the call.
pub fn body(function: &Function) -> Body {
    // __vdso_getrandom has two more arguments; a fifth of ~0 asks for the size of its
    // state. Answered by -ENOSYS, the C library makes calls.
    const ASKS: [u8; 6] = [0x49, 0x83, 0xf8, 0xff, 0x74, 8]; // cmp $-1,%r8; je over the call
    const ENOSYS: [u8; 8] = [0x48, 0xc7, 0xc0, 0xda, 0xff, 0xff, 0xff, 0xc3]; // mov $-38,%rax; ret
    let mut code = [0xcc; Body::MOST];
    let call = call(function.number);
    let parts: [&[u8]; 3] = if function.number == GETRANDOM { [&ASKS, &call, &ENOSYS] } else { [&[], &call, &[]] };
    let mut length = 0;
    for (place, byte) in code.iter_mut().zip(parts.iter().flat_map(|part| part.iter())) {
        *place = *byte;
        length += 1;
    }
    Body { code, length, site: parts[0].len() }
}

const PT_LOAD: u32 = 1;
const PT_DYNAMIC: u32 = 2;
const DT_STRTAB: u64 = 5;
const DT_SYMTAB: u64 = 6;
const SYMBOL: usize = 24;
const STT_FUNC: u8 = 2;

/// The offset of a function in the image, if the image has it and `length` bytes there belong to no other function.
pub fn find(image: &[u8], symbol: &[u8], length: usize) -> Option<usize> {
    let headers = Phdr::parse_all(image)?;
    let base = headers.iter().find(|h| h.kind == PT_LOAD)?.vaddr;
    let offset = |address: u64| usize::try_from(address.checked_sub(base)?).ok().filter(|o| *o < image.len());
    let dynamic = headers.iter().find(|h| h.kind == PT_DYNAMIC)?;
    let mut reader = Reader::at(image, usize::try_from(dynamic.offset).ok()?);
    let (mut table, mut strings) = (None, None);
    while let (Some(tag @ 1..), Some(value)) = (reader.u64(), reader.u64()) {
        match tag {
            DT_SYMTAB => table = offset(value),
            DT_STRTAB => strings = offset(value),
            _ => {}
        }
    }
    let (table, strings) = (table?, strings?);
    // The string table follows the symbols, in every vDSO so far.
    let records = image.get(table..strings.max(table))?.chunks_exact(SYMBOL);
    let functions = || {
        records.clone().filter_map(|record| {
            let mut reader = Reader::at(record, 0);
            let (name, kind) = (reader.u32()?, reader.u8()?);
            let value = Reader::at(record, 8).u64()?;
            (kind & 0xf == STT_FUNC).then_some((usize::try_from(name).ok()?, offset(value)?))
        })
    };
    let is_named = |name: usize| {
        let text = strings.checked_add(name).and_then(|at| image.get(at..)).unwrap_or_default();
        text.strip_prefix(symbol).is_some_and(|rest| rest.first() == Some(&0))
    };
    let (_, start) = functions().find(|(name, _)| is_named(*name))?;
    let end = start.checked_add(length)?;
    let free = end <= image.len() && !functions().any(|(_, other)| start < other && other < end);
    free.then_some(start)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_is_the_call() {
        let body = body(&FUNCTIONS[2]);
        assert_eq!((body.length, body.site), (8, 0));
        assert_eq!(body.code[..8], [0xb8, 228, 0, 0, 0, 0x0f, 0x05, 0xc3]);
    }

    #[test]
    fn getrandom_knows_the_question_for_its_state() {
        let body = body(&FUNCTIONS[5]);
        assert_eq!((body.length, body.site), (22, 6));
        // The branch lands behind the call's `ret`.
        assert_eq!(6 + usize::from(body.code[5]), body.site + 8);
        assert_eq!(body.code[14..17], [0x48, 0xc7, 0xc0]);
    }

    #[test]
    fn nothing_is_found_in_nonsense() {
        assert_eq!(find(&[], b"x", 8), None);
        assert_eq!(find(&[0x7f; 4096], b"x", 8), None);
    }
}
