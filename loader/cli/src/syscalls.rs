//! `zpoline syscalls`: the table, and how to hook what is in it.

use crate::failure::{Failure, Result};
use crate::interface::nearest;
use std::fmt::Write;
use zpoline_host_abi::WIT_VERSION;
use zpoline_host_abi::syscalls::{self, Param, Syscall, Type};

/// What is printed for a name, a number, or nothing (everything).
pub(crate) fn show(word: Option<&str>) -> Result<String> {
    match word {
        None => Ok(syscalls::TABLE.iter().fold(String::new(), |mut out, syscall| {
            let _ = writeln!(out, "{:>3}  {:<24} {}", syscall.number, syscall.name, syscall.prototype);
            out
        })),
        Some(word) => find(word).map(details),
    }
}

fn find(word: &str) -> Result<&'static Syscall> {
    let number = match word.strip_prefix("0x") {
        Some(digits) => u32::from_str_radix(digits, 16).ok(),
        None => word.parse().ok(),
    };
    if let Some(number) = number {
        return syscalls::by_number(number).ok_or_else(|| {
            Failure::new(format_args!("no syscall has the number {number} on x86-64"))
                .why(format_args!("the table ends with {}, and 335 to 423 are not used", syscalls::MAX))
        });
    }
    syscalls::by_name(word).or_else(|| syscalls::by_wit_name(word)).ok_or_else(|| {
        let failure = Failure::new(format_args!("no syscall is called {word}"));
        match nearest(word, syscalls::TABLE.iter().map(|syscall| syscall.name)) {
            Some(near) => failure.fix(format_args!("zpoline syscalls {near}, if that is meant")),
            None => failure.fix("zpoline syscalls lists them"),
        }
    })
}

fn details(syscall: &Syscall) -> String {
    let mut out = format!("{} ({:#x})  {}\n", syscall.number, syscall.number, syscall.prototype);
    let _ = writeln!(out, "  to hook it: export zpoline:hook/{}@{WIT_VERSION};", syscall.wit_name);
    let params: Vec<String> =
        syscall.params.iter().map(|param| format!("{}: {}", param.name, wit_type(param))).collect();
    let _ = writeln!(out, "  enter: func({}) -> action", params.join(", "));
    out
}

fn wit_type(param: &Param) -> &'static str {
    match param.ty {
        Type::S32 => "s32",
        Type::U32 => "u32",
        Type::S64 => "s64",
        Type::U64 => "u64",
        Type::Fd => "fd",
        Type::Address => "address",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_syscall_is_found_by_number_and_by_either_name() {
        let by_name = show(Some("clock_gettime")).expect("there");
        assert!(by_name.starts_with("228 (0xe4)  "), "{by_name}");
        assert!(by_name.contains("\n  to hook it: export zpoline:hook/clock-gettime@0.1.0;\n"), "{by_name}");
        for other in ["228", "0xe4", "clock-gettime"] {
            assert_eq!(show(Some(other)).expect("there"), by_name);
        }
    }

    #[test]
    fn all_are_listed_one_a_line() {
        let all = show(None).expect("the table");
        assert_eq!(all.lines().count(), syscalls::COUNT);
        assert!(all.starts_with("  0  read "), "{all}");
    }

    #[test]
    fn what_is_not_there_is_said() {
        assert_eq!(
            show(Some("opennat")).expect_err("misspelt").to_string(),
            "no syscall is called opennat\n  fix: zpoline syscalls openat, if that is meant"
        );
        assert!(
            show(Some("400")).expect_err("a gap").to_string().starts_with("no syscall has the number 400 on x86-64\n")
        );
    }
}
