// Worker threads, shared memory, a thread pool, children and signals.
'use strict';
const { Worker, isMainThread, parentPort, workerData, MessageChannel } = require('worker_threads');
const { spawn, execFileSync } = require('child_process');
const crypto = require('crypto');
const fs = require('fs');
const http = require('http');
const zlib = require('zlib');

if (!isMainThread) {
  const counter = new Int32Array(workerData.shared);
  let sum = 0;
  for (let i = 0; i < 20000; i++) {
    Atomics.add(counter, 0, 1);
    sum = (sum + Math.imul(i, workerData.id + 1)) | 0;
  }
  // Sleeps on a futex until the main thread says so.
  Atomics.wait(counter, 1, 0);
  parentPort.postMessage({ id: workerData.id, sum });
} else {
  main().catch((error) => { console.error(error); process.exit(1); });
}

async function main() {
  const shared = new SharedArrayBuffer(8);
  const counter = new Int32Array(shared);
  const workers = [];
  for (let id = 0; id < 4; id++) {
    workers.push(new Promise((resolve, reject) => {
      const worker = new Worker(__filename, { workerData: { shared, id } });
      worker.on('message', resolve);
      worker.on('error', reject);
    }));
  }
  const wait = setInterval(() => {
    if (Atomics.load(counter, 0) === 80000) {
      clearInterval(wait);
      Atomics.store(counter, 1, 1);
      Atomics.notify(counter, 1);
    }
  }, 1);
  for (const { id, sum } of await Promise.all(workers)) console.log('worker', id, sum);
  console.log('counter', counter[0]);

  // libuv's pool: files, hashes, compression.
  const hash = (i) => new Promise((done) => crypto.pbkdf2('p' + i, 's', 500, 16, 'sha1', (e, k) => done(k.toString('hex'))));
  console.log((await Promise.all([0, 1, 2, 3, 4, 5].map(hash))).join(' '));
  await Promise.all([...Array(40).keys()].map((i) => fs.promises.writeFile('f' + i, String(i * i))));
  const read = await Promise.all([...Array(40).keys()].map((i) => fs.promises.readFile('f' + i, 'utf8')));
  console.log(read.reduce((a, b) => a + Number(b), 0));
  console.log(zlib.gunzipSync(zlib.gzipSync(Buffer.alloc(1 << 20, 'abc'))).length);

  // A server and its clients in one loop.
  const server = http.createServer((request, answer) => answer.end(request.url));
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  const get = (i) => new Promise((done) => http.get({ port: server.address().port, path: '/' + i, agent: false }, (answer) => {
    let text = '';
    answer.on('data', (piece) => { text += piece; }).on('end', () => done(text));
  }));
  console.log((await Promise.all([...Array(20).keys()].map(get))).join(','));
  server.close();

  console.log(execFileSync('sh', ['-c', 'echo from a child; exit 0']).toString().trim());
  const child = spawn('sleep', ['1000']);
  child.on('spawn', () => child.kill('SIGTERM'));
  console.log(await new Promise((done) => child.on('exit', (code, signal) => done(signal))));
  process.on('SIGUSR2', () => { console.log('SIGUSR2'); process.exit(7); });
  process.kill(process.pid, 'SIGUSR2');
  setInterval(() => {}, 1000);
}
