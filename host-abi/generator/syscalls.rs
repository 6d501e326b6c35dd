//! `syscalls.tbl`: its header comment has the format.

use super::{FlagSets, text};

/// One syscall.
pub(crate) struct Syscall {
    pub(crate) number: u64,
    pub(crate) name: String,
    pub(crate) prototype: String,
    /// Whether no kernel has it.
    pub(crate) missing: bool,
    pub(crate) params: Vec<Param>,
    pub(crate) variants: Vec<Variant>,
    pub(crate) ret: String,
}

/// One argument, or how a variant reads it. `ty`, `kind` and `ret` are Rust.
#[derive(Clone)]
pub(crate) struct Param {
    pub(crate) index: usize,
    pub(crate) name: String,
    pub(crate) label: String,
    pub(crate) ty: &'static str,
    pub(crate) kind: String,
    pub(crate) when: Vec<When>,
    /// The set of a `set NAME`, to look up the values of conditions.
    set: Option<String>,
}

/// A variant line.
pub(crate) struct Variant {
    pub(crate) when: Vec<When>,
    pub(crate) params: Vec<Param>,
    pub(crate) ret: String,
}

/// A condition.
#[derive(Clone)]
pub(crate) struct When {
    pub(crate) argument: usize,
    pub(crate) ty: &'static str,
    pub(crate) test: &'static str,
    pub(crate) values: Vec<u64>,
}

/// An argument as declared, before its kind and conditions are read: these may
/// name arguments that come after it.
struct Declared<'a> {
    param: Param,
    c_type: &'a str,
    kind: Option<&'a str>,
    when: Option<&'a str>,
}

/// Reads `syscalls.tbl`; an error is `LINE: what is wrong`.
pub(crate) fn parse(table: &str, sets: &FlagSets) -> Result<Vec<Syscall>, String> {
    let mut syscalls: Vec<Syscall> = Vec::new();
    for (line, content) in text::lines(table) {
        let at = |error: String| format!("{line}: {error}");
        if let Some(variant) = content.trim_start().strip_prefix("? ") {
            let syscall = syscalls.last_mut().ok_or_else(|| at("variant of nothing".into()))?;
            let variant = parse_variant(variant, syscall, sets).map_err(at)?;
            syscall.variants.push(variant);
        } else {
            let syscall = parse_syscall(content, sets).map_err(at)?;
            if syscalls.last().is_some_and(|last| last.number >= syscall.number) {
                return Err(at(format!("{} is not in order", syscall.name)));
            }
            syscalls.push(syscall);
        }
    }
    Ok(syscalls)
}

fn parse_syscall(content: &str, sets: &FlagSets) -> Result<Syscall, String> {
    let parts = (|| {
        let (number, rest) = content.split_once(' ')?;
        let (name, rest) = rest.split_once('(')?;
        let (arguments, ret) = rest.split_once(") -> ")?;
        Some((text::number(number)?, name, arguments, ret))
    })();
    let (number, name, arguments, ret) = parts.ok_or("not `NUMBER NAME(...) -> RESULT`")?;
    let arguments: Vec<_> = arguments.split(", ").filter(|text| !text.is_empty()).collect();
    if arguments.len() > 6 {
        return Err(format!("{name} has more than six arguments"));
    }
    let declared: Vec<_> =
        arguments.iter().enumerate().map(|(index, text)| declare(index, text)).collect::<Result<_, _>>()?;
    let mut params: Vec<_> = declared.iter().map(|declared| declared.param.clone()).collect();
    for (index, declared) in declared.iter().enumerate() {
        let kind = declared.kind.unwrap_or_else(|| default_kind(declared.c_type));
        let (kind, set) = parse_kind(kind, &params, sets)?;
        params[index].ty =
            if matches!(kind.as_str(), "Kind::Fd" | "Kind::DirFd") { "Fd" } else { type_of(declared.c_type)? };
        params[index].kind = kind;
        params[index].set = set;
    }
    for (index, declared) in declared.iter().enumerate() {
        params[index].when = conditions(declared.when, &params, sets)?;
    }
    let c_ret = match ret {
        "fd" | "ready" => "int ",
        "addr" => "void *",
        "none" => "void ",
        _ => "long ",
    };
    let c_arguments: Vec<_> = declared.iter().map(|declared| join(declared.c_type, &declared.param.name)).collect();
    Ok(Syscall {
        number,
        name: name.into(),
        prototype: format!("{c_ret}{name}({})", c_arguments.join(", ")),
        missing: ret == "nosys",
        params,
        variants: Vec::new(),
        ret: parse_ret(ret, sets)?,
    })
}

