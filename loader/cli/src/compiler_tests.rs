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
}

#[test]
fn a_component_is_taken_as_it_is() {
    let first = made(BY_HAND.as_bytes()).expect("a hook");
    let again = component(&first.bytes, Path::new("h.wasm")).expect("a hook");
    assert_eq!(first.bytes, again.bytes);
}

#[test]
fn a_wrong_signature_is_told() {
    let said = refused(&BY_HAND.replace("(param i32 i64 i32 i32)", "(param i32)"));
    assert!(said.starts_with("h.wat: cannot make a component of the core module\n"), "{said}");
    assert!(said.contains("enter"), "{said}");
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
fn a_module_that_has_nothing_to_do_with_us_is_refused() {
    assert_eq!(
        refused("(module (func (export \"main\")))"),
        "h.wat: the core module has no component-type section and exports no interface of zpoline:hook\n  zpoline compile makes a component of a module that wit-bindgen had a part in,\n  or whose exports are named as in zpoline:hook/openat@0.1.0#enter\n  fix: use wit-bindgen with the wit/ folder, or name the exports so"
    );
}

#[test]
fn a_module_that_wants_wasi_is_refused() {
    assert_eq!(
        refused(r#"(module (import "wasi_snapshot_preview1" "proc_exit" (func (param i32))))"#),
        "h.wat: the core module imports wasi_snapshot_preview1\n  a hook runs inside somebody else's program: it has no files, clock or terminal of its own\n  fix: build it for wasm32-unknown-unknown (Rust), freestanding (C, Zig)"
    );
}

#[test]
fn an_import_that_nothing_gives_is_named() {
    let said = refused(&BY_HAND.replace("zpoline:hook/log@0.1.0\" \"write", "env\" \"foo"));
    assert!(said.contains("env") && said.contains("foo"), "{said}");
}

#[test]
fn a_misspelt_interface_of_a_module_is_corrected() {
    let said = refused(&BY_HAND.replace("hook/openat@", "hook/opennat@"));
    assert!(said.ends_with("fix: zpoline:hook/openat@0.1.0, if that is meant"), "{said}");
}

#[test]
fn other_files_are_named_for_what_they_are() {
    assert!(refused("(component").starts_with("h.wat is not valid WebAssembly text\n"));
    let of = |source: &[u8]| made(source).expect_err("not WebAssembly").to_string();
    assert!(of(b"\x7fELF\x02\x01\x01").starts_with("h.wat is machine code already: an ELF file\n"));
    assert!(of(b"\x89PNG\r\n").starts_with("h.wat is neither WebAssembly nor its text form\n"));
    assert!(of(b"\0asm\x0d\0\x01\0\xff").contains("damaged"));
    assert!(of(b"\0asm\x09\0\0\0").contains("WebAssembly"));
}
