// Nothing is deleted: unlink, unlinkat and rmdir fail with EPERM.

#include "../c/hook.h"

constexpr int EPERM = 1;

constexpr action refused{.tag = COMPLETE, .value{.result = -EPERM}};

EXPORT("unlink", "enter")
const action *unlink_enter(uint64_t) { return &refused; }

EXPORT("unlinkat", "enter")
const action *unlinkat_enter(int32_t, uint64_t, int32_t) { return &refused; }

EXPORT("rmdir", "enter")
const action *rmdir_enter(uint64_t) { return &refused; }
