/* kill, raise, tgkill, sigqueue to oneself: handled before the call returns,
 * with the right siginfo; abort ends the process by SIGABRT whatever the handler
 * does.
 */
#include "check.h"

static volatile siginfo_t seen;
static volatile int handled;
static void handler(int sig, siginfo_t *info, void *context) {
  seen = *info;
  handled++;
}
static void returns(int sig) { handled++; }

int main(void) {
  struct sigaction action = {.sa_sigaction = handler, .sa_flags = SA_SIGINFO};
  CHECK(sigaction(SIGUSR1, &action, 0) == 0);
  for (int round = 0; round < 1000; round++) {
    CHECK(kill(getpid(), SIGUSR1) == 0 && handled == round * 4 + 1);
    CHECK(seen.si_code == SI_USER && seen.si_pid == getpid() && seen.si_uid == getuid());
    CHECK(raise(SIGUSR1) == 0 && handled == round * 4 + 2 && seen.si_code == SI_TKILL);
    CHECK(raw3(SYS_tgkill, getpid(), gettid(), SIGUSR1) == 0 && handled == round * 4 + 3);
    union sigval value = {.sival_int = round};
    CHECK(sigqueue(getpid(), SIGUSR1, value) == 0 && handled == round * 4 + 4);
    CHECK(seen.si_code == SI_QUEUE && seen.si_value.sival_int == round);
  }
  puts("4000 signals");
  fflush(stdout);
  pid_t child = fork();
  if (child == 0)
    abort();
  report_child("abort", child);
  child = fork();
  if (child == 0) {
    on(SIGABRT, returns, 0);
    abort();
  }
  report_child("abort with a handler", child);
  child = fork();
  if (child == 0) {
    kill(getpid(), SIGKILL);
    _exit(0);
  }
  report_child("kill", child);
  return 0;
}
