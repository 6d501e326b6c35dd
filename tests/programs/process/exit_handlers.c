/* exit runs the handlers and flushes; _exit does neither; the status is cut to
 * eight bits.
 *
 * expect: exit 44
 */
#include "check.h"

static void last(void) { puts("handler"); }

int main(void) {
  pid_t child = fork();
  if (child == 0) {
    atexit(last);
    printf("lost");
    _exit(3);
  }
  report_child("_exit", child);
  fflush(stdout);
  atexit(last);
  exit(300);
}
