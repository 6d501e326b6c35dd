//! What `--help` prints. Written for people who read it once and then go on.

pub(crate) const ZPOLINE: &str = "\
zpoline runs unmodified x86-64 programs under syscall hooks. A hook is a
WebAssembly component: it sees the syscalls that it takes and decides what
becomes of each, and can do nothing that it was not granted.

  zpoline trace -- git status                     see what a program does
  zpoline run --hook deny.wasm -- make            run it under a hook

commands
  run        run a program under a hook, or several
  trace      run a program under the built-in tracer
  compile    make what the loader reads of a component, a module or text
  inspect    show what a hook takes and what it asks for, without running it
  new        write a hook to start from, in the language that you like
  doctor     tell what this machine can do, or what is in a program's way
  syscalls   list the syscalls and their interfaces
  loader     print the path of the library to preload

zpoline COMMAND --help tells more about each; zpoline help stats explains --stats.
The exit status is the program's; 125 if zpoline fails, 126 if the program
cannot be executed, 127 if it is not found.
";

pub(crate) const RUN: &str = "\
Run a program, and all that it starts, under a hook or several.

  zpoline run [OPTIONS] [--] PROGRAM [ARGUMENTS]

  --hook FILE        a hook: .cwasm, .wasm or .wat. What is not compiled yet
                     is compiled, once, into ~/.cache/zpoline. Without it:
                     $ZPOLINE_HOOK, or the built-in tracer (@trace).
                     May be repeated: the first is the outermost, nearest to the
                     program; each sees what those before it made of a call.
                     --arg, --allow, --on-trap, --fuel, --memory and --log-rate
                     behind a --hook are about that one, before the first about
                     all
  --arg WORD         a word for the hook's lifecycle.init; may be repeated
  --allow GRANT      what the hook may do beyond reading memory and logging; may
                     be repeated:
                       scratch          place bytes for the calls that it hooks
                       clock, random    know the time, get random bytes
                       env=NAME,...     read these environment variables
                       files=DIR        read files below a directory
                       files-write=DIR  and write them
                       invoke=SET       make syscalls: names, %classes, all;
                                        !SET is all others
                       memory-write     write the program's memory: everything
                     invoke is everything too, if SET has a call that opens files,
                     maps memory or writes to it. zpoline inspect tells what it
                     asks for
  --on-trap POLICY   when the hook traps, runs out of fuel or answers nonsense:
                       abort          stop the program (default)
                       deny[:ERRNO]   answer EPERM, or this, to what it hooks
                       pass           go on as if there were no hook
                       reload         start the hook afresh
  --log FILE         append messages and the hook's output there, not to stderr
  --mechanism HOW    how syscalls are caught:
                       auto      jumps where there is room, made at first use, and
                                 Syscall User Dispatch for all else (default)
                       jump      jumps alone, made at the start: what has no room,
                                 or is loaded later, is not seen
                       sud       Syscall User Dispatch alone: a signal a call
                       zpoline   calls into page 0, which not every user can map:
                                 see zpoline doctor
  --fuel N           how much the hook may compute for one call
  --memory SIZE      how much memory the hook may have, for example 64M
  --log-rate SIZE    how much the hook may log a second: what is over is dropped,
                     and counted (1M; unlimited)
  --unhookable WHAT  static, set-user-ID or foreign programs: refuse (default),
                     or run them without a hook
  --stats[=FILE]     at the end, tell how each syscall instruction was caught and
                     count the calls; append it to FILE, or to where messages
                     go: see zpoline help stats

  zpoline run --hook nofsync.wasm -- dpkg -i package.deb
  zpoline run --hook deny.wasm --arg /home/me/.ssh -- npm install
  zpoline run --hook redirect.wasm --allow scratch --allow files=/etc -- ./server
  zpoline run --hook fault.wasm --on-trap deny:EIO --log faults -- ./server
  zpoline run --hook @trace --hook deny.wasm --arg /etc/passwd -- id

Each option sets the variable of its name (ZPOLINE_HOOK, ZPOLINE_HOOK_ARGS,
ZPOLINE_ALLOW, ZPOLINE_ON_TRAP, ...); LD_PRELOAD keeps what it had. Several hooks
are separated by colons in ZPOLINE_HOOK, and ZPOLINE_ALLOW_2 is about the second
alone. A hook whose path has a colon has to be renamed, or linked to.
";

pub(crate) const TRACE: &str = "\
Run a program under the built-in tracer: each syscall becomes a line, as with
strace, at a fraction of its cost. The tracer is a hook like any other.

  zpoline trace [OPTIONS] [--] PROGRAM [ARGUMENTS]

  -o FILE            write there, not to stderr; what it had is lost
  -e SET             only these syscalls and classes (file, network, process,
                     memory, ...), separated by commas; !SET is all others
  -s SIZE            show this many bytes of a string (32)
  -f                 begin every line with the process, not only when there are
                     several
  -c                 count, and print a table at the end
  --json             one JSON object for each call
  --hook FILE        hooks behind the tracer: it sees the program's calls as the
                     program makes them, and what becomes of them. (The other
                     way round: zpoline run --hook FILE --hook @trace.)
  --arg, --allow, --on-trap, --mechanism, --fuel, --memory, --unhookable, --stats:
  as
                     for zpoline run; before the first --hook about the tracer

  zpoline trace -- git status
  zpoline trace -e file -o trace.txt -- make
  zpoline trace --json -e '!memory' -- ./server
