//! What the guest-host tests share: hooks written as WAT, compiled, and a
//! thread block for the thread that runs them.
//!
//! The compiler is wasmtime's std flavour in another binary and the loader
//! under test is its no_std flavour: that the one loads what the other compiled
//! is the proof that `engine_config` is the same on both sides. Linking a
//! compiler into this binary would change the loader's flavour (cargo unifies
//! features), so the helpers have cargo build one apart.
#![allow(dead_code, reason = "each test binary uses its own part of this")]
#![allow(unsafe_code, reason = "adopts a thread block; runs before main")]

use std::fs::File;
use std::os::fd::{AsRawFd, IntoRawFd};
use std::os::unix::fs::{MetadataExt, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use zpoline_loader::dispatch::{blocks, thread};
use zpoline_loader::guest::{
    self, Call, Decision, Grants, HookSet, LoadError, Observers, Options, Payload, Room, Source,
};
use zpoline_loader::island::output;

/// libtest makes threads before any test can say so, and the loader's locks (its
/// heap's among them) are no locks until they are told.
#[used]
#[unsafe(link_section = ".init_array")]
static THREADS: extern "C" fn() = {
    extern "C" fn begin() {
        zpoline_loader::island::sync::threads_begin();
    }
    begin
};

/// The process has one hook: tests take turns.
static TURN: Mutex<()> = Mutex::new(());

/// Waits for this test's turn and makes its thread one that the loader knows.
/// The loader's messages go nowhere.
pub(crate) fn turn() -> MutexGuard<'static, ()> {
    static NOWHERE: OnceLock<File> = OnceLock::new();
    let nowhere = NOWHERE.get_or_init(|| File::options().write(true).open("/dev/null").expect("/dev/null"));
    output::direct_to(nowhere.as_raw_fd());
    loud_turn()
}

/// As `turn`, with messages on standard error.
pub(crate) fn loud_turn() -> MutexGuard<'static, ()> {
    let turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    adopt();
    turn
}

/// Gives the calling thread a block.
pub(crate) fn adopt() {
    let block = blocks::allocate(core::ptr::null()).expect("memory for a thread block");
    // SAFETY: the block was made for this thread just now.
    unsafe { thread::adopt(block) };
}

/// Compiles `wat` and loads it.
pub(crate) fn load(wat: &str, options: Options) -> Result<HookSet, LoadError> {
    load_compiled(&compile(wat), options)
}

/// Loads what wasmtime compiled, as the loader does a file.
pub(crate) fn load_compiled(payload: &[u8], options: Options) -> Result<HookSet, LoadError> {
    let mut room = Room::new(payload.len()).expect("memory");
    room.bytes().copy_from_slice(payload);
    let image = room.seal(payload.len()).expect("sealed memory");
    guest::load(&[Source {
        payload: Payload::InPlace(image, payload.len()),
        name: "test.cwasm",
        origin: None,
        options,
    }])
}

/// Shows the hook a call; its decision.
pub(crate) fn enter(call: &Call) -> Decision {
    guest::enter(call, &mut { Observers::NONE })
}

/// Shows the hook a call and, if it observes, the outcome; its decision and what
/// it makes of the outcome.
pub(crate) fn observe(call: &Call, outcome: i64) -> (Decision, Option<i64>) {
    let mut observers = Observers::NONE;
    let decision = guest::enter(call, &mut observers);
    (decision, observers.any().then(|| guest::exit(call, &observers, outcome)))
}

/// Makes a component of a core module in text form that exports functions of these
/// interfaces, and loads it. No text stands for one that imports all there is.
pub(crate) fn load_core(wat: &str, exports: &[&str], options: Options) -> Result<HookSet, LoadError> {
    load_compiled(&compile_with(wat, exports), options)
}

/// What wasmtime makes of `wat`, without the trailer.
pub(crate) fn compile(wat: &str) -> Vec<u8> {
    compile_with(wat, &[])
}

/// As `compile`, with more words for the compiler.
pub(crate) fn compile_with(wat: &str, words: &[&str]) -> Vec<u8> {
    let wasm = if wat.is_empty() { Vec::new() } else { wat::parse_str(wat).unwrap_or_else(|e| panic!("{e}\n{wat}")) };
    try_compile(&wasm, words).unwrap_or_else(|complaint| panic!("{complaint}\n{wat}"))
}

/// As `compile_with`, of WebAssembly.
pub(crate) fn compile_bytes(wasm: &[u8], words: &[&str]) -> Vec<u8> {
    try_compile(wasm, words).unwrap_or_else(|complaint| panic!("{complaint}"))
}

