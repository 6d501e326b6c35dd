//! Builds the loader and puts it into the command.
//!
//! Cargo unifies the features of everything that is built in one invocation,
//! and the loader wants wasmtime without std and without a compiler. So it is
//! built by a cargo of its own, into a target directory of its own, with the
//! `loader` profile whatever the profile of the command is: it is the hot path
//! of somebody else's program.
//!
//! | variable | meaning |
//! |---|---|
//! | `ZPOLINE_PREBUILT_LOADER` | take this `.so` and build nothing |

use anyhow::{Context, Result, ensure};
use sha2::{Digest, Sha256};
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

fn main() -> Result<()> {
    let cli = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").context("CARGO_MANIFEST_DIR")?);
    let root = cli.ancestors().nth(2).context("loader/cli lies two below the root")?.to_owned();
    let out = PathBuf::from(env::var_os("OUT_DIR").context("OUT_DIR")?);
    for path in [
        "Cargo.toml",
        "Cargo.lock",
        "host-abi",
        "loader/Cargo.toml",
        "loader/build.rs",
        "loader/src",
        "loader/planner",
        "loader/trust",
        "wit",
    ] {
        println!("cargo::rerun-if-changed={}", root.join(path).display());
    }
    println!("cargo::rerun-if-changed={}", cli.join("build.rs").display());
    println!("cargo::rerun-if-env-changed=ZPOLINE_PREBUILT_LOADER");

    list_wit(&root.join("wit"), &out.join("wit.rs"))?;
    let tracer = compile_tracer(&root, &out)?;
    let loader = match env::var_os("ZPOLINE_PREBUILT_LOADER") {
        Some(path) => {
            let path = root.join(path);
            println!("cargo::rerun-if-changed={}", path.display());
            path
        }
        None => build_loader(&root, &out, tracer.as_deref())?,
    };

    let content = fs::read(&loader).with_context(|| format!("cannot read the loader {}", loader.display()))?;
    let embedded = out.join("libzpoline_loader.so");
    fs::write(&embedded, &content)?;
    // Beside the command, for `LD_PRELOAD=target/release/libzpoline_loader.so`.
    // Renamed into place: programs that run keep the one they have mapped.
    let beside = profile_directory(&out)?.join("libzpoline_loader.so");
    let temporary = beside.with_extension("so~");
    fs::write(&temporary, &content)?;
    fs::rename(&temporary, &beside)?;

    let tracer_hash = tracer.map(|path| fs::read(path).map(|tracer| sha256(&tracer))).transpose()?;
    println!("cargo::rustc-env=ZPOLINE_LOADER_SO={}", embedded.display());
    println!("cargo::rustc-env=ZPOLINE_LOADER_SHA256={}", sha256(&content));
    println!("cargo::rustc-env=ZPOLINE_TRACER_SHA256={}", tracer_hash.unwrap_or_default());
    Ok(())
}

/// Writes the names and texts of the WIT files as a Rust expression.
fn list_wit(directory: &Path, to: &Path) -> Result<()> {
    let mut files: Vec<PathBuf> =
        fs::read_dir(directory)?.map(|entry| entry.map(|e| e.path())).collect::<Result<_, _>>()?;
    files.retain(|path| path.extension().is_some_and(|extension| extension == "wit"));
    files.sort();
    let mut text = String::from("&[\n");
    for path in files {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        text.push_str(&format!("    ({name:?}, include_str!({:?})),\n", path.display().to_string()));
    }
    text.push_str("]\n");
    fs::write(to, text)?;
    Ok(())
}

