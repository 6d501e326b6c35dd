//! WASI 0.2, as far as components need it that a toolchain made with it: answered
//! here, by the same means as `zpoline:hook`, under the same grants.
//!
//! | interfaces | answered by |
//! |---|---|
//! | cli: stdout, stderr | the log |
//! | cli: environment | the hook's arguments and the granted variables |
//! | cli: stdin, terminals | empty; none |
//! | cli: exit | a trap |
//! | clocks | the kernel's clocks, with `clock` |
//! | random | getrandom, with `random` |
//! | filesystem | the granted directories ([`beneath`](super::beneath)) |
//! | io | streams and pollables of these |
//!
//! Everything else (sockets, http) is refused when the hook is loaded. Invariants:
//! a resource is a place in a table of the store that it belongs to; tables are
//! bounded; an instance that is dropped closes its descriptors.

mod cli;
mod clocks;
mod errors;
mod filesystem;
mod io;
mod table;

use crate::guest::instance::Host;
use wasmtime::Result;
use wasmtime::component::LinkerInstance;
use zpoline_host_abi::capability::Wasi;

/// What a store keeps for WASI.
#[derive(Debug, Default)]
pub(crate) struct State {
    io: io::State,
    descriptors: table::Table<filesystem::Descriptor>,
    listings: table::Table<filesystem::Listing>,
}

/// Defines an interface.
pub(super) fn define(interface: Wasi, linker: &mut LinkerInstance<'_, Host>) -> Result<()> {
    match interface {
        Wasi::CliEnvironment => cli::environment(linker),
        Wasi::CliExit => cli::exit(linker),
        Wasi::CliStdin => cli::stdin(linker),
        Wasi::CliStdout => cli::stdout(linker),
        Wasi::CliStderr => cli::stderr(linker),
        Wasi::CliTerminalInput => cli::terminal_input(linker),
        Wasi::CliTerminalOutput => cli::terminal_output(linker),
        Wasi::CliTerminalStdin => cli::terminal_stdin(linker),
        Wasi::CliTerminalStdout => cli::terminal_of(linker, "get-terminal-stdout"),
        Wasi::CliTerminalStderr => cli::terminal_of(linker, "get-terminal-stderr"),
        Wasi::IoError => io::error(linker),
        Wasi::IoPoll => io::poll(linker),
        Wasi::IoStreams => io::streams(linker),
        Wasi::ClocksMonotonic => clocks::monotonic(linker),
        Wasi::ClocksWall => clocks::wall(linker),
        Wasi::RandomRandom => clocks::random(linker, "get-random-bytes", "get-random-u64"),
        Wasi::RandomInsecure => clocks::random(linker, "get-insecure-random-bytes", "get-insecure-random-u64"),
        Wasi::RandomInsecureSeed => clocks::seed(linker),
        Wasi::FilesystemPreopens => filesystem::preopens(linker),
        Wasi::FilesystemTypes => filesystem::types(linker),
    }
}
