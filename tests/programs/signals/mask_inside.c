/* The mask in a handler: that of the wait which the signal ended, with sa_mask
 * and the signal itself; the mask in its context is the one from before the wait.
 */
#include "check.h"
#include <poll.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <ucontext.h>

static char inside[128], saved[128];

static void name(char *to, const sigset_t *set) {
  static const struct {
    int sig;
    const char *name;
  } names[] = {{SIGUSR1, "USR1"}, {SIGUSR2, "USR2"}, {SIGHUP, "HUP"}, {SIGTERM, "TERM"},
               {SIGSYS, "SYS"},   {SIGSEGV, "SEGV"}, {SIGWINCH, "WINCH"}};
  *to = 0;
  for (size_t k = 0; k < sizeof names / sizeof *names; k++)
    if (sigismember(set, names[k].sig))
      strcat(strcat(to, " "), names[k].name);
}

static void handler(int sig, siginfo_t *info, void *context) {
  sigset_t now;
  sigprocmask(SIG_BLOCK, 0, &now);
  name(inside, &now);
  name(saved, &((ucontext_t *)context)->uc_sigmask);
}

static void show(const char *what) {
  sigset_t now;
  char after[128];
  sigprocmask(SIG_BLOCK, 0, &now);
  name(after, &now);
  printf("%s: in the handler%s; saved%s; after%s\n", what, inside, saved, after);
}

int main(void) {
  struct sigaction action = {.sa_sigaction = handler, .sa_flags = SA_SIGINFO};
  sigaddset(&action.sa_mask, SIGHUP);
  sigaction(SIGUSR1, &action, 0);
  sigset_t set, wait;
  sigemptyset(&set);
  sigaddset(&set, SIGUSR1);
  sigaddset(&set, SIGUSR2);
  sigprocmask(SIG_BLOCK, &set, 0);
  sigemptyset(&wait);
  sigaddset(&wait, SIGTERM);
  sigaddset(&wait, SIGWINCH);
  int epoll = epoll_create1(0);
  struct epoll_event event;
  for (int round = 0; round < 2; round++) {
    raise(SIGUSR1);
    CHECK(sigsuspend(&wait) == -1 && errno == EINTR);
    show("sigsuspend");
    raise(SIGUSR1);
    CHECK(ppoll(0, 0, 0, &wait) == -1 && errno == EINTR);
    show("ppoll");
    raise(SIGUSR1);
    CHECK(pselect(0, 0, 0, 0, 0, &wait) == -1 && errno == EINTR);
    show("pselect");
    raise(SIGUSR1);
    CHECK(epoll_pwait(epoll, &event, 1, -1, &wait) == -1 && errno == EINTR);
    show("epoll_pwait");
    /* A wait that a signal does not end leaves nothing behind. */
    struct timespec nothing = {0, 0};
    CHECK(ppoll(0, 0, &nothing, &wait) == 0);
    sigprocmask(SIG_UNBLOCK, &set, 0);
    raise(SIGUSR1);
    show("no wait");
    /* With signals that a tool may want for itself. */
    sigaddset(&wait, SIGSYS);
    sigaddset(&wait, SIGSEGV);
    sigaddset(&action.sa_mask, SIGSYS);
    sigaction(SIGUSR1, &action, 0);
    sigaddset(&set, SIGSYS);
    sigprocmask(SIG_BLOCK, &set, 0);
  }
  return 0;
}
