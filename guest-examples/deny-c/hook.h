/* The part of zpoline:hook that this guest uses, written by hand: what a
 * bindings generator would write, in fifty lines. Names and layouts are those
 * of the component model's canonical ABI; world.wit says what they mean.
 *
 * A generator writes the same for any world:
 *   cargo install wit-bindgen-cli --no-default-features --features c
 *   wit-bindgen c --world deny-c DIR-WITH-WIT
 */
#ifndef ZPOLINE_HOOK_H
#define ZPOLINE_HOOK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define EXPORT(interface, function) \
  __attribute__((export_name("zpoline:hook/" interface "@0.1.0#" function)))
#define IMPORT(interface, function)                                           \
  __attribute__((import_module("zpoline:hook/" interface "@0.1.0"),           \
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
    int64_t result;
    struct call call;
  } value;
};
_Static_assert(offsetof(struct action, value) == 8, "canonical ABI");
_Static_assert(offsetof(struct call, args) == 8, "canonical ABI");

/* string, list<u8> */
struct bytes {
  const unsigned char *at;
  size_t length;
};

/* result<list<u8>, errno> */
struct read_result {
  uint8_t is_error;
  union {
    struct bytes bytes;
    uint32_t error;
  } value;
};
_Static_assert(sizeof(struct read_result) == 12, "canonical ABI");

/* result<settings, string> */
struct init_result {
  uint8_t is_error;
  union {
    struct { uint8_t per_thread; } settings;
    struct bytes error;
  } value;
};
_Static_assert(offsetof(struct init_result, value) == 4, "canonical ABI");

IMPORT("memory", "read-c-string")
void memory_read_c_string(uint64_t at, uint32_t max, struct read_result *result);

#endif
