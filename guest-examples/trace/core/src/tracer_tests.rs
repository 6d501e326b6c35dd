//! What is printed when.

use alloc::string::String;

use host_abi::nr;

use crate::{call::Call, json::Thread, testing::Pieces, tracer::Tracer};

const MAIN: Thread = Thread { pid: 100, tid: 100 };

fn call(number: u32, args: &[u64]) -> Call {
    let mut all = [0; 6];
    all[..args.len()].copy_from_slice(args);
    Call { number, args: all }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("lines are ASCII")
}

fn memory() -> Pieces {
    Pieces::default()
        .with(0x1000, b"/etc/hosts\0")
        .with(0x2000, &[0, 0x10, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0])
        .with(0x3000, &[16, 0, 0, 0])
}

/// A call that returns at once.
fn whole(tracer: &mut Tracer, thread: Thread, made: Call, outcome: i64) -> String {
    let memory = memory();
    let mut lines = text(tracer.enter(thread, made, &memory));
    lines += &text(tracer.exit(thread, made, outcome, &memory));
    lines
}

const AT_FDCWD: u64 = -100i64 as u64;

#[test]
fn lines_of_one_thread() {
    let mut tracer = Tracer::default();
    let openat = call(nr::OPENAT, &[AT_FDCWD, 0x1000, 0o2000000]);
    assert_eq!(whole(&mut tracer, MAIN, openat, 3), "openat(AT_FDCWD, \"/etc/hosts\", O_RDONLY|O_CLOEXEC) = 3\n");
    assert_eq!(
        whole(&mut tracer, MAIN, openat, -2),
        "openat(AT_FDCWD, \"/etc/hosts\", O_RDONLY|O_CLOEXEC) = -1 ENOENT (No such file or directory)\n"
    );
    // What cannot be read is shown as its address.
    let bad = call(nr::OPENAT, &[AT_FDCWD, 0x9_0000, 0]);
    assert_eq!(
        whole(&mut tracer, MAIN, bad, -14),
        "openat(AT_FDCWD, 0x90000, O_RDONLY)     = -1 EFAULT (Bad address)\n"
    );
    assert_eq!(
        whole(&mut tracer, MAIN, call(500, &[1, 2]), -38),
        "syscall_0x1f4(0x1, 0x2, 0, 0, 0, 0)     = -1 ENOSYS (Function not implemented)\n"
    );
}

#[test]
fn calls_that_do_not_return() {
    let mut tracer = Tracer::default();
    let memory = memory();
    let exit = call(nr::EXIT_GROUP, &[3]);
    assert_eq!(text(tracer.enter(MAIN, exit, &memory)), "exit_group(3)                           = ?\n");
    assert_eq!(text(tracer.finish(MAIN, 3)), "+++ exited with 3 +++\n");
    let execve = call(nr::EXECVE, &[0x1000, 0x2000, 0]);
    assert_eq!(
        whole(&mut tracer, MAIN, execve, -13),
        "execve(\"/etc/hosts\", [\"/etc/hosts\"], NULL <unfinished ...>\n\
         <... execve resumed>)                   = -1 EACCES (Permission denied)\n"
    );
}

#[test]
fn threads_are_told_apart_once_there_are_several() {
    let mut tracer = Tracer::default();
    let getpid = call(nr::GETPID, &[]);
    assert!(whole(&mut tracer, MAIN, getpid, 100).starts_with("getpid()"));
    assert!(whole(&mut tracer, MAIN, call(nr::FORK, &[]), 101).starts_with("[pid   100] fork()"));
    assert!(whole(&mut tracer, MAIN, getpid, 100).starts_with("[pid   100] getpid()"));
    // The child has a copy of the tracer; its side of fork is not shown.
    let child = Thread { pid: 101, tid: 101 };
    assert_eq!(whole(&mut tracer, child, call(nr::FORK, &[]), 0), "");
    assert_eq!(whole(&mut tracer, child, getpid, 101), "[pid   101] getpid()                    = 101\n");
}

#[test]
fn lengths_before_and_after() {
    let mut tracer = Tracer::default();
    let before = memory();
    let after = Pieces::default().with(0x3000, &[2, 0, 0, 0]).with(0x4000, &[1, 0]);
    let accept = call(nr::ACCEPT, &[3, 0x4000, 0x3000]);
    // A call of a signal handler that never returned is forgotten.
    let other = call(nr::ACCEPT, &[9, 0x4000, 0x3000]);
    assert_eq!(text(tracer.enter(MAIN, accept, &before)), "");
    assert_eq!(text(tracer.enter(MAIN, other, &before)), "");
    assert_eq!(text(tracer.exit(MAIN, accept, 4, &after)), "accept(3, {sa_family=AF_UNIX}, [16 => 2]) = 4\n");
    assert_eq!(tracer.running_count(), 0);
}

#[test]
fn json() {
    let mut tracer = Tracer::new(&["--json", "-e", "openat"]).expect("the options are right");
    assert!(!tracer.wants(nr::READ));
    let openat = call(nr::OPENAT, &[AT_FDCWD, 0x1000, 0]);
    assert_eq!(
        whole(&mut tracer, MAIN, openat, -2),
        "{\"pid\":100,\"tid\":100,\"call\":\"openat\",\
         \"args\":[\"AT_FDCWD\",\"\\\"/etc/hosts\\\"\",\"O_RDONLY\"],\
         \"result\":-2,\"errno\":\"ENOENT\"}\n"
    );
}

#[test]
fn summary() {
    let mut tracer = Tracer::new(&["-c"]).expect("the options are right");
    let getpid = call(nr::GETPID, &[]);
    assert_eq!(whole(&mut tracer, MAIN, getpid, 100), "");
    assert_eq!(whole(&mut tracer, MAIN, getpid, 100), "");
    assert!(text(tracer.finish(MAIN, 0)).contains("        2           getpid\n"));
}
