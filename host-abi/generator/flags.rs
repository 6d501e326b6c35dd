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
    fields: Vec<Field>,
    shift: Option<(u64, String)>,
    outcome: String,
}

struct Field {
    mask: u64,
    set: String,
    place: String,
}

impl FlagSets {
    pub(crate) fn get(&self, name: &str) -> Option<&FlagSet> {
        self.0.iter().find(|set| set.name == name)
    }

    /// The value of a name of a set, or of the set of its field.
    pub(crate) fn value(&self, set: &str, name: &str) -> Option<u64> {
        let set = self.get(set)?;
        let own = set.entries.iter().find(|entry| entry.1 == name).map(|entry| entry.0);
        own.or_else(|| set.fields.iter().find_map(|field| self.value(&field.set, name)))
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
    let mut words = content.split(' ');
    let (kind, name, unknown) = (words.next()?, words.next()?, words.next()?);
    if !["bits", "enum", "numbered", "signal", "mode", "ioctl"].contains(&kind) {
        return None;
    }
    let mut set = FlagSet {
        name: name.into(),
        kind: kind.into(),
        unknown: if unknown == "-" { String::new() } else { unknown.into() },
        entries: Vec::new(),
        fields: Vec::new(),
        shift: None,
        outcome: String::new(),
    };
    while let Some(option) = words.next() {
        match option {
            "outcome" => set.outcome = words.next()?.into(),
            "shift" => set.shift = Some((text::number(words.next()?)?, words.next()?.into())),
            "first" | "named" | "last" => set.fields.push(Field {
                mask: text::number(words.next()?)?,
                set: words.next()?.into(),
                place: text::camel_case(option),
            }),
            _ => return None,
        }
    }
    Some(set)
}

fn entry(word: &str) -> Option<(u64, String)> {
    let (name, value) = word.rsplit_once('=')?;
    Some((text::number(value)?, name.into()))
}

fn check(sets: &FlagSets) -> Result<(), String> {
    for set in &sets.0 {
        let name = &set.name;
        if let Some(field) = set.fields.iter().find(|field| sets.get(&field.set).is_none()) {
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
    out += "//! The sets of `flags.tbl`.\n\nuse crate::flags::{Field, FlagSet, Place, SetKind, Shift};\n";
    for set in &sets.0 {
        let FlagSet { name, kind, unknown, entries, outcome, .. } = set;
        let what = if unknown.is_empty() { name } else { unknown };
        let field = |Field { mask, set, place }: &Field| {
            let set = set.to_uppercase();
            format!("Field {{ mask: {mask:#x}, set: &{set}, place: Place::{place} }}")
        };
        let fields: Vec<_> = set.fields.iter().map(field).collect();
        let shift = match &set.shift {
            None => "None".into(),
            Some((mask, name)) => format!("Some(Shift {{ mask: {mask:#x}, name: {name:?} }})"),
        };
        out += &format!(
            "\n/// `{what}`.\npub static {}: FlagSet = FlagSet {{\n    name: {name:?},\n    \
             kind: SetKind::{},\n    unknown: {unknown:?},\n    fields: &[{}],\n    shift: {shift},\n    \
             outcome: {outcome:?},\n    entries: &[\n",
            name.to_uppercase(),
            text::camel_case(kind),
            fields.join(", "),
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
