//! What became of a site, and why it got no patch; the words of both.

use core::fmt;
use zpoline_planner::Reason;
use zpoline_planner::jump::{Form, Refusal};

/// What leads a site's calls into the loader.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    /// A jump over the instructions before it.
    Before,
    /// A jump over the instructions behind it.
    After,
    /// A call through page 0.
    Page0,
    /// SIGSYS at each call, and a stub that makes it.
    Stub,
    /// SIGSYS at each call; nothing where that is not armed.
    Left,
    /// Bytes that look like one, in an object that was searched: left alone.
    Unproven,
}

impl From<Form> for How {
    fn from(form: Form) -> Self {
        match form {
            Form::Before => Self::Before,
            Form::After => Self::After,
        }
    }
}

/// Why a site was not patched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// The planner found no room for a jump, neither before nor behind it.
    NoRoom(Refusal, Refusal),
    /// It is not proven to be an instruction of the object.
    Unproven(Reason),
    /// The mapping is no file's: code that was generated.
    Anonymous,
    /// The mapping can be written.
    Writable,
    /// The mapping is shared.
    Shared,
    /// The mapping cannot be read, or not be executed any more.
    Unreadable,
    /// Nothing is mapped there any more.
    Gone,
    /// The file is not an x86-64 ELF object, or its start is not mapped.
    NotAnObject,
    /// The table of jump targets could not be mapped.
    NoTable,
    /// The arena of the stubs is full, or the stub does not fit.
    NoStub,
    /// The patch lies in two cache lines, and other threads may run.
    Straddles,
    /// A thread could be among the instructions that a jump would take, or return to them.
    InUse,
    /// The bytes are not what the plan saw, or the page cannot be made writable.
    NotWritten,
    /// This mechanism patches nothing of the kind.
    Mechanism,
    /// It was first called to end the process.
    Last,
    /// A seccomp filter of the program's does not let us look what it is.
    Filter,
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoRoom(before, after) => {
                return write!(f, "no-room:{before},{after}");
            }
            Self::Unproven(reason) => return write!(f, "unproven:{reason}"),
            Self::Anonymous => "anonymous",
            Self::Writable => "writable",
            Self::Shared => "shared",
            Self::Unreadable => "unreadable",
            Self::Gone => "gone",
            Self::NotAnObject => "not-an-object",
            Self::NoTable => "no-jump-table",
            Self::NoStub => "no-stub",
            Self::Straddles => "straddles-line",
            Self::InUse => "in-use",
            Self::NotWritten => "not-written",
            Self::Mechanism => "mechanism",
            Self::Last => "last-call",
            Self::Filter => "filter",
        })
    }
}