";

pub(crate) const STATS: &str = "\
Statistics: how each syscall instruction was caught, and how many calls there were.

  zpoline run --stats ...           to where messages go
  zpoline run --stats=FILE ...      appended to FILE
  ZPOLINE_STATS=1 | FILE            the same without the command; 0 is off

Each process reports when it ends by exit_group and when it executes another
program, and begins at zero then, as a forked child does: sums over all reports are
exact. A vfork child is counted by its parent; a process that a signal kills
reports nothing. Every line begins with `zpoline: stats pid=N`, then a word:

  process  end=exit status=0 | end=exec, mechanism=, and whether what it needs could
           be had: sud=armed jumps=mapped page0=mapped | unused | EPERM ...
  object   path=, how many syscall instructions of it are known (sites=), and what
           leads their calls into the loader:
             before=    a jump over the instructions before the syscall
             after=     a jump over those behind it
             page0=     a call through page 0
             stub=      SIGSYS at each call, and a stub that makes it
             left=      SIGSYS at each call
             unseen=    nothing: no Syscall User Dispatch under this mechanism
             unproven=  bytes that may be one and were left alone; not in sites=
           Under auto, a site is known once it was executed.
  site     one that was not patched: how=stub|left|unseen|unproven, at= its address
           in path= (as objdump prints it), and reason=
             no-room:BEFORE,BEHIND   why no jump fits, for either side: too-short
                        (a jump, a call or another site is too near),
                        jump-target (something jumps there), hidden-entry (a jump
                        table or an exception may lead there), position-dependent,
                        prefixed, unknown-bounds (of the function)
             in-use                  the jump would cover instructions that a thread may
                        be among, or return to: safe at load time only
             unproven:WHY            it could not be shown to be an instruction
             anonymous, writable, shared, unreadable    code that may change (JIT)
             not-an-object           no x86-64 ELF file, or not mapped as one
             straddles-line          the jump would lie in two cache lines, and
                                     other threads may be running there
             not-written             the page cannot be made writable
             no-jump-table, no-stub  no table or no room for the jump's target
             mechanism               this mechanism does not patch it
             last-call               its first call ended the process
             filter                  the program's seccomp filter does not let us look
  call     calls= with one number= and name=: native= went to the kernel without
           being shown to the hook, guest= were shown, sigsys= of both came by
           SIGSYS. A first call at a site that is then patched is such a one.
  total    the sums; int80= are calls by int 0x80 on top, shown to no hook

While it is on, every call enters the loader, which costs about half of what a
hooked call does; while it is off, nothing.
";

pub(crate) const COMPILE: &str = "\
Make what the loader reads: machine code for this version of zpoline.

  zpoline compile IN [-o OUT]
  zpoline compile --component IN [-o OUT]    only make a component of it

IN is one of
  a component (.wasm)            as most toolchains for components write it
  a core module (.wasm)          that wit-bindgen had a part in, or whose exports
                                 are named as in zpoline:hook/openat@0.1.0#enter;
                                 for WASI preview 1 too (Go, TinyGo, wasi-sdk),
                                 of which a hook gets what needs no system: its
                                 standard output goes to the log
  the text of either (.wat)
OUT is IN with .cwasm for its ending if it is not given, or .component.wasm.

A .cwasm is native code: whoever can write it can run anything as you. Pass on
the .wasm, and compile it where it is used. zpoline run does so by itself.
";

pub(crate) const INSPECT: &str = "\
Show what a hook takes and what it asks for, without running it.

  zpoline inspect FILE...

A FILE is a .cwasm, or anything that zpoline compile takes.
";

pub(crate) const DOCTOR: &str = "\
Tell whether programs can be hooked on this machine and, if not, what to do.

  zpoline doctor                    this machine, this user
  zpoline doctor PROGRAM...         also these programs
  zpoline doctor --sites FILE...    also how many syscall instructions they have,
                                    how each is caught, and why not by a jump; a
                                    program counts with its libraries

The exit status is 0 if all is well and 1 if not.
";

pub(crate) const NEW: &str = "\
Write a hook to start from: it tells the path of each file that a program opens.

  zpoline new LANGUAGE NAME

LANGUAGE is rust, c, cpp, zig, go, assemblyscript, javascript, python or wat. The
directory NAME gets the source, what binds it to zpoline, and a README.md with
the commands that build it; nothing else is installed or fetched.

  zpoline new zig my-hook
";

pub(crate) const SYSCALLS: &str = "\
List the syscalls of x86-64 and the interfaces that hook them.

  zpoline syscalls                  all, one a line
  zpoline syscalls NAME|NUMBER      one, with its interface

  zpoline syscalls openat
  zpoline syscalls 0x101
";

pub(crate) const LOADER: &str = "\
Print the path of the library to preload; write it to the cache if need be.

  zpoline loader

  ZPOLINE_HOOK=hook.cwasm LD_PRELOAD=$(zpoline loader) ./program
";