/// As `compile_bytes`, or what the compiler says.
pub(crate) fn try_compile(wasm: &[u8], words: &[&str]) -> Result<Vec<u8>, String> {
    static SERIAL: AtomicU32 = AtomicU32::new(0);
    let stem = format!("zpoline-guest-{}-{}", std::process::id(), SERIAL.fetch_add(1, Ordering::Relaxed));
    let source = std::env::temp_dir().join(format!("{stem}.wasm"));
    let compiled = source.with_extension("cwasm");
    std::fs::write(&source, wasm).expect("scratch file");
    let output = Command::new(compiler()).args([&source, &compiled]).args(words).output().expect("the compiler runs");
    std::fs::remove_file(source).expect("scratch file");
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned());
    }
    let bytes = std::fs::read(&compiled).expect("the compiled hook");
    std::fs::remove_file(compiled).expect("scratch file");
    Ok(bytes)
}

/// The example `precompile` of host-abi, built once.
fn compiler() -> &'static Path {
    static COMPILER: OnceLock<PathBuf> = OnceLock::new();
    COMPILER.get_or_init(|| {
        // target/<profile>/deps/<test>
        let test = std::env::current_exe().expect("a path of this test");
        let target = test.ancestors().nth(3).expect("a target folder");
        let status = Command::new(env!("CARGO"))
            // Beside the command, so that cargo takes what that was built of.
            .args(["build", "--quiet", "--release", "-p", "zpoline", "-p", "zpoline-host-abi"])
            .args(["--features", "zpoline-host-abi/compile", "--example", "precompile", "--target-dir"])
            .arg(target)
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .status()
            .expect("cargo runs");
        assert!(status.success(), "the example precompile of host-abi does not build");
        target.join("release/examples/precompile")
    })
}

