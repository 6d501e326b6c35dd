//! What a hook can import, and what each import lets it do.
//!
//! Invariant: every match here is exhaustive without a wildcard, so that an
//! interface added later is refused until somebody decides about it.

use crate::WIT_VERSION;

/// Something that a hook can be allowed to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Capability {
    /// Reading the program's memory.
    Memory,
    /// Messages and output for the user.
    Log,
    /// Who made the call.
    Process,
    /// Writing the program's memory.
    MemoryWrite,
    /// Bytes that the program's own call can point to.
    Scratch,
    /// Making syscalls.
    Invoke,
    /// Reading clocks, and waiting.
    Clock,
    /// Random bytes.
    Random,
    /// Environment variables.
    Env,
    /// Reading files below given directories.
    Files,
    /// Writing files below given directories.
    FilesWrite,
}

impl Capability {
    /// All of them.
    pub const ALL: [Self; 11] = [
        Self::Memory,
        Self::Log,
        Self::Process,
        Self::MemoryWrite,
        Self::Scratch,
        Self::Invoke,
        Self::Clock,
        Self::Random,
        Self::Env,
        Self::Files,
        Self::FilesWrite,
    ];

    /// The name of its interface in `zpoline:hook`, and the word before `=` in a
    /// grant.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Memory => "memory",
            Self::Log => "log",
            Self::Process => "process",
            Self::MemoryWrite => "memory-write",
            Self::Scratch => "scratch",
            Self::Invoke => "invoke",
            Self::Clock => "clock",
            Self::Random => "random",
            Self::Env => "env",
            Self::Files => "files",
            Self::FilesWrite => "files-write",
        }
    }

    /// The capability of this word.
    #[must_use]
    pub fn by_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|capability| capability.word() == word)
    }

    /// Whether every hook has it without being granted it.
    #[must_use]
    pub const fn granted_to_all(self) -> bool {
        match self {
            Self::Memory | Self::Log | Self::Process => true,
            Self::MemoryWrite
            | Self::Scratch
            | Self::Invoke
            | Self::Clock
            | Self::Random
            | Self::Env
            | Self::Files
            | Self::FilesWrite => false,
        }
    }

    /// What it lets a hook do, to be read after "may".
    #[must_use]
    pub const fn permits(self) -> &'static str {
        match self {
            Self::Memory => "read the program's memory, all of it",
            Self::Log => "write to standard error or the log file",
            Self::Process => "know the process, the thread and its name",
            Self::MemoryWrite => {
                "write the program's memory: with that it can make the program do anything the program may do"
            }
            Self::Scratch => "place bytes that the calls it hooks can point to, such as another path",
            Self::Invoke => "make the granted syscalls, with any arguments, whenever it is called",
            Self::Clock => "read the clocks, and wait",
            Self::Random => "get random bytes",
            Self::Env => "read the granted environment variables",
            Self::Files => "read files below the granted directories",
            Self::FilesWrite => "create, write, rename and remove files below the granted directories",
        }
    }

    /// How it is granted, as a user would write it.
    #[must_use]
    pub const fn grant(self) -> &'static str {
        match self {
            Self::Memory
            | Self::Log
            | Self::Process
            | Self::MemoryWrite
            | Self::Scratch
            | Self::Clock
            | Self::Random => self.word(),
            Self::Invoke => "invoke=SYSCALL,...",
            Self::Env => "env=NAME,...",
            Self::Files => "files=/DIRECTORY",
            Self::FilesWrite => "files-write=/DIRECTORY",
        }
    }

    /// What the word is followed by in a grant; None if it stands alone.
    #[must_use]
    pub const fn value(self) -> Option<&'static str> {
        match self {
            Self::Memory
            | Self::Log
            | Self::Process
            | Self::MemoryWrite
            | Self::Scratch
            | Self::Clock
            | Self::Random => None,
            Self::Invoke => Some("a set of syscalls: names, %classes, all; ! before it for all others"),
            Self::Env => Some("names of variables"),
            Self::Files | Self::FilesWrite => Some("the absolute path of a directory"),
        }
    }
}

/// An interface of WASI 0.2 that the loader answers itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "WASI's own names")]
pub enum Wasi {
    CliEnvironment,
    CliExit,
    CliStdin,
    CliStdout,
    CliStderr,
    CliTerminalInput,
    CliTerminalOutput,
    CliTerminalStdin,
    CliTerminalStdout,
    CliTerminalStderr,
    IoError,
    IoPoll,
    IoStreams,
    ClocksMonotonic,
    ClocksWall,
    RandomRandom,
    RandomInsecure,
    RandomInsecureSeed,
    FilesystemPreopens,
    FilesystemTypes,
}

