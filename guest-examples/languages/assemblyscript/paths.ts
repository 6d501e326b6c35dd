// Tells the path of each open and openat, or of those that begin with one of the
// words of ZPOLINE_HOOK_ARGS, and at the end how many there were.

import { Action, Init, Level, forward, log, output, readCString, settings, strings } from "./hook";

const LONGEST_PATH = 4096;

let prefixes: Uint8Array[] = [];
let told = 0;

function bytes(text: string): Uint8Array {
  return Uint8Array.wrap(String.UTF8.encode(text));
}

function begins(path: Uint8Array, prefix: Uint8Array): bool {
  return path.length >= prefix.length && memory.compare(path.dataStart, prefix.dataStart, prefix.length) == 0;
}

function wanted(path: Uint8Array): bool {
  for (let i = 0; i < prefixes.length; i++) if (begins(path, prefixes[i])) return true;
  return prefixes.length == 0;
}

function tell(call: string, path: Uint8Array): void {
  const head = bytes(call + " ");
  const line = new Uint8Array(head.length + path.length + 1);
  line.set(head);
  line.set(path, head.length);
  line[line.length - 1] = 10;
  output(line);
  told++;
}

function opened(call: string, pathname: u64): Action {
  const path = readCString(pathname, LONGEST_PATH);
  // A path that cannot be read is the kernel's to refuse.
  if (path !== null && wanted(path)) tell(call, path);
  return forward();
}

export function open_enter(pathname: u64, flags: i32, mode: u32): Action {
  return opened("open", pathname);
}

export function openat_enter(dirfd: i32, pathname: u64, flags: i32, mode: u32): Action {
  return opened("openat", pathname);
}

export function lifecycle_init(list: usize, count: u32): Init {
  prefixes = strings(list, count).map<Uint8Array>((word) => bytes(word));
  return settings(false);
}

export function lifecycle_finish(status: i32): void {
  log(Level.INFO, `${told} paths`);
}

export { cabi_realloc } from "./hook";
