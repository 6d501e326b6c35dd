/* K23's P2b: what runs before main is seen: constructors of libraries, of the
 * program, and what it has before those.
 *
 * with: constructed
 */
#include "check.h"

extern long constructor_saw[2] __attribute__((weak));
static long before_saw, own_saw;

static void before_all(int argc, char **argv, char **environment) { before_saw = raw0(WITNESS_NUMBER); }
__attribute__((section(".preinit_array"), used)) static void (*preinit)(int, char **, char **) = before_all;

__attribute__((constructor)) static void own(void) { own_saw = raw0(WITNESS_NUMBER); }

int main(int argc, char **argv) {
  if (argc == 1) {
    /* A library that is initialised like one that the program is linked with. */
    char variable[512];
    const char *preload = getenv("LD_PRELOAD");
    snprintf(variable, sizeof variable, "%s%s%s", preload ? preload : "", preload ? ":" : "", OWN_LIBRARY);
    setenv("LD_PRELOAD", variable, 1);
    execl("/proc/self/exe", argv[0], "again", (char *)0);
    return 1;
  }
  long now = raw0(WITNESS_NUMBER);
  CHECK(constructor_saw);
  printf("before all: %s\n", before_saw == now ? "as in main" : "another");
  printf("a library's constructor: %s\n", constructor_saw[0] == now ? "as in main" : "another");
  printf("through libc: %s\n", constructor_saw[1] == (now < 0 ? -1 : now) ? "as in main" : "another");
  printf("the program's constructor: %s\n", own_saw == now ? "as in main" : "another");
  return 0;
}
