//! `tests/guests/fuzz.wat`: a hook that calls every import there is, in any
//! order, with arguments that mean nothing.
//!
//! A call of it is afs_syscall (183); all others it forwards. Its arguments: a seed,
//! how many imports to call, two of the program's addresses, and what else may be
//! nonsense: bit 0, the allocator (it answers anything, calls imports itself, grows
//! memory, traps); bit 1, the hook's answer.

use super::preview1::PREVIEW1;
use std::fmt::Write;
use std::path::Path;
use wit_parser::abi::{AbiVariant, WasmType};
use wit_parser::{Resolve, WorldItem};

/// A core function that the guest imports.
struct Import {
    module: String,
    name: String,
    params: Vec<&'static str>,
    results: Vec<&'static str>,
}

fn words(types: &[WasmType]) -> Vec<&'static str> {
    let word = |ty: &WasmType| match ty {
        WasmType::I64 | WasmType::PointerOrI64 => "i64",
        WasmType::F32 => "f32",
        WasmType::F64 => "f64",
        WasmType::I32 | WasmType::Pointer | WasmType::Length => "i32",
    };
    types.iter().map(word).collect()
}

/// All functions of the interfaces that a hook can import.
fn own_imports(wit: &Path) -> Result<Vec<Import>, String> {
    let mut resolve = Resolve::default();
    let (package, _) = resolve.push_path(wit).map_err(|error| error.to_string())?;
    let mut text = String::from("package test:hook; world hook {\n");
    for capability in zpoline_host_abi::capability::Capability::ALL {
        let _ = writeln!(text, "import zpoline:hook/{}@{};", capability.word(), zpoline_host_abi::WIT_VERSION);
    }
    text.push('}');
    let own = resolve.push_str("hook.wit", &text).map_err(|error| error.to_string())?;
    let world = resolve.select_world(&[own, package], Some("test:hook/hook")).map_err(|error| error.to_string())?;
    let mut all = Vec::new();
    for item in resolve.worlds[world].imports.values() {
        let WorldItem::Interface { id, .. } = item else { continue };
        let module = resolve.id_of(*id).ok_or("an interface has a name")?;
        for function in resolve.interfaces[*id].functions.values() {
            let signature = resolve.wasm_signature(AbiVariant::GuestImport, function);
            let (params, results) = (words(&signature.params), words(&signature.results));
            all.push(Import { module: module.clone(), name: function.name.clone(), params, results });
        }
    }
    Ok(all)
}

fn preview1() -> Vec<Import> {
    let import = |(name, params): &(&str, &str)| Import {
        module: "wasi_snapshot_preview1".into(),
        name: (*name).into(),
        params: params.chars().map(|letter| if letter == 'l' { "i64" } else { "i32" }).collect(),
        results: vec!["i32"],
    };
    // Those of a process end the guest: the adapter makes traps of them.
    PREVIEW1.iter().filter(|(name, _)| !name.starts_with("proc_")).map(import).collect()
}

/// The hook that imports `zpoline:hook`, and the one that imports WASI.
pub(super) fn both(wit: &Path) -> Result<[String; 2], String> {
    Ok([module(&own_imports(wit)?), module(&preview1())])
}

/// Paths, and what looks like one: 8 bytes each, so that any number of them can be
/// taken.
const PATHS: [&str; 16] = [
    "the-file",
    "the-link",
    "a-subdir",
    "/thedeep",
    "../../..",
    "/secret/",
    "newnames",
    "absolute",
    "/proc/1/",
    "root/etc",
    "/passwd/",
    "./././//",
    "a-subdir",
    "/../../a",
    "\\ff\\fe\\00z",
    "the-file",
];

