/* Detached threads in a row: each starts the next and ends. The process does not
 * grow, however many there were.
 *
 * needs: -pthread
 */
#include "check.h"
#include <pthread.h>
#include <semaphore.h>

enum { COUNT = 1000 };
static sem_t over;
static volatile int run;
static pthread_attr_t attr;

static void *thread(void *unused) {
  raw0(SYS_getpid);
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
    run = 0;
    pthread_t first;
    CHECK(pthread_create(&first, &attr, thread, 0) == 0);
    while (sem_wait(&over) < 0)
      ;
    size[round] = pages();
  }
  /* A few may be on their way out when the next one starts. */
  printf("%d threads, %s\n", run, size[1] - size[0] > 512 ? "grown" : "not grown");
  return 0;
}
