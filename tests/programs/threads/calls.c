/* Four threads make calls at the same time; each gets its own answers.
 *
 * needs: -pthread
 */
#include "check.h"
#include <pthread.h>

static pthread_barrier_t barrier;

static void *body(void *argument) {
  pid_t tid = raw0(SYS_gettid);
  pthread_barrier_wait(&barrier);
  for (int i = 0; i < 20000; i++) {
    CHECK(raw0(SYS_gettid) == tid);
    CHECK(raw3(SYS_close, -1, 0, 0) == -EBADF);
    CHECK(raw3(SYS_fcntl, (long)argument, F_GETFD, 0) == 0);
  }
  return 0;
}

int main(void) {
  pthread_t ids[4];
  pthread_barrier_init(&barrier, 0, 4);
  for (long i = 0; i < 4; i++)
    CHECK(pthread_create(&ids[i], 0, body, (void *)(i % 3)) == 0);
  for (int i = 0; i < 4; i++)
    CHECK(pthread_join(ids[i], 0) == 0);
  puts("240000 calls");
  return 0;
}
