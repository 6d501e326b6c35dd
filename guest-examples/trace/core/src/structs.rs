//! The structs that are plain tables. Those that need more (addresses,
//! messages, signals) have files of their own.

use host_abi::{flags::sets, syscalls::Shape};

use crate::{
    ipc,
    layout::{
        As::{self, Hex, Id, Limit, Named, Pointer, Signed, Text, Unsigned},
        Field, Layout,
    },
    terminal,
};

/// The table of a shape, if a table is all it takes.
pub fn layout(shape: Shape) -> Option<&'static Layout> {
    Some(match shape {
        Shape::Timespec => &TIMESPEC,
        Shape::Timeval => &TIMEVAL,
        Shape::Timezone => &TIMEZONE,
        Shape::Itimerval => &ITIMERVAL,
        Shape::Itimerspec => &ITIMERSPEC,
        Shape::Utimbuf => &UTIMBUF,
        Shape::Timex => &TIMEX,
        Shape::Tms => &TMS,
        Shape::Ustat => &USTAT,
        Shape::Rlimit => &RLIMIT,
        Shape::Rusage => &RUSAGE,
        Shape::Utsname => &UTSNAME,
        Shape::Sysinfo => &SYSINFO,
        Shape::Winsize => &WINSIZE,
        Shape::Linger => &LINGER,
        Shape::Ucred => &UCRED,
        Shape::MqAttr => &MQ_ATTR,
        Shape::IoEvent => &IO_EVENT,
        Shape::CachestatRange => &CACHESTAT_RANGE,
        Shape::Cachestat => &CACHESTAT,
        Shape::CapHeader => &CAP_HEADER,
        Shape::SchedAttr => &SCHED_ATTR,
        Shape::IoUringParams => &IO_URING_PARAMS,
        Shape::Termios => &terminal::MODES,
        Shape::MsqidDs => &ipc::QUEUE,
        Shape::SemidDs => &ipc::SEMAPHORES,
        Shape::ShmidDs => &ipc::SHARED_MEMORY,
        Shape::Sembuf => &ipc::OPERATION,
        _ => return None,
    })
}

const fn full(fields: &'static [Field]) -> Layout {
    Layout { fields, abbreviated: false }
}

const fn abbreviated(fields: &'static [Field]) -> Layout {
    Layout { fields, abbreviated: true }
}

static TIMESPEC: Layout = full(&[Field("tv_sec", 0, Signed(8)), Field("tv_nsec", 8, Signed(8))]);
static TIMEVAL: Layout = full(&[Field("tv_sec", 0, Signed(8)), Field("tv_usec", 8, Signed(8))]);
static TIMEZONE: Layout = full(&[Field("tz_minuteswest", 0, Signed(4)), Field("tz_dsttime", 4, Signed(4))]);
static ITIMERVAL: Layout =
    full(&[Field("it_interval", 0, As::Struct(&TIMEVAL)), Field("it_value", 16, As::Struct(&TIMEVAL))]);
static ITIMERSPEC: Layout =
    full(&[Field("it_interval", 0, As::Struct(&TIMESPEC)), Field("it_value", 16, As::Struct(&TIMESPEC))]);
static UTIMBUF: Layout = full(&[Field("actime", 0, Signed(8)), Field("modtime", 8, Signed(8))]);
static TIMEX: Layout = full(&[
    Field("modes", 0, Named(4, &sets::ADJTIMEX)),
    Field("offset", 8, Signed(8)),
    Field("freq", 16, Signed(8)),
    Field("maxerror", 24, Unsigned(8)),
    Field("esterror", 32, Unsigned(8)),
    Field("status", 40, As::Bits(4, CLOCK_STATUS)),
    Field("constant", 48, Signed(8)),
    Field("precision", 56, Unsigned(8)),
    Field("tolerance", 64, Signed(8)),
    Field("time", 72, As::Struct(&TIMEVAL)),
    Field("tick", 88, Signed(8)),
    Field("ppsfreq", 96, Signed(8)),
    Field("jitter", 104, Signed(8)),
    Field("shift", 112, Signed(4)),
    Field("stabil", 120, Signed(8)),
    Field("jitcnt", 128, Signed(8)),
    Field("calcnt", 136, Signed(8)),
    Field("errcnt", 144, Signed(8)),
    Field("stbcnt", 152, Signed(8)),
    Field("tai", 160, Signed(4)),
]);
static TMS: Layout = full(&[
    Field("tms_utime", 0, As::Ticks),
    Field("tms_stime", 8, As::Ticks),
    Field("tms_cutime", 16, As::Ticks),
    Field("tms_cstime", 24, As::Ticks),
]);
static USTAT: Layout = full(&[Field("f_tfree", 0, Unsigned(4)), Field("f_tinode", 8, Unsigned(8))]);
static RLIMIT: Layout = full(&[Field("rlim_cur", 0, Limit), Field("rlim_max", 8, Limit)]);
static RUSAGE: Layout =
    abbreviated(&[Field("ru_utime", 0, As::Struct(&TIMEVAL)), Field("ru_stime", 16, As::Struct(&TIMEVAL))]);
