/* vfork and exec, one that works, one that fails, one that dies. */
#include "check.h"

int main(void) {
  char *echo[] = {"echo", "from the child", 0};
  char *kill_self[] = {"sh", "-c", "kill -9 $$", 0};
  for (int round = 0; round < 3; round++) {
    pid_t child = vfork();
    if (child == 0) {
      execv("/bin/echo", echo);
      _exit(126);
    }
    report_child("echo", child);
    volatile int failure = 0;
    child = vfork();
    if (child == 0) {
      execv("/no/such/program", echo);
      failure = errno;
      _exit(127);
    }
    report_child("nothing", child);
    CHECK(failure == ENOENT);
    child = vfork();
    if (child == 0) {
      execv("/bin/sh", kill_self);
      _exit(126);
    }
    report_child("killed", child);
  }
  return 0;
}
