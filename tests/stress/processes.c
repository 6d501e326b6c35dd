/* Children of every kind, while other threads are in calls and in malloc: each
 * ends as it was told to.
 *
 * needs: -pthread
 */
#include "stress.h"
#include <spawn.h>

extern char **environ;

static void wait_for(pid_t child, int wanted) {
  int status;
  pid_t got;
  do
    got = waitpid(child, &status, 0);
  while (got == -1 && errno == EINTR);
  CHECK(got == child);
  CHECK(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == wanted);
}

/* A child with its own copy of the memory goes on working in it. */
static void by_fork(int code) {
  pid_t parent = getpid();
  pid_t child = fork();
  CHECK(child >= 0);
  if (child == 0) {
    CHECK(getppid() == parent && getpid() != parent);
    char *piece = malloc(10000);
    CHECK(piece);
    memset(piece, code, 10000);
    free(piece);
    _exit(code);
  }
  wait_for(child, code);
}

static void by_fork_and_thread(int code) {
  pid_t child = fork();
  CHECK(child >= 0);
  if (child == 0) {
    pthread_t thread;
    void *sleep_over(void *arg) { return arg; }
    void *end;
    CHECK(pthread_create(&thread, 0, sleep_over, &end) == 0);
    CHECK(pthread_join(thread, &end) == 0);
    exit(code);
  }
  wait_for(child, code);
}

static void by_vfork(int code) {
  pid_t child = vfork();
  CHECK(child >= 0);
  if (child == 0)
    _exit(code);
  wait_for(child, code);
}

static int in_child(void *arg) {
  CHECK(raw0(SYS_getppid) > 0);
  return (int)(long)arg;
}

/* On a stack of its own, in the same memory. */
static void by_clone(int code) {
  size_t size = 64 << 10;
  char *stack = mmap(0, size, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
  CHECK(stack != MAP_FAILED);
  pid_t child = clone(in_child, stack + size, CLONE_VM | CLONE_VFORK | SIGCHLD,
                      (void *)(long)code);
  CHECK(child > 0);
  wait_for(child, code);
  CHECK(munmap(stack, size) == 0);
}

static void by_spawn(int code) {
  char number[8];
  snprintf(number, sizeof number, "%d", code);
  char *argv[] = {"sh", "-c", "exit $0", number, 0};
  pid_t child;
  CHECK(posix_spawn(&child, "/bin/sh", 0, 0, argv, environ) == 0);
  wait_for(child, code);
}

static void by_exec(int code) {
  pid_t child = fork();
  CHECK(child >= 0);
  if (child == 0) {
    char *argv[] = {"false", 0}, *environment[] = {0};
    execve(code & 1 ? "/bin/false" : "/bin/true", argv, environment);
    _exit(99);
  }
  wait_for(child, code & 1);
}

static void *parent_of_many(void *arg) {
  uint64_t random = 521288629 + (long)arg;
  do {
    uint64_t r = next_random(&random);
    int code = r % 100;
    switch (r >> 8 & 15) {
    case 0:
      by_spawn(code);
      break;
    case 1:
      by_exec(code);
      break;
    case 2:
      by_fork_and_thread(code);
      break;
    case 3 ... 6:
      by_fork(code);
      break;
    case 7 ... 10:
      by_clone(code);
      break;
    default:
      by_vfork(code);
    }
  } while (running());
  return 0;
}

/* Holds every lock there is, as often as it can. */
static void *bystander(void *arg) {
  uint64_t random = 88675123 + (long)arg;
  while (running()) {
    size_t size = next_random(&random) % 5000 + 1;
    char *piece = malloc(size);
    CHECK(piece);
    piece[0] = piece[size - 1] = 1;
    free(piece);
    CHECK(getpid() > 0);
    CHECK(access("/", F_OK) == 0);
  }
  return 0;
}

int main(int argc, char **argv) {
  pthread_t threads[6];
  start_clock(argc, argv);
  for (long id = 0; id < 6; id++)
    CHECK(pthread_create(&threads[id], 0, id < 4 ? parent_of_many : bystander,
                         (void *)id) == 0);
  for (int id = 0; id < 6; id++)
    CHECK(pthread_join(threads[id], 0) == 0);
  CHECK(waitpid(-1, 0, WNOHANG) == -1 && errno == ECHILD);
  printf("all children ended as they were told to\n");
}