fn parse_variant(content: &str, syscall: &Syscall, sets: &FlagSets) -> Result<Variant, String> {
    let (when, views) = content.split_once(": ").ok_or("a variant is `? CONDITION: VIEW, ...`")?;
    let (views, ret) = match views.split_once(" -> ") {
        Some((views, ret)) => (views, parse_ret(ret, sets)?),
        None => (views, syscall.ret.clone()),
    };
    let params = views.split(", ").map(|view| parse_view(view, &syscall.params, sets));
    Ok(Variant { when: conditions(Some(when), &syscall.params, sets)?, params: params.collect::<Result<_, _>>()?, ret })
}

fn parse_view(view: &str, params: &[Param], sets: &FlagSets) -> Result<Param, String> {
    let (view, label) = view.rsplit_once(" as ").unwrap_or((view, ""));
    let (view, when) = split_optional(view, " if ");
    let (name, kind) = split_optional(view, ": ");
    let mut param = params[index_of(name, params)?].clone();
    param.label = label.into();
    if let Some(kind) = kind {
        (param.kind, param.set) = parse_kind(kind, params, sets)?;
    }
    if when.is_some() {
        param.when = conditions(when, params, sets)?;
    }
    Ok(param)
}

fn declare(index: usize, text: &str) -> Result<Declared<'_>, String> {
    let (text, when) = split_optional(text, " if ");
    let (c, kind) = split_optional(text, ": ");
    let start = c.rfind([' ', '*']).map(|at| at + 1);
    let (c_type, name) = c.split_at(start.ok_or_else(|| format!("`{c}` is not `C-TYPE NAME`"))?);
    let param = Param {
        index,
        name: name.into(),
        label: String::new(),
        ty: "S32",
        kind: String::new(),
        when: Vec::new(),
        set: None,
    };
    Ok(Declared { param, c_type: c_type.trim_end(), kind, when })
}

fn split_optional<'a>(text: &'a str, separator: &str) -> (&'a str, Option<&'a str>) {
    match text.split_once(separator) {
        Some((before, after)) => (before, Some(after)),
        None => (text, None),
    }
}

fn join(c_type: &str, name: &str) -> String {
    let space = if c_type.ends_with('*') { "" } else { " " };
    format!("{c_type}{space}{name}")
}

fn index_of(name: &str, params: &[Param]) -> Result<usize, String> {
    let found = params.iter().position(|param| param.name == name);
    found.ok_or_else(|| format!("`{name}` is not an argument"))
}

fn type_of(c_type: &str) -> Result<&'static str, String> {
    Ok(match c_type {
        pointer if pointer.ends_with('*') => "Address",
        "int" | "pid_t" | "clockid_t" | "timer_t" | "mqd_t" => "S32",
        "unsigned int" | "u32" | "uid_t" | "gid_t" | "mode_t" => "U32",
        "long" | "off_t" | "loff_t" => "S64",
        "unsigned long" | "u64" | "size_t" | "aio_context_t" => "U64",
        other => {
            return Err(format!("the C type `{other}` is not known to generator/syscalls.rs"));
        }
    })
}

fn default_kind(c_type: &str) -> &'static str {
    match c_type {
        pointer if pointer.ends_with('*') => "addr",
        "uid_t" | "gid_t" => "id",
        "mode_t" => "octal",
        _ => "dec",
    }
}

