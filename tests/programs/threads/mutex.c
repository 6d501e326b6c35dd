/* Futexes: a mutex, a condition variable and a semaphore between threads.
 *
 * needs: -pthread
 */
#include "check.h"
#include <pthread.h>
#include <semaphore.h>

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t turn_changed = PTHREAD_COND_INITIALIZER;
static sem_t semaphore;
static long count, turn;

static void *body(void *argument) {
  for (int i = 0; i < 2000; i++) {
    pthread_mutex_lock(&mutex);
    while (turn != (long)argument)
      pthread_cond_wait(&turn_changed, &mutex);
    count++;
    turn = (turn + 1) % 3;
    pthread_cond_broadcast(&turn_changed);
    pthread_mutex_unlock(&mutex);
    sem_post(&semaphore);
  }
  return 0;
}

int main(void) {
  pthread_t ids[3];
  sem_init(&semaphore, 0, 0);
  for (long i = 0; i < 3; i++)
    CHECK(pthread_create(&ids[i], 0, body, (void *)i) == 0);
  for (int i = 0; i < 6000; i++)
    CHECK(sem_wait(&semaphore) == 0);
  for (int i = 0; i < 3; i++)
    CHECK(pthread_join(ids[i], 0) == 0);
  struct timespec soon;
  clock_gettime(CLOCK_REALTIME, &soon);
  soon.tv_nsec = 0;
  CHECK(sem_timedwait(&semaphore, &soon) == -1 && errno == ETIMEDOUT);
  printf("%ld turns\n", count);
  return 0;
}
