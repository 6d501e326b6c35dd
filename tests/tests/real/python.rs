//! Python and its ways to do several things at once.

use super::{EVERY, LIMIT, Real, lacks, program};
use anyhow::Result;
use std::path::Path;
use zpoline_tests::command::{End, Run};
use zpoline_tests::scratch::Scratch;

pub(crate) fn all() -> Vec<Real> {
    vec![
        Real::new("python3: files and json", || lacks(&["python3"]), |s| python(s, FILES_AND_JSON)),
        Real::new("python3: subprocess", || lacks(&["python3"]), |s| python(s, SUBPROCESS)).ways(EVERY),
        Real::new("python3: threads and processes", || lacks(&["python3"]), |s| python(s, THREADS)).ways(EVERY),
        Real::new("python3: asyncio", || lacks(&["python3"]), |s| python(s, ASYNCIO)).ways(EVERY),
        Real::new("python3: multiprocessing", || lacks(&["python3"]), multiprocessing).ways(EVERY),
        Real::new("python3: signal", || lacks(&["python3"]), |s| python(s, SIGNALS)).ways(EVERY),
        Real::new("python3 -m http.server", || lacks(&["python3"]), |s| python(s, HTTP)),
        Real::new("python3 -m pip list", || lacks_module("pip"), pip),
    ]
}

pub(crate) fn python(scratch: &Scratch, script: &str) -> Result<Run> {
    Ok(python3()?.arg("-c").arg(script).within(scratch.directory()))
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

pub(crate) fn lacks_module(module: &str) -> Option<String> {
    lacks(&["python3"]).or_else(|| {
        let import = python3().and_then(|python| python.args(["-c", &format!("import {module}")]).outcome());
        let there = import.is_ok_and(|outcome| outcome.end == End::Exit(0));
        (!there).then(|| format!("this python3 has no module {module}"))
    })
}

fn pip(scratch: &Scratch) -> Result<Run> {
    Ok(python3()?.args(["-m", "pip", "list", "--disable-pip-version-check"]).within(scratch.directory()))
}

/// The distribution's, which every user may run, before one on the PATH.
fn python3() -> Result<Run> {
    let usual = Path::new("/usr/bin/python3");
    if usual.exists() { Ok(Run::new(usual).limit(LIMIT)) } else { program("python3") }
}

/// Children by fork, by spawn, and by a server that forks; shared memory, locks
/// and queues between them.
const MULTIPROCESSING: &str = "
import multiprocessing as mp, os, sys
from multiprocessing import shared_memory
from concurrent.futures import ProcessPoolExecutor

def square(n): return n * n

def produce(queue, lock, counter, n):
    for i in range(50):
        queue.put(n * 1000 + i)
        with lock: counter.value += 1

def fill(name, value):
    block = shared_memory.SharedMemory(name=name)
    block.buf[value] = value
    block.close()

def crash(how):
    if how == 'exit': os._exit(17)
    os.kill(os.getpid(), 9)

if __name__ == '__main__':
    for method in ('fork', 'spawn', 'forkserver'):
        context = mp.get_context(method)
        with context.Pool(2) as pool:
            print(method, sum(pool.imap_unordered(square, range(100), chunksize=7)))
        queue, lock, counter = context.Queue(), context.Lock(), context.Value('i', 0)
        ps = [context.Process(target=produce, args=(queue, lock, counter, n)) for n in range(2)]
        for p in ps: p.start()
        print(sum(queue.get() for _ in range(100)), end=' ')
        for p in ps: p.join()
        print(counter.value, [p.exitcode for p in ps])
    block = shared_memory.SharedMemory(create=True, size=64)
    ps = [mp.Process(target=fill, args=(block.name, v)) for v in range(4)]
    for p in ps: p.start()
    for p in ps: p.join()
    print(bytes(block.buf[:4]))
    block.close(); block.unlink()
    ps = [mp.Process(target=crash, args=(how,)) for how in ('exit', 'kill')]
    for p in ps: p.start()
    for p in ps: p.join()
    print([p.exitcode for p in ps])
    with ProcessPoolExecutor(2) as pool: print(list(pool.map(square, range(5))))
";

fn multiprocessing(scratch: &Scratch) -> Result<Run> {
    // spawn reads the main module again: it has to be a file.
    let file = scratch.write("main.py", MULTIPROCESSING)?;
    Ok(python3()?.arg(file).within(scratch.directory()))
}

const SIGNALS: &str = "
import signal, os, threading, time, select, socket, faulthandler, subprocess, sys, ctypes, mmap
seen = []
for s in (signal.SIGUSR1, signal.SIGUSR2, signal.SIGRTMIN, signal.SIGRTMIN + 3):
    signal.signal(s, lambda n, f: seen.append(n))
    os.kill(os.getpid(), s)
print(sorted(seen) == sorted([signal.SIGUSR1, signal.SIGUSR2, signal.SIGRTMIN, signal.SIGRTMIN + 3]))
ticks = 0
def tick(n, f):
    global ticks
    ticks += 1
signal.signal(signal.SIGALRM, tick)
signal.setitimer(signal.ITIMER_REAL, 0.001, 0.001)
while ticks < 200: sum(range(100)); os.getppid()
signal.setitimer(signal.ITIMER_REAL, 0)
print('ticked')
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1])
os.kill(os.getpid(), signal.SIGUSR1)
print(signal.sigpending(), signal.sigwait([signal.SIGUSR1]))
info = None
t = threading.Thread(target=lambda: print(signal.sigwaitinfo([signal.SIGUSR1]).si_signo))
t.start(); os.kill(os.getpid(), signal.SIGUSR1); t.join()
print(signal.sigtimedwait([signal.SIGUSR1], 0.01))
signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGUSR1])
a, b = socket.socketpair(); b.setblocking(False)
signal.set_wakeup_fd(b.fileno())
os.kill(os.getpid(), signal.SIGUSR2)
print(a.recv(1) == bytes([signal.SIGUSR2])); signal.set_wakeup_fd(-1)
class Late(Exception): pass
def late(n, f): raise Late
signal.signal(signal.SIGALRM, late)
for wait in (lambda: time.sleep(100), lambda: select.select([a], [], []), lambda: a.recv(1), lambda: threading.Event().wait()):
    signal.setitimer(signal.ITIMER_REAL, 0.01)
    try: wait()
    except Late: print('interrupted')