fn parse_kind(text: &str, params: &[Param], sets: &FlagSets) -> Result<(String, Option<String>), String> {
    let words: Vec<_> = text.split(' ').collect();
    let plain = |kind: &str| Ok((format!("Kind::{kind}"), None));
    match words.as_slice() {
        ["dec"] => plain("Int"),
        ["hex"] => plain("Hex"),
        ["octal"] => plain("Octal"),
        ["id"] => plain("Id"),
        ["dev"] => plain("Device"),
        ["fd"] => plain("Fd"),
        ["dirfd"] => plain("DirFd"),
        ["addr"] => plain("Address"),
        ["path"] => plain("Path"),
        ["argv"] => plain("Strings"),
        ["envp"] => plain("Environment"),
        ["set", name] => Ok((format!("Kind::Flags(&sets::{})", set_name(name, sets)?), Some((*name).into()))),
        ["in", "string"] => plain("String(In)"),
        ["out", "string"] => plain("String(Out)"),
        [direction @ ("in" | "out" | "inout"), shape] => {
            let direction = if *direction == "inout" { "InOut".into() } else { text::camel_case(direction) };
            let (shape, length) = match shape.strip_suffix(']').and_then(|shape| shape.split_once('[')) {
                Some((shape, length)) => (shape, parse_length(length, params)?),
                None => (*shape, "Length::One".into()),
            };
            plain(&format!(
                "Memory {{ direction: {direction}, shape: Shape::{}, length: {length} }}",
                text::camel_case(shape)
            ))
        }
        _ => Err(format!("`{text}` is not a kind")),
    }
}

fn parse_length(text: &str, params: &[Param]) -> Result<String, String> {
    if let Some(count) = text::number(text) {
        return Ok(format!("Length::Fixed({count})"));
    }
    if let Some(name) = text.strip_prefix('*') {
        return Ok(format!("Length::ArgAt({})", index_of(name, params)?));
    }
    if text == "result" {
        return Ok("Length::Result".into());
    }
    Ok(format!("Length::Arg({})", index_of(text, params)?))
}

fn parse_ret(text: &str, sets: &FlagSets) -> Result<String, String> {
    Ok(match text {
        "dec" | "nosys" => "Ret::Int".into(),
        "fd" => "Ret::Fd".into(),
        "addr" => "Ret::Address".into(),
        "octal" => "Ret::Octal".into(),
        "ready" => "Ret::Ready".into(),
        "none" => "Ret::None".into(),
        _ => match text.strip_prefix("set ") {
            Some(name) => format!("Ret::Flags(&sets::{})", set_name(name, sets)?),
            None => return Err(format!("`{text}` is not a result")),
        },
    })
}

fn set_name(name: &str, sets: &FlagSets) -> Result<String, String> {
    match sets.get(name) {
        Some(_) => Ok(name.to_uppercase()),
        None => Err(format!("`{name}` is not a set of flags.tbl")),
    }
}

fn conditions(text: Option<&str>, params: &[Param], sets: &FlagSets) -> Result<Vec<When>, String> {
    match text {
        None | Some("always") => Ok(Vec::new()),
        Some(text) => text.split(" and ").map(|text| condition(text, params, sets)).collect(),
    }
}

fn condition(text: &str, params: &[Param], sets: &FlagSets) -> Result<When, String> {
    let words: Vec<_> = text.split(' ').collect();
    let [name, test, values @ ..] = words.as_slice() else {
        return Err(format!("`{text}` is not a condition"));
    };
    let test = match *test {
        "in" => "In",
        "out" => "NotIn",
        "has" => "Has",
        "lacks" => "Lacks",
        other => return Err(format!("`{other}` is not in, out, has or lacks")),
    };
    let argument = index_of(name, params)?;
    let set = params[argument].set.as_deref();
    let value = |word: &&str| {
        let named = || sets.value(set?, word);
        text::number(word).or_else(named).ok_or_else(|| format!("`{word}` is no value of `{name}`"))
    };
    let values = values.iter().map(value).collect::<Result<_, _>>()?;
    Ok(When { argument, ty: params[argument].ty, test, values })
}
