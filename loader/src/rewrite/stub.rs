//! The code of a stub: what a site's jump leads to. Pure: bytes out.
//!
//! ```text
//! entry:     the instructions that led to the syscall        (form `before`)
//! dispatch:  known number:   nothing, or to the island
//!            unknown number: a look at the dispatch table, without flags
//! native:    syscall
//! returned:  mov rcx, [resume]      as the kernel leaves it
//!            the instructions that followed                  (form `after`)
//!            jmp [continue]
//! ```
//!
//! Invariants: nothing but rcx and r11 changes before the call; the stack is
//! not touched; `syscall` is at `native` and nowhere else.

/// Bytes of a stub's place.
pub const SIZE: usize = 128;

/// What a stub does.
#[derive(Debug, Clone, Copy)]
pub struct Plan<'a> {
    /// Index of the stub, given to the island in rcx.
    pub index: u32,
    /// Instructions to execute before the call.
    pub before: &'a [u8],
    /// Instructions to execute after it.
    pub after: &'a [u8],
    /// What happens to the call.
    pub route: Route,
    /// Address behind the site's `syscall`: the program's rcx afterwards.
    pub behind: u64,
    /// Where the stub goes in the end.
    pub resume: u64,
    /// The way into the island.
    pub island: u64,
    /// The dispatch table, 65536 bytes.
    pub routes: u64,
}

/// What happens to a call when its stub runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Route {
    /// The number is known, and goes to the kernel.
    Native,
    /// The number is known, and goes to the island.
    Island,
    /// The number is looked up.
    Lookup,
}

/// A finished stub and the places in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stub {
    /// The code, padded with invalid opcodes.
    pub code: [u8; SIZE],
    /// Offset of the `syscall`.
    pub native: u8,
}

/// Offset from `native` to the instruction behind the syscall.
pub const RETURNED: u64 = 2;

struct Writer {
    code: [u8; SIZE],
    used: usize,
}

impl Writer {
    fn put(&mut self, bytes: &[u8]) -> Option<()> {
        self.code.get_mut(self.used..self.used + bytes.len())?.copy_from_slice(bytes);
        self.used += bytes.len();
        Some(())
    }

    /// An instruction that ends in a 32-bit displacement from its end to `to`.
    fn relative(&mut self, at: u64, opcode: &[u8], to: u64) -> Option<()> {
        let end = at + (self.used + opcode.len() + 4) as u64;
        let displacement = i32::try_from(to.wrapping_sub(end).cast_signed()).ok()?;
        self.put(opcode)?;
        self.put(&displacement.to_le_bytes())
    }
}

