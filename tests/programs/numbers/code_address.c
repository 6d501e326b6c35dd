/* A number that happens to be the address of code is only a number. */
#include "check.h"

static volatile int ran;
__attribute__((noinline)) static void function(void) { ran = 1; }

int main(void) {
  long result = raw0((long)function);
  puts(ran ? "the function ran" : result == -ENOSYS ? "ENOSYS" : "other");
  return 0;
}
