// Tells the path of each open and openat, or of those that begin with one of the
// words of ZPOLINE_HOOK_ARGS, and at the end how many there were.

import memory from "zpoline:hook/memory@0.1.0";
import log from "zpoline:hook/log@0.1.0";

const LONGEST_PATH = 4096;
const forward = { tag: "forward" };

let prefixes = [];
let told = 0;

// UTF-8; a path is bytes, which need not be text.
const bytes = (text) => Array.from(unescape(encodeURIComponent(text)), (c) => c.charCodeAt(0));

const wanted = (path) => prefixes.length === 0
  || prefixes.some((prefix) => prefix.every((byte, i) => path[i] === byte));

function tell(call, pathname) {
  // What is no address may be more than a number holds; and from 2^63 on it
  // arrives as a negative one. Neither can be passed on.
  if (pathname < 0 || pathname > Number.MAX_SAFE_INTEGER) return forward;
  let path;
  try {
    path = memory.readCString(pathname, LONGEST_PATH);
  } catch {
    return forward; // A path that cannot be read is the kernel's to refuse.
  }
  if (wanted(path)) {
    log.output(new Uint8Array([...call, ...path, 10]));
    told++;
  }
  return forward;
}

const OPEN = bytes("open "), OPENAT = bytes("openat ");

export const open = { enter: (pathname, flags, mode) => tell(OPEN, pathname) };
export const openat = { enter: (dirfd, pathname, flags, mode) => tell(OPENAT, pathname) };

export const lifecycle = {
  init(words) {
    prefixes = words.map(bytes);
    return { perThread: false };
  },
  finish(status) {
    log.write("info", `${told} paths`);
  },
};
