/* Detached threads in a row: each starts the next and ends. The process does not
 * grow, however many there were. A thread starts the next when the one before it
 * is gone, so that no more than three are alive: a slow machine piles them up
 * otherwise, natively too.
 *
 * needs: -pthread
 */
#include "check.h"
#include <pthread.h>
#include <semaphore.h>

enum { COUNT = 1000 };
static sem_t over;
static volatile int run;
static volatile pid_t last;
static pthread_attr_t attr;

static void *thread(void *unused) {
  pid_t before = last;
  last = raw0(SYS_gettid);
  while (before && raw3(SYS_tgkill, getpid(), before, 0) == 0)
    sched_yield();
  pthread_t next;
  if (++run < COUNT)
    CHECK(pthread_create(&next, &attr, thread, 0) == 0);
  else
    sem_post(&over);
  return 0;
}

int main(void) {
  sem_init(&over, 0, 0);
  pthread_attr_init(&attr);
  pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
  pthread_attr_setstacksize(&attr, 65536);
  long size[2];
  for (int round = 0; round < 2; round++) {
    run = last = 0;
    pthread_t first;
    CHECK(pthread_create(&first, &attr, thread, 0) == 0);
    while (sem_wait(&over) < 0)
      ;
    size[round] = pages();
  }
  printf("%d threads, %s\n", run, size[1] - size[0] > 512 ? "grown" : "not grown");
  return 0;
}
