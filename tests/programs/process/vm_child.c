/* Processes that share memory and are no threads (CLONE_VM alone): they make calls
 * at the same time, have signal actions and an alternate stack of their own, end by
 * themselves or are killed in the midst of calls, and the others go on.
 */
#include "check.h"

static char stacks[3][65536] __attribute__((aligned(16)));
static volatile long progress[3];
static volatile int go, handled_by;
static pid_t self;

static void handler(int sig) { handled_by = raw0(SYS_getpid) == self ? 1 : 2; }

static int looper(void *at) {
  volatile long *count = at;
  for (;;) {
    raw0(SYS_getppid);
    raw3(SYS_openat, AT_FDCWD, (long)"/nothing/of/the/kind", 0);
    ++*count;
  }
  return 0;
}

static int quiet(void *unused) {
  struct sigaction none;
  memset(&none, 0, sizeof none);
  /* What the child changes is its own. */
  uint64_t raw[4] = {(uint64_t)SIG_IGN, 0, 0, 0};
  raw6(SYS_rt_sigaction, SIGUSR1, (long)raw, 0, 8, 0, 0);
  raw3(SYS_kill, raw0(SYS_getpid), SIGUSR1, 0);
  for (int k = 0; k < 100; k++)
    raw0(SYS_getppid);
  progress[0] = raw0(SYS_getpid) != self;
  raw3(SYS_exit, 5, 0, 0);
  return 0;
}

int main(void) {
  self = getpid();
  on(SIGUSR1, handler, 0);
  pid_t child = clone(quiet, stacks[0] + sizeof stacks[0], CLONE_VM | SIGCHLD, 0);
  report_child("a child that ends", child);
  printf("it ran: %ld, the parent's handler %s\n", progress[0], handled_by ? "too" : "did not");
  raise(SIGUSR1);
  printf("the parent's own: %d\n", handled_by);
  int killed = 0;
  for (int round = 0; round < 60; round++) {
    pid_t pair[2];
    for (int k = 0; k < 2; k++) {
      progress[k] = 0;
      pair[k] = clone(looper, stacks[k] + sizeof stacks[k], CLONE_VM | SIGCHLD, (void *)&progress[k]);
      CHECK(pair[k] > 0);
    }
    for (int k = 0; k < 2; k++)
      while (progress[k] < 5 + round)
        raw0(SYS_getpid);
    for (int k = 0; k < 2; k++) {
      kill(pair[k], SIGKILL);
      for (int n = 0; n < 50; n++)
        raw0(SYS_getpid);
      int status;
      CHECK(waitpid(pair[k], &status, 0) == pair[k]);
      killed += WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
    }
  }
  printf("killed %d\n", killed);
  child = fork();
  if (child == 0)
    _exit(raw0(SYS_getpid) == getpid() ? 6 : 7);
  report_child("fork", child);
  return 0;
}
