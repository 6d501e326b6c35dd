//! Writes `src/generated/` and `wit/syscalls.wit` from the tables.

#[path = "../generator/mod.rs"]
mod generator;

fn main() -> Result<(), String> {
    for (path, content) in generator::generate()? {
        std::fs::write(&path, content).map_err(|error| format!("{}: {error}", path.display()))?;
    }
    Ok(())
}
