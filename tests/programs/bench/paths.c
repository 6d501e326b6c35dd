/* Times two syscalls that take a path: rmdir, which the hook `deny` answers, and
 * openat, whose path the hook `paths` reads and tells. Neither path is there.
 * Prints, a line each: a name and nanoseconds a call; then what rmdir gave. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1e9 + t.tv_nsec;
}

int main(int argc, char **argv) {
  long count = argc > 1 ? atol(argv[1]) : 100000;
  for (long i = 0; i < count / 10; i++)
    rmdir("/is-not-there"), open("/is-not-there", O_RDONLY);
  double start = now();
  for (long i = 0; i < count; i++)
    rmdir("/is-not-there");
  printf("rmdir %.2f\n", (now() - start) / count);
  printf("errno %d\n", errno);
  start = now();
  for (long i = 0; i < count; i++)
    open("/is-not-there", O_RDONLY);
  printf("open %.2f\n", (now() - start) / count);
  return 0;
}
