/* What every program here includes.
 *
 * A program prints what it found, the same on every run, and exits with 0. The
 * harness runs it natively and under the loader and compares. Before main, each
 * program proves which of the two it is (WITNESS=native or loaded): under the
 * loader a hook answers the number 184, which no kernel has.
 *
 * Nothing may depend on the machine's load, on the umask, or on who started it: in a
 * PID namespace getsid() is 0 where the session's leader is outside.
 *
 * Exit status 77 after a line "skipped: WHY": this machine cannot run it.
 */
#ifndef CHECK_H
#define CHECK_H
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define WITNESS_NUMBER 184
#define WITNESS_ANSWER 0x5a5a

/* Ends the program when `x` does not hold, from anywhere. */
#define CHECK(x)                                                               \
  do {                                                                         \
    if (!(x)) {                                                                \
      dprintf(2, "%s:%d: does not hold: %s (errno %d)\n", __FILE_NAME__,       \
              __LINE__, #x, errno);                                            \
      _exit(1);                                                                \
    }                                                                          \
  } while (0)

#ifndef __FILE_NAME__
#define __FILE_NAME__ __FILE__
#endif

/* `syscall` instructions in the program's own code, kernel convention. */
static inline long raw6(long n, long a, long b, long c, long d, long e,
                        long f) {
  register long r10 __asm__("r10") = d;
  register long r8 __asm__("r8") = e;
  register long r9 __asm__("r9") = f;
  long result;
  __asm__ volatile("syscall"
                   : "=a"(result)
                   : "a"(n), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
                   : "rcx", "r11", "memory");
  return result;
}
static inline long raw3(long n, long a, long b, long c) {
  return raw6(n, a, b, c, 0, 0, 0);
}
static inline long raw0(long n) { return raw6(n, 0, 0, 0, 0, 0, 0); }

/* Whether the two kinds of sites, libc's and ours, are seen by a hook. */
static inline int hooked(void) {
  long own = raw0(WITNESS_NUMBER);
  errno = 0;
  long libcs = syscall(WITNESS_NUMBER);
  if (own == WITNESS_ANSWER && libcs == WITNESS_ANSWER)
    return 1;
  if (own == -ENOSYS && libcs == -1 && errno == ENOSYS)
    return 0;
  dprintf(2, "witness: own site %#lx, libc's %#lx errno %d\n", own, libcs,
          errno);
  return -1;
}

__attribute__((constructor)) static void witness(void) {
  const char *wanted = getenv("WITNESS");
  if (!wanted)
    return;
  if (hooked() != (strcmp(wanted, "loaded") == 0)) {
    dprintf(2, "witness: this should have run %s\n", wanted);
    _exit(99);
  }
}

/* Pages of memory in use. */
static inline long pages(void) {
  long size;
  FILE *file = fopen("/proc/self/statm", "r");
  CHECK(fscanf(file, "%*d %ld", &size) == 1);
  fclose(file);
  return size;
}

static inline void skip(const char *why) {
  printf("skipped: %s\n", why);
  exit(77);
}

/* Waits for a child and prints how it ended. */
static inline void report_child(const char *what, pid_t child) {
  int status;
  pid_t got;
  do
    got = waitpid(child, &status, __WALL);
  while (got < 0 && errno == EINTR);
  CHECK(got == child);
  if (WIFEXITED(status))
    printf("%s: exit %d\n", what, WEXITSTATUS(status));
  else
    printf("%s: signal %d\n", what, WTERMSIG(status));
}

/* Waits until a thread sleeps in the kernel in this syscall. */
static inline void wait_until_in(pid_t pid, pid_t tid, long number) {
  char path[64], line[256];
  snprintf(path, sizeof path, "/proc/%d/task/%d/syscall", pid, tid);
  for (;;) {
    int fd = open(path, O_RDONLY);
    CHECK(fd >= 0);
    ssize_t n = read(fd, line, sizeof line - 1);
    close(fd);
    CHECK(n > 0);
    line[n] = 0;
    if (line[0] != 'r' && strtol(line, 0, 10) == number)
      return;
    sched_yield();
  }
}

/* Installs a handler. */
static inline void on(int sig, void (*handler)(int), int flags) {
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_handler = handler;
  action.sa_flags = flags;
  CHECK(sigaction(sig, &action, 0) == 0);
}
#endif
