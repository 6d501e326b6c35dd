//! Arbitrary bytes as code, tables and files: no panic, and plans that fit what is there.
//!
//!     ZPOLINE_FUZZ_CASES=1000000 cargo test --release -p zpoline-planner --test fuzz -- --nocapture

#[path = "../../../tests/src/random.rs"]
#[allow(dead_code, unreachable_pub, reason = "shared")]
mod random;
mod support;

use random::{Random, begin};
use support::{Fde, Tables};
use zpoline_planner::symbols::Symbols;
use zpoline_planner::{Kind, Object, Planner, Segment, find_sites, object_from_file, object_from_image, plan};

/// Code and damage.
impl Random {
    /// Bytes in which calls, jumps and what surrounds them are frequent.
    fn code(&mut self, length: usize) -> Vec<u8> {
        const PIECES: [&[u8]; 20] = [
            b"\x0f\x05",
            b"\x0f\x34",
            b"\xb8\x27\0\0\0",
            b"\x31\xc0",
            b"\xc3",
            b"\xeb",
            b"\x74",
            b"\x0f\x84",
            b"\xff\xe0",
            b"\xf0",
            b"\x48",
            b"\x55\x48\x89\xe5",
            b"\x5d",
            b"\x48\x8b\x44\x24\xf8",
            b"\x48\x83\xec\x18",
            b"\xf3\x0f\x1e\xfa",
            b"\xc9",
            b"\x48\x3d\x01\xf0\xff\xff",
            b"\x48\x8d\x05",
            b"\x48\x83\xe4\xe0",
        ];
        let mut code = Vec::new();
        while code.len() < length {
            match self.below(3) {
                0 => code.push(self.bits().to_le_bytes()[5] & 0x1f),
                1 => code.push(self.bits().to_le_bytes()[5]),
                _ => code.extend_from_slice(PIECES[self.below(PIECES.len())]),
            }
        }
        code.truncate(length);
        code
    }

    fn overwrite(&mut self, bytes: &mut [u8], times: usize) {
        for _ in 0..times {
            let at = self.below(bytes.len());
            if let Some(byte) = bytes.get_mut(at) {
                *byte = self.bits().to_le_bytes()[2];
            }
        }
    }
}

/// Says which case it was, if it fails.
struct Case(u64);

impl Drop for Case {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("case {}", self.0);
        }
    }
}

/// Asks everything there is to ask, and checks what holds for any input.
fn ask(object: &Object<'_>) -> usize {
    let found = find_sites(object);
    let mut planner = Planner::new(object);
    for site in &found.sites {
        let segment = object.segment(site.address).unwrap();
        let pair = segment.range(site.address, site.address + 2).unwrap();
        assert!(matches!(pair, [0x0f, 0x05 | 0x34]));
        let patch = plan::zpoline(object, site);
        assert_eq!(patch.is_some(), site.kind == Kind::Syscall);
        if let Some(patch) = patch {
            assert_eq!(patch.old.len(), patch.new.len());
            assert!(patch.new.ends_with(&[0xff, 0xd0]));
        }
        planner.red_zone(site);
        for jump in [planner.before(site), planner.after(site)].into_iter().flatten() {
            let slot = if site.address % 2 == 0 { 0x60000 } else { 0x50f_0000 };
            let patch = jump.patch(slot).unwrap();
            let kept = patch.new.ends_with(&[0x0f, 0x05]) && patch.old.ends_with(&[0x0f, 0x05]);
            assert!(kept || !jump.traps_inside || slot == 0x60000);
            let end = patch.address + patch.old.len() as u64;
            assert_eq!(segment.range(patch.address, end), Some(&*patch.old));
            assert_eq!(patch.old.len(), jump.before.len() + 2 + jump.after.len());
            assert!(patch.address <= site.address && site.address + 2 <= end, "{site:x?} {patch:x?} {jump:x?}");
            assert!(jump.patch(0x5fff8).is_none());
        }
    }
    found.sites.len()
}

#[test]
fn arbitrary_code() {
    let (cases, mut random) = begin("arbitrary code", 4000);
    let mut sites = 0;
    for round in 0..cases {
        let _case = Case(round);
        let length = random.below(400);
        let code = random.code(length);
        let base = if round % 8 == 0 { u64::MAX - 600 } else { 0x1000 };
        let mut fdes = Vec::new();
        let mut symbols = random.bytes(48);
        if base == 0x1000 {
            let mut at = base;
            while at < base + length as u64 {
                let end = at + 1 + random.below(150) as u64;
                let signal = random.below(10) == 0;
                fdes.push(Fde { start: at, end, signal });
                at = end + random.below(30) as u64;
                symbols.extend(support::symbol(at, random.below(40) as u64));
            }
        }
        let mut tables = Tables::new(&fdes);
        if round % 3 == 0 {
            random.overwrite(&mut tables.header, 2);
            random.overwrite(&mut tables.eh_frame, 4);
        }
        sites += ask(&Object {
            text: vec![Segment { vaddr: base, bytes: &code }],
            frames: tables.frames().filter(|_| round % 5 != 0),
            symbols: Symbols::new(&symbols, 0),
        });
    }
    assert!(sites as u64 > cases / 4, "the inputs are too dull: {sites} sites");
}

