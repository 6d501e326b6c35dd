//! Why a file is not WebAssembly, in one sentence, and what makes a hook of it.

use crate::failure::Failure;
use std::path::Path;
use zpoline_host_abi::cwasm;

/// Source files by their ending: what they are, and how a hook is made of one.
const LANGUAGES: [(&[&str], &str, &str); 10] = [
    (&["rs"], "Rust", "cargo build --release --target wasm32-unknown-unknown"),
    (&["c", "h"], "C", "clang --target=wasm32-unknown-unknown -nostdlib -mbulk-memory -Wl,--no-entry -o HOOK.wasm"),
    (&["cc", "cpp", "cxx"], "C++", "zig c++ -target wasm32-wasi -mexec-model=reactor -o HOOK.wasm"),
    (&["zig"], "Zig", "zig build-exe -target wasm32-freestanding -O ReleaseSmall -fno-entry -rdynamic"),
    (&["go"], "Go", "GOOS=wasip1 GOARCH=wasm go build -buildmode=c-shared -o HOOK.wasm"),
    (&["ts"], "TypeScript", "asc HOOK.ts --transform ./hook.mjs --use abort=hook/abort -o HOOK.wasm (AssemblyScript)"),
    (
        &["js", "mjs", "cjs"],
        "JavaScript",
        "componentize-qjs --wit wit --js HOOK.js --world WORLD --sync --stub-wasi -o HOOK.wasm",
    ),
    (&["py"], "Python", "componentize-py -d wit -w WORLD componentize -s HOOK -o HOOK.wasm"),
    (&["wit"], "WIT", "it says what a hook looks like; zpoline new LANGUAGE NAME writes one"),
    (&["o", "a", "so", "rlib", "bc"], "a part of a program", "link it for wasm32 into one module"),
];

/// What files begin with that people take for WebAssembly.
const BEGINNINGS: [(&[u8], &str, &str); 5] = [
    (b"!<arch>\n", "a static library", "link it into one module"),
    (b"BC\xc0\xde", "LLVM bitcode", "link it into one module"),
    (b"\x1f\x8b", "compressed by gzip", "gzip -dc FILE >HOOK.wasm"),
    (b"\x28\xb5\x2f\xfd", "compressed by zstd", "zstd -dc FILE >HOOK.wasm"),
    (b"PK\x03\x04", "a zip archive", "unzip it"),
];

/// Why this is not WebAssembly; `error` is what its parser says.
pub(crate) fn not_wasm(source: &[u8], path: &Path, error: &wat::Error) -> Failure {
    let shown = path.display();
    if source.iter().all(u8::is_ascii_whitespace) {
        return Failure::new(format_args!("{shown} is empty")).fix("build it again");
    }
    if source.starts_with(b"\x7fELF") {
        if cwasm::split(source).is_ok() {
            return Failure::new(format_args!("{shown} is a compiled hook already"))
                .fix(format_args!("ZPOLINE_HOOK={shown}, or zpoline run --hook {shown} -- PROGRAM"));
        }
        return Failure::new(format_args!("{shown} is machine code already: an ELF file"))
            .why("zpoline compile wants the WebAssembly that it came from")
            .fix("zpoline compile HOOK.wasm");
    }
    if source.starts_with(b"\0asm") {
        return Failure::new(format_args!("{shown} is damaged WebAssembly")).why(error).fix("build it again");
    }
    if let Some((_, what, fix)) = BEGINNINGS.iter().find(|(bytes, ..)| source.starts_with(bytes)) {
        return Failure::new(format_args!("{shown} is {what}, not WebAssembly")).fix(fix);
    }
    let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
    if let Some((_, language, fix)) = LANGUAGES.iter().find(|(endings, ..)| endings.contains(&ending)) {
        return Failure::new(format_args!("{shown} is {language}, not WebAssembly: it has to be built first")).fix(fix);
    }
    if source.iter().take(512).any(|b| *b == 0 || *b >= 0x80) {
        return Failure::new(format_args!("{shown} is neither WebAssembly nor its text form"))
            .why("zpoline compile takes a component or a core module, binary (.wasm) or text (.wat)")
            .fix("build it for wasm32");
    }
    Failure::new(format_args!("{shown} is not valid WebAssembly text")).why(error)
}
