//! `struct termios`.

use host_abi::flags::sets;

use crate::layout::{
    As::{Bits, Named},
    Field, Layout,
};

/// `struct termios`, of which strace shows the modes.
pub static MODES: Layout = Layout {
    fields: &[
        Field("c_iflag", 0, Named(4, &sets::TERMIOS_IFLAG)),
        Field("c_oflag", 4, Named(4, &sets::TERMIOS_OFLAG)),
        Field("c_cflag", 8, Named(4, &sets::TERMIOS_CFLAG)),
        Field("c_lflag", 12, Bits(4, LOCAL)),
    ],
    abbreviated: true,
};

/// The local modes in strace's order.
const LOCAL: &[(u64, &str)] = &[
    (0x1, "ISIG"),
    (0x2, "ICANON"),
    (0x4, "XCASE"),
    (0x8, "ECHO"),
    (0x10, "ECHOE"),
    (0x20, "ECHOK"),
    (0x40, "ECHONL"),
    (0x80, "NOFLSH"),
    (0x8000, "IEXTEN"),
    (0x200, "ECHOCTL"),
    (0x400, "ECHOPRT"),
    (0x800, "ECHOKE"),
    (0x1000, "FLUSHO"),
    (0x4000, "PENDIN"),
    (0x100, "TOSTOP"),
    (0x10000, "EXTPROC"),
];
