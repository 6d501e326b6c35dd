/* zpoline:hook for C and C++, as far as these hooks use it: what a bindings
 * generator would write. Names and layouts are those of the component model's
 * canonical ABI; wit/ says what they mean. `zpoline compile` makes the component:
 * the names of the exports tell it what is hooked.
 *
 * Needs no libc and works with one. For one source file a hook: it has the
 * memory that the host fills.
 */
#ifndef ZPOLINE_HOOK_H
#define ZPOLINE_HOOK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
#define HOOK_C extern "C"
#define HOOK_ASSERT static_assert
#else
#define HOOK_C
#define HOOK_ASSERT _Static_assert
#endif

/* Before a function: EXPORT("openat", "enter") hooks openat. `zpoline syscalls
 * openat` tells its parameters. */
#define EXPORT(interface, function) \
  HOOK_C __attribute__((export_name("zpoline:hook/" interface "@0.1.0#" function)))
#define IMPORT(interface, function)                                   \
  HOOK_C __attribute__((import_module("zpoline:hook/" interface "@0.1.0"), \
                        import_name(function)))

/* variant action. A hook gives the address of one, which the host reads right
 * after the call. */
enum { FORWARD, OBSERVE, COMPLETE, REWRITE, REWRITE_OBSERVE };

struct call {
  uint32_t number;
  int64_t args[6];
};

struct action {
  uint8_t tag;
  union {
    int64_t result; /* COMPLETE: minus an errno, or what the call would give */
    struct call call;
  } value;
};
HOOK_ASSERT(offsetof(struct action, value) == 8, "canonical ABI");
HOOK_ASSERT(offsetof(struct call, args) == 8, "canonical ABI");

/* string, list<u8> */
struct bytes {
  const unsigned char *at;
  size_t length;
};

/* result<settings, string> */
struct init_result {
  uint8_t is_error;
  union {
    struct { uint8_t per_thread; } settings;
    struct bytes error;
  } value;
};
HOOK_ASSERT(offsetof(struct init_result, value) == 4, "canonical ABI");

/* result<list<u8>, errno> */
struct read_result {
  uint8_t is_error;
  union {
    struct bytes bytes;
    uint32_t error;
  } value;
};
HOOK_ASSERT(sizeof(struct read_result) == 12, "canonical ABI");

IMPORT("memory", "read")
void memory_read(uint64_t at, uint32_t length, struct read_result *result);

IMPORT("memory", "read-c-string")
void memory_read_c_string(uint64_t at, uint32_t max, struct read_result *result);

enum { LOG_ERROR, LOG_WARNING, LOG_INFO, LOG_DEBUG };

IMPORT("log", "write")
void log_write(int32_t level, const void *text, size_t length);

IMPORT("log", "output")
void log_output(const void *bytes, size_t length);

/* Where the host puts what it hands over: the arguments of init, what was read.
 * hook_release() forgets all that is younger than the last hook_keep(). */
#ifndef HOOK_HEAP
#define HOOK_HEAP (128 * 1024)
#endif
static unsigned char hook_heap[HOOK_HEAP] __attribute__((aligned(8)));
static size_t hook_used, hook_kept;

static inline void hook_keep(void) { hook_kept = hook_used; }
static inline void hook_release(void) { hook_used = hook_kept; }

HOOK_C __attribute__((export_name("cabi_realloc")))
void *cabi_realloc(void *old, size_t old_size, size_t align, size_t size) {
  hook_used = (hook_used + align - 1) & ~(align - 1);
  if (size > sizeof hook_heap || hook_used > sizeof hook_heap - size) __builtin_trap();
  unsigned char *fresh = hook_heap + hook_used;
  hook_used += size;
  if (old) __builtin_memcpy(fresh, old, old_size < size ? old_size : size);
  return fresh;
}

#endif
