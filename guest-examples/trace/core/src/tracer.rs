//! The tracer: which calls it wants to see return, what it prints when.
//!
//! A line is printed when the call has returned. Three kinds of call never
//! get there: those that end the thread and `rt_sigreturn` are printed with
//! the result `?` before they run; `execve` is printed as
//! `execve(... <unfinished ...>` before it runs and, only if it fails, as
//! `<... execve resumed>) = -1 ENOENT (...)` after.

use alloc::{string::String, vec::Vec};

use host_abi::nr;

use crate::{
    call::{Call, Decoder},
    json::{self, Thread},
    line::Line,
    memory::Memory,
    options::{Options, Output},
    outcome,
    snapshot::Snapshot,
    summary::{self, Summary},
};

/// The column that strace puts the equals sign in.
const EQUALS: usize = 40;

/// A tracer of one process.
pub struct Tracer {
    options: Options,
    summary: Summary,
    /// Calls that run now and had something to keep, oldest first.
    running: Vec<(i32, Call, Snapshot)>,
    /// The thread seen first.
    first: Option<i32>,
    pid: i32,
    several: bool,
    /// Kept for its buffer.
    line: Line,
}

impl Default for Tracer {
    fn default() -> Self {
        Self::with(Options::default())
    }
}

impl Tracer {
    /// A tracer with these words of the user.
    pub fn new<S: AsRef<str>>(words: &[S]) -> Result<Self, String> {
        Options::parse(words).map(Self::with)
    }

    fn with(options: Options) -> Self {
        Self {
            options,
            summary: Summary::default(),
            running: Vec::new(),
            first: None,
            pid: 0,
            several: false,
            line: Line::default(),
        }
    }

    /// Whether calls with this number are of interest.
    pub fn wants(&self, number: u32) -> bool {
        self.options.selection.has(number)
    }

    /// A call of interest is about to run. Gives the text to print now.
    pub fn enter(&mut self, thread: Thread, call: Call, memory: &dyn Memory) -> &[u8] {
        self.meet(thread);
        self.line.clear();
        match call.number {
            nr::EXIT | nr::EXIT_GROUP | nr::RT_SIGRETURN => {
                self.running.retain(|(tid, ..)| *tid != thread.tid);
                self.report(thread, &call, None, &Snapshot::default(), memory);
            }
            nr::EXECVE | nr::EXECVEAT => match self.options.output {
                Output::Text => self.unfinished(thread, &call, memory),
                // Counted when it fails; else the counts are gone with the process.
                Output::Summary => {}
                Output::Json => {
                    self.report(thread, &call, None, &Snapshot::default(), memory);
                }
            },
            _ => {
                let snapshot = Snapshot::take(memory, &call);
                if !snapshot.is_empty() {
                    self.running.push((thread.tid, call, snapshot));
                }
            }
        }
        self.line.bytes()
    }

    /// A call of interest has returned. Gives the text to print.
    pub fn exit(&mut self, thread: Thread, call: Call, outcome: i64, memory: &dyn Memory) -> &[u8] {
        self.meet(thread);
        self.line.clear();
        let makes_process = matches!(call.number, nr::CLONE | nr::CLONE3 | nr::FORK | nr::VFORK);
        if makes_process {
            self.several |= outcome > 0;
            if outcome == 0 {
                // The child's side of the call; strace shows the parent's.
                return &[];
            }
        }
        let is_exec = matches!(call.number, nr::EXECVE | nr::EXECVEAT);
        if is_exec && self.options.output == Output::Text {
            self.resumed(thread, &call, outcome, memory);
        } else {
            let snapshot = self.finished(thread.tid, &call);
            self.report(thread, &call, Some(outcome), &snapshot, memory);
        }
        self.line.bytes()
    }

    /// The process ends. Gives the text to print.
    pub fn finish(&mut self, thread: Thread, status: i32) -> &[u8] {
        self.line.clear();
        match self.options.output {
            Output::Summary => self.summary.show(&mut self.line),
            Output::Json => {}
            Output::Text => {
                self.prefix(thread);
                self.line.str("+++ exited with ");
                self.line.signed(i64::from(status & 0xff));
                self.line.str(" +++\n");
            }
        }
        self.line.bytes()
    }