impl Wasi {
    /// All of them.
    pub const ALL: [Self; 20] = [
        Self::CliEnvironment,
        Self::CliExit,
        Self::CliStdin,
        Self::CliStdout,
        Self::CliStderr,
        Self::CliTerminalInput,
        Self::CliTerminalOutput,
        Self::CliTerminalStdin,
        Self::CliTerminalStdout,
        Self::CliTerminalStderr,
        Self::IoError,
        Self::IoPoll,
        Self::IoStreams,
        Self::ClocksMonotonic,
        Self::ClocksWall,
        Self::RandomRandom,
        Self::RandomInsecure,
        Self::RandomInsecureSeed,
        Self::FilesystemPreopens,
        Self::FilesystemTypes,
    ];

    /// Its name without version.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::CliEnvironment => "wasi:cli/environment",
            Self::CliExit => "wasi:cli/exit",
            Self::CliStdin => "wasi:cli/stdin",
            Self::CliStdout => "wasi:cli/stdout",
            Self::CliStderr => "wasi:cli/stderr",
            Self::CliTerminalInput => "wasi:cli/terminal-input",
            Self::CliTerminalOutput => "wasi:cli/terminal-output",
            Self::CliTerminalStdin => "wasi:cli/terminal-stdin",
            Self::CliTerminalStdout => "wasi:cli/terminal-stdout",
            Self::CliTerminalStderr => "wasi:cli/terminal-stderr",
            Self::IoError => "wasi:io/error",
            Self::IoPoll => "wasi:io/poll",
            Self::IoStreams => "wasi:io/streams",
            Self::ClocksMonotonic => "wasi:clocks/monotonic-clock",
            Self::ClocksWall => "wasi:clocks/wall-clock",
            Self::RandomRandom => "wasi:random/random",
            Self::RandomInsecure => "wasi:random/insecure",
            Self::RandomInsecureSeed => "wasi:random/insecure-seed",
            Self::FilesystemPreopens => "wasi:filesystem/preopens",
            Self::FilesystemTypes => "wasi:filesystem/types",
        }
    }

    /// The capability that its functions stand for; None for what gives nothing
    /// by itself: variables and files are there as far as they are granted.
    #[must_use]
    pub const fn needs(self) -> Option<Capability> {
        match self {
            Self::ClocksMonotonic | Self::ClocksWall => Some(Capability::Clock),
            Self::RandomRandom | Self::RandomInsecure | Self::RandomInsecureSeed => Some(Capability::Random),
            Self::CliStdout | Self::CliStderr => Some(Capability::Log),
            Self::CliEnvironment
            | Self::CliExit
            | Self::CliStdin
            | Self::CliTerminalInput
            | Self::CliTerminalOutput
            | Self::CliTerminalStdin
            | Self::CliTerminalStdout
            | Self::CliTerminalStderr
            | Self::IoError
            | Self::IoPoll
            | Self::IoStreams
            | Self::FilesystemPreopens
            | Self::FilesystemTypes => None,
        }
    }

    /// What it lets a hook do, to be read after "may".
    #[must_use]
    pub const fn permits(self) -> &'static str {
        match self {
            Self::CliEnvironment => "know its arguments, and the variables granted by env=NAME",
            Self::CliExit => "give up: that is a trap",
            Self::CliStdin => "read standard input, which is empty",
            Self::CliStdout | Self::CliStderr => Capability::Log.permits(),
            Self::CliTerminalInput
            | Self::CliTerminalOutput
            | Self::CliTerminalStdin
            | Self::CliTerminalStdout
            | Self::CliTerminalStderr => "be told that there is no terminal",
            Self::IoError | Self::IoPoll | Self::IoStreams => "use the streams that the others give",
            Self::ClocksMonotonic | Self::ClocksWall => Capability::Clock.permits(),
            Self::RandomRandom | Self::RandomInsecure | Self::RandomInsecureSeed => Capability::Random.permits(),
            Self::FilesystemPreopens | Self::FilesystemTypes => {
                "use the directories granted by files=/DIR and files-write=/DIR"
            }
        }
    }
}

