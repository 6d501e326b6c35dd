/* Signals that are read instead of handled: signalfd, sigwaitinfo,
 * sigtimedwait, sigwait.
 */
#include "check.h"
#include <sys/signalfd.h>

int main(void) {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGUSR1);
  sigaddset(&set, SIGRTMIN + 1);
  sigaddset(&set, SIGCHLD);
  sigprocmask(SIG_BLOCK, &set, 0);
  int fd = signalfd(-1, &set, 0);
  CHECK(fd >= 0);
  union sigval value = {.sival_int = 99};
  CHECK(sigqueue(getpid(), SIGRTMIN + 1, value) == 0);
  struct signalfd_siginfo info;
  CHECK(read(fd, &info, sizeof info) == sizeof info);
  printf("signalfd: %d, value %d\n", (int)info.ssi_signo - SIGRTMIN, info.ssi_int);
  CHECK(sigqueue(getpid(), SIGRTMIN + 1, value) == 0);
  siginfo_t got;
  CHECK(sigwaitinfo(&set, &got) == SIGRTMIN + 1 && got.si_value.sival_int == 99);
  CHECK(got.si_code == SI_QUEUE && got.si_pid == getpid());
  raise(SIGUSR1);
  int sig;
  CHECK(sigwait(&set, &sig) == 0 && sig == SIGUSR1);
  struct timespec none = {0, 1000};
  CHECK(sigtimedwait(&set, 0, &none) == -1 && errno == EAGAIN);
  pid_t self = getpid(), child = fork();
  if (child == 0) {
    wait_until_in(self, self, SYS_rt_sigtimedwait);
    _exit(21);
  }
  CHECK(sigwaitinfo(&set, &got) == SIGCHLD && got.si_pid == child && got.si_status == 21);
  report_child("child", child);
  return 0;
}
