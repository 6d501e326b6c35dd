//! What `zpoline compile` takes, and what it says of everything else.

use super::*;
use zpoline_host_abi::cwasm;

/// A hook by hand: a core module whose exports are named as its interfaces.
const BY_HAND: &str = r#"(module
  (import "zpoline:hook/log@0.1.0" "write" (func $log (param i32 i32 i32)))
  (memory (export "memory") 1)
  (data (i32.const 16) "openat")
  (func (export "zpoline:hook/openat@0.1.0#enter") (param i32 i64 i32 i32) (result i32)
    (call $log (i32.const 2) (i32.const 16) (i32.const 6))
    (i32.store8 (i32.const 64) (i32.const 0))
    (i32.const 64)))"#;

fn made(source: &[u8]) -> Result<Component> {
    component(source, Path::new("h.wat"))
}

fn refused(source: &str) -> String {
    made(source.as_bytes()).expect_err("not a hook").to_string()
}

/// What is said of [`BY_HAND`] with a change.
fn changed(from: &str, to: &str) -> String {
    let source = BY_HAND.replace(from, to);
    assert_ne!(source, BY_HAND);
    refused(&source)
}

/// What is said of a module that also imports this.
fn importing(import: &str) -> String {
    changed("(memory (export", &format!("{import} (memory (export"))
}

#[test]
fn a_module_by_hand_becomes_a_component_and_then_a_file() {
    let component = made(BY_HAND.as_bytes()).expect("a hook");
    assert_eq!(component.interface.exports, ["zpoline:hook/openat@0.1.0"]);
    assert!(component.interface.imports.iter().any(|name| name == "zpoline:hook/log@0.1.0"));

    let file = compile(&component, BY_HAND.as_bytes(), Path::new("/d/h.wat")).expect("machine code");
    let (payload, trailer) = cwasm::split(&file).expect("our format");
    assert!(payload.starts_with(b"\x7fELF"));
    assert_eq!(trailer.source_name, "h.wat");
    assert_eq!(trailer.source_sha256, cache::sha256(&[BY_HAND.as_bytes()]));

    let again = super::component(&file, Path::new("h.cwasm")).expect_err("compiled").to_string();
    assert_eq!(
        again,
        "h.cwasm is a compiled hook already\n  fix: ZPOLINE_HOOK=h.cwasm, or zpoline run --hook h.cwasm -- PROGRAM"
    );
}

#[test]
fn a_component_is_taken_as_it_is() {
    let first = made(BY_HAND.as_bytes()).expect("a hook");
    let again = component(&first.bytes, Path::new("h.wasm")).expect("a hook");
    assert_eq!(first.bytes, again.bytes);
}

#[test]
fn a_module_with_the_types_of_a_world_is_taken() {
    let mut module = wat::parse_str(BY_HAND).expect("text");
    wit::embed_types(&mut module, &["openat"]).expect("types");
    let component = made(&module).expect("a hook");
    assert_eq!(component.interface.exports, ["zpoline:hook/openat@0.1.0"]);
}

/// Every function of WASI preview 1, with what it takes: i32 as i, i64 as l.
const PREVIEW1: &str = "args_get ii, args_sizes_get ii, clock_res_get ii, clock_time_get ili, environ_get ii, \
    environ_sizes_get ii, fd_advise illi, fd_allocate ill, fd_close i, fd_datasync i, fd_fdstat_get ii, \
    fd_fdstat_set_flags ii, fd_fdstat_set_rights ill, fd_filestat_get ii, fd_filestat_set_size il, \
    fd_filestat_set_times illi, fd_pread iiili, fd_prestat_dir_name iii, fd_prestat_get ii, fd_pwrite iiili, \
    fd_read iiii, fd_readdir iiili, fd_renumber ii, fd_seek ilii, fd_sync i, fd_tell ii, fd_write iiii, \
    path_create_directory iii, path_filestat_get iiiii, path_filestat_set_times iiiilli, path_link iiiiiii, \
    path_open iiiiillii, path_readlink iiiiii, path_remove_directory iii, path_rename iiiiii, path_symlink iiiii, \
    path_unlink_file iii, poll_oneoff iiii, proc_raise i, random_get ii, sched_yield , sock_accept iii, \
    sock_recv iiiiii, sock_send iiiii, sock_shutdown ii";