static UTSNAME: Layout = abbreviated(&[Field("sysname", 0, Text(65)), Field("nodename", 65, Text(65))]);
static SYSINFO: Layout = full(&[
    Field("uptime", 0, Signed(8)),
    Field("loads", 8, As::Numbers(3)),
    Field("totalram", 32, Unsigned(8)),
    Field("freeram", 40, Unsigned(8)),
    Field("sharedram", 48, Unsigned(8)),
    Field("bufferram", 56, Unsigned(8)),
    Field("totalswap", 64, Unsigned(8)),
    Field("freeswap", 72, Unsigned(8)),
    Field("procs", 80, Unsigned(2)),
    Field("totalhigh", 88, Unsigned(8)),
    Field("freehigh", 96, Unsigned(8)),
    Field("mem_unit", 104, Unsigned(4)),
]);
static WINSIZE: Layout = full(&[
    Field("ws_row", 0, Unsigned(2)),
    Field("ws_col", 2, Unsigned(2)),
    Field("ws_xpixel", 4, Unsigned(2)),
    Field("ws_ypixel", 6, Unsigned(2)),
]);
static LINGER: Layout = full(&[Field("l_onoff", 0, Signed(4)), Field("l_linger", 4, Signed(4))]);
static UCRED: Layout = full(&[Field("pid", 0, Signed(4)), Field("uid", 4, Id), Field("gid", 8, Id)]);
static MQ_ATTR: Layout = full(&[
    Field("mq_flags", 0, Hex(8)),
    Field("mq_maxmsg", 8, Signed(8)),
    Field("mq_msgsize", 16, Signed(8)),
    Field("mq_curmsgs", 24, Signed(8)),
]);
static IO_EVENT: Layout = full(&[
    Field("data", 0, Hex(8)),
    Field("obj", 8, Pointer),
    Field("res", 16, Signed(8)),
    Field("res2", 24, Signed(8)),
]);
static CACHESTAT_RANGE: Layout = full(&[Field("off", 0, Unsigned(8)), Field("len", 8, Unsigned(8))]);
static CACHESTAT: Layout = full(&[
    Field("nr_cache", 0, Unsigned(8)),
    Field("nr_dirty", 8, Unsigned(8)),
    Field("nr_writeback", 16, Unsigned(8)),
    Field("nr_evicted", 24, Unsigned(8)),
    Field("nr_recently_evicted", 32, Unsigned(8)),
]);
static CAP_HEADER: Layout = full(&[Field("version", 0, Named(4, &sets::CAP_VERSION)), Field("pid", 4, Signed(4))]);
static SCHED_ATTR: Layout = full(&[
    Field("size", 0, Unsigned(4)),
    Field("sched_policy", 4, Named(4, &sets::SCHEDULER)),
    Field("sched_flags", 8, Hex(8)),
    Field("sched_nice", 16, Signed(4)),
    Field("sched_priority", 20, Unsigned(4)),
    Field("sched_runtime", 24, Unsigned(8)),
    Field("sched_deadline", 32, Unsigned(8)),
    Field("sched_period", 40, Unsigned(8)),
    Field("sched_util_min", 48, Unsigned(4)),
    Field("sched_util_max", 52, Unsigned(4)),
]);
static IO_URING_PARAMS: Layout = abbreviated(&[
    Field("flags", 8, Named(4, &sets::IO_URING_SETUP)),
    Field("sq_thread_cpu", 12, Unsigned(4)),
    Field("sq_thread_idle", 16, Unsigned(4)),
    Field("sq_entries", 0, Unsigned(4)),
    Field("cq_entries", 4, Unsigned(4)),
]);

/// The state of the clock in `struct timex`.
const CLOCK_STATUS: &[(u64, &str)] = &[
    (0x1, "STA_PLL"),
    (0x2, "STA_PPSFREQ"),
    (0x4, "STA_PPSTIME"),
    (0x8, "STA_FLL"),
    (0x10, "STA_INS"),
    (0x20, "STA_DEL"),
    (0x40, "STA_UNSYNC"),
    (0x80, "STA_FREQHOLD"),
    (0x100, "STA_PPSSIGNAL"),
    (0x200, "STA_PPSJITTER"),
    (0x400, "STA_PPSWANDER"),
    (0x800, "STA_PPSERROR"),
    (0x1000, "STA_CLOCKERR"),
    (0x2000, "STA_NANO"),
    (0x4000, "STA_MODE"),
    (0x8000, "STA_CLK"),
];
