/* sigsuspend, ppoll and pselect with a mask: the signal comes in the wait, not
 * before it, and the mask is the old one afterwards.
 */
#include "check.h"
#include <poll.h>
#include <sys/select.h>
#include <sys/epoll.h>

static volatile int handled;
static void handler(int sig) { handled++; }

static void check_blocked(void) {
  sigset_t now;
  sigprocmask(SIG_BLOCK, 0, &now);
  CHECK(sigismember(&now, SIGUSR1) && !sigismember(&now, SIGUSR2));
}

int main(void) {
  on(SIGUSR1, handler, 0);
  sigset_t set, empty;
  sigemptyset(&set);
  sigemptyset(&empty);
  sigaddset(&set, SIGUSR1);
  sigprocmask(SIG_BLOCK, &set, 0);
  int epoll = epoll_create1(0);
  struct epoll_event event;
  pid_t self = getpid();
  for (int round = 0; round < 40; round++) {
    raise(SIGUSR1);
    CHECK(handled == round * 5);
    CHECK(sigsuspend(&empty) == -1 && errno == EINTR && handled == round * 5 + 1);
    check_blocked();
    raise(SIGUSR1);
    CHECK(ppoll(0, 0, 0, &empty) == -1 && errno == EINTR && handled == round * 5 + 2);
    check_blocked();
    raise(SIGUSR1);
    CHECK(pselect(0, 0, 0, 0, 0, &empty) == -1 && errno == EINTR && handled == round * 5 + 3);
    check_blocked();
    raise(SIGUSR1);
    CHECK(epoll_pwait(epoll, &event, 1, -1, &empty) == -1 && errno == EINTR);
    CHECK(handled == round * 5 + 4);
    check_blocked();
    pid_t helper = fork();
    if (helper == 0) {
      wait_until_in(self, self, SYS_rt_sigsuspend);
      kill(self, SIGUSR1);
      _exit(0);
    }
    CHECK(sigsuspend(&empty) == -1 && errno == EINTR && handled == round * 5 + 5);
    int status;
    CHECK(waitpid(helper, &status, 0) == helper && status == 0);
  }
  struct timespec nothing = {0, 0};
  CHECK(ppoll(0, 0, &nothing, &empty) == 0);
  printf("%d handlers\n", handled);
  return 0;
}
