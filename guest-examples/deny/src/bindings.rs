//! What the guest imports and exports, generated from `wit/`.

#![allow(unsafe_code, missing_docs, reason = "generated")]

use crate::Deny;

wit_bindgen::generate!({
    path: "../../wit",
    inline: "
        package zpoline:deny@0.1.0;
        world deny {
            import zpoline:hook/memory@0.1.0;
            export zpoline:hook/lifecycle@0.1.0;
            export zpoline:hook/open@0.1.0;
            export zpoline:hook/stat@0.1.0;
            export zpoline:hook/lstat@0.1.0;
            export zpoline:hook/access@0.1.0;
            export zpoline:hook/execve@0.1.0;
            export zpoline:hook/truncate@0.1.0;
            export zpoline:hook/chdir@0.1.0;
            export zpoline:hook/rename@0.1.0;
            export zpoline:hook/mkdir@0.1.0;
            export zpoline:hook/rmdir@0.1.0;
            export zpoline:hook/creat@0.1.0;
            export zpoline:hook/link@0.1.0;
            export zpoline:hook/unlink@0.1.0;
            export zpoline:hook/symlink@0.1.0;
            export zpoline:hook/readlink@0.1.0;
            export zpoline:hook/chmod@0.1.0;
            export zpoline:hook/chown@0.1.0;
            export zpoline:hook/lchown@0.1.0;
            export zpoline:hook/utime@0.1.0;
            export zpoline:hook/mknod@0.1.0;
            export zpoline:hook/uselib@0.1.0;
            export zpoline:hook/statfs@0.1.0;
            export zpoline:hook/pivot-root@0.1.0;
            export zpoline:hook/chroot@0.1.0;
            export zpoline:hook/acct@0.1.0;
            export zpoline:hook/mount@0.1.0;
            export zpoline:hook/umount2@0.1.0;
            export zpoline:hook/swapon@0.1.0;
            export zpoline:hook/swapoff@0.1.0;
            export zpoline:hook/quotactl@0.1.0;
            export zpoline:hook/setxattr@0.1.0;
            export zpoline:hook/lsetxattr@0.1.0;
            export zpoline:hook/getxattr@0.1.0;
            export zpoline:hook/lgetxattr@0.1.0;
            export zpoline:hook/listxattr@0.1.0;
            export zpoline:hook/llistxattr@0.1.0;
            export zpoline:hook/removexattr@0.1.0;
            export zpoline:hook/lremovexattr@0.1.0;
            export zpoline:hook/utimes@0.1.0;
            export zpoline:hook/inotify-add-watch@0.1.0;
            export zpoline:hook/openat@0.1.0;
            export zpoline:hook/mkdirat@0.1.0;
            export zpoline:hook/mknodat@0.1.0;
            export zpoline:hook/fchownat@0.1.0;
            export zpoline:hook/futimesat@0.1.0;
            export zpoline:hook/newfstatat@0.1.0;
            export zpoline:hook/unlinkat@0.1.0;
            export zpoline:hook/renameat@0.1.0;
            export zpoline:hook/linkat@0.1.0;
            export zpoline:hook/symlinkat@0.1.0;
            export zpoline:hook/readlinkat@0.1.0;
            export zpoline:hook/fchmodat@0.1.0;
            export zpoline:hook/faccessat@0.1.0;
            export zpoline:hook/utimensat@0.1.0;
            export zpoline:hook/fanotify-mark@0.1.0;
            export zpoline:hook/name-to-handle-at@0.1.0;
            export zpoline:hook/renameat2@0.1.0;
            export zpoline:hook/execveat@0.1.0;
            export zpoline:hook/statx@0.1.0;
            export zpoline:hook/open-tree@0.1.0;
            export zpoline:hook/move-mount@0.1.0;
            export zpoline:hook/fspick@0.1.0;
            export zpoline:hook/openat2@0.1.0;
            export zpoline:hook/faccessat2@0.1.0;
            export zpoline:hook/mount-setattr@0.1.0;
            export zpoline:hook/fchmodat2@0.1.0;
            export zpoline:hook/setxattrat@0.1.0;
            export zpoline:hook/getxattrat@0.1.0;
            export zpoline:hook/listxattrat@0.1.0;
            export zpoline:hook/removexattrat@0.1.0;
            export zpoline:hook/open-tree-attr@0.1.0;
            export zpoline:hook/file-getattr@0.1.0;
            export zpoline:hook/file-setattr@0.1.0;
        }
    ",
    world: "zpoline:deny/deny",
    generate_all,
});

export!(Deny);
