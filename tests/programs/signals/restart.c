/* nanosleep, stopped and continued, sleeps on (the kernel goes on with
 * restart_syscall); a relative sleep after a handler tells what is left.
 */
#include "check.h"

static volatile int handled;
static void handler(int sig) { handled++; }

int main(void) {
  pid_t child = fork();
  if (child == 0) {
    struct timespec rest = {0, 0}, wanted = {1, 0}, before, after;
    clock_gettime(CLOCK_MONOTONIC, &before);
    int result = nanosleep(&wanted, &rest);
    clock_gettime(CLOCK_MONOTONIC, &after);
    long slept = (after.tv_sec - before.tv_sec) * 1000 + (after.tv_nsec - before.tv_nsec) / 1000000;
    _exit(result == 0 && slept >= 999 ? 3 : 4);
  }
  for (int round = 0; round < 3; round++) {
    wait_until_in(child, child, round == 0 ? SYS_clock_nanosleep : SYS_restart_syscall);
    int status;
    kill(child, SIGSTOP);
    CHECK(waitpid(child, &status, WUNTRACED) == child && WIFSTOPPED(status));
    kill(child, SIGCONT);
    CHECK(waitpid(child, &status, WCONTINUED) == child && WIFCONTINUED(status));
  }
  report_child("stopped sleep", child);
  on(SIGUSR1, handler, 0);
  pid_t self = getpid();
  child = fork();
  if (child == 0) {
    wait_until_in(self, self, SYS_clock_nanosleep);
    kill(self, SIGUSR1);
    _exit(0);
  }
  struct timespec rest = {0, 0}, wanted = {100, 0};
  CHECK(nanosleep(&wanted, &rest) == -1 && errno == EINTR && handled == 1);
  printf("rest %s\n", rest.tv_sec >= 90 && rest.tv_sec <= 100 ? "about 100 s" : "wrong");
  report_child("helper", child);
  return 0;
}
