//! `zpoline inspect`: what a hook takes and asks for, in any of its forms.
//!
//! # Safety
//! A compiled component can only be looked into by deserialising it, which
//! trusts the file as running it does, though nothing in it is run. So that is
//! done only for a file that the loader would run too: whole by its checksum,
//! of our versions, and such that nobody but root or us can have written it.
#![allow(unsafe_code, reason = "Component::deserialize")]

use crate::cache;
use crate::compiler;
use crate::failure::{Failure, Result};
use crate::hook;
use crate::interface::{Export, Interface};
use std::fmt::Write;
use std::io::Read;
use std::path::Path;
use wasmparser::{Parser, Payload};
use wasmtime::component::Component;
use wasmtime::component::types::ComponentItem;
use zpoline_host_abi::capability::{Capability, Import};
use zpoline_host_abi::cwasm::{self, CwasmError, Trailer};
use zpoline_host_abi::engine::GUEST_STACK;
use zpoline_host_abi::limits::{FUEL, LOG_BURST, LOG_RATE, MEMORY, START_FACTOR, TABLE_ELEMENTS};
use zpoline_trust::Problem;

/// A page of WebAssembly memory.
const PAGE: u64 = 65536;

/// What a hook needs to start.
#[derive(Debug, Default, PartialEq, Eq)]
struct Needs {
    memories: u32,
    /// The first size of the largest, in bytes.
    bytes: u64,
}

/// What there is to say about a file.
pub(crate) fn show(path: &Path) -> Result<String> {
    let file = hook::read(path)?;
    let shown = path.to_string_lossy();
    let size = count(file.len() as u64);
    match cwasm::split_any_version(&file) {
        Ok((_, trailer)) => {
            let mut out = format!("{shown}: a compiled hook, {size} bytes\n");
            origin(&mut out, &trailer);
            trailer.check_versions().map_err(|error| Failure::new(error.about(&shown)))?;
            // Once more, since the file may be another by now.
            let file = trusted(path)?;
            let (payload, _) = cwasm::split(&file).map_err(|error| Failure::new(error.about(&shown)))?;
            let (interface, needs) = look_into(payload, &shown)?;
            describe(&mut out, &interface, &needs);
            Ok(out)
        }
        Err(CwasmError::NotCompiled | CwasmError::Text) => {
            let component = compiler::component(&file, path)?;
            let what = if component.bytes == file { "a component" } else { "the source of a hook" };
            let mut out = format!("{shown}: {what}, {size} bytes\n");
            row(&mut out, "sha256", &cache::hex(&cache::sha256(&[&file])));
            describe(&mut out, &component.interface, &needs_of(&component.bytes));
            Ok(out)
        }
        Err(error) => Err(Failure::new(error.about(&shown))),
    }
}

/// Reads what the loader would read, and refuses what it would refuse.
fn trusted(path: &Path) -> Result<Vec<u8>> {
    let failed = |problem: &Problem| {
        let failure = Failure::new(problem.cause("the hook", path));
        match problem.fix() {
            Some(fix) => failure
                .why("it is machine code: the loader would not run it, and to look into it is to trust it")
                .fix(fix),
            None => failure,
        }
    };
    let mut bytes = Vec::new();
    let mut file = zpoline_trust::open(path).map_err(|problem| failed(&problem))?;
    file.read_to_end(&mut bytes).map_err(|error| failed(&Problem::Io(error)))?;
    Ok(bytes)
}

fn look_into(payload: &[u8], shown: &str) -> Result<(Interface, Needs)> {
    let look = || {
        let engine = wasmtime::Engine::new(&zpoline_host_abi::engine::engine_config()?)?;
        // SAFETY: the file was checked as the module's documentation says.
        let component = unsafe { Component::deserialize(&engine, payload)? };
        let names = component.component_type();
        let types_only = |item: &ComponentItem| match item {
            ComponentItem::ComponentInstance(instance) => {
                instance.exports(&engine).all(|(_, item)| !matches!(item.ty, ComponentItem::ComponentFunc(_)))
            }
            _ => false,
        };
        let interface = Interface {
            imports: names.imports(&engine).map(|(name, _)| name.to_owned()).collect(),
            exports: names.exports(&engine).map(|(name, _)| name.to_owned()).collect(),
            types_only: names
                .imports(&engine)
                .filter_map(|(name, item)| types_only(&item.ty).then(|| name.to_owned()))
                .collect(),
        };
        let needs = component.resources_required().map_or_else(Needs::default, |needs| Needs {
            memories: needs.num_memories,
            bytes: needs.max_initial_memory_size.unwrap_or(0).saturating_mul(PAGE),
        });
        Ok((interface, needs))
    };
    look().map_err(|error: wasmtime::Error| {
        Failure::new(format_args!("{shown} cannot be loaded: {error:#}"))
            .fix(format_args!("zpoline compile HOOK.wasm -o {shown}"))
    })
}

