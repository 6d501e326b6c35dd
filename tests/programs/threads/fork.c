/* fork while other threads are in the middle of calls: the child can make calls
 * and threads of its own.
 *
 * needs: -pthread
 */
#include "check.h"
#include <pthread.h>
#include <stdatomic.h>

static atomic_int stop;

static void *busy(void *unused) {
  while (!stop)
    raw0(SYS_getpid), free(malloc(100));
  return unused;
}
static void *quick(void *unused) { return (void *)(long)raw0(SYS_getpid); }

int main(void) {
  pthread_t ids[3];
  for (int i = 0; i < 3; i++)
    CHECK(pthread_create(&ids[i], 0, busy, 0) == 0);
  for (int round = 0; round < 100; round++) {
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
      pthread_t id;
      void *value;
      CHECK(raw0(SYS_getpid) == getpid());
      CHECK(pthread_create(&id, 0, quick, 0) == 0 && pthread_join(id, &value) == 0);
      CHECK((long)value == getpid());
      _exit(0);
    }
    int status;
    CHECK(waitpid(child, &status, 0) == child && status == 0);
  }
  stop = 1;
  for (int i = 0; i < 3; i++)
    CHECK(pthread_join(ids[i], 0) == 0);
  puts("100 forks");
  return 0;
}
