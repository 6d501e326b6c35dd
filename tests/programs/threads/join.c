/* 200 threads, one after another and twenty at a time; each returns a value,
 * has its own errno and its own thread-local variables.
 *
 * needs: -pthread
 */
#include "check.h"
#include <pthread.h>

static __thread int own = 5;

static void *body(void *argument) {
  CHECK(own == 5);
  own = (int)(long)argument;
  errno = 0;
  CHECK(syscall(SYS_close, -1) == -1 && errno == EBADF);
  CHECK(gettid() != getpid() && raw0(SYS_gettid) == gettid());
  CHECK(own == (int)(long)argument);
  return (void *)((long)argument * 2);
}

int main(void) {
  long sum = 0;
  for (long i = 0; i < 100; i++) {
    pthread_t id;
    void *value;
    CHECK(pthread_create(&id, 0, body, (void *)i) == 0);
    CHECK(pthread_join(id, &value) == 0);
    sum += (long)value;
  }
  for (long i = 0; i < 100; i += 20) {
    pthread_t ids[20];
    for (long k = 0; k < 20; k++)
      CHECK(pthread_create(&ids[k], 0, body, (void *)(i + k)) == 0);
    for (long k = 0; k < 20; k++) {
      void *value;
      CHECK(pthread_join(ids[k], &value) == 0);
      sum += (long)value;
    }
  }
  CHECK(own == 5);
  printf("sum %ld\n", sum);
  return 0;
}
