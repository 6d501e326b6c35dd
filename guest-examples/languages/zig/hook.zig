//! zpoline:hook for Zig, as far as these hooks use it: what a bindings generator
//! would write. Names and layouts are those of the component model's canonical
//! ABI; wit/ says what they mean. `zpoline compile` makes the component: the names
//! of the exports tell it what is hooked.

const std = @import("std");

/// variant action
pub const Action = extern struct {
    tag: enum(u8) { forward, observe, complete, rewrite, rewrite_observe },
    value: extern union { result: i64, call: Call } = .{ .result = 0 },
};

/// record call
pub const Call = extern struct { number: u32, args: [6]i64 };

comptime {
    std.debug.assert(@sizeOf(Action) == 64 and @offsetOf(Action, "value") == 8);
}

var action: Action = undefined;

/// The call runs as the program made it.
pub fn forward() *const Action {
    action = .{ .tag = .forward };
    return &action;
}

/// The call runs, and returned#exit sees its result.
pub fn observe() *const Action {
    action = .{ .tag = .observe };
    return &action;
}

/// The call does not run: minus an errno, or what it would give.
pub fn complete(result: i64) *const Action {
    action = .{ .tag = .complete, .value = .{ .result = result } };
    return &action;
}

/// This call runs in its place.
pub fn rewrite(call: Call) *const Action {
    action = .{ .tag = .rewrite, .value = .{ .call = call } };
    return &action;
}

/// string, list<u8>
pub const Bytes = extern struct {
    ptr: [*]const u8,
    len: usize,

    pub fn slice(bytes: Bytes) []const u8 {
        return bytes.ptr[0..bytes.len];
    }
};

/// result<settings, string>
pub const Init = extern struct {
    is_error: bool,
    value: extern union { per_thread: bool, text: Bytes },
};

var answer: Init = undefined;

/// What init answers to go on.
pub fn settings(per_thread: bool) *const Init {
    answer = .{ .is_error = false, .value = .{ .per_thread = per_thread } };
    return &answer;
}

/// What init answers to stop the start; the text is shown.
pub fn fail(text: []const u8) *const Init {
    answer = .{ .is_error = true, .value = .{ .text = .{ .ptr = text.ptr, .len = text.len } } };
    return &answer;
}

/// result<list<u8>, errno>
const Read = extern struct {
    is_error: bool,
    value: extern union { bytes: Bytes, errno: u32 },
};

const host = struct {
    extern "zpoline:hook/memory@0.1.0" fn @"read-c-string"(at: u64, max: u32, result: *Read) void;
    extern "zpoline:hook/memory@0.1.0" fn read(at: u64, length: u32, result: *Read) void;
    extern "zpoline:hook/log@0.1.0" fn write(level: i32, text: [*]const u8, len: usize) void;
    extern "zpoline:hook/log@0.1.0" fn output(bytes: [*]const u8, len: usize) void;
};

/// A C string of the program, until the next call of this kind; null if it
/// cannot be read.
pub fn readCString(at: u64, max: u32) ?[]const u8 {
    var result: Read = undefined;
    heap.release();
    host.@"read-c-string"(at, max, &result);
    return if (result.is_error) null else result.value.bytes.slice();
}

/// Bytes of the program, as above.
pub fn read(at: u64, length: u32) ?[]const u8 {
    var result: Read = undefined;
    heap.release();
    host.read(at, length, &result);
    return if (result.is_error) null else result.value.bytes.slice();
}

pub const Level = enum(i32) { @"error", warning, info, debug };

/// A line for the user.
pub fn log(level: Level, text: []const u8) void {
    host.write(@backingInt(level), text.ptr, text.len);
}

/// Bytes for the user, as they are.
pub fn output(bytes: []const u8) void {
    host.output(bytes.ptr, bytes.len);
}

/// Where the host puts what it hands over.
pub const heap = struct {
    var bytes: [128 * 1024]u8 align(8) = undefined;
    var used: usize = 0;
    var kept: usize = 0;

    /// All that is there stays: for the arguments of init.
    pub fn keep() void {
        kept = used;
    }

    fn release() void {
        used = kept;
    }
};

export fn cabi_realloc(old: ?[*]u8, old_size: usize, alignment: usize, size: usize) [*]u8 {
    const start = (heap.used + alignment - 1) & ~(alignment - 1);
    if (size > heap.bytes.len or start > heap.bytes.len - size) @trap();
    heap.used = start + size;
    const fresh = heap.bytes[start..].ptr;
    if (old) |from| @memcpy(fresh[0..@min(old_size, size)], from[0..@min(old_size, size)]);
    return fresh;
}
