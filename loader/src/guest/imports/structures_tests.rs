//! Each structure as the kernel's headers lay it out, and each bound.

use super::*;

/// An address where nothing is.
const NOWHERE: u64 = 8;

fn at<T: ?Sized>(value: &T) -> u64 {
    core::ptr::from_ref(value).cast::<u8>() as u64
}

#[test]
fn iovecs() {
    let parts = [1u64, 2, 3, 4];
    assert_eq!(iovec(at(&parts), 2), Ok(alloc::vec![IoVec { base: 1, length: 2 }, IoVec { base: 3, length: 4 }]));
    assert_eq!(iovec(at(&parts), 0), Ok(Vec::new()));
    assert_eq!(iovec(at(&parts), 1025), Err(EINVAL));
    assert_eq!(iovec(NOWHERE, u64::MAX), Err(EINVAL));
    assert_eq!(iovec(NOWHERE, 1), Err(EFAULT));
}

#[test]
fn scattered_bytes_are_gathered_up_to_a_bound_or_a_hole() {
    let (one, two) = (*b"one", *b"twofold");
    let parts = [at(&one), 3, NOWHERE, 0, at(&two), 7];
    assert_eq!(gather(at(&parts), 3, 100).unwrap(), b"onetwofold");
    assert_eq!(gather(at(&parts), 3, 5).unwrap(), b"onetw");
    assert_eq!(gather(at(&parts), 3, 0).unwrap(), b"");
    let holed = [at(&one), 3, NOWHERE, 5, at(&two), 7];
    assert_eq!(gather(at(&holed), 3, 100).unwrap(), b"one");
    assert_eq!(gather(at(&holed[2..]), 2, 100), Err(EFAULT));
    // Lengths that no buffer has.
    let huge = [at(&one), u64::MAX, at(&two), u64::MAX];
    assert_eq!(gather(at(&huge), 2, 2).unwrap(), b"on");
}

#[test]
fn strings_of_an_array() {
    let strings = [c"ls".as_ptr() as u64, c"".as_ptr() as u64, c"-l".as_ptr() as u64, 0];
    assert_eq!(c_strings(at(&strings), 7).unwrap(), [&b"ls"[..], b"", b"-l"]);
    assert_eq!(c_strings(at(&strings), 6), Err(E2BIG));
    assert_eq!(c_strings(at(&[0u64]), 0).unwrap(), [[0u8; 0]; 0]);
    assert_eq!(c_strings(NOWHERE, 100), Err(EFAULT));
    assert_eq!(c_strings(at(&[NOWHERE, 0]), 100), Err(EFAULT));
    let many = alloc::vec![c"".as_ptr() as u64; MOST_STRINGS + 1];
    assert_eq!(c_strings(many.as_ptr() as u64, MAX), Err(E2BIG));
    let long = alloc::vec![b'x'; LONGEST];
    assert_eq!(c_strings(at(&[long.as_ptr() as u64, 0]), MAX), Err(E2BIG));
}

