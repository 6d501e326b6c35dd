//! `flags.tbl`: sets of names; its header comment has the format.

use super::{banner, text};

/// All sets, in the order of the file.
pub(crate) struct FlagSets(Vec<FlagSet>);

/// One set.
pub(crate) struct FlagSet {
    name: String,
    kind: String,
    unknown: String,
    entries: Vec<(u64, String)>,
    field: Option<Field>,
}

struct Field {
    mask: u64,
    set: String,
    last: bool,
}

impl FlagSets {
    pub(crate) fn get(&self, name: &str) -> Option<&FlagSet> {
        self.0.iter().find(|set| set.name == name)
    }

    /// The value of a name of a set, or of the set of its field.
    pub(crate) fn value(&self, set: &str, name: &str) -> Option<u64> {
        let set = self.get(set)?;
        let own = set.entries.iter().find(|entry| entry.1 == name).map(|entry| entry.0);
        own.or_else(|| self.value(&set.field.as_ref()?.set, name))
    }
}

/// Reads `flags.tbl`; an error is `LINE: what is wrong`.
pub(crate) fn parse(table: &str) -> Result<FlagSets, String> {
    let mut sets = FlagSets(Vec::new());
    for (line, content) in text::lines(table) {
        if content.starts_with(' ') {
            let set = sets.0.last_mut().ok_or(format!("{line}: entries before a set"))?;
            for word in content.split_whitespace() {
                set.entries.push(entry(word).ok_or(format!("{line}: `{word}` is not NAME=VALUE"))?);
            }
        } else {
            let set = header(content).ok_or(format!("{line}: `{content}` is not a set"))?;
            if sets.get(&set.name).is_some() {
                return Err(format!("{line}: a second set `{}`", set.name));
            }
            sets.0.push(set);
        }
    }
    check(&sets)?;
    Ok(sets)
}

fn header(content: &str) -> Option<FlagSet> {
    let words: Vec<_> = content.split(' ').collect();
    let (kind, name, unknown, field) = match words.as_slice() {
        [kind, name, unknown] => (kind, name, unknown, None),
        [kind, name, unknown, place @ ("field" | "last"), mask, set] => {
            let mask = text::number(mask)?;
            (kind, name, unknown, Some(Field { mask, set: (*set).into(), last: *place == "last" }))
        }
        _ => return None,
    };
    if !["bits", "enum", "signal", "mode", "ioctl"].contains(kind) {
        return None;
    }
    let unknown = if *unknown == "-" { "" } else { unknown };
    Some(FlagSet {
        name: (*name).into(),
        kind: (*kind).into(),
        unknown: unknown.into(),
        entries: Vec::new(),
        field,
    })
}

fn entry(word: &str) -> Option<(u64, String)> {
    let (name, value) = word.rsplit_once('=')?;
    Some((text::number(value)?, name.into()))
}

fn check(sets: &FlagSets) -> Result<(), String> {
    for set in &sets.0 {
        let name = &set.name;
        if let Some(field) = set.field.as_ref().filter(|field| sets.get(&field.set).is_none()) {
            return Err(format!(" set `{name}` has a field of `{}`, which is no set", field.set));
        }
        for (index, (value, entry)) in set.entries.iter().enumerate() {
            let mut before = set.entries[..index].iter();
            let hidden = |(earlier, _): &&(u64, String)| match set.kind.as_str() {
                "bits" => *earlier != 0 && value & earlier == *earlier && value != earlier,
                _ => false,
            };
            if let Some((_, earlier)) = before.find(hidden) {
                return Err(format!(" set `{name}`: `{entry}` must come before its part `{earlier}`"));
            }
        }
    }
    Ok(())
}

/// `src/generated/flags.rs`.
pub(crate) fn rust(sets: &FlagSets) -> String {
    let mut out = banner("flags.tbl");
    out += "//! The sets of `flags.tbl`.\n\nuse crate::flags::{Field, FlagSet, SetKind};\n";
    for set in &sets.0 {
        let FlagSet { name, kind, unknown, entries, field } = set;
        let what = if unknown.is_empty() { name } else { unknown };
        let field = match field {
            None => "None".into(),
            Some(Field { mask, set, last }) => {
                let set = set.to_uppercase();
                format!("Some(Field {{ mask: {mask:#x}, set: &{set}, last: {last} }})")
            }
        };
        out += &format!(
            "\n/// `{what}`.\npub static {}: FlagSet = FlagSet {{\n    name: {name:?},\n    \
             kind: SetKind::{},\n    unknown: {unknown:?},\n    field: {field},\n    entries: &[\n",
            name.to_uppercase(),
            text::camel_case(kind),
        );
        for (value, name) in entries {
            out += &format!("        ({value:#x}, {name:?}),\n");
        }
        out += "    ],\n};\n";
    }
    out += "\n/// Every set.\n";
    out += &format!("pub static ALL: [&FlagSet; {}] = [\n", sets.0.len());
    for set in &sets.0 {
        out += &format!("    &{},\n", set.name.to_uppercase());
    }
    out + "];\n"
}
