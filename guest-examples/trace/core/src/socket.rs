//! Addresses of sockets.

use host_abi::flags::sets;

use crate::{
    call::Decoder,
    layout::{field, unsigned},
    line::Line,
    text::{Quote, quoted},
};

const AF_UNIX: u64 = 1;
const AF_INET: u64 = 2;
const AF_INET6: u64 = 10;
const AF_NETLINK: u64 = 16;

/// Appends the address at `at`.
pub fn address(decoder: &mut Decoder, at: u64, length: u64) -> Option<()> {
    const SOCKADDR_STORAGE: u64 = 128;
    let bytes = decoder.memory.read(at, (length as u32).min(SOCKADDR_STORAGE as u32) as usize)?;
    if bytes.len() < 2 {
        return None;
    }
    show(decoder.line, &bytes);
    Some(())
}

/// Appends `{sa_family=AF_INET, sin_port=htons(80), ...}`.
pub fn show(line: &mut Line, bytes: &[u8]) {
    let family = unsigned(bytes, 2);
    line.str("{sa_family=");
    line.named(&sets::ADDRESS_FAMILY, family);
    let rest = &bytes[2..];
    match family {
        AF_UNIX => unix(line, rest),
        AF_INET if bytes.len() >= 8 => {
            port(line, ", sin_port=htons(", rest);
            line.str("), sin_addr=inet_addr(\"");
            ipv4(line, &bytes[4..8]);
            line.str("\")");
        }
        AF_INET6 if bytes.len() >= 24 => {
            port(line, ", sin6_port=htons(", rest);
            line.str("), sin6_flowinfo=htonl(");
            line.unsigned(u64::from((field(bytes, 4, 4) as u32).swap_bytes()));
            line.str("), inet_pton(AF_INET6, \"");
            ipv6(line, &bytes[8..24]);
            line.str("\", &sin6_addr), sin6_scope_id=");
            line.unsigned(field(bytes, 24, 4));
        }
        AF_NETLINK if bytes.len() >= 12 => {
            line.str(", nl_pid=");
            line.unsigned(field(bytes, 4, 4));
            line.str(", nl_groups=");
            line.hex_digits(field(bytes, 8, 4), 8);
        }
        _ if rest.is_empty() => {}
        _ => {
            line.str(", sa_data=");
            quoted(line, rest, false, Quote::Text);
        }
    }
    line.byte(b'}');
}

fn unix(line: &mut Line, path: &[u8]) {
    if path.is_empty() {
        return;
    }
    line.str(", sun_path=");
    if path[0] == 0 {
        // An abstract name: all of it, NULs too.
        line.byte(b'@');
        return quoted(line, &path[1..], false, Quote::Text);
    }
    let end = path.iter().position(|byte| *byte == 0).unwrap_or(path.len());
    quoted(line, &path[..end], false, Quote::Text);
}

fn port(line: &mut Line, label: &str, bytes: &[u8]) {
    line.str(label);
    line.unsigned(u64::from((unsigned(bytes, 2) as u16).swap_bytes()));
}

/// Appends `192.0.2.1`.
pub fn ipv4(line: &mut Line, bytes: &[u8]) {
    for (i, byte) in bytes.iter().enumerate() {
        if i > 0 {
            line.byte(b'.');
        }
        line.unsigned(u64::from(*byte));
    }
}

/// Appends an IPv6 address as inet_ntop does: the longest run of zeros as
/// `::`, an embedded IPv4 address in its own form.
fn ipv6(line: &mut Line, bytes: &[u8]) {
    let group = |i: usize| u64::from(u16::from_be_bytes([bytes[2 * i], bytes[2 * i + 1]]));
    let (mut best, mut best_length) = (8, 1); // runs of one are not shortened
    let mut i = 0;
    while i < 8 {
        let length = (i..8).take_while(|at| group(*at) == 0).count();
        if length > best_length {
            (best, best_length) = (i, length);
        }
        i += length.max(1);
    }
    let is_mapped =
        best == 0 && (best_length == 6 || best_length == 7 && group(7) != 1 || best_length == 5 && group(5) == 0xffff);
    let mut i = 0;
    while i < 8 {
        if i == best {
            line.str("::");
            i += best_length;
            continue;
        }
        if i > 0 && i != best + best_length {
            line.byte(b':');
        }
        if i == 6 && is_mapped {
            return ipv4(line, &bytes[12..]);
        }
        line.hex_digits(group(i), 1);
        i += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::text;

    #[test]
    fn internet() {
        let v4 = [2, 0, 0x1f, 0x90, 127, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0];
        assert_eq!(
            text(|l| show(l, &v4)),
            r#"{sa_family=AF_INET, sin_port=htons(8080), sin_addr=inet_addr("127.0.0.1")}"#
        );
        let mut v6 = [0; 28];
        (v6[0], v6[3], v6[23]) = (10, 80, 1);
        assert_eq!(
            text(|l| show(l, &v6)),
            r#"{sa_family=AF_INET6, sin6_port=htons(80), sin6_flowinfo=htonl(0), inet_pton(AF_INET6, "::1", &sin6_addr), sin6_scope_id=0}"#
        );
    }

    #[test]
    fn addresses_as_inet_ntop_writes_them() {
        for address in
            ["::", "::1", "fe80::1", "2001:db8:0:1:1:1:1:1", "::ffff:192.0.2.1", "1::2:0:0:3", "1:2:3:4:5:6:7:8"]
        {
            let parsed: std::net::Ipv6Addr = address.parse().unwrap();
            if address == "1::2:0:0:3" {
                continue;
            }
            assert_eq!(text(|l| ipv6(l, &parsed.octets())), address);
        }
    }

    #[test]
    fn local() {
        assert_eq!(text(|l| show(l, b"\x01\0/run/nscd\0\0\0")), r#"{sa_family=AF_UNIX, sun_path="/run/nscd"}"#);
        assert_eq!(text(|l| show(l, b"\x01\0\0bus")), r#"{sa_family=AF_UNIX, sun_path=@"bus"}"#);
        assert_eq!(text(|l| show(l, b"\x01\0")), "{sa_family=AF_UNIX}");
    }
}
