/* A vfork child that is killed while it makes calls: the parent goes on where it
 * was, makes calls, and starts the next, also by posix_spawn, also with threads
 * that make calls meanwhile.
 *
 * needs: -pthread
 */
#include "check.h"
#include <pthread.h>
#include <spawn.h>
#include <sys/prctl.h>

extern char **environ;
static volatile pid_t *victim;
static volatile long *calls;
static volatile int stop;

/* Kills each child somewhere in its loop. */
static void killer(void) {
  unsigned random = 1;
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  for (;;) {
    pid_t pid = *victim;
    if (pid == -1)
      _exit(0);
    if (pid == 0) {
      sched_yield();
      continue;
    }
    random = random * 1103515245 + 12345;
    long until = *calls + (random >> 16) % 40;
    while (*calls < until)
      ;
    for (volatile unsigned spin = (random >> 20) % 2000; spin; spin--)
      ;
    kill(pid, SIGKILL);
    *victim = 0;
  }
}

static void *caller(void *unused) {
  while (!stop) {
    raw0(SYS_getppid);
    CHECK(raw3(SYS_openat, AT_FDCWD, -4096, 0) == -EFAULT);
  }
  return 0;
}

static int rounds(int count) {
  int killed = 0;
  for (int round = 0; round < count; round++) {
    pid_t child = vfork();
    if (child == 0) {
      *victim = raw0(SYS_getpid);
      for (;;) {
        raw0(SYS_getppid);
        raw3(SYS_openat, AT_FDCWD, (long)"/nothing/of/the/kind", 0);
        raw3(SYS_rt_sigaction, SIGWINCH, 0, 0);
        ++*calls;
      }
    }
    int status;
    CHECK(waitpid(child, &status, 0) == child);
    killed += WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
    CHECK(raw0(SYS_getpid) == getpid());
    while (*victim)
      sched_yield();
  }
  return killed;
}

int main(void) {
  void *shared = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  victim = shared;
  calls = (long *)shared + 1;
  pid_t helper = fork();
  if (helper == 0)
    killer();
  printf("killed %d\n", rounds(120));
  pthread_t thread;
  CHECK(pthread_create(&thread, 0, caller, 0) == 0);
  printf("beside a thread: killed %d\n", rounds(40));
  char *words[] = {"true", 0};
  int ends = 0;
  for (int round = 0; round < 20; round++) {
    pid_t child;
    int status;
    CHECK(posix_spawnp(&child, "true", 0, 0, words, environ) == 0);
    CHECK(waitpid(child, &status, 0) == child);
    ends += status == 0;
  }
  stop = 1;
  pthread_join(thread, 0);
  *victim = -1;
  report_child("helper", helper);
  printf("spawned %d\n", ends);
  return 0;
}
