// zpoline:hook for AssemblyScript, as far as these hooks use it: what a bindings
// generator would write. Names and layouts are those of the component model's
// canonical ABI; wit/ says what they mean. `zpoline compile` makes the component:
// the names of the exports, which hook.mjs gives them, tell it what is hooked.

@external("zpoline:hook/memory@0.1.0", "read-c-string")
declare function memoryReadCString(at: u64, max: u32, result: usize): void;
@external("zpoline:hook/memory@0.1.0", "read")
declare function memoryRead(at: u64, length: u32, result: usize): void;
@external("zpoline:hook/log@0.1.0", "write")
declare function logWrite(level: i32, text: usize, length: usize): void;
@external("zpoline:hook/log@0.1.0", "output")
declare function logOutput(bytes: usize, length: usize): void;

/** What becomes of a call: the address of what the host reads right after it. */
export type Action = usize;

const ACTION: usize = memory.data(64, 8);

/** The call runs as the program made it. */
export function forward(): Action {
  store<u8>(ACTION, 0);
  return ACTION;
}

/** The call runs, and returned_exit sees its result. */
export function observe(): Action {
  store<u8>(ACTION, 1);
  return ACTION;
}

/** The call does not run: minus an errno, or what it would give. */
export function complete(result: i64): Action {
  store<u8>(ACTION, 2);
  store<i64>(ACTION, result, 8);
  return ACTION;
}

/** This call runs in its place. */
export function rewrite(number: u32, args: StaticArray<i64>): Action {
  store<u8>(ACTION, 3);
  store<u32>(ACTION, number, 8);
  for (let i = 0; i < 6; i++) store<i64>(ACTION + (i << 3), args[i], 16);
  return ACTION;
}

/** What lifecycle_init answers: the address of a result. */
export type Init = usize;

const INIT: usize = memory.data(12, 4);

/** Goes on, with one instance per thread or one per process. */
export function settings(perThread: bool): Init {
  store<u8>(INIT, 0);
  store<u8>(INIT, perThread, 4);
  return INIT;
}

let failure = new ArrayBuffer(0);

/** Stops the start; the text is shown. */
export function fail(text: string): Init {
  failure = String.UTF8.encode(text);
  store<u8>(INIT, 1);
  store<usize>(INIT, changetype<usize>(failure), 4);
  store<u32>(INIT, failure.byteLength, 8);
  return INIT;
}

/** The arguments of lifecycle_init. */
export function strings(list: usize, count: u32): string[] {
  const all = new Array<string>();
  for (let i: u32 = 0; i < count; i++) all.push(String.UTF8.decode(take(list + i * 8).buffer));
  if (count > 0) heap.free(list);
  return all;
}

const RESULT: usize = memory.data(12, 4);

/** A C string of the program; null if it cannot be read. */
export function readCString(at: u64, max: u32): Uint8Array | null {
  memoryReadCString(at, max, RESULT);
  return load<u8>(RESULT) ? null : take(RESULT + 4);
}

/** Bytes of the program; null if they cannot be read. */
export function read(at: u64, length: u32): Uint8Array | null {
  memoryRead(at, length, RESULT);
  return load<u8>(RESULT) ? null : take(RESULT + 4);
}

export const enum Level { ERROR, WARNING, INFO, DEBUG }

/** A line for the user. */
export function log(level: Level, text: string): void {
  const bytes = String.UTF8.encode(text);
  logWrite(level, changetype<usize>(bytes), bytes.byteLength);
}

/** Bytes for the user, as they are. */
export function output(bytes: Uint8Array): void {
  logOutput(bytes.dataStart, bytes.length);
}

/** Takes over a string or list<u8> that the host has put down. */
function take(pair: usize): Uint8Array {
  const at = load<usize>(pair), length = load<i32>(pair, 4);
  const bytes = new Uint8Array(length);
  memory.copy(bytes.dataStart, at, length);
  if (length > 0) heap.free(at);
  return bytes;
}

/** Where the host puts what it hands over. */
export function cabi_realloc(old: usize, oldSize: usize, align: usize, size: usize): usize {
  return old ? heap.realloc(old, size) : heap.alloc(size);
}

/** What asc calls when an assertion fails: --use abort=hook/abort. */
export function abort(message: usize, file: usize, line: u32, column: u32): void {
  unreachable();
}
