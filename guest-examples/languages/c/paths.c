/* Tells the path of each open and openat, or of those that begin with one of the
 * words of ZPOLINE_HOOK_ARGS, and at the end how many there were. */

#include "hook.h"

#define PATH_MAX 4096

static const struct bytes *prefixes;
static size_t prefix_count;
static uint32_t told;

static bool wanted(struct bytes path) {
  for (size_t i = 0; i < prefix_count; i++) {
    struct bytes prefix = prefixes[i];
    size_t at = 0;
    while (at < prefix.length && at < path.length && prefix.at[at] == path.at[at]) at++;
    if (at == prefix.length) return true;
  }
  return prefix_count == 0;
}

/* A line that is being written. */
static unsigned char line[PATH_MAX + 16];
static size_t length;

static void put(const void *text, size_t size) {
  __builtin_memcpy(line + length, text, size);
  length += size;
}

static void tell(const char *call, size_t size, uint64_t pathname) {
  struct read_result read;
  hook_release();
  memory_read_c_string(pathname, PATH_MAX, &read);
  /* A path that cannot be read is the kernel's to refuse. */
  if (read.is_error || !wanted(read.value.bytes)) return;
  length = 0;
  put(call, size);
  put(read.value.bytes.at, read.value.bytes.length);
  put("\n", 1);
  log_output(line, length);
  told++;
}

static const struct action forward = {.tag = FORWARD};

EXPORT("open", "enter")
const struct action *open_enter(uint64_t pathname, int32_t flags, uint32_t mode) {
  tell("open ", 5, pathname);
  return &forward;
}

EXPORT("openat", "enter")
const struct action *openat_enter(int32_t dirfd, uint64_t pathname, int32_t flags, uint32_t mode) {
  tell("openat ", 7, pathname);
  return &forward;
}

EXPORT("lifecycle", "init")
const struct init_result *init(const struct bytes *arguments, size_t count) {
  static const struct init_result shared = {.value.settings.per_thread = 0};
  prefixes = arguments;
  prefix_count = count;
  hook_keep();
  return &shared;
}

EXPORT("lifecycle", "finish")
void finish(int32_t status) {
  unsigned char digits[10];
  size_t first = sizeof digits;
  uint32_t rest = told;
  do digits[--first] = '0' + rest % 10; while (rest /= 10);
  length = 0;
  put(digits + first, sizeof digits - first);
  put(" paths", 6);
  log_write(LOG_INFO, line, length);
}
