/* Handlers nest unless sa_mask or the signal itself keeps them apart.
 */
#include "check.h"

static volatile int depth, deepest, left;
static char text[4096];

static void note(const char *what, int sig) {
  char one[64];
  snprintf(one, sizeof one, "%s%d at %d; ", what, sig == SIGUSR1 ? 1 : 2, depth);
  strcat(text, one);
}

static void handler(int sig) {
  depth++;
  if (depth > deepest)
    deepest = depth;
  note("in ", sig);
  CHECK(raw0(SYS_getpid) == getpid());
  if (left-- > 0)
    raise(sig == SIGUSR1 ? SIGUSR2 : SIGUSR1);
  if (left-- > 0)
    raise(sig);
  note("out ", sig);
  depth--;
}

static void go(const char *name, int flags, int block) {
  struct sigaction action = {.sa_handler = handler, .sa_flags = flags};
  if (block)
    sigaddset(&action.sa_mask, SIGUSR1), sigaddset(&action.sa_mask, SIGUSR2);
  sigaction(SIGUSR1, &action, 0);
  sigaction(SIGUSR2, &action, 0);
  text[0] = deepest = 0;
  left = 6;
  raise(SIGUSR1);
  printf("%s: deepest %d, %s\n", name, deepest, text);
  sigset_t set;
  sigprocmask(SIG_BLOCK, 0, &set);
  CHECK(!sigismember(&set, SIGUSR1) && !sigismember(&set, SIGUSR2) && depth == 0);
}

int main(void) {
  go("usual", 0, 0);
  go("SA_NODEFER", SA_NODEFER, 0);
  go("masked", 0, 1);
  return 0;
}
