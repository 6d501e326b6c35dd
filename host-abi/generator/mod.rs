//! Writes the generated files from the tables. Shared by the example that
//! writes them and the test that compares them.
//!
//! Not part of the library: it needs std, and whoever changes a table runs it.

mod errors;
mod flags;
mod guest;
mod preview1;
mod rust;
mod syscalls;
mod text;
mod wit;

use std::path::{Path, PathBuf};

pub(crate) use flags::FlagSets;
pub(crate) use syscalls::Syscall;

/// What to run when a generated file is not current.
pub(crate) const COMMAND: &str = "cargo run -p zpoline-host-abi --example generate";

/// The generated files: where they go and what they hold.
pub(crate) fn generate() -> Result<Vec<(PathBuf, String)>, String> {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    let read = |name: &str| std::fs::read_to_string(package.join(name)).map_err(|error| format!("{name}: {error}"));
    let sets = flags::parse(&read("flags.tbl")?).map_err(|error| format!("flags.tbl:{error}"))?;
    let table = syscalls::parse(&read("syscalls.tbl")?, &sets).map_err(|error| format!("syscalls.tbl:{error}"))?;
    check_shapes(&table, &read("src/shape.rs")?)?;
    let errnos = errors::parse(&read("errno.tbl")?).map_err(|error| format!("errno.tbl:{error}"))?;
    let generated = package.join("src/generated");
    let wit = package.join("../wit");
    let [own, wasi] = guest::both(&wit)?;
    Ok(vec![
        (generated.join("nr.rs"), rust::numbers(&table)),
        (generated.join("table.rs"), rust::table(&table)),
        (generated.join("flags.rs"), flags::rust(&sets)),
        (generated.join("errno.rs"), errors::rust(&errnos)),
        (wit.join("syscalls.wit"), wit::interfaces(&table)),
        (package.join("../tests/guests/fuzz.wat"), own),
        (package.join("../tests/guests/fuzz-wasi.wat"), wasi),
    ])
}

/// A shape that `Shape` lacks is an error here: written out, it would keep the
/// package from compiling, and so this program from running again.
fn check_shapes(table: &[Syscall], source: &str) -> Result<(), String> {
    for syscall in table {
        let variants = syscall.variants.iter().flat_map(|variant| &variant.params);
        for param in syscall.params.iter().chain(variants) {
            let Some((_, shape)) = param.kind.split_once("Shape::") else {
                continue;
            };
            let shape = shape.split(',').next().unwrap_or(shape);
            if !source.contains(&format!("\n    {shape},\n")) {
                let Syscall { name, .. } = syscall;
                return Err(format!("syscalls.tbl: {name}: src/shape.rs has no `{shape}`"));
            }
        }
    }
    Ok(())
}

/// First line of every generated file.
fn banner(sources: &str) -> String {
    format!("// Generated from {sources} by `{COMMAND}`. Do not edit.\n")
}
