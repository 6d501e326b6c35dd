//! `src/generated/{nr,table}.rs`.

use super::syscalls::{Param, Variant, When};
use super::{Syscall, banner, wit};

/// The numbers as constants.
pub(crate) fn numbers(table: &[Syscall]) -> String {
    let mut out = banner("syscalls.tbl");
    out += "//! Syscall numbers.\n\n";
    for Syscall { number, name, .. } in table {
        let constant = name.trim_start_matches('_').to_uppercase();
        out += &format!("/// `{name}`.\npub const {constant}: u32 = {number};\n");
    }
    out
}

/// The table.
pub(crate) fn table(table: &[Syscall]) -> String {
    let mut out = banner("syscalls.tbl");
    out += "//! The syscall table.\n\n\
            use crate::flags::sets;\n\
            use crate::syscalls::Direction::{In, InOut, Out};\n\
            use crate::syscalls::Type::{Address, Fd, S32, S64, U32, U64};\n\
            use crate::syscalls::{Kind, Length, Param, Ret, Shape, Syscall, Test, Type, Variant, When};\n\n\
            const fn param(index: u8, name: &'static str, ty: Type, kind: Kind) -> Param {\n    \
            Param { index, name, label: \"\", ty, kind, when: &[] }\n}\n\n\
            const fn when(argument: u8, ty: Type, test: Test) -> When {\n    \
            When { argument, ty, test }\n}\n\n\
            /// Every syscall, by number.\n";
    out += &format!("pub static TABLE: [Syscall; {}] = [\n", table.len());
    for syscall in table {
        let Syscall { number, name, prototype, ret, .. } = syscall;
        out += &format!(
            "    Syscall {{\n        number: {number},\n        name: {name:?},\n        wit_name: {:?},\n        \
             prototype: {prototype:?},\n        params: {},\n        variants: {},\n        ret: {ret},\n    }},\n",
            wit::name(name),
            params(&syscall.params, "        "),
            variants(&syscall.variants),
        );
    }
    out + "];\n"
}

fn params(params: &[Param], indent: &str) -> String {
    let each = |param: &Param| format!("{indent}    {},\n", self::param(param));
    list(params.iter().map(each).collect(), indent)
}

fn param(param: &Param) -> String {
    let Param { index, name, label, ty, kind, .. } = param;
    if label.is_empty() && param.when.is_empty() {
        return format!("param({index}, {name:?}, {ty}, {kind})");
    }
    let when = conditions(&param.when);
    format!("Param {{ label: {label:?}, when: {when}, ..param({index}, {name:?}, {ty}, {kind}) }}")
}

fn variants(variants: &[Variant]) -> String {
    let each = |variant: &Variant| {
        format!(
            "            Variant {{\n                when: {},\n                params: {},\n                \
             ret: {},\n            }},\n",
            conditions(&variant.when),
            params(&variant.params, "                "),
            variant.ret,
        )
    };
    list(variants.iter().map(each).collect(), "        ")
}

fn conditions(conditions: &[When]) -> String {
    let each = |when: &When| {
        let values: Vec<_> = when.values.iter().map(|value| format!("{value:#x}")).collect();
        let values = values.join(", ");
        format!("when({}, {}, Test::{}(&[{values}]))", when.argument, when.ty, when.test)
    };
    let conditions: Vec<_> = conditions.iter().map(each).collect();
    format!("&[{}]", conditions.join(", "))
}

fn list(items: String, indent: &str) -> String {
    if items.is_empty() { "&[]".into() } else { format!("&[\n{items}{indent}]") }
}