/// The memories of the core modules in a component.
fn needs_of(component: &[u8]) -> Needs {
    let mut needs = Needs::default();
    for payload in Parser::new(0).parse_all(component) {
        if let Ok(Payload::MemorySection(section)) = payload {
            for memory in section.into_iter().flatten() {
                needs.memories += 1;
                needs.bytes = needs.bytes.max(memory.initial.saturating_mul(PAGE));
            }
        }
    }
    needs
}

fn origin(out: &mut String, trailer: &Trailer<'_>) {
    row(out, "source", &format!("{}, {} bytes", trailer.source_name, count(trailer.source_len)));
    row(out, "sha256", &cache::hex(&trailer.source_sha256));
    row(out, "compiled", &format!("by wasmtime {} for zpoline:hook {}", trailer.wasmtime_version, trailer.wit_version));
}

fn describe(out: &mut String, interface: &Interface, needs: &Needs) {
    let hooks = interface.hooks();
    let mut taken: Vec<&str> = Vec::new();
    let (mut any, mut returned, mut lifecycle) = (false, false, false);
    for (_, export) in &hooks {
        match export {
            Export::Syscall(syscall) => taken.push(syscall.name),
            Export::Any => any = true,
            Export::Returned => returned = true,
            Export::Lifecycle => lifecycle = true,
        }
    }
    let hooked = match (taken.is_empty(), any) {
        (true, true) => "every syscall".to_owned(),
        (false, true) => format!("every syscall, and by their own types {}", taken.join(", ")),
        (false, false) => taken.join(", "),
        (true, false) => "nothing".to_owned(),
    };
    row(out, "hooks", &hooked);
    row(out, "may", "answer or refuse the calls that it hooks, or have the program make any other call");
    row(out, "", "in place of one: all that the program may do is in its reach");
    if returned {
        row(out, "", "see and replace the results of calls that it observes");
    }
    if lifecycle {
        row(out, "", "refuse to start; be told when the process ends");
    }
    imports(out, interface);
    let foreign: Vec<&str> =
        interface.exports.iter().filter(|name| !name.starts_with("zpoline:hook/")).map(String::as_str).collect();
    if !foreign.is_empty() {
        row(out, "unused", &foreign.join(", "));
    }
    row(
        out,
        "memory",
        &format!("{} at the start, {}", size(needs.bytes), plural(needs.memories, "memory", "memories")),
    );
    allowed(out);
}

/// What every hook may use, unless the user says otherwise.
fn allowed(out: &mut String) {
    row(
        out,
        "limits",
        &format!("{} fuel a call, {} times that at its start (ZPOLINE_FUEL)", count(FUEL), START_FACTOR),
    );
    row(out, "", &format!("{} of memory an instance (ZPOLINE_MEMORY)", size(MEMORY as u64)));
    row(out, "", &format!("{} of stack, {} table elements", size(GUEST_STACK as u64), count(TABLE_ELEMENTS as u64)));
    row(out, "", &format!("{} of log a second, {LOG_BURST} seconds' worth at once (ZPOLINE_LOG_RATE)", size(LOG_RATE)));
}

