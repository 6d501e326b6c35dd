/* Nothing is deleted: unlink, unlinkat and rmdir fail with EPERM. */

#include "hook.h"

#define EPERM 1

static const struct action refused = {.tag = COMPLETE, .value.result = -EPERM};

EXPORT("unlink", "enter")
const struct action *unlink_enter(uint64_t pathname) { return &refused; }

EXPORT("unlinkat", "enter")
const struct action *unlinkat_enter(int32_t dirfd, uint64_t pathname, int32_t flags) { return &refused; }

EXPORT("rmdir", "enter")
const struct action *rmdir_enter(uint64_t pathname) { return &refused; }