#[test]
fn a_module_for_preview_1_gets_all_of_it_and_no_system() {
    let imports: String = PREVIEW1
        .split(", ")
        .map(|function| {
            let (name, letters) = function.split_once(' ').expect("a name and letters");
            let params: String = letters.chars().map(|c| if c == 'i' { " i32" } else { " i64" }).collect();
            format!(r#"(import "wasi_snapshot_preview1" "{name}" (func (param{params}) (result i32)))"#)
        })
        .collect();
    let exit = r#"(import "wasi_snapshot_preview1" "proc_exit" (func (param i32)))"#;
    let source = BY_HAND.replace("(memory (export", &format!("{imports}{exit}(memory (export"));
    let component = made(source.as_bytes()).expect("a hook");
    let foreign = component.interface.imports.iter().find(|name| !name.starts_with("zpoline:hook/"));
    assert_eq!(foreign, None);
    compile(&component, b"", Path::new("h.wat")).expect("machine code");
}

#[test]
fn what_is_not_in_preview_1_is_named() {
    let said = importing(r#"(import "wasi_snapshot_preview1" "teleport" (func))"#);
    assert!(said.contains("wasi_snapshot_preview1") && said.contains("teleport"), "{said}");
}

#[test]
fn a_wrong_type_is_told_with_the_right_one() {
    assert_eq!(
        changed("(param i32 i64 i32 i32)", "(param i32)"),
        "h.wat: the export zpoline:hook/openat@0.1.0#enter has the wrong type\n  it is (i32) -> (i32)\n  fix: make it (i32 i64 i32 i32) -> (i32): that is enter: func(dirfd: fd, pathname: address, flags: s32, mode: u32) -> action"
    );
    let said = importing(r#"(import "zpoline:hook/memory@0.1.0" "read" (func (param i32)))"#);
    assert!(said.starts_with("h.wat: the import zpoline:hook/memory@0.1.0#read has the wrong type\n"), "{said}");
    assert!(said.ends_with("that is read: func(at: address, length: u32) -> result<list<u8>, errno>"), "{said}");
    let said = importing(r#"(import "zpoline:hook/log@0.1.0" "output" (global i32))"#);
    assert!(said.contains("\n  it is no function\n"), "{said}");
}

#[test]
fn a_misspelt_function_is_corrected() {
    assert_eq!(
        changed("#enter", "#entr"),
        "h.wat: the module exports zpoline:hook/openat@0.1.0#entr, which there is not\n  zpoline:hook/openat@0.1.0 has enter\n  fix: call it enter, if that is meant"
    );
    let said = changed("\"write\"", "\"wirte\"");
    assert!(said.starts_with("h.wat: the module imports zpoline:hook/log@0.1.0#wirte, which there is not\n"), "{said}");
    assert!(said.ends_with("call it write, if that is meant"), "{said}");
}

#[test]
fn an_interface_is_exported_whole() {
    let finish = r#"(func (export "zpoline:hook/lifecycle@0.1.0#finish") (param i32)) (memory (export"#;
    let said = changed("(memory (export", finish);
    assert!(
        said.starts_with("h.wat: the module exports zpoline:hook/lifecycle@0.1.0 without its function init\n"),
        "{said}"
    );
    assert!(said.ends_with("fix: export zpoline:hook/lifecycle@0.1.0#init as (i32 i32) -> (i32)"), "{said}");
}

#[test]
fn a_module_has_to_export_its_memory() {
    assert_eq!(
        changed("(export \"memory\")", ""),
        "h.wat: the module does not export its memory\n  the host reads a hook's answers there\n  fix: export it under the name memory"
    );
}

#[test]
fn who_is_handed_lists_has_to_give_memory_for_them() {
    let said = importing(r#"(import "zpoline:hook/memory@0.1.0" "read" (func (param i64 i32 i32)))"#);
    assert!(
        said.starts_with(
            "h.wat: the module does not export cabi_realloc, with which the host asks for memory\n  zpoline:hook/memory@0.1.0#read hands it a string or a list\n"
        ),
        "{said}"
    );
}

#[test]
fn a_component_of_other_types_is_refused() {
    let said = refused(
        r#"(component
          (core module $m (func (export "f") (param i32)))
          (core instance $i (instantiate $m))
          (func $enter (param "number" u32) (canon lift (core func $i "f")))
          (instance $any (export "enter" (func $enter)))
          (export "zpoline:hook/any@0.1.0" (instance $any)))"#,
    );
    assert!(said.starts_with("h.wat: the component's types are not those of zpoline:hook\n"), "{said}");
    assert!(said.ends_with("  fix: build it again from the wit/ folder of this version"), "{said}");
}

#[test]
fn a_component_that_hooks_nothing_is_refused() {
    let said = refused("(component)");
    assert!(
        said.starts_with("h.wat: the component exports nothing from zpoline:hook: it hooks no syscall\n"),
        "{said}"
    );
}

#[test]
fn a_module_that_has_nothing_to_do_with_us_is_refused() {
    assert_eq!(
        refused("(module (func (export \"main\")))"),
        "h.wat: the module exports no interface of zpoline:hook, and has no section of wit-bindgen's\n  an export hooks a syscall if it is called as the component model calls it,\n  or if a bindings generator wrote it for a world that exports that syscall's interface\n  fix: export zpoline:hook/openat@0.1.0#enter, for example; zpoline new LANGUAGE NAME writes a whole hook"
    );
    let said = changed("@0.1.0#enter", "/enter");
    assert!(said.starts_with("h.wat: the module exports zpoline:hook/openat/enter, which names no function"), "{said}");
    assert!(said.ends_with("fix: call it as in zpoline:hook/openat@0.1.0#enter"), "{said}");
}

#[test]
fn a_program_is_no_hook() {
    let said = refused("(module (func (export \"_start\")))");
    assert!(said.starts_with("h.wat: the module is a program: it exports _start, and no interface"), "{said}");
    assert!(said.contains("-mexec-model=reactor"), "{said}");
}

#[test]
fn an_object_file_is_not_linked() {
    let said = refused("(module (@custom \"linking\" \"\\02\"))");
    assert!(said.starts_with("h.wat: the module is an object file, which no linker has seen\n"), "{said}");
}

#[test]
fn an_import_that_nothing_gives_is_named_with_what_leaves_it() {
    for (import, cause, fix) in [
        (r#"(import "env" "foo" (func))"#, "imports env::foo,", "link what defines it"),
        (r#"(import "env" "abort" (func (param i32 i32 i32 i32)))"#, "imports env::abort,", "--use abort=hook/abort"),
        (r#"(import "gojs" "runtime.wasmExit" (func (param i32)))"#, "gojs::runtime.wasmExit,", "GOOS=wasip1"),
        (r#"(import "wbg" "__wbg_log" (func))"#, "wbg::__wbg_log,", "use wit-bindgen"),
        (r#"(import "wasi_unstable" "fd_write" (func))"#, "wasi_unstable::fd_write,", "for wasip1"),
        (r#"(import "host" "now" (func))"#, "host::now,", "link it in"),
    ] {
        let said = importing(import);
        assert!(said.starts_with("h.wat: the module imports ") && said.contains(cause), "{said}");
        assert!(said.contains("\n  fix: ") && said.contains(fix), "{said}");
    }
    let said = changed("(memory (export \"memory\") 1)", r#"(import "env" "memory" (memory 1))"#);
    assert!(said.ends_with("fix: link it without --import-memory"), "{said}");
}

#[test]
fn a_misspelt_interface_of_a_module_is_corrected() {
    let said = changed("hook/openat@", "hook/opennat@");
    assert!(said.ends_with("fix: zpoline:hook/openat@0.1.0, if that is meant"), "{said}");
    let said = changed("hook/log@", "hook/lgo@");
    assert!(said.contains("imports zpoline:hook/lgo@0.1.0, which zpoline does not have"), "{said}");
    let said = changed("hook/openat@0.1.0", "hook/openat@0.0.9");
    assert!(said.contains("uses zpoline:hook/openat@0.0.9, this zpoline has zpoline:hook@0.1.0"), "{said}");
}

#[test]
fn features_that_no_hook_can_have_are_named() {
    let memory = "(memory (export \"memory\") 1)";
    assert_eq!(
        changed(memory, "(memory (export \"memory\") 1 1 shared)"),
        "h.wat: the module's memory is shared between threads, which a hook's may not\n  fix: build it without threads: no -pthread, no -matomics"
    );
    let said = changed(memory, "(memory (export \"memory\") i64 1)");
    assert!(
        said.ends_with("memory has 64-bit addresses, which a hook's may not\n  fix: build it for wasm32"),
        "{said}"
    );

    let source = BY_HAND.replace("(i32.const 64)))", "(i32.const 64)) (tag (param i32)))");
    let component = made(source.as_bytes()).expect("a hook");
    let said = compile(&component, b"", Path::new("h.wat")).expect_err("not to be compiled").to_string();
    assert!(said.starts_with("h.wat: the component cannot be compiled\n") && said.contains("exceptions"), "{said}");
    assert!(said.ends_with("\n  fix: build it without that feature"), "{said}");
}

#[test]
fn other_files_are_named_for_what_they_are() {
    let of = |name: &str, source: &[u8]| component(source, Path::new(name)).expect_err("no hook").to_string();
    assert!(of("h.wat", b"(component").starts_with("h.wat is not valid WebAssembly text\n"));
    assert!(of("h", b"\x7fELF\x02\x01\x01").starts_with("h is machine code already: an ELF file\n"));
    assert!(of("h", b"\x89PNG\r\n").starts_with("h is neither WebAssembly nor its text form\n"));
    assert!(of("h", b"\0asm\x0d\0\x01\0\xff").contains("damaged"));
    assert!(of("h", b"\0asm\x09\0\0\0").contains("WebAssembly"));
    assert_eq!(of("h.wasm", b" \n"), "h.wasm is empty\n  fix: build it again");
    for (source, what) in [
        (&b"!<arch>\nx"[..], "a static library"),
        (b"BC\xc0\xde", "LLVM bitcode"),
        (b"\x1f\x8b\x08", "compressed by gzip"),
        (b"\x28\xb5\x2f\xfd", "compressed by zstd"),
        (b"PK\x03\x04", "a zip archive"),
    ] {
        assert!(of("h.wasm", source).starts_with(&format!("h.wasm is {what}, not WebAssembly\n  fix: ")));
    }
}

#[test]
fn sources_are_told_how_they_are_built() {
    for (name, source, said) in [
        ("h.rs", "fn main() {}", "h.rs is Rust, not WebAssembly: it has to be built first\n  fix: cargo build"),
        ("h.c", "int x;", "h.c is C, not WebAssembly: it has to be built first\n  fix: clang --target=wasm32"),
        ("h.cpp", "int x;", "h.cpp is C++, not WebAssembly: it has to be built first\n  fix: zig c++"),
        ("h.zig", "const x = 1;", "h.zig is Zig, not WebAssembly: it has to be built first\n  fix: zig build-exe"),
        ("h.go", "package main", "h.go is Go, not WebAssembly: it has to be built first\n  fix: GOOS=wasip1"),
        ("h.ts", "let x = 1", "h.ts is TypeScript, not WebAssembly: it has to be built first\n  fix: asc"),
        ("h.js", "let x = 1", "h.js is JavaScript, not WebAssembly: it has to be built first\n  fix: componentize-qjs"),
        ("h.py", "x = 1", "h.py is Python, not WebAssembly: it has to be built first\n  fix: componentize-py"),
        ("h.wit", "package a:b;", "h.wit is WIT, not WebAssembly"),
    ] {
        let message = component(source.as_bytes(), Path::new(name)).expect_err("no hook").to_string();
        assert!(message.starts_with(said), "{message}");
    }
}

#[test]
fn what_wit_cannot_express_is_no_panic() {
    let strange = |name: &str| {
        let text = format!(r#"(component (import "{name}" (instance (type (func)) (export "t" (type (eq 0))))))"#);
        wat::parse_str(text).expect("text")
    };
    let said = component(&strange("x:y/z"), Path::new("h.wasm")).expect_err("not a hook").to_string();
    assert!(said.starts_with("h.wasm: the component imports x:y/z, which zpoline does not have\n"), "{said}");
    let types = |component: &[u8]| wit::check_types(component, &[]).expect_err("no types").to_string();
    let said = types(&strange("wasi:io/streams@0.2.0"));
    assert!(said.contains("wasi:io/streams"), "{said}");
}
