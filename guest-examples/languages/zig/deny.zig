//! Nothing is deleted: unlink, unlinkat and rmdir fail with EPERM.

const hook = @import("hook.zig");

const EPERM = 1;

export fn @"zpoline:hook/unlink@0.1.0#enter"(pathname: u64) *const hook.Action {
    _ = pathname;
    return hook.complete(-EPERM);
}

export fn @"zpoline:hook/unlinkat@0.1.0#enter"(dirfd: i32, pathname: u64, flags: i32) *const hook.Action {
    _ = .{ dirfd, pathname, flags };
    return hook.complete(-EPERM);
}

export fn @"zpoline:hook/rmdir@0.1.0#enter"(pathname: u64) *const hook.Action {
    _ = pathname;
    return hook.complete(-EPERM);
}