/// The start of each hook: the types, under the names `$call` and `$action`.
pub(crate) const TYPES: &str = r#"
  (import "zpoline:hook/types@0.1.0" (instance $types
    (type $call' (record (field "number" u32) (field "a0" s64) (field "a1" s64) (field "a2" s64)
      (field "a3" s64) (field "a4" s64) (field "a5" s64)))
    (export "call" (type $call (eq $call')))
    (type $action' (variant (case "forward") (case "observe") (case "complete" s64)
      (case "rewrite" $call) (case "rewrite-observe" $call)))
    (export "action" (type $action (eq $action')))))
  (alias export $types "action" (type $action))"#;

/// Exports core function `enter` of `$i` as the interface `any`.
pub(crate) const ANY: &str = r#"
  (func $any (param "number" u32) (param "a0" s64) (param "a1" s64) (param "a2" s64) (param "a3" s64)
    (param "a4" s64) (param "a5" s64) (result $action)
    (canon lift (core func $i "enter") (memory (core memory $i "memory"))))
  (instance $any (export "enter" (func $any)))
  (export "zpoline:hook/any@0.1.0" (instance $any))"#;

/// Exports core function `exit` of `$i` as the interface `returned`.
pub(crate) const RETURNED: &str = r#"
  (func $exit (param "number" u32) (param "a0" s64) (param "a1" s64) (param "a2" s64) (param "a3" s64)
    (param "a4" s64) (param "a5" s64) (param "outcome" s64) (result s64) (canon lift (core func $i "exit")))
  (instance $returned (export "exit" (func $exit)))
  (export "zpoline:hook/returned@0.1.0" (instance $returned))"#;

/// Exports core functions `init` and `finish` of `$i` as the interface
/// `lifecycle`. The inner component gives the record its name, as wit-component
/// does it.
pub(crate) const LIFECYCLE: &str = r#"
  (type $settings (record (field "per-thread" bool)))
  (func $init (param "arguments" (list string)) (result (result $settings (error string)))
    (canon lift (core func $i "init") (memory (core memory $i "memory")) (realloc (core func $i "realloc"))))
  (func $finish (param "status" s32) (canon lift (core func $i "finish")))
  (component $named
    (type $settings' (record (field "per-thread" bool)))
    (import "settings" (type $settings (eq $settings')))
    (import "init" (func $init (param "arguments" (list string)) (result (result $settings (error string)))))
    (import "finish" (func $finish (param "status" s32)))
    (export $out "out-settings" (type $settings))
    (export "init" (func $init) (func (param "arguments" (list string)) (result (result $out (error string)))))
    (export "finish" (func $finish)))
  (instance $lifecycle (instantiate $named (with "settings" (type $settings)) (with "init" (func $init))
    (with "finish" (func $finish))))
  (export "zpoline:hook/lifecycle@0.1.0" (instance $lifecycle))"#;

/// Type of a core `enter` behind `any`.
pub(crate) const ENTER: &str = "(param $n i32) (param $a0 i64) (param $a1 i64) (param i64 i64 i64 i64) (result i32)";

/// A hook from the items of its core module and its exports.
pub(crate) fn hook(core: &str, exports: &str) -> String {
    with_imports("", "", core, exports)
}

/// A hook whose core module `$m` is instantiated with `arguments`.
pub(crate) fn with_imports(imports: &str, arguments: &str, core: &str, exports: &str) -> String {
    format!(
        "(component {TYPES} {imports}
  (core module $m {core})
  (core instance $i (instantiate $m {arguments}))
  {exports})"
    )
}

/// A hook of `any` whose `enter` has this body; its answer lies at 1024.
pub(crate) fn any(body: &str) -> String {
    hook(&format!(r#"(memory (export "memory") 1) (func (export "enter") {ENTER} {body} (i32.const 1024))"#), ANY)
}

/// A hook of `any` with these imports, whose `enter` answers an i64: what the
/// program gets. `$a0` to `$a2` are the program's arguments. Strings for it lie from
/// 4096; lists that it gets, from 65536.
pub(crate) fn core(imports: &str, body: &str) -> String {
    let enter = ENTER.replace("(param i64 i64 i64 i64)", "(param $a2 i64) (param i64 i64 i64)");
    format!(
        r#"(module {imports}
        (memory (export "memory") 40)
        (global $heap (mut i32) (i32.const 65536))
        (func (export "cabi_realloc") (param i32 i32 $alignment i32 $size i32) (result i32)
          (global.set $heap (i32.and (i32.add (global.get $heap) (i32.const 15)) (i32.const -16)))
          (global.get $heap)
          (global.set $heap (i32.add (global.get $heap) (local.get $size))))
        (func $answer {enter_value} {body})
        (func (export "zpoline:hook/any@0.1.0#enter") {enter}
          (global.set $heap (i32.const 65536))
          (i32.store8 (i32.const 1024) (i32.const 2))
          (i64.store (i32.const 1032)
            (call $answer (local.get $n) (local.get $a0) (local.get $a1) (local.get $a2)))
          (i32.const 1024)))"#,
        enter_value = "(param $n i32) (param $a0 i64) (param $a1 i64) (param $a2 i64) (result i64)",
    )
    .replace("(param i32 i32 $alignment i32 $size i32)", "(param i32 i32 i32) (param $size i32)")
}

/// What the hook answers to a call with these arguments.
pub(crate) fn ask(args: [u64; 3]) -> i64 {
    let [a, b, c] = args;
    match enter(&Call { number: zpoline_host_abi::nr::GETPPID, args: [a, b, c, 0, 0, 0] }) {
        Decision::Complete(answer) => answer,
        other => panic!("{other:?}"),
    }
}

pub(crate) fn minus(errno: u32) -> i64 {
    -i64::from(errno)
}

/// A directory of the test's own with something in it and something beside it.
pub(crate) struct Tree(pub(crate) PathBuf);

impl Tree {
    pub(crate) fn new(name: &str) -> Self {
        let at = std::env::temp_dir().join(format!("zpoline-capabilities-{}-{name}", std::process::id()));
        let _ = std::fs::remove_dir_all(&at);
        std::fs::create_dir_all(at.join("granted/below")).unwrap();
        std::fs::write(at.join("secret"), "secret").unwrap();
        std::fs::write(at.join("granted/file"), "content").unwrap();
        std::fs::write(at.join("granted/below/deep"), "x".repeat(100_000)).unwrap();
        let tree = Self(at);
        symlink("../secret", tree.granted().join("out")).unwrap();
        symlink(tree.0.join("secret"), tree.granted().join("absolute")).unwrap();
        symlink("below/deep", tree.granted().join("in")).unwrap();
        symlink("..", tree.granted().join("up")).unwrap();
        tree
    }

    pub(crate) fn granted(&self) -> PathBuf {
        self.0.join("granted")
    }

    pub(crate) fn grants(&self, writable: bool) -> Grants {
        let directory = File::open(self.granted()).unwrap();
        let metadata = directory.metadata().unwrap();
        let mut grants = Grants::default();
        let path = self.granted().display().to_string();
        grants.directory(&path, directory.into_raw_fd(), (metadata.dev(), metadata.ino()), writable);
        grants
    }
}

impl Drop for Tree {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
