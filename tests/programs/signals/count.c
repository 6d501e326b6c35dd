/* Signals sent one by one to a process that makes calls: none is lost, none
 * comes twice. Real-time signals queue, with their values, in order.
 */
#include "check.h"

static volatile long handled, last, wrong;

static void handler(int sig, siginfo_t *info, void *context) {
  wrong += info->si_value.sival_int != last + 1;
  last = info->si_value.sival_int;
  handled++;
}

int main(void) {
  struct sigaction action = {.sa_sigaction = handler, .sa_flags = SA_SIGINFO | SA_RESTART};
  CHECK(sigaction(SIGRTMIN + 3, &action, 0) == 0);
  pid_t self = getpid(), child = fork();
  if (child == 0) {
    for (int i = 1; i <= 10000; i++) {
      union sigval value = {.sival_int = i};
      while (sigqueue(self, SIGRTMIN + 3, value) != 0) {
        CHECK(errno == EAGAIN);
        sched_yield();
      }
    }
    _exit(0);
  }
  while (handled < 10000)
    raw0(SYS_getpid), getppid(), raw3(SYS_close, -1, 0, 0);
  report_child("sender", child);
  printf("%ld handled, %ld out of order\n", handled, wrong);
  return 0;
}
