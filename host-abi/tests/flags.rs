//! Values by name, as strace prints them.

use zpoline_host_abi::flags::{self, FlagSet, sets};
use zpoline_host_abi::{errno, syscalls};

fn display(set: &'static FlagSet, value: u64) -> String {
    flags::display(set, value).to_string()
}

fn outcome(set: &'static FlagSet, value: u64) -> String {
    flags::outcome(set, value).to_string()
}

mod values {
    use super::*;

    #[test]
    fn bits_with_an_access_mode() {
        assert_eq!(display(&sets::OPEN, 0), "O_RDONLY");
        assert_eq!(display(&sets::OPEN, 0o2000001 | 0x80), "O_WRONLY|O_EXCL|O_CLOEXEC");
        assert_eq!(display(&sets::OPEN, 0x41_0002), "O_RDWR|O_TMPFILE");
        assert_eq!(display(&sets::OPEN, 0x10_1001), "O_WRONLY|O_SYNC");
        assert_eq!(display(&sets::OPEN, 0x8000_0001), "O_WRONLY|0x80000000");
    }

    #[test]
    fn bits_without_a_name() {
        assert_eq!(display(&sets::ACCESS, 0), "F_OK");
        assert_eq!(display(&sets::ACCESS, 8), "0x8 /* ?_OK */");
        assert_eq!(display(&sets::ACCESS, 9), "X_OK|0x8");
        assert_eq!(display(&sets::UNLINKAT, 0), "0");
    }

    #[test]
    fn a_signal_after_the_bits() {
        assert_eq!(display(&sets::CLONE, 0x120_0011), "CLONE_CHILD_CLEARTID|CLONE_CHILD_SETTID|SIGCHLD");
        assert_eq!(display(&sets::CLONE, 17), "SIGCHLD");
        assert_eq!(display(&sets::CLONE, 0x100), "CLONE_VM");
        assert_eq!(display(&sets::CLONE, 0), "0");
    }

    #[test]
    fn a_number_among_the_bits() {
        assert_eq!(display(&sets::MEMFD_CREATE, 0x5400_0004), "MFD_HUGETLB|21<<MFD_HUGE_SHIFT");
        assert_eq!(display(&sets::MEMFD_CREATE, 0x5400_0000), "21<<MFD_HUGE_SHIFT");
    }

    #[test]
    fn signals() {
        assert_eq!(display(&sets::SIGNAL, 9), "SIGKILL");
        assert_eq!(display(&sets::SIGNAL, 32), "SIGRTMIN");
        assert_eq!(display(&sets::SIGNAL, 34), "SIGRT_2");
        assert_eq!(display(&sets::SIGNAL, 65), "65");
    }

    #[test]
    fn modes() {
        assert_eq!(display(&sets::MODE, 0o100_644), "S_IFREG|0644");
        assert_eq!(display(&sets::MODE, 0o104_755), "S_IFREG|S_ISUID|0755");
        assert_eq!(display(&sets::MODE, 0o41_777), "S_IFDIR|S_ISVTX|0777");
        assert_eq!(display(&sets::MODE, 0), "000");
    }

    #[test]
    fn terminal() {
        assert_eq!(display(&sets::TERMIOS_OFLAG, 5), "NL0|CR0|TAB0|BS0|VT0|FF0|OPOST|ONLCR");
        assert_eq!(display(&sets::TERMIOS_CFLAG, 0xbf), "B38400|CS8|CREAD");
    }
}

mod outcomes {
    use super::*;

    #[test]
    fn of_fcntl() {
        assert_eq!(outcome(&sets::OPEN, 0x8002), "0x8002 (flags O_RDWR|O_LARGEFILE)");
        assert_eq!(outcome(&sets::OPEN, 0), "0 (flags O_RDONLY)");
        assert_eq!(outcome(&sets::FD_FLAGS, 1), "0x1 (flags FD_CLOEXEC)");
        assert_eq!(outcome(&sets::FD_FLAGS, 0), "0");
        assert_eq!(outcome(&sets::SEALS, 1), "0x1 (seals F_SEAL_SEAL)");
    }

    #[test]
    fn of_others() {
        assert_eq!(outcome(&sets::PR_DUMPABLE, 1), "1 (SUID_DUMP_USER)");
        assert_eq!(outcome(&sets::SCHEDULER, 0), "0 (SCHED_OTHER)");
        assert_eq!(outcome(&sets::PERSONALITY, 0), "0 (PER_LINUX)");
        assert_eq!(outcome(&sets::PERSONALITY, 0x40000), "0x40000 (PER_LINUX|ADDR_NO_RANDOMIZE)");
    }
}

mod errors {
    use super::*;

    #[test]
    fn names_and_texts() {
        assert_eq!(errno::name(errno::ENOENT), Some("ENOENT"));
        assert_eq!(errno::describe(2), Some("No such file or directory"));
        assert_eq!(errno::by_name("EWOULDBLOCK"), Some(11));
        assert_eq!(errno::name(0), None);
        assert_eq!(errno::from_result(-2), Some(2));
        assert_eq!(errno::from_result(-4096), None);
    }
}

mod widths {
    use super::*;
    use syscalls::Type;

    #[test]
    fn the_upper_half_of_a_short_argument_is_ignored() {
        assert_eq!(Type::S32.zero_extend(0xdead_beef_ffff_ff9c), 0xffff_ff9c);
        assert_eq!(Type::Fd.number(0xdead_beef_ffff_ff9c), -100);
        assert_eq!(Type::S64.number(u64::MAX), -1);
        assert_eq!(Type::U64.number(u64::MAX), i128::from(u64::MAX));
    }
}
