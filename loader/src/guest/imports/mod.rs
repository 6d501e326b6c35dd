//! The host functions that a hook may import.
//!
//! Invariants: what a hook asks for wrongly it is told as a value (a bad address
//! is EFAULT); an `Err` from a host function traps the guest: it is an internal
//! bug, or the guest gave up (`wasi:cli/exit`). No function makes a syscall that
//! waits, but for output, `invoke` and the timers of `clock`. No buffer whose
//! size the guest chooses is allocated without a bound and without noticing that
//! there is no memory.

mod beneath;
mod bytes;
mod clock;
mod env;
mod files;
mod invoke;
mod log;
mod memory;
mod process;
mod program;
mod random;
mod scratch;
mod structures;
mod wasi;

pub(crate) use wasi::State as WasiState;

use super::grants::Allowed;
use super::instance::Host;
use wasmtime::Result;
use wasmtime::component::Linker;
use zpoline_host_abi::capability::{Capability, Import};

/// Defines what a hook imports. That it may have all of it was decided by
/// [`grants::check`](super::grants::check).
pub(crate) fn define(linker: &mut Linker<Host>, imports: &[Allowed]) -> Result<()> {
    for Allowed { name, import } in imports {
        let capability = match import {
            // Types have no definition to import.
            Import::Types => continue,
            Import::Own(capability) => *capability,
            Import::Wasi(interface) => {
                wasi::define(*interface, &mut linker.instance(name)?)?;
                continue;
            }
        };
        let mut linker = linker.instance(name)?;
        let linker = &mut linker;
        match capability {
            Capability::Memory => memory::define(linker)?,
            Capability::Log => log::define(linker)?,
            Capability::Process => process::define(linker)?,
            Capability::MemoryWrite => memory::define_write(linker)?,
            Capability::Scratch => scratch::define(linker)?,
            Capability::Invoke => invoke::define(linker)?,
            Capability::Clock => clock::define(linker)?,
            Capability::Random => random::define(linker)?,
            Capability::Env => env::define(linker)?,
            Capability::Files => files::define(linker)?,
            Capability::FilesWrite => files::define_write(linker)?,
        }
    }
    Ok(())
}
