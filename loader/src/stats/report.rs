//! The report: one line a fact, `zpoline: stats pid=N KIND key=value ...`.
//!
//! ```text
//! process  end=exit status=0 mechanism=auto sud=armed jumps=mapped page0=unused program=PATH
//! object   sites=530 before=436 after=86 page0=0 stub=1 left=7 unseen=0 unproven=0 path=PATH
//! site     how=stub at=0x2a1f3 reason=no-room:too-short,hidden-entry path=PATH
//! call     calls=12 native=10 guest=2 sigsys=1 number=257 name=openat
//! total    calls=500 native=490 guest=10 sigsys=4 int80=0
//! ```
//!
//! The order is fixed: the process; each object by path, followed by those of its
//! sites that were not patched, by address; the calls, most frequent first; the
//! sum. The value of a last key may contain blanks. `zpoline help stats` explains
//! the words to users.

use super::calls::{self, Count, OTHERS, ROWS};
use super::sites::{self, Object, Record, Sites};
use super::why::How;
use crate::arch::syscall::{nr, syscall0, syscall3};
use crate::island::output::Sink;
use crate::signals::sud;
use core::fmt;
use core::sync::atomic::{AtomicI32, AtomicU8, Ordering};
use zpoline_host_abi::{errno, syscalls};

/// Why a report is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// The process ends, with this status.
    Exit(i32),
    /// It executes another program.
    Exec,
}

/// No more than so many unpatched sites of an object get a line.
const LISTED: usize = 1000;

/// Whether something that a mechanism needs could be had.
#[derive(Debug)]
pub struct Outcome {
    wanted: AtomicU8,
    errno: AtomicI32,
}

impl Outcome {
    const fn new() -> Self {
        Self { wanted: AtomicU8::new(0), errno: AtomicI32::new(0) }
    }

    /// Notes it, at start-up.
    pub fn note(&self, result: Result<(), i32>) {
        self.wanted.store(1, Ordering::Relaxed);
        self.errno.store(result.err().unwrap_or(0), Ordering::Relaxed);
    }

    /// Whether it was tried.
    pub fn wanted(&self) -> bool {
        self.wanted.load(Ordering::Relaxed) != 0
    }

    fn words(&self, good: &'static str) -> Word {
        match (self.wanted.load(Ordering::Relaxed), self.errno.load(Ordering::Relaxed)) {
            (0, _) => Word::Text("unused"),
            (_, 0) => Word::Text(good),
            (_, error) => Word::Errno(error),
        }
    }
}

/// Syscall User Dispatch.
pub static DISPATCH: Outcome = Outcome::new();
/// The table of jump targets.
pub static JUMPS: Outcome = Outcome::new();
/// Page 0.
pub static PAGE0: Outcome = Outcome::new();

/// A word of ours, or an errno's name.
enum Word {
    Text(&'static str),
    Errno(i32),
}

impl fmt::Display for Word {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => f.write_str(text),
            Self::Errno(error) => match u32::try_from(*error).ok().and_then(errno::name) {
                Some(name) => f.write_str(name),
                None => write!(f, "{error}"),
            },
        }
    }
}

/// Bytes that somebody else chose: what is not printable is replaced.
struct Shown<'a>(&'a [u8]);

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for part in self.0.utf8_chunks() {
            for char in part.valid().chars() {
                fmt::Write::write_char(f, if char.is_control() { '?' } else { char })?;
            }
            if !part.invalid().is_empty() {
                f.write_str("?")?;
            }
        }
        Ok(())
    }
}

/// The process id, as it stands in every line.
fn pid() -> isize {
    // SAFETY: no preconditions.
    unsafe { syscall0(nr::GETPID) }
}

/// Writes the report and begins to count anew.
pub fn write(to: &Sink, end: End) {
    let pid = pid();
    process(to, pid, end);
    match sites::snapshot() {
        Some(known) => objects(to, pid, &known),
        None => to.message(format_args!("stats pid={pid} error no-memory")),
    }
    let (counts, int80) = calls::take();
    calls(to, pid, &counts, int80);
}

fn process(to: &Sink, pid: isize, end: End) {
    let mut path = [0; 1024];
    let link = c"/proc/self/exe";
    // SAFETY: a path of ours, and a buffer of ours.
    let length = unsafe { syscall3(nr::READLINK, link.as_ptr() as usize, path.as_mut_ptr() as usize, path.len()) };
    let program = Shown(path.get(..length.max(0) as usize).unwrap_or_default());
    let mechanism = super::mechanism();
    let (sud, jumps, page0) = (DISPATCH.words("armed"), JUMPS.words("mapped"), PAGE0.words("mapped"));
    let rest = format_args!("mechanism={mechanism} sud={sud} jumps={jumps} page0={page0} program={program}");
    match end {
        End::Exit(status) => {
            to.message(format_args!("stats pid={pid} process end=exit status={} {rest}", status & 0xff));
        }
        End::Exec => to.message(format_args!("stats pid={pid} process end=exec {rest}")),
    }
}

