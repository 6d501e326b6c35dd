//! What a hook may use unless the user says otherwise. The loader keeps to it,
//! `zpoline inspect` shows it.

/// Fuel for one call of a hook's function, about one unit an instruction:
/// ZPOLINE_FUEL. A tenth of a second where a unit takes a nanosecond; the tracer
/// needs less than a ten-thousandth of it for a call, an interpreter (Python,
/// JavaScript) a hundredth.
pub const FUEL: u64 = 100_000_000;

/// What the start of an instance and its end may use, in calls: they happen
/// once, and start whole language runtimes. Less ZPOLINE_FUEL does not make it
/// less.
pub const START_FACTOR: u64 = 20;

/// Bytes of all linear memories of an instance: ZPOLINE_MEMORY. Python takes 12
/// MiB, SpiderMonkey 9, all others tried less than 2.
pub const MEMORY: usize = 64 << 20;

/// Elements of all tables of an instance, of eight bytes each.
pub const TABLE_ELEMENTS: usize = 1 << 20;

/// Core instances, memories and tables in a component, of each. A Python hook has
/// less than a hundred.
pub const CORE_ITEMS: usize = 1000;

/// Handles of component-model resources that an instance may have at a time.
pub const HANDLES: usize = 10_000;

/// Bytes of log a second that a hook may write for long: ZPOLINE_LOG_RATE. The
/// built-in tracer, whose output is the point, may write any number.
pub const LOG_RATE: u64 = 1 << 20;

/// Seconds' worth of log that a hook may write at once.
pub const LOG_BURST: u64 = 8;
