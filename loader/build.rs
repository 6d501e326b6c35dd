//! Links the loader with immediate binding (it seals its GOT after start-up), as the
//! first object to be initialised, and puts the compiled tracer where `startup::hook` includes it.

use std::path::PathBuf;
use std::{env, fs};

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-env-changed=ZPOLINE_TRACER_CWASM");
    println!("cargo::rustc-cdylib-link-arg=-Wl,-z,now");
    // Before the constructors of every other object, so that their calls are seen.
    println!("cargo::rustc-cdylib-link-arg=-Wl,-z,initfirst");
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets OUT_DIR")).join("tracer.cwasm");
    match env::var_os("ZPOLINE_TRACER_CWASM") {
        Some(path) => {
            println!("cargo::rerun-if-changed={}", PathBuf::from(&path).display());
            fs::copy(&path, &out).expect("ZPOLINE_TRACER_CWASM names the compiled tracer");
        }
        None => fs::write(&out, []).expect("OUT_DIR can be written"),
    }
}
