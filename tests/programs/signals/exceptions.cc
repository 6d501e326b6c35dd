/* C++ exceptions that leave a signal handler: of a fault, of a signal that comes in
 * a blocking call; destructors run on the way.
 *
 * needs: -fnon-call-exceptions -pthread
 */
#include "check.h"
#include <pthread.h>

static volatile int destroyed, handled;
struct Guard {
  ~Guard() { destroyed = destroyed + 1; }
};

static void thrower(int sig) {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, sig);
  sigprocmask(SIG_UNBLOCK, &set, 0);
  handled = handled + 1;
  throw sig;
}

__attribute__((noinline)) static int fault(int *at) {
  Guard guard;
  return *(volatile int *)at;
}
__attribute__((noinline)) static long blocked(int fd) {
  Guard guard;
  char byte;
  return read(fd, &byte, 1);
}
/* Its syscall instruction is the handler's caller; it has nothing to destroy. */
static long bare_read(int fd, char *byte) { return raw3(SYS_read, fd, (long)byte, 1); }
static long (*volatile bare)(int, char *) = bare_read;
__attribute__((noinline)) static long own(int fd) {
  Guard guard;
  char byte;
  return bare(fd, &byte);
}

int main() {
  on(SIGSEGV, thrower, 0);
  on(SIGUSR1, thrower, 0);
  int pipes[2], caught = 0;
  CHECK(pipe(pipes) == 0);
  for (int round = 0; round < 200; round++)
    try {
      fault((int *)(long)(round + 4096));
    } catch (int sig) {
      caught += sig == SIGSEGV;
    }
  printf("faults: %d caught, %d destroyed\n", caught, destroyed);
  caught = destroyed = 0;
  pid_t self = getpid();
  for (int round = 0; round < 40; round++) {
    pid_t helper = fork();
    if (helper == 0) {
      wait_until_in(self, self, SYS_read);
      kill(self, SIGUSR1);
      _exit(0);
    }
    try {
      round % 2 ? blocked(pipes[0]) : own(pipes[0]);
    } catch (int sig) {
      caught += sig == SIGUSR1;
    }
    int status;
    CHECK(waitpid(helper, &status, 0) == helper && status == 0);
  }
  printf("blocking calls: %d caught, %d destroyed\n", caught, destroyed);
  return 0;
}
