/* Opens what is not there, from four threads at once, and what is no address: the
 * subject of the hooks that look at paths.
 * usage: opens PATH COUNT */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

static const char *path;
static long count;

static void *open_all(void *missing) {
  for (long i = 0; i < count; i++)
    *(long *)missing += open(path, O_RDONLY) == -1 && errno == ENOENT;
  return 0;
}

int main(int argc, char **argv) {
  path = argv[1];
  count = atol(argv[2]);
  pthread_t threads[4];
  long missing[4] = {0};
  for (int i = 0; i < 4; i++)
    pthread_create(&threads[i], 0, open_all, &missing[i]);
  for (int i = 0; i < 4; i++)
    pthread_join(threads[i], 0);
  printf("%ld missing\n", missing[0] + missing[1] + missing[2] + missing[3]);
  long at[] = {0, 1, -1, -100, 1L << 62, 0x7fffffffffff};
  for (int i = 0; i < 6; i++) {
    long fd = syscall(SYS_openat, AT_FDCWD, at[i], O_RDONLY);
    printf("%#lx: %ld, errno %d\n", at[i], fd, errno);
  }
  return 0;
}
