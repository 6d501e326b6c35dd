/* A handler that runs in a vfork child belongs to the child; what the child
 * does to its signal actions does not reach the parent.
 */
#include "check.h"

static volatile pid_t ran_in;
static void handler(int sig) { ran_in = getpid(); }

int main(void) {
  on(SIGUSR1, handler, 0);
  pid_t parent = getpid();
  for (int round = 0; round < 50; round++) {
    ran_in = 0;
    pid_t child = vfork();
    if (child == 0) {
      raise(SIGUSR1);
      CHECK(ran_in == getpid() && ran_in != parent);
      signal(SIGUSR1, SIG_IGN);
      raise(SIGUSR1);
      _exit(0);
    }
    int status;
    CHECK(waitpid(child, &status, 0) == child && status == 0);
    ran_in = 0;
    raise(SIGUSR1);
    CHECK(ran_in == parent);
  }
  puts("50 handlers each");
  return 0;
}