/// What the imports permit: what every hook has, what has to be granted, and what
/// it does not even ask for.
fn imports(out: &mut String, interface: &Interface) {
    let mut said: Vec<&str> = Vec::new();
    let mut asked: Vec<Capability> = Vec::new();
    for (name, import) in interface.asks() {
        match import.needs() {
            Some(capability) if !capability.granted_to_all() => asked.push(capability),
            _ => {
                let Some(permits) = import.permits().filter(|permits| !said.contains(permits)) else { continue };
                said.push(permits);
                let name = match import {
                    Import::Own(capability) => capability.word(),
                    _ => name,
                };
                row(out, "", &format!("{permits} ({name}, granted without asking)"));
            }
        }
    }
    asked.sort_unstable();
    asked.dedup();
    let mut title = "asks to";
    for capability in &asked {
        row(out, std::mem::take(&mut title), &format!("{} (--allow {})", capability.permits(), capability.grant()));
    }
    let refused = [
        ("make syscalls", &[Capability::Invoke][..]),
        ("write the program's memory", &[Capability::MemoryWrite, Capability::Invoke]),
        ("open files", &[Capability::Files, Capability::FilesWrite, Capability::Invoke]),
        ("use the network", &[Capability::Invoke]),
        ("know the time", &[Capability::Clock, Capability::Invoke]),
    ];
    let refused: Vec<&str> = refused
        .into_iter()
        .filter(|(_, by)| !asked.iter().any(|capability| by.contains(capability)))
        .map(|(what, _)| what)
        .collect();
    if !refused.is_empty() {
        row(out, "may not", &format!("{}, by itself", refused.join(", ")));
    }
}

fn row(out: &mut String, name: &str, value: &str) {
    let _ = writeln!(out, "  {name:<9} {value}");
}

fn plural(number: u32, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

fn size(bytes: u64) -> String {
    match bytes {
        0..1024 => format!("{bytes} bytes"),
        1024..0x10_0000 => format!("{} KiB", bytes / 1024),
        _ => format!("{}.{} MiB", bytes >> 20, (bytes >> 10) % 1024 * 10 / 1024),
    }
}

/// A number with its thousands apart.
fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(' ');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_easy_to_read() {
        assert_eq!(count(7), "7");
        assert_eq!(count(1_234_567), "1 234 567");
        assert_eq!(size(65536), "64 KiB");
        assert_eq!(size(1_150_000), "1.0 MiB");
    }

    fn described(imports: &[&str], exports: &[&str], types_only: &[&str]) -> String {
        let own = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        let interface = Interface { imports: own(imports), exports: own(exports), types_only: own(types_only) };
        let mut out = String::new();
        describe(&mut out, &interface, &Needs { memories: 1, bytes: 65536 });
        out
    }

    #[test]
    fn what_a_hook_may_do_is_said() {
        assert_eq!(
            described(
                &["zpoline:hook/types@0.1.0", "zpoline:hook/memory@0.1.0"],
                &["zpoline:hook/openat@0.1.0", "zpoline:hook/returned@0.1.0", "other"],
                &[]
            ),
            "  hooks     openat
  may       answer or refuse the calls that it hooks, or have the program make any other call
            in place of one: all that the program may do is in its reach
            see and replace the results of calls that it observes
            read the program's memory, all of it (memory, granted without asking)
  may not   make syscalls, write the program's memory, open files, use the network, know the time, by itself
  unused    other
  memory    64 KiB at the start, 1 memory
  limits    100 000 000 fuel a call, 20 times that at its start (ZPOLINE_FUEL)
            64.0 MiB of memory an instance (ZPOLINE_MEMORY)
            512 KiB of stack, 1 048 576 table elements
            1.0 MiB of log a second, 8 seconds' worth at once (ZPOLINE_LOG_RATE)
"
        );
    }

    #[test]
    fn what_a_hook_asks_for_is_said_with_the_words_that_grant_it() {
        let said = described(
            &[
                "zpoline:hook/memory-write@0.1.0",
                "zpoline:hook/invoke@0.1.0",
                "wasi:clocks/wall-clock@0.2.6",
                "wasi:clocks/monotonic-clock@0.2.6",
                "wasi:io/streams@0.2.6",
                "wasi:random/random@0.2.6",
            ],
            &["zpoline:hook/any@0.1.0"],
            &["wasi:random/random@0.2.6"],
        );
        let asks = "\
            use the streams that the others give (wasi:io/streams@0.2.6, granted without asking)
  asks to   write the program's memory: with that it can make the program do anything the program may do (--allow memory-write)
            make the granted syscalls, with any arguments, whenever it is called (--allow invoke=SYSCALL,...)
            read the clocks, and wait (--allow clock)
  memory";
        assert!(said.contains(asks), "{said}");
    }
}
