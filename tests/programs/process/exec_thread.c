/* execve in a thread other than the first: the others end, the pid is kept.
 *
 * needs: -pthread
 */
#include "check.h"
#include <pthread.h>

static char **words;
static void *thread(void *unused) {
  execv("/proc/self/exe", words);
  _exit(1);
}
static void *sleeper(void *unused) {
  pause();
  return unused;
}

int main(int argc, char **argv) {
  if (argc > 1) {
    printf("%s, %s\n", atoi(argv[1]) == getpid() ? "same pid" : "other pid",
           getpid() == gettid() ? "leader" : "not the leader");
    return 0;
  }
  char pid[16];
  snprintf(pid, sizeof pid, "%d", getpid());
  char *arguments[] = {argv[0], pid, 0};
  words = arguments;
  pthread_t id;
  for (int i = 0; i < 3; i++)
    CHECK(pthread_create(&id, 0, sleeper, 0) == 0);
  CHECK(pthread_create(&id, 0, thread, 0) == 0);
  for (;;)
    pause();
}
