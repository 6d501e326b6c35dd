/* Blocked real-time signals queue: lowest number first, then first in, first
 * out; ordinary ones are kept once.
 */
#include "check.h"

static char text[256];
static void handler(int sig, siginfo_t *info, void *context) {
  char one[32];
  snprintf(one, sizeof one, " %d:%d", sig == SIGUSR1 ? 1 : sig - SIGRTMIN + 30,
           info->si_value.sival_int);
  strcat(text, one);
}

int main(void) {
  struct sigaction action = {.sa_sigaction = handler, .sa_flags = SA_SIGINFO};
  sigfillset(&action.sa_mask);
  sigset_t set, old;
  sigemptyset(&set);
  for (int sig = SIGRTMIN; sig < SIGRTMIN + 3; sig++) {
    sigaction(sig, &action, 0);
    sigaddset(&set, sig);
  }
  sigaction(SIGUSR1, &action, 0);
  sigaddset(&set, SIGUSR1);
  sigprocmask(SIG_BLOCK, &set, &old);
  for (int i = 0; i < 3; i++)
    for (int sig = SIGRTMIN + 2; sig >= SIGRTMIN; sig--) {
      union sigval value = {.sival_int = i * 10 + sig - SIGRTMIN};
      sigqueue(getpid(), sig, value);
      sigqueue(getpid(), SIGUSR1, value);
    }
  sigset_t pending;
  sigpending(&pending);
  for (int sig = 1; sig < 65; sig++)
    if (sigismember(&pending, sig))
      printf("pending: %s\n", sig == SIGUSR1 ? "USR1" : "real-time");
  sigprocmask(SIG_SETMASK, &old, 0);
  /* Delivered last to first: each handler starts before the one before ran. */
  printf("order:%s\n", text);
  return 0;
}
