//! Guests that misbehave at random.
//!
//! [`caller`] is one that calls imports in any order, with arguments made from a
//! seed that the host gives it with each call: numbers at the edges of its memory
//! and of the types, the program's addresses, and nonsense. [`random`] is one whose
//! code is random altogether.

use super::{Random, componentize, world};
use anyhow::{Context, Result};
use std::fmt::Write;
use wit_parser::abi::{AbiVariant, WasmType};
use wit_parser::{Resolve, WorldId, WorldItem};

/// A core function that a hook can import.
struct Import {
    interface: String,
    name: String,
    params: Vec<WasmType>,
    results: Vec<WasmType>,
}

fn imports(resolve: &Resolve, world: WorldId) -> Result<Vec<Import>> {
    let mut all = Vec::new();
    for item in resolve.worlds[world].imports.values() {
        let WorldItem::Interface { id, .. } = item else { continue };
        let interface = resolve.id_of(*id).context("an interface has a name")?;
        for function in resolve.interfaces[*id].functions.values() {
            let signature = resolve.wasm_signature(AbiVariant::GuestImport, function);
            let (params, results) = (signature.params, signature.results);
            all.push(Import { interface: interface.clone(), name: function.name.clone(), params, results });
        }
    }
    Ok(all)
}

fn text(types: &[WasmType]) -> String {
    let words = types.iter().map(|ty| match ty {
        WasmType::I64 | WasmType::PointerOrI64 => "i64",
        WasmType::F32 => "f32",
        WasmType::F64 => "f64",
        WasmType::I32 | WasmType::Pointer | WasmType::Length => "i32",
    });
    words.collect::<Vec<_>>().join(" ")
}

