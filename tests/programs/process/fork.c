/* fork: the child is a copy, the parent gets its id, both go on. */
#include "check.h"

int main(void) {
  for (int round = 0; round < 50; round++) {
    int value = round;
    pid_t parent = getpid(), child = fork();
    CHECK(child >= 0);
    if (child == 0) {
      CHECK(value == round && getppid() == parent && getpid() != parent);
      value = -1;
      _exit(round);
    }
    int status;
    CHECK(waitpid(child, &status, 0) == child);
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == round && value == round);
  }
  pid_t child = syscall(SYS_fork);
  CHECK(child >= 0);
  if (child == 0)
    _exit(hooked() >= 0 ? 42 : 1);
  report_child("fork itself", child);
  return 0;
}
