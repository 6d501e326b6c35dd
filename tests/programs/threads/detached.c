/* Detached threads that come and go; the last one tells the first.
 *
 * needs: -pthread
 */
#include "check.h"
#include <pthread.h>
#include <semaphore.h>

static sem_t done;
static void *body(void *argument) {
  CHECK(raw0(SYS_gettid) > 0);
  sem_post(&done);
  return argument;
}

int main(void) {
  sem_init(&done, 0, 0);
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  for (int i = 0; i < 500; i++) {
    pthread_t id;
    CHECK(pthread_create(&id, &attributes, body, 0) == 0);
    if (i % 10 == 9)
      for (int k = 0; k < 10; k++)
        CHECK(sem_wait(&done) == 0);
  }
  puts("500 threads");
  return 0;
}
