/* SA_RESETHAND: the handler runs once, then the default action happens.
 */
#include "check.h"

static volatile int handled;
static void handler(int sig) {
  struct sigaction now;
  sigaction(sig, 0, &now);
  handled += now.sa_handler == SIG_DFL ? 1 : 100;
}

int main(void) {
  pid_t child = fork();
  if (child == 0) {
    on(SIGUSR1, handler, SA_RESETHAND);
    raise(SIGUSR1);
    CHECK(handled == 1);
    raise(SIGUSR1);
    _exit(0);
  }
  report_child("second USR1", child);
  child = fork();
  if (child == 0) {
    on(SIGSEGV, handler, SA_RESETHAND | SA_NODEFER);
    raise(SIGSEGV);
    CHECK(handled == 1);
    *(volatile int *)16 = 1;
    _exit(0);
  }
  report_child("a fault after SEGV", child);
  on(SIGWINCH, handler, SA_RESETHAND);
  for (int i = 0; i < 3; i++)
    raise(SIGWINCH);
  printf("WINCH %d\n", handled);
  return 0;
}