/// What the name of an import means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Import {
    /// The types of `zpoline:hook`: nothing that runs.
    Types,
    /// An interface of `zpoline:hook`.
    Own(Capability),
    /// An interface of WASI 0.2, whatever the last part of its version.
    Wasi(Wasi),
}

/// Why an import is none that the loader has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoImport<'a> {
    /// Nothing is called that.
    Unknown,
    /// An interface of `zpoline:hook` (given) of another version.
    Version(&'a str),
    /// An interface of WASI that the loader does not answer: sockets, http, or
    /// another version than 0.2.
    Wasi,
}

impl Import {
    /// What `name`, with its version, means.
    ///
    /// # Errors
    /// If it is nothing that the loader has.
    pub fn of(name: &str) -> Result<Self, NoImport<'_>> {
        if let Some((interface, version)) = own_interface(name) {
            let own = match interface {
                "types" => Self::Types,
                _ => Self::Own(Capability::by_word(interface).ok_or(NoImport::Unknown)?),
            };
            return if version == WIT_VERSION { Ok(own) } else { Err(NoImport::Version(interface)) };
        }
        if !name.starts_with("wasi:") {
            return Err(NoImport::Unknown);
        }
        let (interface, version) = name.split_once('@').ok_or(NoImport::Wasi)?;
        let patch = version.strip_prefix("0.2.").ok_or(NoImport::Wasi)?;
        if patch.is_empty() || !patch.bytes().all(|digit| digit.is_ascii_digit()) {
            return Err(NoImport::Wasi);
        }
        Wasi::ALL.into_iter().find(|wasi| wasi.name() == interface).map(Self::Wasi).ok_or(NoImport::Wasi)
    }

    /// The capability that the interface's functions stand for. An import of
    /// types alone needs none.
    #[must_use]
    pub const fn needs(self) -> Option<Capability> {
        match self {
            Self::Types => None,
            Self::Own(capability) => Some(capability),
            Self::Wasi(wasi) => wasi.needs(),
        }
    }

    /// What it lets a hook do, to be read after "may"; None for types.
    #[must_use]
    pub const fn permits(self) -> Option<&'static str> {
        match self {
            Self::Types => None,
            Self::Own(capability) => Some(capability.permits()),
            Self::Wasi(wasi) => Some(wasi.permits()),
        }
    }
}

/// Takes `zpoline:hook/log@0.1.0` apart into `log` and `0.1.0`; None for the
/// name of anything else.
#[must_use]
pub fn own_interface(name: &str) -> Option<(&str, &str)> {
    name.strip_prefix("zpoline:hook/")?.split_once('@')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_imports() {
        assert_eq!(Import::of("zpoline:hook/types@0.1.0"), Ok(Import::Types));
        assert_eq!(Import::of("zpoline:hook/memory-write@0.1.0"), Ok(Import::Own(Capability::MemoryWrite)));
        assert_eq!(Import::of("zpoline:hook/log@0.2.0"), Err(NoImport::Version("log")));
        assert_eq!(Import::of("zpoline:hook/logs@0.2.0"), Err(NoImport::Unknown));
        assert_eq!(Import::of("other:hook/log@0.1.0"), Err(NoImport::Unknown));
        for version in ["0.2.0", "0.2.6", "0.2.12"] {
            let name = ["wasi:cli/exit@", version].concat();
            assert_eq!(Import::of(&name), Ok(Import::Wasi(Wasi::CliExit)));
        }
        for name in [
            "wasi:cli/exit",
            "wasi:cli/exit@0.2",
            "wasi:cli/exit@0.3.0",
            "wasi:cli/exit@0.2.0-rc",
            "wasi:cli/exit@0.2.",
            "wasi:sockets/tcp@0.2.0",
            "wasi:http/types@0.2.0",
        ] {
            assert_eq!(Import::of(name), Err(NoImport::Wasi), "{name}");
        }
    }

    #[test]
    fn words_are_unique_and_found() {
        for capability in Capability::ALL {
            assert_eq!(Capability::by_word(capability.word()), Some(capability));
            assert!(capability.grant().starts_with(capability.word()));
            assert_eq!(capability.value().is_some(), capability.grant().contains('='));
        }
        assert_eq!(Capability::by_word("types"), None);
    }

    #[test]
    fn only_what_all_have_is_given_by_wasi_for_nothing() {
        for wasi in Wasi::ALL {
            let name = [wasi.name(), "@0.2.3"].concat();
            assert_eq!(Import::of(&name), Ok(Import::Wasi(wasi)));
        }
    }
}