/// The import section.
fn declared(imports: &[Import]) -> String {
    let mut out = String::new();
    for (index, Import { interface, name, params, results }) in imports.iter().enumerate() {
        let (params, results) = (text(params), text(results));
        let _ =
            writeln!(out, r#"(import "{interface}" "{name}" (func $f{index} (param {params}) (result {results})))"#);
    }
    out
}

const ANY: &str = "zpoline:hook/any@0.1.0#enter";
const RETURNED: &str = "zpoline:hook/returned@0.1.0#exit";

/// The component described above. Its arguments: seed, number of calls, two of the
/// program's addresses, and how its allocator behaves (0: as it should).
pub fn caller() -> Result<Vec<u8>> {
    let (resolve, world) = world()?;
    let imports = imports(&resolve, world)?;
    let mut step = String::new();
    let count = imports.len();
    for _ in 0..=count {
        step.push_str("(block ");
    }
    let labels: Vec<String> = (0..count).map(|index| index.to_string()).collect();
    let _ = write!(step, "(br_table {} {} (call $below (i32.const {count}))))", labels.join(" "), count - 1);
    for (index, import) in imports.iter().enumerate() {
        let mut call = format!("(call $f{index}");
        for ty in &import.params {
            call.push_str(match &*text(std::slice::from_ref(ty)) {
                "i64" => " (call $wide)",
                "i32" => " (call $narrow)",
                float => {
                    if float == "f32" {
                        " (f32.const 0)"
                    } else {
                        " (f64.const 0)"
                    }
                }
            });
        }
        call.push(')');
        for _ in &import.results {
            call = format!("(drop {call})");
        }
        let _ = writeln!(step, "{call} (return))");
    }
    let declared = declared(&imports);
    let module = format!(
        r#"(module
{declared}
(memory (export "memory") 4 8)
(global $seed (mut i64) (i64.const 1))
(global $one (mut i64) (i64.const 0))
(global $two (mut i64) (i64.const 0))
(global $mood (mut i32) (i32.const 0))
(global $heap (mut i32) (i32.const 65536))
(func $random (result i64)
  (global.set $seed (i64.xor (global.get $seed) (i64.shr_u (global.get $seed) (i64.const 12))))
  (global.set $seed (i64.xor (global.get $seed) (i64.shl (global.get $seed) (i64.const 25))))
  (global.set $seed (i64.xor (global.get $seed) (i64.shr_u (global.get $seed) (i64.const 27))))
  (i64.shr_u (i64.mul (global.get $seed) (i64.const 0x2545f4914f6cdd1d)) (i64.const 1)))
(func $below (param $limit i32) (result i32)
  (i32.rem_u (i32.wrap_i64 (i64.shr_u (call $random) (i64.const 20))) (local.get $limit)))
(func $near (param $at i64) (result i64)
  (i64.add (local.get $at) (i64.sub (i64.extend_i32_u (call $below (i32.const 80))) (i64.const 40))))
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
    (then (return (i32.shl (call $below (i32.const 64)) (i32.const 3)))))
  (i32.wrap_i64 (call $wide)))
(func $step {step})
(func (export "cabi_realloc") (param $old i32) (param $old_size i32) (param $align i32) (param $size i32) (result i32)
  (local $at i32)
  (if (global.get $mood) (then
    (if (i32.eqz (call $below (i32.const 4))) (then (return (call $narrow))))
    (if (i32.eqz (call $below (i32.const 8))) (then (call $step)))
    (if (i32.eqz (call $below (i32.const 8))) (then (drop (memory.grow (i32.const 1)))))
    (if (i32.eqz (call $below (i32.const 16))) (then unreachable))))
  (local.set $at (i32.and
    (i32.add (global.get $heap) (i32.sub (local.get $align) (i32.const 1)))
    (i32.sub (i32.const 0) (local.get $align))))
  (global.set $heap (i32.add (local.get $at) (local.get $size)))
  (local.get $at))
(func (export "{ANY}")
  (param $n i32) (param $a0 i64) (param $a1 i64) (param $a2 i64) (param $a3 i64) (param $a4 i64) (param $a5 i64)
  (result i32)
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
  (if (global.get $mood) (then
    (i32.store8 (i32.const 1024) (call $below (i32.const 6)))
    (i64.store (i32.const 1032) (call $wide))
    (return (select (i32.const 1024) (call $narrow) (call $below (i32.const 4))))))
  (i64.store (i32.const 1024) (i64.const 1))
  (i32.const 1024))
(func (export "{RETURNED}")
  (param i32) (param i64 i64 i64 i64 i64 i64) (param $outcome i64) (result i64)
  (select (call $wide) (local.get $outcome) (global.get $mood))))"#
    );
    componentize(wat::parse_str(&module).with_context(|| module.clone())?)
}

/// A component with random code that may import all there is; an error where that
/// cannot be made of these numbers.
pub fn random(random: &mut Random) -> Result<Vec<u8>> {
    let (resolve, world) = world()?;
    let imports = imports(&resolve, world)?;
    let some: Vec<Import> = imports.into_iter().filter(|_| random.below(6) == 0).collect();
    let shape = format!(
        r#"(module {}
        (memory (export "memory") 2 20)
        (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) unreachable)
        (func (export "{ANY}") (param i32 i64 i64 i64 i64 i64 i64) (result i32) unreachable)
        (func (export "{RETURNED}") (param i32 i64 i64 i64 i64 i64 i64 i64) (result i64) unreachable))"#,
        declared(&some)
    );
    let config = wasm_smith::Config {
        module_shape: Some(wat::parse_str(shape)?),
        allow_start_export: true,
        bulk_memory_enabled: true,
        custom_page_sizes_enabled: false,
        exceptions_enabled: false,
        gc_enabled: false,
        memory64_enabled: false,
        relaxed_simd_enabled: false,
        shared_everything_threads_enabled: false,
        tail_call_enabled: random.below(2) == 0,
        threads_enabled: false,
        wide_arithmetic_enabled: false,
        max_memories: 1,
        max_instructions: 400,
        ..wasm_smith::Config::default()
    };
    let length = 200 + random.below(6000);
    let bytes = random.bytes(length);
    let module = wasm_smith::Module::new(config, &mut arbitrary::Unstructured::new(&bytes))?;
    componentize(module.to_bytes())
}