main = threading.main_thread().ident
threading.Thread(target=lambda: signal.pthread_kill(main, signal.SIGUSR1)).start()
while seen.count(signal.SIGUSR1) < 2: time.sleep(0.001)
for code in ('import ctypes; ctypes.string_at(16)', 'import os; os.abort()', 'import signal, os; os.kill(os.getpid(), signal.SIGTERM)',
             'import mmap, ctypes; m = mmap.mmap(-1, 4096, prot=mmap.PROT_READ); ctypes.memset(id(m), 255, 64); del m'):
    r = subprocess.run([sys.executable, '-X', 'faulthandler', '-c', 'import resource; resource.setrlimit(resource.RLIMIT_CORE, (0, 0));' + code], capture_output=True)
    print(r.returncode, r.stderr.split(b'\\n')[0][:60])
# Whoever started us may have had SIGINT ignored.
signal.signal(signal.SIGINT, signal.default_int_handler)
try: signal.raise_signal(signal.SIGINT)
except KeyboardInterrupt: print('KeyboardInterrupt')
with subprocess.Popen([sys.executable, '-c', 'import signal, time; signal.signal(signal.SIGINT, signal.default_int_handler); print(1, flush=True); time.sleep(1000)'], stdout=-1, stderr=-1) as p:
    p.stdout.readline(); p.send_signal(signal.SIGINT); print(p.wait(), b'KeyboardInterrupt' in p.stderr.read())
";

const HTTP: &str = "
import http.server, threading, urllib.request, os, functools
for i in range(20): open(f'f{i}', 'w').write('x' * i * 1000)
class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *a): pass
server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Quiet)
threading.Thread(target=server.serve_forever, daemon=True).start()
sizes = [0] * 20
def get(i): sizes[i] = len(urllib.request.urlopen(f'http://127.0.0.1:{server.server_port}/f{i}').read())
ts = [threading.Thread(target=get, args=(i,)) for i in range(20)]
for t in ts: t.start()
for t in ts: t.join()
print(sizes)
server.shutdown()";
