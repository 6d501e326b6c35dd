/* Refuses every call that names a path at or below one of the directories in
 * ZPOLINE_HOOK_ARGS. The C sibling of ../deny, without libc. */

#include "hook.h"

#define EACCES 13
#define PATH_MAX 4096

/* One after another in the hook's heap, each with '.' and '..' resolved. */
static struct bytes prefixes[64];
static size_t prefix_count;

/* Resolves '.', '..' and repeated slashes in place, by the text alone. What is
 * left has no slash at the end; "/" is the empty text behind a flag. */
struct path {
  bool absolute;
  size_t length;
};

static struct path normalise(unsigned char *text, size_t length) {
  struct path path = {length > 0 && text[0] == '/', 0};
  size_t at = 0;
  while (at < length) {
    size_t end = at;
    while (end < length && text[end] != '/') end++;
    size_t size = end - at;
    bool is_up = size == 2 && text[at] == '.' && text[at + 1] == '.';
    size_t last = path.length; /* where the last name begins */
    while (last > 0 && text[last - 1] != '/') last--;
    bool last_is_up = path.length - last == 2 && text[last] == '.' && text[last + 1] == '.';
    if (size == 0 || (size == 1 && text[at] == '.')) {
      /* nothing */
    } else if (is_up && path.length > 0 && !last_is_up) {
      path.length = last > 0 ? last - 1 : 0;
    } else if (is_up && path.absolute) {
      /* above the root is the root */
    } else {
      if (path.length > 0) text[path.length++] = '/';
      for (size_t i = 0; i < size; i++) text[path.length++] = text[at + i];
    }
    at = end + 1;
  }
  return path;
}

static bool absolute[64];

static bool covers(size_t i, const unsigned char *text, struct path path) {
  struct bytes prefix = prefixes[i];
  if (absolute[i] != path.absolute || prefix.length > path.length) return false;
  for (size_t at = 0; at < prefix.length; at++)
    if (prefix.at[at] != text[at]) return false;
  return prefix.length == 0 || prefix.length == path.length || text[prefix.length] == '/';
}

static bool refused(uint64_t address) {
  struct read_result read;
  hook_release();
  memory_read_c_string(address, PATH_MAX, &read);
  /* A path that cannot be read is the kernel's to refuse. */
  if (read.is_error || read.value.bytes.length == 0) return false;
  unsigned char *text = (unsigned char *)read.value.bytes.at;
  struct path path = normalise(text, read.value.bytes.length);
  for (size_t i = 0; i < prefix_count; i++)
    if (covers(i, text, path)) return true;
  return false;
}

static const struct action forward = {.tag = FORWARD};
static const struct action deny = {.tag = COMPLETE, .value.result = -EACCES};

static const struct action *decide(uint64_t path) {
  return refused(path) ? &deny : &forward;
}

static const struct action *decide_both(uint64_t one, uint64_t other) {
  return refused(one) || refused(other) ? &deny : &forward;
}

#define HOOK(interface, name, ...)        \
  EXPORT(interface, "enter")              \
  const struct action *hook_##name(__VA_ARGS__)

HOOK("open", open, uint64_t path, int flags, unsigned mode) { return decide(path); }
HOOK("openat", openat, int dir, uint64_t path, int flags, unsigned mode) { return decide(path); }
HOOK("openat2", openat2, int dir, uint64_t path, uint64_t how, uint64_t size) { return decide(path); }
HOOK("creat", creat, uint64_t path, unsigned mode) { return decide(path); }
HOOK("stat", stat, uint64_t path, uint64_t buffer) { return decide(path); }
HOOK("lstat", lstat, uint64_t path, uint64_t buffer) { return decide(path); }
HOOK("newfstatat", newfstatat, int dir, uint64_t path, uint64_t buffer, int flags) { return decide(path); }
HOOK("statx", statx, int dir, uint64_t path, unsigned flags, unsigned mask, uint64_t buffer) { return decide(path); }
HOOK("access", access, uint64_t path, int mode) { return decide(path); }
HOOK("faccessat", faccessat, int dir, uint64_t path, int mode) { return decide(path); }
HOOK("faccessat2", faccessat2, int dir, uint64_t path, int mode, int flags) { return decide(path); }
HOOK("readlink", readlink, uint64_t path, uint64_t buffer, int size) { return decide(path); }
HOOK("readlinkat", readlinkat, int dir, uint64_t path, uint64_t buffer, int size) { return decide(path); }
HOOK("execve", execve, uint64_t path, uint64_t argv, uint64_t envp) { return decide(path); }
HOOK("execveat", execveat, int dir, uint64_t path, uint64_t argv, uint64_t envp, int flags) { return decide(path); }
HOOK("chdir", chdir, uint64_t path) { return decide(path); }
HOOK("mkdir", mkdir, uint64_t path, unsigned mode) { return decide(path); }
HOOK("mkdirat", mkdirat, int dir, uint64_t path, unsigned mode) { return decide(path); }
HOOK("rmdir", rmdir, uint64_t path) { return decide(path); }
HOOK("unlink", unlink, uint64_t path) { return decide(path); }
HOOK("unlinkat", unlinkat, int dir, uint64_t path, int flags) { return decide(path); }
HOOK("truncate", truncate, uint64_t path, int64_t length) { return decide(path); }
HOOK("rename", rename, uint64_t old, uint64_t new) { return decide_both(old, new); }
HOOK("renameat", renameat, int olddir, uint64_t old, int newdir, uint64_t new) { return decide_both(old, new); }
HOOK("renameat2", renameat2, int olddir, uint64_t old, int newdir, uint64_t new, unsigned flags) { return decide_both(old, new); }
HOOK("link", link, uint64_t old, uint64_t new) { return decide_both(old, new); }
HOOK("linkat", linkat, int olddir, uint64_t old, int newdir, uint64_t new, int flags) { return decide_both(old, new); }

static struct init_result failed(const char *text, size_t length) {
  return (struct init_result){
      .is_error = 1, .value.error = {(const unsigned char *)text, length}};
}
#define FAILED(text) failed(text, sizeof text - 1)

EXPORT("lifecycle", "init")
const struct init_result *init(struct bytes *arguments, size_t count) {
  static struct init_result result;
  if (count == 0) {
    result = FAILED("no directory to deny; wanted directories, e.g. ZPOLINE_HOOK_ARGS=/etc/ssl");
    return &result;
  }
  if (count > 64) {
    result = FAILED("more than 64 directories; name their parents instead");
    return &result;
  }
  for (size_t i = 0; i < count; i++) {
    unsigned char *text = (unsigned char *)arguments[i].at;
    struct path path = normalise(text, arguments[i].length);
    absolute[i] = path.absolute;
    prefixes[i] = (struct bytes){text, path.length};
  }
  prefix_count = count;
  hook_keep();
  if (sizeof hook_heap - hook_kept < 2 * PATH_MAX) __builtin_trap();
  result = (struct init_result){.value.settings.per_thread = 1};
  return &result;
}

EXPORT("lifecycle", "finish")
void finish(int status) {}
