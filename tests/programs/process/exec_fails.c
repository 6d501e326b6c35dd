/* An execve that fails leaves everything as it was. */
#include "check.h"

static volatile int handled;
static void handler(int sig) { handled++; }

int main(void) {
  char *arguments[] = {"x", 0};
  on(SIGUSR1, handler, 0);
  for (int round = 0; round < 20; round++) {
    CHECK(execv("/no/such/program", arguments) == -1 && errno == ENOENT);
    CHECK(execv("/etc/passwd", arguments) == -1 && errno == EACCES);
    CHECK(execv("/", arguments) == -1 && errno == EACCES);
    CHECK(syscall(SYS_execve, 8, 0, 0) == -1 && errno == EFAULT);
    CHECK(syscall(SYS_execve, "/bin/true", 8, 0) == -1 && errno == EFAULT);
    CHECK(syscall(SYS_execveat, -1, "x", arguments, environ, 0) == -1 && errno == EBADF);
    raise(SIGUSR1);
    CHECK(handled == round + 1);
  }
  puts("120 failures");
  return 0;
}
