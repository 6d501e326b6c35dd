//! Files that are no hooks, or not to be trusted.

use super::{ALL_WELL, Body, ITS_OWN, REFUSED, case, expect, under};
use anyhow::Result;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use zpoline_tests::command::Run;
use zpoline_tests::scratch::Scratch;
use zpoline_tests::{guests, places};

/// A hook file made of a good one's bytes.
fn made(scratch: &Scratch, change: impl Fn(&mut Vec<u8>)) -> Result<PathBuf> {
    let mut bytes = fs::read(guests::own("idle")?)?;
    change(&mut bytes);
    scratch.write("hook.cwasm", bytes)
}

/// A case about a hook file: how it is made, what is said of it.
fn file(name: &str, make: fn(&Scratch) -> Result<PathBuf>, says: &'static [&'static str]) -> Body {
    case(name, move || {
        let scratch = Scratch::new("hook")?;
        expect(&under(make(&scratch)?)?, REFUSED, "", says)
    })
}

pub(crate) fn all() -> Vec<Body> {
    vec![
        file(
            "no such file",
            |s| Ok(s.path("none.cwasm")),
            &["cannot open the hook", "No such file", "fix: name a compiled hook"],
        ),
        file("a directory", |s| Ok(s.directory().to_owned()), &["is not a regular file", "fix: "]),
        file("an empty file", |s| s.write("hook.cwasm", ""), &["is empty", "fix: "]),
        file("a text", |s| s.write("hook.cwasm", "hello"), &["is text, not a compiled hook", "fix: zpoline compile"]),
        file("cut short", |s| made(s, |b| b.truncate(b.len() / 2)), &["or its end is missing", "fix: zpoline compile"]),
        file("its head cut", |s| made(s, |b| drop(b.drain(..1))), &["bytes and should have", "fix: zpoline compile"]),
        file(
            "one bit flipped",
            |s| made(s, |b| flip(b)),
            &["is damaged: its checksum does not match", "fix: zpoline compile"],
        ),
        file("of another program", |s| s.write("hook.cwasm", fs::read("/bin/true")?), &["fix: zpoline compile"]),
        file(
            "WebAssembly that is not compiled",
            |_| Ok(places::root().join("guest-examples/trace/trace.wasm")),
            &["is WebAssembly that is not compiled yet", "fix: zpoline compile"],
        ),
        file(
            "writable by a group",
            |s| with_mode(s, 0o664),
            &["can be written by others (mode 0664)", "fix: chmod go-w"],
        ),
        file("writable by all", |s| with_mode(s, 0o606), &["can be written by others (mode 0606)", "fix: chmod go-w"]),
        case("unreadable by others is fine", || {
            let scratch = Scratch::new("hook")?;
            expect(&under(with_mode(&scratch, 0o600)?)?, ITS_OWN, ALL_WELL, &[])
        }),
        case("an import that there is not", || not_compiled("wasi:cli/environment@0.2.0")),
        case("relaxed SIMD, for which the loader does not save enough", || {
            let add =
                "(f32x4.relaxed_madd (v128.load (i32.const 0)) (v128.load (i32.const 0)) (v128.load (i32.const 0)))";
            let export = "(export \"zpoline:hook/getpid@0.1.0#enter\")";
            let body = format!("(v128.store (i32.const 16) {add}) (i32.const 0)");
            let source = format!("(module (memory (export \"memory\") 1) (func {export} (result i32) {body}))");
            refused(&source, &["relaxed SIMD support is not enabled"])
        }),
        case("an import of another version", || not_compiled("zpoline:hook/log@0.0.9")),
    ]
}

fn flip(bytes: &mut [u8]) {
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
}

fn with_mode(scratch: &Scratch, mode: u32) -> Result<PathBuf> {
    let hook = made(scratch, |_| ())?;
    fs::set_permissions(&hook, fs::Permissions::from_mode(mode))?;
    Ok(hook)
}

/// The compiler says that a hook asks for what nobody can grant.
fn not_compiled(import: &str) -> Result<()> {
    refused(&format!("(component (import \"{import}\" (instance)))"), &[import, "fix: "])
}

/// The compiler refuses a hook and says this.
fn refused(source: &str, says: &[&str]) -> Result<()> {
    let scratch = Scratch::new("refused")?;
    let source = scratch.write("hook.wat", source)?;
    expect(&Run::new(places::zpoline()?).arg("compile").arg(&source), REFUSED, "", says)
}
