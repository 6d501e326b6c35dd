//! `wit/syscalls.wit`: one interface per syscall.

use super::syscalls::Param;
use super::{Syscall, banner};

const KEYWORDS: &[&str] = &[
    "as",
    "async",
    "bool",
    "borrow",
    "char",
    "constructor",
    "enum",
    "error-context",
    "export",
    "f32",
    "f64",
    "flags",
    "from",
    "func",
    "future",
    "import",
    "include",
    "interface",
    "list",
    "map",
    "option",
    "own",
    "package",
    "record",
    "resource",
    "result",
    "s16",
    "s32",
    "s64",
    "s8",
    "static",
    "stream",
    "string",
    "tuple",
    "type",
    "u16",
    "u32",
    "u64",
    "u8",
    "use",
    "variant",
    "with",
    "world",
];

/// The name of an interface or parameter: `_sysctl` is `sysctl`,
/// `clock_gettime` is `clock-gettime`.
pub(crate) fn name(c_name: &str) -> String {
    c_name.trim_start_matches('_').replace('_', "-")
}

/// The file.
pub(crate) fn interfaces(table: &[Syscall]) -> String {
    let mut out = banner("host-abi/syscalls.tbl");
    out += "package zpoline:hook@0.1.0;\n";
    table.iter().fold(out, |out, syscall| out + &interface(syscall))
}

fn interface(syscall: &Syscall) -> String {
    let mut types = vec!["action"];
    let uses = |ty| syscall.params.iter().any(|param| param.ty == ty);
    types.extend(uses("Address").then_some("address"));
    types.extend(uses("Fd").then_some("fd"));
    let params: Vec<_> = syscall.params.iter().map(param).collect();
    let Syscall { number, name, prototype, .. } = syscall;
    let what = match syscall.missing {
        true => format!("/// `{name}`, {number}: no kernel has it any more, or ever had.\n"),
        false => format!("/// `{name}`, {number}: `{prototype}`.\n"),
    };
    format!(
        "\n{what}@since(version = 0.1.0)\ninterface {} {{\n  use types.{{{}}};\n\n  \
         /// Called before the call runs.\n  @since(version = 0.1.0)\n  \
         enter: func({}) -> action;\n}}\n",
        escaped(name),
        types.join(", "),
        params.join(", "),
    )
}

fn param(param: &Param) -> String {
    let ty = match param.ty {
        "Address" => "address",
        "Fd" => "fd",
        "S32" => "s32",
        "U32" => "u32",
        "S64" => "s64",
        _ => "u64",
    };
    format!("{}: {ty}", escaped(&param.name))
}

fn escaped(c_name: &str) -> String {
    let name = name(c_name);
    if KEYWORDS.contains(&name.as_str()) { format!("%{name}") } else { name }
}
