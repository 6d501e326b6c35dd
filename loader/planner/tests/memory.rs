//! Objects as they are mapped in this process: the same sites as in their files.

use std::fs::File;
use std::os::unix::fs::FileExt;
use zpoline_planner::{Kind, Phdr, Proof, find_sites, object_from_file, object_from_image, object_from_memory};

/// One line of /proc/self/maps.
struct Mapping {
    start: u64,
    end: u64,
    offset: u64,
    name: String,
}

fn mappings() -> Vec<Mapping> {
    let maps = std::fs::read_to_string("/proc/self/maps").unwrap();
    let parse = |line: &str| {
        let words: Vec<_> = line.split_whitespace().collect();
        let (start, end) = words[0].split_once('-')?;
        let hex = |text| u64::from_str_radix(text, 16).ok();
        let name = words.get(5).copied().unwrap_or_default().to_owned();
        let readable = words[1].starts_with('r');
        readable.then_some(Mapping { start: hex(start)?, end: hex(end)?, offset: hex(words[2])?, name })
    };
    maps.lines().filter_map(parse).collect()
}

fn read(start: u64, end: u64) -> Vec<u8> {
    let mut bytes = vec![0; usize::try_from(end - start).unwrap()];
    File::open("/proc/self/mem").unwrap().read_exact_at(&mut bytes, start).unwrap();
    bytes
}

#[test]
fn a_mapped_object_has_the_sites_of_its_file() {
    let libc: Vec<_> =
        mappings().into_iter().filter(|m| m.name.contains("libc.so") || m.name.contains("libc-2")).collect();
    let Some(first) = libc.first() else {
        println!("this test is linked statically: no libc is mapped");
        return;
    };
    assert_eq!(first.offset, 0);
    let file = std::fs::read(&first.name).unwrap();
    let bias = first.start;
    let memory: Vec<_> = libc.iter().map(|m| (m.start, read(m.start, m.end))).collect();
    let object = object_from_memory(&Phdr::parse_all(&file).unwrap(), bias, |address, length| {
        let (start, bytes) =
            memory.iter().find(|(start, bytes)| *start <= address && address - start < bytes.len() as u64)?;
        let offset = usize::try_from(address - start).ok()?;
        bytes.get(offset..offset + length)
    });
    let mapped = find_sites(&object);
    let filed = find_sites(&object_from_file(&file).unwrap());
    assert!(object.frames.is_some());
    assert!(object.symbols.functions().len() > 1000);
    assert!(mapped.sites.len() > 100);
    let addresses = |sites: &zpoline_planner::Sites, bias: u64| -> Vec<_> {
        sites.sites.iter().map(|site| site.address - bias).collect()
    };
    assert_eq!(addresses(&mapped, bias), addresses(&filed, 0));
}

#[test]
fn the_vdso_has_sites() {
    let mappings = mappings();
    let Some(vdso) = mappings.iter().find(|m| m.name == "[vdso]") else {
        println!("no vDSO");
        return;
    };
    let image = read(vdso.start, vdso.end);
    let found = find_sites(&object_from_image(&image, vdso.start).unwrap());
    // Its functions fall back to system calls for clocks that they cannot read.
    assert!(!found.sites.is_empty());
    for site in &found.sites {
        assert!(vdso.start <= site.address && site.address < vdso.end);
        assert_eq!((site.kind, site.proof), (Kind::Syscall, Proof::Fde));
    }
    assert_eq!(found.unproven, []);
}

/// The symbol table of a file counts from where the object is mapped, and only if it is that object's file.
#[test]
fn a_files_symbols_are_those_of_its_own_object() {
    let file = std::fs::read("/proc/self/exe").unwrap();
    let phdrs = Phdr::parse_all(&file).unwrap();
    let at = |bias| zpoline_planner::symbols_of(&file, &phdrs, bias).unwrap().functions();
    let (here, there) = (at(0), at(0x1000));
    assert!(here.len() > 100);
    assert_eq!(here[0].0 + 0x1000, there[0].0);
    assert!(zpoline_planner::symbols_of(&file, &phdrs[1..], 0).is_none());
}
