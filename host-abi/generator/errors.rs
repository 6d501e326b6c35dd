//! `errno.tbl`: number, name, text.

use super::{banner, text};

/// One error.
pub(crate) struct Errno {
    number: u64,
    name: String,
    text: String,
}

/// Reads `errno.tbl`; an error is `LINE: what is wrong`.
pub(crate) fn parse(table: &str) -> Result<Vec<Errno>, String> {
    let parse = |(line, content): (usize, &str)| {
        let mut words = content.splitn(3, ' ');
        let errno = (|| {
            let number = text::number(words.next()?)?;
            Some(Errno { number, name: words.next()?.into(), text: words.next()?.into() })
        })();
        errno.ok_or_else(|| format!("{line}: `{content}` is not `NUMBER NAME TEXT`"))
    };
    let errnos: Vec<_> = text::lines(table).map(parse).collect::<Result<_, _>>()?;
    match errnos.windows(2).find(|pair| pair[0].number >= pair[1].number) {
        Some(pair) => Err(format!(" {} is not in order", pair[1].name)),
        None => Ok(errnos),
    }
}

/// `src/generated/errno.rs`.
pub(crate) fn rust(errnos: &[Errno]) -> String {
    let mut out = banner("errno.tbl");
    out += "//! Error numbers.\n\n";
    for Errno { number, name, text } in errnos {
        out += &format!("/// {text}.\npub const {name}: u32 = {number};\n");
    }
    out += "\n/// Number, name and text, by number.\n";
    out += &format!("pub(crate) static TABLE: [(u32, &str, &str); {}] = [\n", errnos.len());
    for Errno { number, name, text } in errnos {
        out += &format!("    ({number}, {name:?}, {text:?}),\n");
    }
    out + "];\n"
}