/// Compiles the component of the default tracer, which is kept as built, with
/// the compiler that the command has; the loader has none.
fn compile_tracer(root: &Path, out: &Path) -> Result<Option<PathBuf>> {
    let path = root.join("guest-examples/trace/trace.wasm");
    println!("cargo::rerun-if-changed={}", path.display());
    let Ok(source) = fs::read(&path) else {
        println!("cargo::warning={} is missing: zpoline trace will not work", path.display());
        return Ok(None);
    };
    let compile = || {
        let engine = wasmtime::Engine::new(&zpoline_host_abi::engine::engine_config()?)?;
        engine.precompile_component(&source)
    };
    let mut file = compile().map_err(|error| anyhow::anyhow!("cannot compile {}: {error:#}", path.display()))?;
    let hash = Sha256::digest(&source).into();
    file.extend(zpoline_host_abi::cwasm::Trailer::new("trace.wasm", source.len() as u64, hash).encode(&file));
    let to = out.join("trace.cwasm");
    // A new time stamp would build the loader again.
    if fs::read(&to).ok().as_ref() != Some(&file) {
        fs::write(&to, file)?;
    }
    Ok(Some(to))
}

/// Builds the loader; the path of its `.so`.
fn build_loader(root: &Path, out: &Path, tracer: Option<&Path>) -> Result<PathBuf> {
    let target = env::var("TARGET")?;
    let directory = target_directory(out)?.join("loader");
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo
        .current_dir(root)
        .args(["build", "--package", "zpoline-loader", "--profile", "loader", "--locked"])
        .arg("--target")
        .arg(&target)
        .arg("--target-dir")
        .arg(&directory);
    for (name, _) in env::vars_os() {
        if name.to_str().is_some_and(belongs_to_the_outer_build) {
            cargo.env_remove(name);
        }
    }
    match tracer {
        Some(path) => cargo.env("ZPOLINE_TRACER_CWASM", path),
        None => cargo.env_remove("ZPOLINE_TRACER_CWASM"),
    };
    let output = cargo.output().context("cannot start cargo for the loader")?;
    ensure!(
        output.status.success(),
        "the loader does not build: run `cargo build --package zpoline-loader --profile loader --target-dir {}`\n{}",
        directory.display(),
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(directory.join(target).join("loader/libzpoline_loader.so"))
}

/// Variables that say how the command is built (as a test, under clippy, with
/// coverage, with other flags) and would change the loader. What says where
/// things are (CARGO_HOME, registries, linkers, the jobserver) stays.
fn belongs_to_the_outer_build(name: &str) -> bool {
    const NAMES: [&str; 13] = [
        "CARGO_BUILD_TARGET",
        "CARGO_BUILD_RUSTFLAGS",
        "CARGO_ENCODED_RUSTFLAGS",
        "CARGO_INCREMENTAL",
        "CARGO_TARGET_DIR",
        "CLIPPY_ARGS",
        "CLIPPY_CONF_DIR",
        "RUSTFLAGS",
        "RUSTC_WORKSPACE_WRAPPER",
        "RUSTDOCFLAGS",
        "OPT_LEVEL",
        "DEBUG",
        "PROFILE",
    ];
    const PREFIXES: [&str; 6] =
        ["CARGO_CFG_", "CARGO_FEATURE_", "CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_PROFILE_", "DEP_"];
    NAMES.contains(&name)
        || PREFIXES.iter().any(|prefix| name.starts_with(prefix))
        || (name.starts_with("CARGO_TARGET_") && name.ends_with("_RUSTFLAGS"))
}

/// `target/PROFILE`, three above OUT_DIR (`target/PROFILE/build/NAME-HASH/out`).
fn profile_directory(out: &Path) -> Result<PathBuf> {
    Ok(out.ancestors().nth(3).context("OUT_DIR is too short")?.to_owned())
}

/// `target`: where cargo put its tag, above the profile and, with `--target`,
/// above the triple.
fn target_directory(out: &Path) -> Result<PathBuf> {
    let profile = profile_directory(out)?;
    let tagged = profile.ancestors().skip(1).find(|path| path.join("CACHEDIR.TAG").exists());
    Ok(tagged.or(profile.parent()).context("OUT_DIR is too short")?.to_owned())
}

fn sha256(content: &[u8]) -> String {
    Sha256::digest(content).iter().map(|byte| format!("{byte:02x}")).collect()
}
