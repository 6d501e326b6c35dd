//! One hook for every call that names a path.

use crate::{Deny, bindings::exports::zpoline::hook, bindings::zpoline::hook::types::Action, decide};

/// `call(argument: type, ...) => [paths among them];`
macro_rules! hooks {
    ($($call:ident($($argument:tt: $type:ty),*) => [$($path:ident),*];)*) => {
        $(impl hook::$call::Guest for Deny {
            fn enter($($argument: $type),*) -> Action {
                decide(&[$($path),*])
            }
        })*
    };
}

// The target of a symlink is text, not a path that the call uses; nor need the
// source of a mount be one.
hooks! {
    open(pathname: u64, _: i32, _: u32) => [pathname];
    stat(pathname: u64, _: u64) => [pathname];
    lstat(pathname: u64, _: u64) => [pathname];
    access(pathname: u64, _: i32) => [pathname];
    execve(pathname: u64, _: u64, _: u64) => [pathname];
    truncate(path: u64, _: i64) => [path];
    chdir(path: u64) => [path];
    rename(oldpath: u64, newpath: u64) => [oldpath, newpath];
    mkdir(pathname: u64, _: u32) => [pathname];
    rmdir(pathname: u64) => [pathname];
    creat(pathname: u64, _: u32) => [pathname];
    link(oldpath: u64, newpath: u64) => [oldpath, newpath];
    unlink(pathname: u64) => [pathname];
    symlink(_: u64, linkpath: u64) => [linkpath];
    readlink(pathname: u64, _: u64, _: i32) => [pathname];
    chmod(pathname: u64, _: u32) => [pathname];
    chown(pathname: u64, _: u32, _: u32) => [pathname];
    lchown(pathname: u64, _: u32, _: u32) => [pathname];
    utime(filename: u64, _: u64) => [filename];
    mknod(pathname: u64, _: u32, _: u32) => [pathname];
    uselib(library: u64) => [library];
    statfs(path: u64, _: u64) => [path];
    pivot_root(new_root: u64, put_old: u64) => [new_root, put_old];
    chroot(path: u64) => [path];
    acct(filename: u64) => [filename];
    mount(_: u64, target: u64, _: u64, _: u64, _: u64) => [target];
    umount2(target: u64, _: i32) => [target];
    swapon(path: u64, _: i32) => [path];
    swapoff(path: u64) => [path];
    quotactl(_: u32, special: u64, _: u32, _: u64) => [special];
    setxattr(path: u64, _: u64, _: u64, _: u64, _: i32) => [path];
    lsetxattr(path: u64, _: u64, _: u64, _: u64, _: i32) => [path];
    getxattr(path: u64, _: u64, _: u64, _: u64) => [path];
    lgetxattr(path: u64, _: u64, _: u64, _: u64) => [path];
    listxattr(path: u64, _: u64, _: u64) => [path];
    llistxattr(path: u64, _: u64, _: u64) => [path];
    removexattr(path: u64, _: u64) => [path];
    lremovexattr(path: u64, _: u64) => [path];
    utimes(filename: u64, _: u64) => [filename];
    inotify_add_watch(_: i32, pathname: u64, _: u32) => [pathname];
    openat(_: i32, pathname: u64, _: i32, _: u32) => [pathname];
    mkdirat(_: i32, pathname: u64, _: u32) => [pathname];
    mknodat(_: i32, pathname: u64, _: u32, _: u32) => [pathname];
    fchownat(_: i32, pathname: u64, _: u32, _: u32, _: i32) => [pathname];
    futimesat(_: i32, pathname: u64, _: u64) => [pathname];
    newfstatat(_: i32, pathname: u64, _: u64, _: i32) => [pathname];
    unlinkat(_: i32, pathname: u64, _: i32) => [pathname];
    renameat(_: i32, oldpath: u64, _: i32, newpath: u64) => [oldpath, newpath];
    linkat(_: i32, oldpath: u64, _: i32, newpath: u64, _: i32) => [oldpath, newpath];
    symlinkat(_: u64, _: i32, linkpath: u64) => [linkpath];
    readlinkat(_: i32, pathname: u64, _: u64, _: i32) => [pathname];
    fchmodat(_: i32, pathname: u64, _: u32) => [pathname];
    faccessat(_: i32, pathname: u64, _: i32) => [pathname];
    utimensat(_: i32, pathname: u64, _: u64, _: i32) => [pathname];
    fanotify_mark(_: i32, _: u32, _: u64, _: i32, pathname: u64) => [pathname];
    name_to_handle_at(_: i32, pathname: u64, _: u64, _: u64, _: i32) => [pathname];
    renameat2(_: i32, oldpath: u64, _: i32, newpath: u64, _: u32) => [oldpath, newpath];
    execveat(_: i32, pathname: u64, _: u64, _: u64, _: i32) => [pathname];
    statx(_: i32, pathname: u64, _: u32, _: u32, _: u64) => [pathname];
    open_tree(_: i32, pathname: u64, _: u32) => [pathname];
    move_mount(_: i32, from_pathname: u64, _: i32, to_pathname: u64, _: u32) => [from_pathname, to_pathname];
    fspick(_: i32, pathname: u64, _: u32) => [pathname];
    openat2(_: i32, pathname: u64, _: u64, _: u64) => [pathname];
    faccessat2(_: i32, pathname: u64, _: i32, _: i32) => [pathname];
    mount_setattr(_: i32, pathname: u64, _: u32, _: u64, _: u64) => [pathname];
    fchmodat2(_: i32, pathname: u64, _: u32, _: u32) => [pathname];
    setxattrat(_: i32, pathname: u64, _: u32, _: u64, _: u64, _: u64) => [pathname];
    getxattrat(_: i32, pathname: u64, _: u32, _: u64, _: u64, _: u64) => [pathname];
    listxattrat(_: i32, pathname: u64, _: u32, _: u64, _: u64) => [pathname];
    removexattrat(_: i32, pathname: u64, _: u32, _: u64) => [pathname];
    open_tree_attr(_: i32, pathname: u64, _: u32, _: u64, _: u64) => [pathname];
    file_getattr(_: i32, pathname: u64, _: u64, _: u64, _: u32) => [pathname];
    file_setattr(_: i32, pathname: u64, _: u64, _: u64, _: u32) => [pathname];
}
