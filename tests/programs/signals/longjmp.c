/* siglongjmp out of a handler, 20000 times, also while a call is in flight and
 * from nested handlers: nothing is left behind.
 */
#include "check.h"
#include <setjmp.h>
#include <sys/time.h>

static sigjmp_buf back;
static volatile int nest;
static void handler(int sig) {
  if (nest && sig == SIGUSR1)
    raise(SIGUSR2);
  siglongjmp(back, sig);
}
static volatile sig_atomic_t armed;
static void timer(int sig) {
  if (armed) {
    armed = 0;
    siglongjmp(back, 1);
  }
}

int main(void) {
  on(SIGUSR1, handler, 0);
  on(SIGUSR2, handler, 0);
  on(SIGALRM, timer, 0);
  for (volatile int i = 0; i < 20000; i++) {
    nest = i % 2;
    if (sigsetjmp(back, 1) == 0) {
      raise(SIGUSR1);
      CHECK(!"not reached");
    }
  }
  puts("20000 jumps");
  struct itimerval period = {{0, 100}, {0, 100}};
  setitimer(ITIMER_REAL, &period, 0);
  pid_t pid = getpid();
  for (volatile int i = 0; i < 3000; i++)
    if (sigsetjmp(back, 1) == 0) {
      armed = 1;
      for (;;)
        CHECK(raw0(SYS_getpid) == pid && getppid() > 0 && raw0(500) == -ENOSYS);
    }
  struct itimerval off = {0};
  setitimer(ITIMER_REAL, &off, 0);
  puts("3000 jumps out of calls");
  return 0;
}
