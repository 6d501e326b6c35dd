//! Shells and what lives in them.

use super::{EVERY, FORWARDED, Real, lacks, program, script};
use anyhow::Result;
use zpoline_tests::command::Run;
use zpoline_tests::scratch::Scratch;

pub(crate) fn all() -> Vec<Real> {
    vec![
        Real::new("sh", || lacks(&["sh"]), sh).ways(EVERY),
        Real::new("bash: pipes, traps, jobs", || lacks(&["bash"]), |s| script("bash", s, BASH))
            .ways(EVERY)
            .ends_with(9),
        Real::new("perl", || lacks(&["perl"]), perl).ways(EVERY),
        Real::new("perl: sockets, signals, pipes", || lacks(&["perl"]), perl_processes).ends_with(4),
        Real::new("tmux", || lacks(&["tmux"]), tmux).ways(FORWARDED),
        Real::new("vim, ed, bc, jq", || lacks(&["vim.tiny", "bc", "jq"]), |s| script("sh", s, EDITORS)),
        Real::new("setsid, timeout, nice, env", || lacks(&["setsid", "timeout"]), |s| script("sh", s, WRAPPERS)),
    ]
}

fn sh(scratch: &Scratch) -> Result<Run> {
    let script = r#"
        trap 'echo got TERM' TERM
        kill -TERM $$
        for i in 1 2 3; do (echo "in a subshell $i"; exit $i); echo "status $?"; done
        seq 1 2000 | while read n; do echo "$n"; done | tail -1
        trap - TERM; sleep 1000 & kill $!; wait $!; echo "killed: $?"
        x=$(echo a; echo b | cat); echo "$x"
        cat <<END
here
END
        /no/such/program 2>/dev/null; echo "missing: $?"
        exec echo last
    "#;
    Ok(program("sh")?.arg("-c").arg(script).within(scratch.directory()))
}

fn perl(scratch: &Scratch) -> Result<Run> {
    let script = "$SIG{ALRM} = sub { print qq(alarm\\n) }; kill ALRM => $$; my $p = fork; if (!$p) { exit 3 } waitpid $p, 0;
        print $? >> 8, qq(\\n); open my $f, '-|', 'echo piped'; print <$f>; print `echo back`; print join(',', sort map { $_ * 2 } 1..20), qq(\\n);";
    Ok(program("perl")?.args(["-e", script]).within(scratch.directory()))
}

fn perl_processes(scratch: &Scratch) -> Result<Run> {
    Ok(program("perl")?.args(["-e", PERL]).within(scratch.directory()))
}

/// An ordinary user may have no shell of its own.
fn tmux(scratch: &Scratch) -> Result<Run> {
    Ok(script("sh", scratch, TMUX)?.env("SHELL", "/bin/sh"))
}

