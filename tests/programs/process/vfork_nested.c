/* A vfork child that vforks: each parent sleeps until its own child is gone. */
#include "check.h"

static volatile int step;

int main(void) {
  for (int round = 0; round < 20; round++) {
    step = 0;
    pid_t child = vfork();
    if (child == 0) {
      CHECK(step++ == 0);
      pid_t grandchild = vfork();
      if (grandchild == 0) {
        CHECK(step++ == 1);
        _exit(7);
      }
      CHECK(step++ == 2);
      int status;
      CHECK(waitpid(grandchild, &status, 0) == grandchild);
      _exit(WEXITSTATUS(status) + 1);
    }
    CHECK(step++ == 3);
    int status;
    CHECK(waitpid(child, &status, 0) == child && WEXITSTATUS(status) == 8);
  }
  puts("nested");
  return 0;
}
