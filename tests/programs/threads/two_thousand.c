/* Two thousand threads at once on stacks of 16 KiB, each makes calls and handles a
 * signal; and again: the second time the process does not grow.
 *
 * needs: -pthread
 */
#include "check.h"
#include <pthread.h>
#include <semaphore.h>

enum { COUNT = 2000 };
static pthread_t threads[COUNT];
static sem_t ready;
static pthread_barrier_t gate;
static volatile int handled;
static __thread int mine;

static void handler(int sig) {
  mine++;
  raw0(SYS_getpid);
  __sync_fetch_and_add(&handled, 1);
}

static void *thread(void *at) {
  pid_t tid = raw0(SYS_gettid);
  sem_post(&ready);
  pthread_barrier_wait(&gate);
  for (int k = 0; k < 20; k++)
    CHECK(raw0(SYS_gettid) == tid && syscall(SYS_gettid) == tid);
  pthread_kill(pthread_self(), SIGUSR1);
  return (void *)(long)mine;
}

int main(void) {
  on(SIGUSR1, handler, 0);
  pthread_attr_t attr;
  pthread_attr_init(&attr);
  CHECK(pthread_attr_setstacksize(&attr, 16384) == 0);
  long size = 0;
  for (int round = 0; round < 3; round++) {
    sem_init(&ready, 0, 0);
    pthread_barrier_init(&gate, 0, COUNT + 1);
    for (int k = 0; k < COUNT; k++)
      CHECK(pthread_create(&threads[k], &attr, thread, 0) == 0);
    for (int k = 0; k < COUNT; k++)
      while (sem_wait(&ready) < 0)
        ;
    pthread_barrier_wait(&gate);
    long sum = 0;
    for (int k = 0; k < COUNT; k++) {
      void *result;
      CHECK(pthread_join(threads[k], &result) == 0);
      sum += (long)result;
    }
    CHECK(sum == COUNT);
    if (round == 1)
      size = pages();
  }
  printf("%d handled, %s\n", handled, pages() - size > 1024 ? "grown" : "not grown");
  return 0;
}
