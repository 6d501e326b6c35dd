/* Handlers that nest until the alternate stack is full: SIGSEGV, as there is no
 * room for the next frame.
 *
 * expect: signal 11
 */
#include "check.h"

static char area[32768];
static volatile int depth;
static void handler(int sig) {
  if (depth++ == 0)
    puts("nesting");
  fflush(stdout);
  raise(SIGUSR1);
}

int main(void) {
  stack_t stack = {.ss_sp = area, .ss_size = sizeof area};
  CHECK(sigaltstack(&stack, 0) == 0);
  on(SIGUSR1, handler, SA_ONSTACK | SA_NODEFER);
  raise(SIGUSR1);
  puts("not reached");
  return 0;
}