/// Builds the stub that will lie at `at`; None if it does not fit.
pub fn build(at: u64, plan: &Plan<'_>) -> Option<Stub> {
    const INVALID: u8 = 0x06;
    let mut w = Writer { code: [INVALID; SIZE], used: 0 };
    let data = SIZE - 16;
    w.put(plan.before)?;
    let to_island = |w: &mut Writer| {
        w.put(&[0xb9])?; // mov ecx, index
        w.put(&plan.index.to_le_bytes())?;
        w.relative(at, &[0xe9], plan.island) // jmp island
    };
    match plan.route {
        Route::Native => {}
        Route::Island => to_island(&mut w)?,
        Route::Lookup => {
            w.put(&[0x89, 0xc1])?; // mov ecx, eax: the kernel looks at 32 bits
            w.put(&[0x0f, 0xc9])?; // bswap ecx
            w.put(&[0x0f, 0xb7, 0xc9])?; // movzx ecx, cx: the upper half
            w.put(&[0xe3, 10])?; // jrcxz over the next two
            to_island(&mut w)?;
            w.put(&[0x0f, 0xb7, 0xc8])?; // movzx ecx, ax
            w.relative(at, &[0x4c, 0x8d, 0x1d], plan.routes)?; // lea r11, [routes]
            w.put(&[0x41, 0x0f, 0xb6, 0x0c, 0x0b])?; // movzx ecx, byte [r11 + rcx]
            w.put(&[0xe3, 2])?; // jrcxz over the next
            w.put(&[0xeb, (-(2i8 + 2 + 5 + 7 + 3 + 10)).cast_unsigned()])?; // back, to the island
        }
    }
    let native = w.used as u8;
    w.put(&[0x0f, 0x05])?; // syscall
    w.relative(at, &[0x48, 0x8b, 0x0d], at + data as u64)?; // mov rcx, [behind]
    w.put(plan.after)?;
    if plan.resume == plan.behind && plan.after.is_empty() {
        w.put(&[0xff, 0xe1])?; // jmp rcx
    } else {
        w.relative(at, &[0xff, 0x25], at + data as u64 + 8)?; // jmp [resume]
    }
    if w.used > data {
        return None;
    }
    w.used = data;
    w.put(&plan.behind.to_le_bytes())?;
    w.put(&plan.resume.to_le_bytes())?;
    Some(Stub { code: w.code, native })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(route: Route) -> Plan<'static> {
        Plan {
            index: 7,
            before: &[0xb8, 0x27, 0, 0, 0],
            after: &[],
            route,
            behind: 0x7fff_0000_1007,
            resume: 0x7fff_0000_1007,
            island: 0x5555_0000_0000,
            routes: 0x5555_0010_0000,
        }
    }

    #[test]
    fn a_known_native_number_is_load_syscall_jump() {
        let stub = build(0x5555_0020_0000, &plan(Route::Native)).unwrap();
        assert_eq!(stub.native, 5);
        let code = [0xb8, 0x27, 0, 0, 0, 0x0f, 0x05, 0x48, 0x8b, 0x0d, 0x62, 0, 0, 0, 0xff, 0xe1];
        assert_eq!(stub.code[..16], code);
        assert_eq!(stub.code[112..120], 0x7fff_0000_1007u64.to_le_bytes());
    }

    #[test]
    fn a_routed_number_goes_to_the_island() {
        let stub = build(0x5555_0020_0000, &plan(Route::Island)).unwrap();
        assert_eq!(stub.code[5..11], [0xb9, 7, 0, 0, 0, 0xe9]);
        let back = i32::from_le_bytes(stub.code[11..15].try_into().unwrap());
        assert_eq!(0x5555_0020_0000 + 15 + i64::from(back), 0x5555_0000_0000);
        assert_eq!(stub.code[usize::from(stub.native)..][..2], [0x0f, 0x05]);
    }

    #[test]
    fn an_unknown_number_is_looked_up() {
        let mut plan = plan(Route::Lookup);
        plan.before = &[];
        let stub = build(0x5555_0020_0000, &plan).unwrap();
        // The jump back lands on `mov ecx, index`.
        let back = usize::from(stub.native);
        assert_eq!(stub.code[back - 2], 0xeb);
        let target = back as i64 + i64::from(stub.code[back - 1].cast_signed());
        assert_eq!(stub.code[target as usize], 0xb9);
        // The first jrcxz lands behind the way into the island.
        assert_eq!(stub.code[7..9], [0xe3, 10]);
        assert_eq!(stub.code[19..22], [0x0f, 0xb7, 0xc8]);
    }

    #[test]
    fn what_does_not_fit_or_reach_is_refused() {
        let mut far = plan(Route::Island);
        far.island = 0x1_0000_0000;
        assert!(build(0x5555_0020_0000, &far).is_none());
        let long = [0x90; 100];
        let mut big = plan(Route::Lookup);
        big.before = &long;
        assert!(build(0x5555_0020_0000, &big).is_none());
    }

    #[test]
    fn followers_move_into_the_stub() {
        let mut after = plan(Route::Native);
        after.before = &[];
        after.after = &[0x48, 0x3d, 0, 0xf0, 0xff, 0xff];
        after.resume = after.behind + 6;
        let stub = build(0x5555_0020_0000, &after).unwrap();
        assert_eq!(stub.native, 0);
        assert_eq!(stub.code[9..15], [0x48, 0x3d, 0, 0xf0, 0xff, 0xff]);
        assert_eq!(stub.code[15..17], [0xff, 0x25]);
        assert_eq!(stub.code[120..], (after.behind + 6).to_le_bytes());
    }
}
