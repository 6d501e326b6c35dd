// Nothing is deleted: unlink, unlinkat and rmdir fail with EPERM.

import { Action, complete } from "./hook";

const EPERM = 1;

export function unlink_enter(pathname: u64): Action {
  return complete(-EPERM);
}

export function unlinkat_enter(dirfd: i32, pathname: u64, flags: i32): Action {
  return complete(-EPERM);
}

export function rmdir_enter(pathname: u64): Action {
  return complete(-EPERM);
}

export { cabi_realloc } from "./hook";
