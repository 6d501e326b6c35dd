//! The one engine configuration, for the compiler and for the loader.
//!
//! A precompiled component fits only an engine whose settings are the same, so
//! there is a single function that makes them. Every setting on which the two
//! wasmtime flavours (std with a compiler, no_std without) have different
//! defaults is set by name.
//!
//! Invariants:
//! - No signal handler is ever needed for guest code: bounds, divisions and
//!   stack depth are checked in the code itself.
//! - Guest code is baseline x86-64 (SSE2): it cannot touch the upper halves of
//!   vector registers, which the loader therefore need not save.
//!
//! # Safety
//! [`wasmtime::Config::detect_host_feature`] must never claim a CPU feature
//! that the host lacks; ours claims none.
#![allow(unsafe_code, reason = "detect_host_feature is an unsafe setting")]

use wasmtime::{Config, Result, WasmBacktraceDetails};

/// The target that guests are compiled for and the loader runs on.
pub const TARGET: &str = "x86_64-unknown-linux-gnu";

/// Bytes of the hook stack that guest code may use. The hook stack has 1 MiB;
/// the other half is for wasmtime and the host functions under a guest's call.
pub const GUEST_STACK: usize = 512 * 1024;

/// The configuration under which components are compiled and loaded.
pub fn engine_config() -> Result<Config> {
    let mut config = Config::new();
    config
        // An explicit target also means: infer no features from this machine.
        .target(TARGET)?
        .signals_based_traps(false)
        // Memories live where they are allocated and move when they grow; no
        // address space is held back for 4 GiB of them.
        .memory_reservation(0)
        .memory_guard_size(0)
        .guard_before_linear_memory(false)
        .memory_may_move(true)
        .memory_init_cow(false)
        // Growing by a page at a time must not copy the memory each time.
        .memory_reservation_for_growth(1 << 20)
        .table_lazy_init(true)
        .consume_fuel(true)
        .epoch_interruption(false)
        .concurrency_support(false)
        .max_wasm_stack(GUEST_STACK)
        .wasm_component_model(true)
        .shared_memory(false)
        // Function names and offsets in a trap's backtrace; no DWARF.
        .wasm_backtrace_details(WasmBacktraceDetails::Disable)
        .generate_address_map(true)
        .debug_info(false)
        // Backtraces follow frame pointers.
        .native_unwind_info(false)
        // Its fused multiply-add would call libm, which takes the AVX form where
        // the processor has one and so clears the upper halves of the
        // program's vector registers.
        .wasm_relaxed_simd(false);
    // SAFETY: claiming no feature can only refuse code, never run it on a CPU
    // that lacks what it uses.
    unsafe { config.detect_host_feature(baseline) };
    #[cfg(feature = "compile")]
    config.cranelift_opt_level(wasmtime::OptLevel::Speed);
    Ok(config)
}

/// Answers for every optional CPU feature that it is absent: a component
/// compiled to use one is refused at load with the feature's name.
fn baseline(_feature: &str) -> Option<bool> {
    Some(false)
}
