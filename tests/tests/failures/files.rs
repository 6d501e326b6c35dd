//! Files that are no hooks, or not to be trusted.

use super::{ALL_WELL, Body, ITS_OWN, REFUSED, case, expect, under};
use anyhow::Result;
use std::fs;
use std::os::unix::fs::{PermissionsExt, lchown, symlink};
use std::path::PathBuf;
use zpoline_host_abi::cwasm;
use zpoline_tests::command::Run;
use zpoline_tests::scratch::Scratch;
use zpoline_tests::{guests, places, user};

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
        of_a_group("writable by a group", |s| with_mode(s, 0o664), "can be written by others (mode 0664)"),
        file("writable by all", |s| with_mode(s, 0o606), &["can be written by others (mode 0606)", "fix: chmod go-w"]),
        of_a_group(
            "in a directory that a group can write",
            |s| below_mode(s, 0o775),
            "lies below {}, in which others can put what they like (mode 0775)",
        ),
        file("below a directory that all can write", |s| below_mode(s, 0o757), &["(mode 0757)", "fix: chmod go-w"]),
        case("in a sticky directory it is fine", || {
            let scratch = Scratch::new("hook")?;
            expect(&under(below_mode(&scratch, 0o1777)?)?, ITS_OWN, ALL_WELL, &[])
        }),
        case("behind links it is fine", || {
            let scratch = Scratch::new("hook")?;
            made(&scratch, |_| ())?;
            symlink("hook.cwasm", scratch.path("link"))?;
            symlink(scratch.directory(), scratch.path("here"))?;
            expect(&under(scratch.path("here/here/link"))?, ITS_OWN, ALL_WELL, &[])
        }),
        owned("of another user", |s| s.path("hook.cwasm"), "belongs to user 1234, not to root or you (user 0)"),
        owned("below another user's directory", |s| s.path("below"), "below, which belongs to user 1234"),
        owned("behind another user's link", |s| s.path("link"), "link, which belongs to user 1234"),
        file("of an older format", |s| sealed(s, |_, t| t[8] = 1), &["has trailer format 1", "fix: zpoline compile"]),
        file(
            "of an older wasmtime",
            |s| sealed(s, |_, t| t[72..74].copy_from_slice(b"47")),
            &["was compiled for wasmtime 47.", "this zpoline has wasmtime 48.", "fix: zpoline compile idle.wat"],
        ),
        file(
            "for another version of the interfaces",
            |s| sealed(s, |_, t| t[96..101].copy_from_slice(b"0.0.9")),
            &["was compiled for zpoline:hook 0.0.9", "this zpoline has zpoline:hook 0.1.0", "fix: zpoline compile"],
        ),
        file(
            "with another source's hash in its trailer",
            |s| {
                made(s, |b| {
                    let at = b.len() - 256 + 40;
                    b[at] ^= 1
                })
            },
            &["is damaged: its checksum does not match", "fix: zpoline compile"],
        ),
        file(
            "of another engine, in our wrapping",
            |s| sealed(s, |payload, _| payload[0x30] ^= 3),
            &["does not fit this loader: ", "fix: compile it again"],
        ),
        case("unreadable by others is fine", || {
            let scratch = Scratch::new("hook")?;
            expect(&under(with_mode(&scratch, 0o600)?)?, ITS_OWN, ALL_WELL, &[])
        }),
        case("an import that there is not", || not_compiled("wasi:sockets/tcp@0.2.0")),
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

/// A hook of which `change` edits payload and trailer, with a checksum that is
/// right again.
fn sealed(scratch: &Scratch, change: impl Fn(&mut [u8], &mut [u8])) -> Result<PathBuf> {
    const TRAILER: usize = 256;
    made(scratch, |bytes| {
        let length = bytes.len() - TRAILER;
        let (payload, trailer) = bytes.split_at_mut(length);
        change(payload, trailer);
        trailer[24..32].fill(0);
        let sum = cwasm::checksum(payload).rotate_left(32) ^ cwasm::checksum(trailer);
        trailer[24..32].copy_from_slice(&sum.to_le_bytes());
    })
}

/// A hook in a directory of this mode.
fn below_mode(scratch: &Scratch, mode: u32) -> Result<PathBuf> {
    let hook = made(scratch, |_| ())?;
    fs::set_permissions(scratch.directory(), fs::Permissions::from_mode(mode))?;
    Ok(hook)
}

/// A case about what a group can write, which has other members than the user.
fn of_a_group(name: &str, make: fn(&Scratch) -> Result<PathBuf>, says: &'static str) -> Body {
    case(name, move || {
        if !user::is_root() {
            println!("skipped: only root can give a file to any group");
            return Ok(());
        }
        let scratch = Scratch::new("hook")?;
        let hook = make(&scratch)?;
        let directory = scratch.directory();
        for path in [directory, &hook] {
            lchown(path, None, Some(1234))?;
        }
        let says = says.replace("{}", &directory.display().to_string());
        expect(&under(hook)?, REFUSED, "", &[&says, "it is machine code", "fix: chmod go-w "])
    })
}

/// A case about something on the way to a hook that belongs to another user.
fn owned(name: &str, which: fn(&Scratch) -> PathBuf, says: &'static str) -> Body {
    case(name, move || {
        if !user::is_root() {
            println!("skipped: only root can give a file away");
            return Ok(());
        }
        let scratch = Scratch::new("hook")?;
        let hook = made(&scratch, |_| ())?;
        fs::create_dir(scratch.path("below"))?;
        fs::copy(&hook, scratch.path("below/hook.cwasm"))?;
        symlink(&hook, scratch.path("link"))?;
        let given = which(&scratch);
        lchown(&given, Some(1234), None)?;
        let path = if given.is_dir() { given.join("hook.cwasm") } else { given };
        expect(
            &under(path)?,
            REFUSED,
            "",
            &[says, "it is machine code", "fix: put it where only you write, or: chown -h 0"],
        )
    })
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
