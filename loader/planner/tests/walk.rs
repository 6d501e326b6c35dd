//! The walk and the decoder agree, over whole libraries of this machine.
//!
//! Each site that the walk proves is one that the decoder proves; each jump that is planned by walking is the one
//! that is planned by decoding.
#![allow(missing_docs, reason = "a test")]

use zpoline_planner::{Planner, Site, find_private_loads, find_sites, find_sites_by_decoding, object_from_file};

const OBJECTS: [&str; 8] = [
    "/lib/x86_64-linux-gnu/libc.so.6",
    "/lib64/ld-linux-x86-64.so.2",
    "/lib/x86_64-linux-gnu/libcrypto.so.3",
    "/usr/lib/x86_64-linux-gnu/libcrypto.so.3",
    "/lib/x86_64-linux-gnu/libpthread.so.0",
    "/lib/x86_64-linux-gnu/libselinux.so.1",
    "/lib/x86_64-linux-gnu/libsystemd.so.0",
    "/usr/bin/git",
];

#[test]
fn walking_and_decoding_agree() {
    let mut walked = 0;
    for path in OBJECTS {
        let Ok(file) = std::fs::read(path) else { continue };
        let object = object_from_file(&file).expect(path);
        let (fast, slow) = (find_sites(&object), find_sites_by_decoding(&object));
        let plain =
            |sites: &[Site]| -> Vec<Site> { sites.iter().map(|site| Site { private_load: false, ..*site }).collect() };
        assert_eq!(plain(&fast.sites), plain(&slow.sites), "{path}");
        let loads: Vec<Site> = fast.sites.iter().filter(|site| site.private_load).copied().collect();
        assert_eq!(find_private_loads(&object), loads, "{path}");
        assert_eq!(fast.unproven, slow.unproven, "{path}");
        let (mut by_walking, mut by_decoding) = (Planner::new(&object), Planner::new(&object));
        for site in fast.sites.iter().filter(|site| site.private_load) {
            walked += 1;
            let decoded = by_decoding.before(&Site { private_load: false, ..*site });
            assert_eq!(by_walking.before(site), decoded, "{path}: {:x}", site.address);
        }
    }
    println!("{walked} jumps were planned by walking");
    assert!(walked > 300 || std::fs::metadata(OBJECTS[0]).is_err(), "only {walked}");
}
