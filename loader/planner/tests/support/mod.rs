//! Builds the tables that the planner reads, for code given as bytes.
#![allow(dead_code, reason = "no test uses all of it")]

use zpoline_planner::Segment;
use zpoline_planner::frames::Frames;

/// One function of the unwind tables.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fde {
    pub(crate) start: u64,
    pub(crate) end: u64,
    pub(crate) signal: bool,
}

/// The address of `.eh_frame_hdr` in the tests' objects; `.eh_frame` follows it.
pub(crate) const HEADER: u64 = 0x40_0000;

/// The bytes of `.eh_frame_hdr` and `.eh_frame`, as gcc and ld write them.
#[derive(Clone, Debug)]
pub(crate) struct Tables {
    pub(crate) header: Vec<u8>,
    pub(crate) eh_frame: Vec<u8>,
}

impl Tables {
    pub(crate) fn new(fdes: &[Fde]) -> Self {
        let eh_frame_address = HEADER + 12 + 8 * fdes.len() as u64;
        let mut eh_frame = Vec::new();
        // One CIE for ordinary functions, one for signal trampolines.
        let cies = [b"zR\0".as_slice(), b"zRS\0"].map(|augmentation| {
            let at = eh_frame.len();
            let mut body = vec![0, 0, 0, 0, 1];
            body.extend_from_slice(augmentation);
            body.extend_from_slice(&[1, 0x78, 16, 1, 0x1b]);
            record(&mut eh_frame, &body);
            at
        });
        let mut entries = Vec::new();
        for fde in fdes {
            let at = eh_frame.len();
            let id = at + 4;
            let cie = cies[usize::from(fde.signal)];
            let mut body = u32::try_from(id - cie).unwrap().to_le_bytes().to_vec();
            let pointer = eh_frame_address + id as u64 + 4;
            body.extend_from_slice(&relative(fde.start, pointer));
            body.extend_from_slice(&relative(fde.end, fde.start));
            body.push(0);
            record(&mut eh_frame, &body);
            entries.push((fde.start, eh_frame_address + at as u64));
        }
        eh_frame.extend_from_slice(&[0; 4]);
        entries.sort_unstable();
        let mut header = vec![1, 0x1b, 0x03, 0x3b];
        header.extend_from_slice(&relative(eh_frame_address, HEADER + 4));
        header.extend_from_slice(&u32::try_from(fdes.len()).unwrap().to_le_bytes());
        for (start, fde) in entries {
            header.extend_from_slice(&relative(start, HEADER));
            header.extend_from_slice(&relative(fde, HEADER));
        }
        Self { header, eh_frame }
    }

    pub(crate) fn frames(&self) -> Option<Frames<'_>> {
        let header = Segment { vaddr: HEADER, bytes: &self.header };
        let expected = HEADER + self.header.len() as u64;
        Frames::parse(header, |vaddr| (vaddr == expected).then_some(Segment { vaddr, bytes: &self.eh_frame }))
    }
}

fn relative(to: u64, from: u64) -> [u8; 4] {
    i32::try_from(to.cast_signed() - from.cast_signed()).unwrap().to_le_bytes()
}

fn record(section: &mut Vec<u8>, body: &[u8]) {
    let padding = (8 - (body.len() + 4) % 8) % 8;
    let length = u32::try_from(body.len() + padding).unwrap();
    section.extend_from_slice(&length.to_le_bytes());
    section.extend_from_slice(body);
    section.resize(section.len() + padding, 0);
}

/// An `Elf64_Sym` of a function.
pub(crate) fn symbol(value: u64, size: u64) -> Vec<u8> {
    let mut record = vec![0, 0, 0, 0, 0x12, 0, 1, 0];
    record.extend_from_slice(&value.to_le_bytes());
    record.extend_from_slice(&size.to_le_bytes());
    record
}
