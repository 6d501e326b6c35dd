//! Tells the path of each open and openat, or of those that begin with one of the
//! words of ZPOLINE_HOOK_ARGS, and at the end how many there were.

const std = @import("std");
const hook = @import("hook.zig");

const longest_path = 4096;

var prefixes: []const hook.Bytes = &.{};
var told: u32 = 0;

fn wanted(path: []const u8) bool {
    for (prefixes) |prefix| {
        if (std.mem.startsWith(u8, path, prefix.slice())) return true;
    }
    return prefixes.len == 0;
}

fn tell(call: []const u8, pathname: u64) *const hook.Action {
    // A path that cannot be read is the kernel's to refuse.
    const path = hook.readCString(pathname, longest_path) orelse return hook.forward();
    if (wanted(path)) {
        var buffer: [longest_path + 16]u8 = undefined;
        const line = std.fmt.bufPrint(&buffer, "{s} {s}\n", .{ call, path }) catch unreachable;
        hook.output(line);
        told += 1;
    }
    return hook.forward();
}

export fn @"zpoline:hook/open@0.1.0#enter"(pathname: u64, flags: i32, mode: u32) *const hook.Action {
    _ = .{ flags, mode };
    return tell("open", pathname);
}

export fn @"zpoline:hook/openat@0.1.0#enter"(dirfd: i32, pathname: u64, flags: i32, mode: u32) *const hook.Action {
    _ = .{ dirfd, flags, mode };
    return tell("openat", pathname);
}

export fn @"zpoline:hook/lifecycle@0.1.0#init"(arguments: [*]const hook.Bytes, count: usize) *const hook.Init {
    prefixes = arguments[0..count];
    hook.heap.keep();
    return hook.settings(false);
}

export fn @"zpoline:hook/lifecycle@0.1.0#finish"(status: i32) void {
    _ = status;
    var buffer: [32]u8 = undefined;
    hook.log(.info, std.fmt.bufPrint(&buffer, "{d} paths", .{told}) catch unreachable);
}
