/* wait4 with usage, waitid with WNOWAIT, stopped and continued children. */
#include "check.h"
#include <sys/resource.h>

int main(void) {
  int ends[2];
  CHECK(pipe(ends) == 0);
  pid_t child = fork();
  if (child == 0) {
    char c;
    raise(SIGSTOP);
    CHECK(read(ends[0], &c, 1) == 1);
    _exit(6);
  }
  siginfo_t info;
  CHECK(waitid(P_PID, child, &info, WSTOPPED) == 0);
  printf("stopped by %d\n", info.si_status);
  kill(child, SIGCONT);
  CHECK(waitid(P_PID, child, &info, WCONTINUED) == 0);
  printf("continued by %d\n", info.si_status);
  CHECK(write(ends[1], "x", 1) == 1);
  CHECK(waitid(P_PID, child, &info, WEXITED | WNOWAIT) == 0);
  printf("ended with %d\n", info.si_status);
  struct rusage usage;
  int status;
  CHECK(wait4(child, &status, 0, &usage) == child && usage.ru_maxrss > 0);
  printf("collected %d\n", WEXITSTATUS(status));
  CHECK(wait(0) == -1 && errno == ECHILD);
  return 0;
}
