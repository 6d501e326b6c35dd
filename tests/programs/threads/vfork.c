/* vfork and posix_spawn in several threads at once.
 *
 * needs: -pthread
 */
#include "check.h"
#include <pthread.h>
#include <spawn.h>

static void *body(void *argument) {
  char *words[] = {"true", 0};
  for (int i = 0; i < 15; i++) {
    volatile int seen = 0;
    pid_t child = vfork();
    if (child == 0) {
      seen = raw0(SYS_getpid);
      _exit(9);
    }
    int status;
    CHECK(waitpid(child, &status, 0) == child && WEXITSTATUS(status) == 9);
    CHECK(seen == child);
    CHECK(posix_spawn(&child, "/bin/true", 0, 0, words, environ) == 0);
    CHECK(waitpid(child, &status, 0) == child && status == 0);
  }
  return argument;
}

int main(void) {
  pthread_t ids[3];
  for (int i = 0; i < 3; i++)
    CHECK(pthread_create(&ids[i], 0, body, 0) == 0);
  for (int i = 0; i < 3; i++)
    CHECK(pthread_join(ids[i], 0) == 0);
  puts("90 children");
  return 0;
}
