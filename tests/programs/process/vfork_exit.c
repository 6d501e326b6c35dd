/* vfork: parent and child share memory and stack. The child changes variables,
 * uses stack above and below, makes calls and ends; the parent goes on where it
 * was.
 */
#include "check.h"

static volatile int shared;

__attribute__((noinline)) static int deep(int n) {
  volatile char block[256];
  memset((void *)block, 0xee, sizeof block);
  getppid();
  return n == 0 ? block[0] : deep(n - 1) + block[n % 256];
}

int main(void) {
  for (int round = 0; round < 100; round++) {
    volatile int local = 0;
    pid_t child = vfork();
    if (child == 0) {
      shared = round;
      local = round + 1;
      deep(20);
      CHECK(raw0(SYS_getpid) != getppid());
      _exit(round);
    }
    CHECK(child > 0 && shared == round && local == round + 1);
    int status;
    CHECK(waitpid(child, &status, 0) == child);
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == round);
  }
  puts("100 vforks");
  return 0;
}