    /// Takes note of who makes calls.
    fn meet(&mut self, thread: Thread) {
        if self.pid != thread.pid {
            // The first call, or this is a child with a copy of its parent.
            self.pid = thread.pid;
            self.running.clear();
            self.summary.clear();
        }
        let first = *self.first.get_or_insert(thread.tid);
        self.several |= thread.tid != first;
    }

    /// What was kept when the call that now returns began. Whatever the same
    /// thread began later never returned.
    fn finished(&mut self, tid: i32, call: &Call) -> Snapshot {
        let found = self.running.iter().rposition(|(t, c, _)| *t == tid && c == call);
        let Some(found) = found else {
            return Snapshot::default();
        };
        let (_, _, snapshot) = self.running.remove(found);
        let mut later = self.running.split_off(found);
        later.retain(|(t, ..)| *t != tid);
        self.running.append(&mut later);
        snapshot
    }

    #[cfg(test)]
    pub(crate) fn running_count(&self) -> usize {
        self.running.len()
    }

    fn report(&mut self, thread: Thread, call: &Call, outcome: Option<i64>, before: &Snapshot, memory: &dyn Memory) {
        match self.options.output {
            Output::Summary => self.summary.count(call.number, outcome),
            Output::Text => self.text(thread, call, outcome, before, memory),
            Output::Json => self.json(thread, call, outcome, before, memory),
        }
    }

    fn text(&mut self, thread: Thread, call: &Call, outcome: Option<i64>, before: &Snapshot, memory: &dyn Memory) {
        self.prefix(thread);
        let mut decoder = self.decoder(call, outcome, before, memory);
        name(&mut decoder);
        decoder.line.byte(b'(');
        decoder.arguments();
        decoder.line.byte(b')');
        result(&mut decoder);
    }

    fn unfinished(&mut self, thread: Thread, call: &Call, memory: &dyn Memory) {
        self.prefix(thread);
        let before = Snapshot::default();
        let mut decoder = self.decoder(call, None, &before, memory);
        name(&mut decoder);
        decoder.line.byte(b'(');
        decoder.arguments();
        decoder.line.str(" <unfinished ...>\n");
    }

    fn resumed(&mut self, thread: Thread, call: &Call, outcome: i64, memory: &dyn Memory) {
        self.prefix(thread);
        self.line.str("<... ");
        let before = Snapshot::default();
        let mut decoder = self.decoder(call, Some(outcome), &before, memory);
        name(&mut decoder);
        decoder.line.str(" resumed>)");
        result(&mut decoder);
    }

    fn json(&mut self, thread: Thread, call: &Call, outcome: Option<i64>, before: &Snapshot, memory: &dyn Memory) {
        let mut decoder = self.decoder(call, outcome, before, memory);
        name(&mut decoder);
        let end_of_name = decoder.line.len();
        let places = decoder.arguments();
        let text = decoder.line.bytes().to_vec();
        self.line.clear();
        let arguments = places.iter().map(|place| &text[place]);
        json::show(&mut self.line, thread, &text[..end_of_name], arguments, outcome);
        self.line.byte(b'\n');
    }

    /// Appends `[pid 42] ` if there are several threads or processes.
    fn prefix(&mut self, thread: Thread) {
        if !self.several && !self.options.always_pid {
            return;
        }
        self.line.str("[pid ");
        let digits = thread.tid.checked_ilog10().unwrap_or(0) as usize + 1;
        self.line.pad_to(5 + 5usize.saturating_sub(digits));
        self.line.signed(i64::from(thread.tid));
        self.line.str("] ");
    }

    fn decoder<'a>(
        &'a mut self,
        call: &'a Call,
        outcome: Option<i64>,
        before: &'a Snapshot,
        memory: &'a dyn Memory,
    ) -> Decoder<'a> {
        let syscall = call.syscall();
        let limits = self.options.limits;
        Decoder { memory, limits, call, syscall, outcome, before, line: &mut self.line }
    }
}

fn name(decoder: &mut Decoder) {
    summary::name(decoder.line, decoder.call.number, decoder.syscall);
}

/// Appends the spaces, the equals sign and the result.
fn result(decoder: &mut Decoder) {
    decoder.line.byte(b' ');
    decoder.line.pad_to(EQUALS);
    decoder.line.str("= ");
    match decoder.outcome {
        Some(outcome) => outcome::show(decoder, outcome),
        None => decoder.line.byte(b'?'),
    }
    decoder.line.byte(b'\n');
}
