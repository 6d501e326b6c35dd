//! A call to be shown: what the decoder knows and where it writes.

use core::ops::Range;

use host_abi::{
    errno,
    syscalls::{self, Param, Syscall, View},
};

use crate::{argument, line::Line, memory::Memory, snapshot::Snapshot};

/// A call as the program made it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Call {
    /// Syscall number.
    pub number: u32,
    /// Argument registers.
    pub args: [u64; 6],
}

impl Call {
    /// Its entry in the table, unless the kernel is newer than the table.
    pub fn syscall(&self) -> Option<&'static Syscall> {
        syscalls::by_number(self.number)
    }
}

/// How much is shown.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Bytes of a string that is not a path (`-s`), and elements of an array.
    pub string: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { string: 32 }
    }
}

/// A call being decoded.
pub struct Decoder<'a> {
    /// The program's memory.
    pub memory: &'a dyn Memory,
    /// How much to show.
    pub limits: Limits,
    /// The call.
    pub call: &'a Call,
    /// What the table says of it, unless the kernel is newer than the table.
    pub syscall: Option<&'static Syscall>,
    /// Its result; `None` while it has not returned.
    pub outcome: Option<i64>,
    /// What the kernel may have overwritten.
    pub before: &'a Snapshot,
    /// Where the text goes.
    pub line: &'a mut Line,
}

impl Decoder<'_> {
    /// Whether the call returned and did not fail, so that what the kernel
    /// writes is there.
    pub fn succeeded(&self) -> bool {
        self.outcome.is_some_and(|outcome| errno::from_result(outcome).is_none())
    }

    /// Appends the arguments, separated by commas. Gives the place of each in
    /// the line.
    pub fn arguments(&mut self) -> Places {
        let mut places = Places::default();
        let Some(syscall) = self.syscall else {
            for (i, arg) in self.call.args.iter().enumerate() {
                separate(self.line, i);
                let start = self.line.len();
                self.line.hex(*arg);
                places.push(start..self.line.len());
            }
            return places;
        };
        let View { params, .. } = syscall.view(&self.call.args);
        let shown = params.iter().filter(|param| param.shown(&self.call.args));
        for (i, param) in shown.enumerate() {
            separate(self.line, i);
            let start = self.line.len();
            self.labelled(param);
            places.push(start..self.line.len());
        }
        places
    }

    fn labelled(&mut self, param: &Param) {
        if !param.label.is_empty() {
            self.line.str(param.label);
            self.line.byte(b'=');
        }
        argument::show(self, param);
    }
}

/// Where the arguments are in a line: six at most, so that no call needs to
/// allocate for them.
#[derive(Default)]
pub struct Places {
    ranges: [Range<usize>; 6],
    count: usize,
}

impl Places {
    fn push(&mut self, range: Range<usize>) {
        if let Some(place) = self.ranges.get_mut(self.count) {
            *place = range;
            self.count += 1;
        }
    }

    /// The ranges in order.
    pub fn iter(&self) -> impl Iterator<Item = Range<usize>> {
        self.ranges.iter().take(self.count).cloned()
    }
}

/// Appends the comma between the elements of a list.
pub fn separate(line: &mut Line, index: usize) {
    if index > 0 {
        line.str(", ");
    }
}
