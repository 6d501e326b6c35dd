/* A handler that waits with a mask of its own, while the wait that it interrupts
 * was about to begin: each wait has its own mask.
 */
#include "check.h"
#include <poll.h>
#include <sys/time.h>

static volatile long ticks, usr_early, rounds;
static sigset_t tight;

static void usr(int sig) { usr_early++; }
static void tick(int sig) {
  struct timespec nothing = {0, 0};
  /* Everything but SIGUSR2 is let in for a moment, and SIGSYS is named. */
  ppoll(0, 0, &nothing, &tight);
  ticks++;
}

int main(void) {
  on(SIGUSR1, usr, 0);
  on(SIGALRM, tick, 0);
  sigset_t block, outer;
  sigemptyset(&block);
  sigaddset(&block, SIGUSR1);
  sigaddset(&block, SIGSYS);
  sigprocmask(SIG_BLOCK, &block, 0);
  sigemptyset(&tight);
  sigaddset(&tight, SIGUSR1);
  sigaddset(&tight, SIGSYS);
  sigemptyset(&outer);
  sigaddset(&outer, SIGUSR2);
  sigaddset(&outer, SIGSYS);
  struct itimerval period = {{0, 80}, {0, 80}}, off = {0};
  setitimer(ITIMER_REAL, &period, 0);
  long missed = 0;
  while (ticks < 3000) {
    struct timespec short_time = {0, 20000};
    long before = usr_early;
    raise(SIGUSR1);
    /* The outer mask lets SIGUSR1 in, at once. */
    while (usr_early == before) {
      int result = ppoll(0, 0, &short_time, &outer);
      CHECK(result == 0 || errno == EINTR);
      if (result == 0) {
        missed++;
        break;
      }
    }
    rounds++;
  }
  setitimer(ITIMER_REAL, &off, 0);
  printf("missed: %ld\n", missed);
  return 0;
}
