/* Thousands of forks (as many as the argument says), one after another, some of
 * them by vfork, with threads that come and go: the process does not grow.
 *
 * needs: -pthread
 */
#include "check.h"
#include <dirent.h>
#include <pthread.h>

static int descriptors(void) {
  DIR *directory = opendir("/proc/self/fd");
  int count = 0;
  while (readdir(directory))
    count++;
  closedir(directory);
  return count;
}
static void *thread(void *unused) { return (void *)raw0(SYS_getpid); }

static void forks(int count) {
  for (int k = 0; k < count; k++) {
    pid_t child;
    if (k % 10 == 0) {
      pthread_t other;
      CHECK(pthread_create(&other, 0, thread, 0) == 0);
      pthread_join(other, 0);
    }
    if (k % 4 == 0)
      child = vfork();
    else
      child = fork();
    if (child == 0)
      _exit(3);
    int status;
    CHECK(waitpid(child, &status, 0) == child && WEXITSTATUS(status) == 3);
  }
}

int main(int argc, char **argv) {
  int count = argc > 1 ? atoi(argv[1]) : 2000;
  forks(300);
  long before = pages();
  int open_before = descriptors();
  forks(count - 300);
  long grown = pages() - before;
  printf("descriptors %s, memory %s\n", descriptors() == open_before ? "kept" : "lost",
         grown > 128 ? "grown" : "as before");
  if (grown > 128)
    dprintf(2, "by %ld pages\n", grown);
  /* Generations: each child forks the next, with a thread beside it. */
  before = pages();
  for (int generation = 0; generation < 60; generation++) {
    pthread_t other;
    CHECK(pthread_create(&other, 0, thread, 0) == 0);
    pid_t child = fork();
    if (child > 0) {
      int status;
      CHECK(waitpid(child, &status, 0) == child);
      CHECK(WIFEXITED(status));
      if (generation == 0) {
        printf("generations: %d\n", WEXITSTATUS(status));
        return 0;
      }
      _exit(WEXITSTATUS(status));
    }
  }
  _exit(42);
}