const BASH: &str = r#"
    trap 'echo "error at $LINENO: $?"' ERR
    trap 'echo leaving' EXIT
    false
    seq 1 3000 | tee >(wc -l >&2) | sort -rn | sed -n 1,3p | paste -sd,
    echo "${PIPESTATUS[@]}"
    diff <(seq 1 5) <(seq 2 6)
    coproc upper { while read -r line; do echo "${line^^}"; done; }
    echo "from the coprocess" >&"${upper[1]}"; read -r line <&"${upper[0]}"; echo "$line"
    eval "exec ${upper[1]}>&-"; wait
    trap 'echo usr1' USR1; (kill -USR1 $$); wait
    for i in 1 2 3 4; do (exit $i) & pids[i]=$!; done
    for i in 1 2 3 4; do wait ${pids[i]}; echo "job $i: $?"; done
    { set -m; sleep 1000 & kill -STOP %1; kill -CONT %1; kill %1; wait %1; echo "job: $?"; set +m; } 2>/dev/null
    mkfifo quiet; exec 4<>quiet; read -t 0.01 -r -u 4 nothing; echo "read: $?"; exec 4>&-
    { (ulimit -c 0; kill -SEGV $BASHPID); echo "crashed: $?"; } 2>/dev/null
    printf '%s\n' {1..2000} > numbers; mapfile -t lines < numbers; echo ${#lines[@]} ${lines[1234]}
    exec 3<>numbers; read -r -u 3 first; echo $first
    bash -c 'trap "echo asked to end; exit 5" TERM; kill $$; while :; do :; done'; echo "ended: $?"
    { echo to stderr >&2; } 2>&1 | cat
    function deep() { (( $1 )) && deep $(( $1 - 1 )) || echo bottom; }; deep 300
    exec bash -c 'echo "$0 $1"; exit 9' zero one
"#;

const PERL: &str = r#"
use strict; use warnings; use IO::Socket::INET; use POSIX qw(:sys_wait_h :signal_h); use Time::HiRes qw(ualarm setitimer ITIMER_REAL);
$| = 1;
my %reaped; $SIG{CHLD} = sub { while ((my $pid = waitpid(-1, WNOHANG)) > 0) { $reaped{$pid} = $? >> 8 } };
my @children = map { my $n = $_; my $pid = fork; if (!$pid) { exit $n } $pid } 1 .. 10;
while (keys %reaped < 10) { select undef, undef, undef, 0.01 }
print join(',', map { $reaped{$_} } @children), "\n";
$SIG{CHLD} = 'DEFAULT';
my $ticks = 0; local $SIG{ALRM} = sub { $ticks++ };
setitimer(ITIMER_REAL, 0.001, 0.001); my $x = 0; while ($ticks < 100) { $x++; } setitimer(ITIMER_REAL, 0);
print "ticked\n";
my $server = IO::Socket::INET->new(Listen => 5, LocalAddr => '127.0.0.1') or die; my $port = $server->sockport;
my $pid = fork; if (!$pid) { for (1 .. 5) { my $c = $server->accept; my $line = <$c>; print $c uc $line; close $c } exit 0 }
for my $n (1 .. 5) { my $s = IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $port) or die; print $s "line $n\n"; print scalar <$s> }
waitpid $pid, 0; print "server: $?\n";
my $timeout = eval { local $SIG{ALRM} = sub { die "late\n" }; ualarm 10000; select undef, undef, undef, 100; 1 }; print "eval: $@";
open my $pipe, '|-', 'sort -n | tail -1' or die; print $pipe "$_\n" for 1 .. 5000; close $pipe;
my $set = POSIX::SigSet->new(SIGUSR1); sigprocmask(SIG_BLOCK, $set); $SIG{USR1} = sub { print "usr1\n" };
kill USR1 => $$; print "blocked\n"; sigprocmask(SIG_UNBLOCK, $set); print "unblocked\n";
kill KILL => (my $sleeper = fork || do { sleep 1000; exit }); waitpid $sleeper, 0; print "killed by ", $? & 127, "\n";
exec 'sh', '-c', 'echo exec; exit 4';
"#;

const TMUX: &str = r#"
    set -e
    t="tmux -S $PWD/socket -f /dev/null"
    $t new-session -d -x 80 -y 24 -s one 'PS1="$ " exec sh'
    $t set-option -g default-shell /bin/sh
    $t send-keys -t one "echo in tmux; $t wait-for -S first" Enter
    $t wait-for first
    $t split-window -t one -v "seq 1 30; $t wait-for -S second; exec cat"
    $t wait-for second
    $t new-window -t one -n two "stty size; $t wait-for -S third; exec cat"
    $t wait-for third
    $t list-panes -s -t one -F '#{window_index}.#{pane_index} #{pane_width}x#{pane_height}'
    $t capture-pane -p -t one:1
    $t capture-pane -p -S - -t one:0.1
    $t capture-pane -p -t one:0.0 | grep -c 'in tmux'
    $t kill-server
"#;

const EDITORS: &str = r#"
    seq 1 500 > text; vim.tiny -u NONE -es -c '%s/7/seven/g|g/9$/d|w! out|q!' text; md5sum out
    echo '2^200; scale=30; 4*a(1)' | bc -l
    echo '{"a":[1,2,{"b":null}],"c":"é"}' | jq -c '.a | map(type), (.[2] | keys), length'
"#;

const WRAPPERS: &str = r#"
    setsid -w sh -c 'exit 3'; echo "setsid $?"
    timeout 0.05 sleep 1000; echo "timeout $?"; timeout -s KILL 0.05 sleep 1000; echo "killed $?"
    nice -n 5 sh -c nice; env -i /bin/echo empty environment; nohup echo nohup 2>/dev/null
    flock lock sh -c 'flock -n lock true; echo "locked: $?"'
    stdbuf -oL echo buffered; (umask 077; touch private; stat -c %a private)
    prlimit --nofile=100 sh -c 'ulimit -n'; ionice -c 3 true; taskset 1 true; chrt -o 0 true; echo "priorities $?"
    script -qec 'tty >/dev/null && echo on a terminal' /dev/null </dev/null; id -u; date -u -d @86400 +%F
    sh -c 'kill -ABRT $$' 2>/dev/null; echo "aborted: $?"; seq 1 100000 | head -1; yes | head -100000 | md5sum
"#;
