//! Unwind tables that are missing, short or wrong: fewer proofs, never a wrong one.

mod support;

use support::{Fde, HEADER, Tables};
use zpoline_planner::frames::{Function, Lookup};
use zpoline_planner::{Object, Proof, Reason, Segment, find_sites};

/// Two functions with calls that have not the look of one: only the functions' bounds prove them.
#[rustfmt::skip]
const CODE: [u8; 2 * LENGTH as usize] = [
    // mov %edi,%eax; syscall; mov %rdx,%rbx; mov %rbx,%rcx; nop; ret
    0x89, 0xf8, 0x0f, 0x05, 0x48, 0x89, 0xd3, 0x48, 0x89, 0xd9, 0x90, 0xc3,
    0x89, 0xf0, 0x0f, 0x05, 0x48, 0x89, 0xd3, 0x48, 0x89, 0xd9, 0x90, 0xc3,
];
const LENGTH: u64 = 12;
const BASE: u64 = 0x1000;

fn tables() -> Tables {
    let fde = |start, end| Fde { start, end, signal: false };
    Tables::new(&[fde(BASE, BASE + LENGTH), fde(BASE + LENGTH, BASE + 2 * LENGTH)])
}

/// How many of the two sites the tables prove. Nothing else may be found.
fn proven(tables: &Tables) -> usize {
    let object =
        Object { text: vec![Segment { vaddr: BASE, bytes: &CODE }], frames: tables.frames(), ..Object::default() };
    let found = find_sites(&object);
    for site in &found.sites {
        assert!([BASE + 2, BASE + LENGTH + 2].contains(&site.address));
    }
    let proven = found.sites.iter().filter(|s| s.proof == Proof::Fde);
    proven.count()
}

#[test]
fn intact_tables_prove_both() {
    assert_eq!(proven(&tables()), 2);
}

#[test]
fn bounds_are_those_of_the_fde() {
    let tables = tables();
    let frames = tables.frames().unwrap();
    let second = Function { start: BASE + LENGTH, end: BASE + 2 * LENGTH, signal: false, landing_pads: false };
    assert_eq!(frames.lookup(BASE + LENGTH), Lookup::Inside(second));
    assert_eq!(frames.lookup(BASE + 2 * LENGTH - 1), Lookup::Inside(second));
    assert_eq!(frames.lookup(BASE + 2 * LENGTH), Lookup::Between(Some(second), None));
    assert_eq!(frames.lookup(BASE - 1), Lookup::Between(None, Some(BASE)));
    assert!(frames.is_start(BASE) && !frames.is_start(BASE + 1));
    assert_eq!(frames.extent(), (BASE, BASE + 2 * LENGTH));
}

#[test]
fn without_tables_nothing_is_guessed() {
    let object = Object { text: vec![Segment { vaddr: BASE, bytes: &CODE }], ..Object::default() };
    let found = find_sites(&object);
    assert!(found.sites.is_empty());
    assert_eq!(found.unproven.len(), 2);
    assert!(found.unproven.iter().all(|u| u.reason == Reason::NoEvidence));
}

#[test]
fn any_truncation_is_survived() {
    let intact = tables();
    for length in 0..intact.header.len() {
        let mut short = intact.clone();
        short.header.truncate(length);
        // The section that follows is found by its address only.
        short.header.resize(intact.header.len(), 0);
        assert!(proven(&short) <= 2);
    }
    for length in 0..intact.eh_frame.len() {
        let mut short = intact.clone();
        short.eh_frame.truncate(length);
        assert!(proven(&short) <= 2);
    }
}

#[test]
fn any_wrong_byte_is_survived() {
    let intact = tables();
    for at in 0..intact.header.len() + intact.eh_frame.len() {
        for change in [0x01, 0x80, 0xff] {
            let mut wrong = intact.clone();
            let header = wrong.header.len();
            match wrong.header.get_mut(at) {
                Some(byte) => *byte ^= change,
                None => wrong.eh_frame[at - header] ^= change,
            }
            proven(&wrong);
        }
    }
}

#[test]
fn a_table_that_contradicts_the_fde_is_not_believed() {
    let mut tables = tables();
    // The first entry's function start, moved by one.
    let entry = 12;
    tables.header[entry] += 1;
    assert_eq!(proven(&tables), 1);
    let frames = tables.frames().unwrap();
    assert!(matches!(frames.lookup(BASE + 2), Lookup::Between(None, _)));
}

#[test]
fn an_fde_cannot_reach_out_of_the_segment() {
    let fde = Fde { start: BASE - 0x100, end: HEADER, signal: false };
    let tables = Tables::new(&[fde]);
    // Decoded from the start of the segment, which is as far as it goes.
    assert_eq!(proven(&tables), 1);
}
