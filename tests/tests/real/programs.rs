//! Programs that start, do something and end.

use super::Real;
use anyhow::{Context, Result, ensure};
use std::fs;
use std::path::{Path, PathBuf};
use zpoline_tests::command::{End, Run};
use zpoline_tests::places;
use zpoline_tests::scratch::Scratch;

pub(crate) fn all() -> Vec<Real> {
    let real = |name, missing, run| Real { name, missing, run };
    vec![
        real("ls -lAR", || lacks(&["ls"]), ls),
        real("cat of 100 MB", || lacks(&["cat"]), cat),
        real("sh", || lacks(&["sh"]), sh),
        real("sort, gzip, xargs", || lacks(&["sort", "gzip", "xargs"]), tools),
        real("git status and log", || lacks(&["git"]), git_read),
        real("git init, add, commit", || lacks(&["git"]), git_write),
        real("python3: files and json", || lacks(&["python3"]), |s| python(s, FILES_AND_JSON)),
        real("python3: sqlite3", || lacks_python_module("sqlite3"), |s| python(s, SQLITE_MODULE)),
        real("python3: subprocess", || lacks(&["python3"]), |s| python(s, SUBPROCESS)),
        real("python3: threads and processes", || lacks(&["python3"]), |s| python(s, THREADS)),
        real("python3: asyncio", || lacks(&["python3"]), |s| python(s, ASYNCIO)),
        real("python3 -m pip list", || lacks_python_module("pip"), pip),
        real("sqlite3", || lacks(&["sqlite3"]), sqlite),
        real("tar", || lacks(&["tar"]), tar),
        real("gcc -c", || lacks(&["gcc"]), gcc_compile),
        real("gcc, linked and run", || lacks(&["gcc"]), gcc_link),
        real("perl", || lacks(&["perl"]), perl),
    ]
}

/// Which of these programs are not installed.
pub(crate) fn lacks(programs: &[&str]) -> Option<String> {
    let missing: Vec<&str> = programs.iter().copied().filter(|program| places::find(program).is_none()).collect();
    (!missing.is_empty()).then(|| format!("not installed: {}", missing.join(", ")))
}

/// A program by its name.
pub(crate) fn program(name: &str) -> Result<Run> {
    Ok(Run::new(places::find(name).with_context(|| format!("{name} is not installed"))?))
}

/// A file tree with fixed contents and times.
fn tree(scratch: &Scratch) -> Result<PathBuf> {
    let top = scratch.path("tree");
    for directory in ["a", "a/b", "c"] {
        fs::create_dir_all(top.join(directory))?;
        for number in 0..60 {
            fs::write(
                top.join(directory).join(format!("file-{number}")),
                format!("{directory} {number}\n").repeat(number),
            )?;
        }
    }
    std::os::unix::fs::symlink("../a/file-3", top.join("c/link"))?;
    let touch = Run::new("/bin/sh")
        .args(["-c", "find . -exec touch -h -d 2024-05-05T05:05:05Z {} +"])
        .within(&top)
        .outcome()?;
    ensure!(touch.end == End::Exit(0), "touch: {}", touch.complained());
    Ok(top)
}

fn ls(scratch: &Scratch) -> Result<Run> {
    Ok(program("ls")?.args(["-lAR", "--time-style=full-iso"]).within(&tree(scratch)?))
}

/// Bytes that do not repeat.
fn noise(length: usize) -> Vec<u8> {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let words = std::iter::repeat_with(|| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()
    });
    words.take(length / 8).flatten().collect()
}