#[test]
fn arbitrary_files() {
    let (cases, mut random) = begin("arbitrary files", 2000);
    for _ in 0..cases {
        let length = random.below(4096);
        let mut file = random.bytes(length);
        assert!(object_from_file(&file).is_none());
        // As far as the checks of the ELF header, then on.
        let header = *b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x03\0\x3e\0";
        if let Some(start) = file.get_mut(..header.len()) {
            start.copy_from_slice(&header);
        }
        for object in [object_from_file(&file), object_from_image(&file, u64::MAX - 2048)] {
            object.as_ref().map(ask);
        }
    }
}

#[test]
fn damaged_files() {
    let Ok(file) = std::fs::read("/lib64/ld-linux-x86-64.so.2") else {
        println!("no /lib64/ld-linux-x86-64.so.2: nothing to damage");
        return;
    };
    let (cases, mut random) = begin("damaged files", 240);
    // Each is a whole dynamic linker: a tenth of them.
    for round in 0..cases / 10 {
        let _case = Case(round);
        let mut file = file.clone();
        let header = random.below(1024);
        random.overwrite(&mut file[64..64 + header], 3);
        let length = file.len();
        if round % 2 == 0 {
            random.overwrite(&mut file, 2000);
        } else {
            file.truncate(random.below(length));
        }
        object_from_file(&file).as_ref().map(ask);
        object_from_image(&file, 0x7fff_0000_0000).as_ref().map(ask);
    }
}

#[test]
fn work_is_bounded() {
    // Nothing but pairs: as many candidates as bytes allow, none provable. And functions that all claim to
    // reach to the end.
    let code: Vec<u8> = b"\x0f\x05\xc3\x0f".repeat(1 << 16);
    let end = 0x1000 + code.len() as u64;
    let fdes: Vec<_> = (0..1000).map(|n| Fde { start: 0x1000 + 4 * n, end, signal: false }).collect();
    for fdes in [&[][..], &fdes] {
        let tables = Tables::new(fdes);
        let object = Object {
            text: vec![Segment { vaddr: 0x1000, bytes: &code }],
            frames: tables.frames().filter(|frames| !frames.is_empty()),
            ..Object::default()
        };
        let start = std::time::Instant::now();
        find_sites(&object);
        let time = start.elapsed();
        assert!(time.as_secs() < 20, "{time:?}");
    }
}

/// What the fuzz test found.
mod found {
    use super::*;

    #[test]
    fn a_site_that_is_also_reached_behind_a_prefix_is_not_cut_in_two() {
        // At 0x3a a decoder meets `48 0f 05`; a jump goes to the `0f 05` in it.
        let code =
            b"\x0d\x02\xaf\x0f\x84\x22\x00\xf1\x06\xb8\x27\x00\x00\x00\xb8\x27\x00\x00\x00\x13\x0d\x55\x48\x89\xe5\
            \xf3\x0f\x1e\xfa\xf0\x06\x48\x83\xe4\xe0\xeb\x0c\x02\x48\x8b\x44\x24\xf8\x48\x48\x8d\x05\x11\x48\x83\
            \xec\x18\x0f\x05\x05\x08\xff\x0a\x48\x0f\x05\x55\x48\x89\xe5\xdd\x8e\x48\x83\xe4\xe0\x4a\x0f\x34\x11\
            \xbd\x55\x48\x89\xe5\x1e\xdf\x24\x39\x31\xc0\x19\xa3\x48\x05\x11\x01\x18\x10\x1a\x5d\x0b\xa0\x48\x8b";
        let fdes = [(0x1000, 0x100e), (0x1021, 0x107c)].map(|(start, end)| Fde { start, end, signal: false });
        let tables = Tables::new(&fdes);
        let object =
            Object { text: vec![Segment { vaddr: 0x1000, bytes: code }], frames: tables.frames(), ..Object::default() };
        ask(&object);
    }

    #[test]
    fn segments_that_overlap_are_one() {
        let mut file = vec![0; 0x3000];
        file[..20].copy_from_slice(b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x03\0\x3e\0");
        file[32..40].copy_from_slice(&64u64.to_le_bytes());
        file[54..58].copy_from_slice(&[56, 0, 2, 0]);
        for (index, (offset, vaddr)) in [(0x1000u64, 0x1000u64), (0x2000, 0x1800)].into_iter().enumerate() {
            let header = &mut file[64 + 56 * index..][..56];
            header[..8].copy_from_slice(&[1, 0, 0, 0, 5, 0, 0, 0]);
            for (at, value) in [(8, offset), (16, vaddr), (32, 0x1000), (40, 0x1000)] {
                header[at..at + 8].copy_from_slice(&value.to_le_bytes());
            }
        }
        file[0x2400..0x2408].copy_from_slice(b"\xb8\x27\0\0\0\x0f\x05\xc3");
        let object = object_from_file(&file).unwrap();
        assert_eq!(object.text.len(), 1);
        ask(&object);
    }
}
