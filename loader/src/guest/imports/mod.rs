//! The host functions that a hook may import.
//!
//! Invariants: results are values (a bad address is EFAULT); nothing but the
//! user's own descriptor is written to; nothing blocks but that write. An
//! `Err` from a host function is an internal bug and traps the guest.

mod log;
mod memory;
mod process;

use super::grants::{self, Capability};
use super::instance::Host;
use wasmtime::Result;
use wasmtime::component::{Linker, LinkerInstance};
use zpoline_host_abi::WIT_VERSION;

/// Defines every import that exists. What a hook gets of them was decided by
/// [`grants::check`] before.
pub(crate) fn define(linker: &mut Linker<Host>) -> Result<()> {
    for capability in grants::ALL {
        let name = alloc::format!("zpoline:hook/{}@{WIT_VERSION}", capability.word());
        let add: fn(&mut LinkerInstance<'_, Host>) -> Result<()> = match capability {
            // Types have no definition to import.
            Capability::Types => continue,
            Capability::Memory => memory::define,
            Capability::Log => log::define,
            Capability::Process => process::define,
        };
        add(&mut linker.instance(&name)?)?;
    }
    Ok(())
}
