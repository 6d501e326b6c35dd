/* exit in a thread ends the process with its status while others are blocked.
 *
 * needs: -pthread
 * expect: exit 23
 */
#include "check.h"
#include <pthread.h>

static pthread_barrier_t barrier;
static int ends[2];

static void *reader(void *unused) {
  char c;
  pthread_barrier_wait(&barrier);
  return (void *)read(ends[0], &c, 1);
}
static void *spinner(void *unused) {
  pthread_barrier_wait(&barrier);
  for (;;)
    raw0(SYS_getpid);
  return unused;
}
static void *ender(void *unused) {
  pthread_barrier_wait(&barrier);
  exit(23);
}

int main(void) {
  CHECK(pipe(ends) == 0);
  pthread_barrier_init(&barrier, 0, 4);
  pthread_t id;
  CHECK(pthread_create(&id, 0, reader, 0) == 0);
  CHECK(pthread_create(&id, 0, spinner, 0) == 0);
  CHECK(pthread_create(&id, 0, ender, 0) == 0);
  pthread_barrier_wait(&barrier);
  for (;;)
    pause();
}