fn module(imports: &[Import]) -> String {
    let mut declared = String::new();
    let mut calls = String::new();
    for (index, Import { module, name, params, results }) in imports.iter().enumerate() {
        let _ = writeln!(
            declared,
            r#"  (import "{module}" "{name}" (func $f{index} (param {}) (result {})))"#,
            params.join(" "),
            results.join(" ")
        );
        let mut call = format!("(call $f{index}");
        for ty in params {
            let argument = if *ty == "i64" { " (call $wide)" } else { " (call $narrow)" };
            call.push_str(argument);
        }
        call.push(')');
        for _ in results {
            call = format!("(drop {call})");
        }
        let _ = writeln!(calls, "    {call} (return))");
    }
    let count = imports.len();
    let blocks = "(block ".repeat(count + 1);
    let labels: Vec<String> = (0..count).map(|index| index.to_string()).collect();
    let paths: String = PATHS.iter().map(|path| format!("\n    \"{path}\"")).collect();
    let text = format!(
        r#";; Calls every import there is with arguments that mean nothing: see host-abi/generator/guest.rs.
(module
{declared}  (memory (export "memory") 4 8)
  (data (i32.const 0){paths})
  (global $seed (mut i64) (i64.const 1))
  (global $one (mut i64) (i64.const 0))
  (global $two (mut i64) (i64.const 0))
  (global $mood (mut i32) (i32.const 0))
  (global $heap (mut i32) (i32.const 65536))
  ;; xorshift64*
  (func $random (result i64)
    (global.set $seed (i64.xor (global.get $seed) (i64.shr_u (global.get $seed) (i64.const 12))))
    (global.set $seed (i64.xor (global.get $seed) (i64.shl (global.get $seed) (i64.const 25))))
    (global.set $seed (i64.xor (global.get $seed) (i64.shr_u (global.get $seed) (i64.const 27))))
    (i64.shr_u (i64.mul (global.get $seed) (i64.const 0x2545f4914f6cdd1d)) (i64.const 1)))
  (func $below (param $limit i32) (result i32)
    (i32.rem_u (i32.wrap_i64 (i64.shr_u (call $random) (i64.const 20))) (local.get $limit)))
  (func $near (param $at i64) (result i64)
    (i64.add (local.get $at) (i64.sub (i64.extend_i32_u (call $below (i32.const 80))) (i64.const 40))))
  ;; A small number, an address of the program's, an edge, anything.
  (func $wide (result i64)
    (block (block (block (block (block (block (block
      (br_table 0 1 2 3 4 5 6 (call $below (i32.const 7))))
      (return (i64.extend_i32_u (call $below (i32.const 64)))))
      (return (call $near (global.get $one))))
      (return (call $near (global.get $two))))
      (return (call $near (i64.const 0))))
      (return (i64.shl (i64.const 1) (i64.extend_i32_u (call $below (i32.const 64))))))
      (return (call $near (i64.shl (i64.extend_i32_u (memory.size)) (i64.const 16)))))
    (call $random))
  ;; Mostly an address or a length that is fine.
  (func $narrow (result i32)
    (if (i32.lt_u (call $below (i32.const 12)) (i32.const 11))
      (then (if (call $below (i32.const 3))
        (then (return (i32.shl (call $below (i32.const 4)) (i32.const 3))))
        (else (return (i32.shl (call $below (i32.const 64)) (i32.const 3)))))))
    (i32.wrap_i64 (call $wide)))
  (func $step
    {blocks}
    (br_table {} {} (call $below (i32.const {count}))))
{calls}  )
  (func (export "cabi_realloc") (param $old i32) (param $old_size i32) (param $align i32) (param $size i32)
    (result i32)
    (local $at i32)
    (if (i32.and (global.get $mood) (i32.const 1)) (then
      (if (i32.eqz (call $below (i32.const 4))) (then (return (call $narrow))))
      (if (i32.eqz (call $below (i32.const 8))) (then (call $step)))
      (if (i32.eqz (call $below (i32.const 8))) (then (drop (memory.grow (i32.const 1)))))
      (if (i32.eqz (call $below (i32.const 16))) (then unreachable))))
    (local.set $at (i32.and
      (i32.add (global.get $heap) (i32.sub (local.get $align) (i32.const 1)))
      (i32.sub (i32.const 0) (local.get $align))))
    (global.set $heap (i32.add (local.get $at) (local.get $size)))
    (local.get $at))
  (func (export "zpoline:hook/any@0.1.0#enter")
    (param $n i32) (param $a0 i64) (param $a1 i64) (param $a2 i64) (param $a3 i64) (param $a4 i64) (param $a5 i64)
    (result i32)
    (if (i32.ne (local.get $n) (i32.const 183)) (then
      (i32.store8 (i32.const 1024) (i32.const 0))
      (return (i32.const 1024))))
    (global.set $seed (i64.or (local.get $a0) (i64.const 1)))
    (global.set $one (local.get $a2))
    (global.set $two (local.get $a3))
    (global.set $mood (i32.wrap_i64 (local.get $a4)))
    (block $done (loop $again
      (br_if $done (i64.le_s (local.get $a1) (i64.const 0)))
      (local.set $a1 (i64.sub (local.get $a1) (i64.const 1)))
      (global.set $heap (i32.const 65536))
      (call $step)
      (br $again)))
    (if (i32.and (global.get $mood) (i32.const 2)) (then
      (i32.store8 (i32.const 1024) (call $below (i32.const 6)))
      (i64.store (i32.const 1032) (call $wide))
      (return (select (i32.const 1024) (call $narrow) (call $below (i32.const 4))))))
    (i64.store (i32.const 1024) (i64.const 2))
    (i64.store (i32.const 1032) (i64.const 42))
    (i32.const 1024))
  (func (export "zpoline:hook/returned@0.1.0#exit") (param i32) (param i64 i64 i64 i64 i64 i64)
    (param $outcome i64) (result i64)
    (if (result i64) (i32.and (global.get $mood) (i32.const 2))
      (then (call $wide)) (else (local.get $outcome)))))
"#,
        labels.join(" "),
        count.saturating_sub(1),
    );
    text
}