#[test]
fn addresses_of_sockets() {
    let of = |bytes: &[u8], length: u32| sockaddr(bytes.as_ptr() as u64, length);
    let inet = [2, 0, 0x1f, 0x90, 127, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0];
    assert!(matches!(of(&inet, 16), Ok(SockAddr::Inet(Inet { address: (127, 0, 0, 1), port: 8080 }))));
    assert!(matches!(of(&inet, 15), Ok(SockAddr::Other(Other { family: 2, data })) if data.as_slice().len() == 13));
    let mut inet6 = [0u8; 28];
    inet6[..8].copy_from_slice(&[10, 0, 0, 53, 0, 0, 0, 7]);
    inet6[8..12].copy_from_slice(&[0x20, 0x01, 0x0d, 0xb8]);
    inet6[23] = 1;
    inet6[24] = 3;
    let wanted = (0x2001, 0xdb8, 0, 0, 0, 0, 0, 1);
    assert!(matches!(
        of(&inet6, 28),
        Ok(SockAddr::Inet6(Inet6 { address, port: 53, flow_info: 7, scope_id: 3 })) if address == wanted
    ));
    assert!(matches!(of(&inet6, 24), Ok(SockAddr::Inet6(Inet6 { scope_id: 0, .. }))));
    let unix = |bytes: &[u8]| match of(bytes, bytes.len() as u32) {
        Ok(SockAddr::Unix(path)) => path.as_slice().to_vec(),
        _ => panic!(),
    };
    assert_eq!(unix(b"\x01\0/run/x\0trash"), b"/run/x");
    assert_eq!(unix(b"\x01\0/run/y"), b"/run/y");
    assert_eq!(unix(b"\x01\0\0abstract\0"), b"\0abstract\0");
    assert_eq!(unix(b"\x01\0"), b"");
    for length in [0, 1, 129, u32::MAX] {
        assert!(matches!(of(&inet, length), Err(EINVAL)));
    }
    assert!(matches!(sockaddr(NOWHERE, 16), Err(EFAULT)));
}

#[test]
fn messages_times_polls_and_files() {
    let message = [1u64, 2, 3, 4, 5, 6, 7];
    assert!(matches!(
        msghdr(at(&message)),
        Ok(MsgHdr { name: 1, name_length: 2, iov: 3, iov_count: 4, control: 5, control_length: 6, flags: 7 })
    ));
    let time = words::<2>(at(&[-1i64, 999])).map(|words| timespec(&words, 0)).unwrap();
    assert_eq!((time.seconds, time.nanoseconds), (-1, 999));
    let polls = pollfds(at(&[[-1i32, 0x0010_0001], [7, 2]]), 2).unwrap();
    assert!(matches!(polls[..], [PollFd { fd: -1, events: 1, revents: 16 }, PollFd { fd: 7, events: 2, revents: 0 }]));
    assert!(matches!(pollfds(NOWHERE, 5000), Err(EINVAL)));
    let mut how = [0u64, 1, 2, 0, 0];
    assert!(matches!(open_how(at(&how), 24), Ok(OpenHow { flags: 0, mode: 1, resolve: 2 })));
    assert!(open_how(at(&how), 40).is_ok());
    how[4] = 1;
    assert!(matches!(open_how(at(&how), 40), Err(E2BIG)));
    assert!(matches!(open_how(at(&how), 23), Err(EINVAL)));
    assert!(matches!(open_how(at(&how), u64::MAX), Err(E2BIG)));
    let (mut file, path) = ([0u64; 18], c"/dev/null");
    #[expect(unsafe_code, reason = "stat, to be read")]
    // SAFETY: the buffer has the size of struct stat.
    let result = unsafe { libc::stat(path.as_ptr(), file.as_mut_ptr().cast()) };
    assert_eq!(result, 0);
    let null = stat(at(&file)).unwrap();
    assert_eq!((null.rdev, null.mode & 0o17_0000, null.nlink >= 1, null.size), (0x103, 0o2_0000, true, 0));
    assert!(null.mtime.seconds > 0 && (0..1_000_000_000).contains(&null.mtime.nanoseconds));
    assert!(matches!(stat(NOWHERE), Err(EFAULT)));
}

#[test]
fn bytes_are_scattered_until_they_are_used_up() {
    let (mut one, mut two) = ([0u8; 3], [0u8; 3]);
    let parts = [one.as_mut_ptr() as u64, 3, two.as_mut_ptr() as u64, 3];
    assert_eq!(scatter(at(&parts), 2, b"abcd"), Ok(4));
    assert_eq!((core::hint::black_box(one), core::hint::black_box(two)), (*b"abc", *b"d\0\0"));
    assert_eq!(scatter(at(&parts), 2, b"abcdefgh"), Ok(6));
    assert_eq!(scatter(at(&parts), 0, b"abc"), Ok(0));
    assert_eq!(scatter(at(&[NOWHERE, 3]), 1, b"abc"), Err(EFAULT));
}
