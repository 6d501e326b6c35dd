/* SIGCHLD: one for each child's end, with its id and status; SA_NOCLDWAIT and
 * SIG_IGN leave no zombies.
 */
#include "check.h"

static volatile int handled, sum;
static void handler(int sig, siginfo_t *info, void *context) {
  int status;
  while (waitpid(-1, &status, WNOHANG) > 0) {
    handled++;
    sum += WEXITSTATUS(status);
  }
}

int main(void) {
  struct sigaction action = {.sa_sigaction = handler, .sa_flags = SA_SIGINFO};
  CHECK(sigaction(SIGCHLD, &action, 0) == 0);
  sigset_t set, old;
  sigemptyset(&set);
  sigaddset(&set, SIGCHLD);
  sigprocmask(SIG_BLOCK, &set, &old);
  for (int i = 0; i < 50; i++) {
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0)
      _exit(i);
  }
  while (handled < 50)
    sigsuspend(&old);
  printf("%d children, sum %d\n", handled, sum);
  sigprocmask(SIG_SETMASK, &old, 0);
  signal(SIGCHLD, SIG_IGN);
  pid_t child = fork();
  if (child == 0)
    _exit(1);
  CHECK(waitpid(child, 0, 0) == -1 && errno == ECHILD);
  puts("ignored: no zombie");
  return 0;
}