/// How many sites of an object each mechanism has.
#[derive(Debug, Default, PartialEq, Eq)]
struct ByMechanism {
    sites: usize,
    before: usize,
    after: usize,
    page0: usize,
    stub: usize,
    left: usize,
    unseen: usize,
    unproven: usize,
}

impl ByMechanism {
    fn of<'a>(records: impl Iterator<Item = &'a Record>, armed: bool) -> Self {
        let mut counts = Self::default();
        for record in records {
            counts.sites += usize::from(record.how != How::Unproven);
            let count = match record.how {
                How::Before => &mut counts.before,
                How::After => &mut counts.after,
                How::Page0 => &mut counts.page0,
                How::Stub => &mut counts.stub,
                How::Left if armed => &mut counts.left,
                How::Left => &mut counts.unseen,
                How::Unproven => &mut counts.unproven,
            };
            *count += 1;
        }
        counts
    }
}

fn objects(to: &Sink, pid: isize, known: &Sites) {
    let armed = sud::armed();
    let mut shown = None;
    while let Some((index, object)) = next(&known.objects, shown) {
        shown = Some(object);
        let records = || known.records.iter().filter(|record| usize::from(record.object) == index);
        let ByMechanism { sites, before, after, page0, stub, left, unseen, unproven } =
            ByMechanism::of(records(), armed);
        if sites + unproven == 0 {
            continue;
        }
        let path = Shown(&object.path);
        to.message(format_args!(
            "stats pid={pid} object sites={sites} before={before} after={after} page0={page0} stub={stub} \
             left={left} unseen={unseen} unproven={unproven} path={path}"
        ));
        for record in records().filter(|record| record.why.is_some()).take(LISTED) {
            site(to, pid, object, record, armed);
        }
    }
    if known.lost > 0 {
        to.message(format_args!("stats pid={pid} error not-noted={}", known.lost));
    }
}

/// The object behind `last` in the order of the report, and its index.
fn next<'a>(objects: &'a [Object], last: Option<&Object>) -> Option<(usize, &'a Object)> {
    let key = |object: &'a Object| (&*object.path, object.base);
    let behind = |object: &Object| last.is_none_or(|last| (&*last.path, last.base) < (&*object.path, object.base));
    objects.iter().enumerate().filter(|(_, object)| behind(object)).min_by_key(|(_, object)| key(object))
}

fn site(to: &Sink, pid: isize, object: &Object, record: &Record, armed: bool) {
    let Some(why) = record.why else { return };
    let how = match record.how {
        How::Stub => "stub",
        How::Unproven => "unproven",
        _ if armed => "left",
        _ => "unseen",
    };
    let at = record.address.wrapping_sub(object.base);
    to.message(format_args!("stats pid={pid} site how={how} at={at:#x} reason={why} path={}", Shown(&object.path)));
}

fn calls(to: &Sink, pid: isize, counts: &[Count; ROWS], int80: u64) {
    let mut order = [0u16; ROWS];
    for (place, number) in order.iter_mut().zip(0..) {
        *place = number;
    }
    let of = |number: u16| counts.get(usize::from(number)).copied().unwrap_or_default();
    order.sort_unstable_by_key(|number| (core::cmp::Reverse(of(*number).calls), *number));
    let mut total = Count::default();
    for number in order {
        let count = of(number);
        if count.calls == 0 {
            break;
        }
        total.calls += count.calls;
        total.guest += count.guest;
        total.sigsys += count.sigsys;
        let Count { calls, guest, sigsys } = count;
        let native = calls.saturating_sub(guest);
        let counts = format_args!("stats pid={pid} call calls={calls} native={native} guest={guest} sigsys={sigsys}");
        match syscalls::by_number(number.into()) {
            _ if usize::from(number) == OTHERS => to.message(format_args!("{counts} number=other name=?")),
            Some(syscall) => to.message(format_args!("{counts} number={number} name={}", syscall.name)),
            None => to.message(format_args!("{counts} number={number} name=?")),
        }
    }
    let Count { calls, guest, sigsys } = total;
    let native = calls.saturating_sub(guest);
    to.message(format_args!(
        "stats pid={pid} total calls={calls} native={native} guest={guest} sigsys={sigsys} int80={int80}"
    ));
}