fn cat(scratch: &Scratch) -> Result<Run> {
    Ok(program("cat")?.arg(scratch.write("big", noise(100 << 20))?))
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

fn tools(scratch: &Scratch) -> Result<Run> {
    scratch.write("noise", noise(1 << 20))?;
    let script = "od -An -tx1 -v noise | sort -S 1M --parallel=2 | gzip -9n | gunzip | md5sum
        seq 1 200 | xargs -P 4 -n 10 sh -c 'exec >/dev/null; echo $@' && find . -type f | wc -l";
    Ok(program("sh")?.arg("-c").arg(script).within(scratch.directory()))
}

/// git, told nothing by the user's own settings.
fn git(directory: &Path) -> Result<Run> {
    let run = program("git")?.within(directory).env("GIT_CONFIG_NOSYSTEM", "1").env("HOME", directory);
    Ok(["AUTHOR", "COMMITTER"].into_iter().fold(run, |run, who| {
        run.env(&format!("GIT_{who}_NAME"), "A")
            .env(&format!("GIT_{who}_EMAIL"), "a@example.org")
            .env(&format!("GIT_{who}_DATE"), "2024-05-05T05:05:05Z")
    }))
}

fn repository(scratch: &Scratch) -> Result<PathBuf> {
    let top = tree(scratch)?;
    let script = "git init -q . && git add a && git commit -qm one && echo more >> a/file-1 && git commit -qam two &&
        git mv a/file-2 a/moved && git commit -qm three && echo changed > a/file-5 && rm a/file-6";
    let shell = git(&top)?;
    let made = shell.behind(Path::new("/bin/sh"), ["-c", script]).outcome()?;
    ensure!(made.end == End::Exit(0), "git: {}", made.complained());
    Ok(top)
}

fn git_read(scratch: &Scratch) -> Result<Run> {
    let top = repository(scratch)?;
    let script =
        "git status && git log --stat -p && git diff && git ls-files -s && git fsck && git gc -q && git status --short";
    Ok(git(&top)?.behind(Path::new("/bin/sh"), ["-c", script]))
}

fn git_write(scratch: &Scratch) -> Result<Run> {
    let top = tree(scratch)?;
    let script =
        "git init -q . && git add . && git commit -qm all && git checkout -qb side && echo x > new && git add new &&
        git commit -qm new && git checkout -q - && git merge --no-ff -qm merged side && git clone -q . clone &&
        git -C clone log --oneline && git rev-parse HEAD";
    Ok(git(&top)?.behind(Path::new("/bin/sh"), ["-c", script]))
}

fn python(scratch: &Scratch, script: &str) -> Result<Run> {
    Ok(program("python3")?.arg("-c").arg(script).within(scratch.directory()))
}

const FILES_AND_JSON: &str = "
import json, os, tempfile, time, hashlib, shutil
data = {str(i): [i, i / 7, 'x' * (i % 50), None] for i in range(5000)}
with open('data.json', 'w') as f: json.dump(data, f)
again = json.load(open('data.json'))
assert again == data
print(hashlib.sha256(open('data.json', 'rb').read()).hexdigest())
for i in range(200): open(f'f{i}', 'w').write(str(i))
print(sum(int(open(f).read()) for f in os.listdir('.') if f.startswith('f')))
shutil.copytree('.', tempfile.mkdtemp() + '/copy')
time.sleep(0.01)
print(open('/etc/hostname').read())";

const SQLITE_MODULE: &str = "
import sqlite3
db = sqlite3.connect('x.db')
db.execute('create table t(a integer primary key, b text)')
with db: db.executemany('insert into t values(?, ?)', ((i, str(i) * 3) for i in range(5000)))
print(db.execute('select count(*), sum(a), max(b) from t').fetchone())
print(db.execute('pragma integrity_check').fetchone())";

const SUBPROCESS: &str = "
import subprocess, os, signal
for i in range(20):
    r = subprocess.run(['sh', '-c', f'cat; echo err >&2; exit {i}'], input=b'in', capture_output=True)
    assert (r.returncode, r.stdout, r.stderr) == (i, b'in', b'err\\n'), r
p = subprocess.Popen(['sleep', '1000'])
p.terminate()
print(p.wait())
try: subprocess.run(['sleep', '1000'], timeout=0.05)
except subprocess.TimeoutExpired: print('timeout')
try: subprocess.run(['/no/such/program'])
except FileNotFoundError: print('not found')
print(subprocess.check_output('echo $((6*7))', shell=True))
pid = os.fork()
if pid == 0: os._exit(5)
print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
signal.signal(signal.SIGALRM, lambda *a: print('alarm'))
signal.setitimer(signal.ITIMER_REAL, 0.01)
signal.pause()";

const THREADS: &str = "
import threading, queue, multiprocessing
from concurrent.futures import ThreadPoolExecutor
def work(n): return sum(i * i for i in range(n))
with ThreadPoolExecutor(8) as pool: print(sum(pool.map(work, range(500))))
q = queue.Queue()
ts = [threading.Thread(target=lambda: [q.put(i) for i in range(1000)]) for _ in range(5)]
for t in ts: t.start()
for t in ts: t.join()
print(q.qsize())
if __name__ == '__main__':
    with multiprocessing.get_context('fork').Pool(3) as pool: print(sum(pool.map(work, range(300))))";

const ASYNCIO: &str = "
import asyncio
async def serve(r, w):
    w.write((await r.readline()).upper()); await w.drain(); w.close()
async def ask(port, n):
    r, w = await asyncio.open_connection('127.0.0.1', port)
    w.write(b'line %d\\n' % n)
    answer = await r.read()
    w.close()
    return answer
async def main():
    server = await asyncio.start_server(serve, '127.0.0.1', 0)
    port = server.sockets[0].getsockname()[1]
    answers = await asyncio.gather(*(ask(port, n) for n in range(50)))
    print(b''.join(answers))
    p = await asyncio.create_subprocess_exec('echo', 'child', stdout=asyncio.subprocess.PIPE)
    print(await p.communicate())
asyncio.run(main())";

fn lacks_python_module(module: &str) -> Option<String> {
    lacks(&["python3"]).or_else(|| {
        let import = program("python3").and_then(|python| python.args(["-c", &format!("import {module}")]).outcome());
        let there = import.is_ok_and(|outcome| outcome.end == End::Exit(0));
        (!there).then(|| format!("this python3 has no module {module}"))
    })
}

fn pip(scratch: &Scratch) -> Result<Run> {
    Ok(program("python3")?.args(["-m", "pip", "list", "--disable-pip-version-check"]).within(scratch.directory()))
}

fn sqlite(scratch: &Scratch) -> Result<Run> {
    let script = "pragma journal_mode=wal; create table t(a integer primary key, b text);
        with recursive n(i) as (select 1 union all select i + 1 from n where i < 20000)
          insert into t select i, hex(i) || 'text' from n;
        create index i on t(b); update t set b = b || 'x' where a % 3 = 0; delete from t where a % 7 = 0;
        select count(*), sum(length(b)) from t; vacuum; pragma integrity_check; select * from t where b like '3939%';";
    Ok(program("sqlite3")?.arg(scratch.path("x.db")).arg(script))
}

fn tar(scratch: &Scratch) -> Result<Run> {
    let top = tree(scratch)?;
    let script = "tar --sort=name --owner=0 --group=0 -czf ../x.tgz . && mkdir ../out && tar -C ../out -xzf ../x.tgz &&
        diff -r . ../out && tar -tvzf ../x.tgz && gunzip -c ../x.tgz | md5sum";
    Ok(program("sh")?.args(["-c", script]).within(&top))
}

const SOURCE: &str = "#include <stdio.h>\n#include <stdlib.h>\n#include <string.h>\nstatic int cmp(const void *a, const void *b)
{ return *(const int *)a - *(const int *)b; }\nint main(void) { int v[100]; for (int i = 0; i < 100; i++) v[i] = (i * 7919) % 101;
qsort(v, 100, sizeof *v, cmp); printf(\"%d %d %d\\n\", v[0], v[50], v[99]); return 0; }\n";

fn gcc_compile(scratch: &Scratch) -> Result<Run> {
    scratch.write("x.c", SOURCE)?;
    let run = program("gcc")?.args(["-O2", "-g", "-c", "x.c", "-o", "x.o"]).within(scratch.directory());
    // The object itself is the output.
    Ok(run.behind(Path::new("/bin/sh"), ["-c", "\"$0\" \"$@\" && cat x.o"]))
}

fn gcc_link(scratch: &Scratch) -> Result<Run> {
    scratch.write("x.c", SOURCE)?;
    let run = program("gcc")?.args(["-O2", "x.c", "-o", "x"]).within(scratch.directory());
    Ok(run.behind(Path::new("/bin/sh"), ["-c", "\"$0\" \"$@\" && ./x"]))
}

fn perl(scratch: &Scratch) -> Result<Run> {
    let script = "$SIG{ALRM} = sub { print qq(alarm\\n) }; kill ALRM => $$; my $p = fork; if (!$p) { exit 3 } waitpid $p, 0;
        print $? >> 8, qq(\\n); open my $f, '-|', 'echo piped'; print <$f>; print `echo back`; print join(',', sort map { $_ * 2 } 1..20), qq(\\n);";
    Ok(program("perl")?.args(["-e", script]).within(scratch.directory()))
}
