/* Ten thousand timer signals arrive while the program makes calls in a loop:
 * each is handled, and no call's result is disturbed.
 */
#include "check.h"
#include <sys/time.h>

#define WANTED 10000
static volatile long handled;

static void handler(int sig) {
  handled++;
  CHECK(raw0(SYS_getpid) > 0);
}

int main(void) {
  on(SIGALRM, handler, SA_RESTART);
  struct itimerval timer = {{0, 50}, {0, 50}};
  CHECK(setitimer(ITIMER_REAL, &timer, 0) == 0);
  pid_t pid = getpid();
  long wrong = 0;
  while (handled < WANTED) {
    wrong += raw0(SYS_getpid) != pid;
    wrong += getppid() <= 0;
    wrong += raw3(SYS_close, -1, 0, 0) != -EBADF;
    wrong += raw0(500) != -ENOSYS;
  }
  struct itimerval off = {0};
  CHECK(setitimer(ITIMER_REAL, &off, 0) == 0);
  printf("%ld wrong answers\n", wrong);
  return 0;
}
