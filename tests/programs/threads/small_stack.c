/* Threads with 16 KiB of stack make calls, also in a signal handler: nothing of
 * the loader's work lies on the program's stack.
 *
 * needs: -pthread
 */
#include "check.h"
#include <pthread.h>

static volatile int handled;
static void handler(int sig) {
  CHECK(raw0(SYS_getpid) > 0);
  handled++;
}

static void *body(void *unused) {
  for (int i = 0; i < 1000; i++)
    CHECK(raw0(SYS_gettid) > 0);
  pthread_kill(pthread_self(), SIGUSR1);
  return unused;
}

int main(void) {
  on(SIGUSR1, handler, 0);
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  CHECK(pthread_attr_setstacksize(&attributes, 16384) == 0);
  for (int i = 0; i < 40; i++) {
    pthread_t id;
    int result = pthread_create(&id, &attributes, body, 0);
    if (result == EINVAL)
      skip("threads of this C library need more than 16 KiB");
    CHECK(result == 0 && pthread_join(id, 0) == 0);
  }
  printf("%d handlers\n", handled);
  return 0;
}
