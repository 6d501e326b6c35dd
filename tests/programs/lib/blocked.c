/* Blocks in a call of libc's, deep down; a child sends SIGINT then, at which a
 * debugger stops.
 */
#include "check.h"

static int fds[2];
__attribute__((noinline)) static long innermost(void) {
  char byte;
  long result = read(fds[0], &byte, 1);
  __asm__ volatile("");
  return result + 1;
}
__attribute__((noinline)) static long outermost(void) {
  long result = innermost();
  __asm__ volatile("");
  return result + 1;
}

int main(void) {
  CHECK(pipe(fds) == 0);
  pid_t self = getpid(), child = fork();
  if (child == 0) {
    wait_until_in(self, self, SYS_read);
    kill(self, SIGINT);
    _exit(0);
  }
  return (int)outermost();
}
