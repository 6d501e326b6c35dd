// Nothing is deleted: unlink, unlinkat and rmdir fail with EPERM.

const EPERM = 1;
const refused = { tag: "complete", val: -EPERM };

export const unlink = { enter: (pathname) => refused };
export const unlinkat = { enter: (dirfd, pathname, flags) => refused };
export const rmdir = { enter: (pathname) => refused };
