/* Asks for four ids and says what it got; the subject of the failure tests. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static void show(const char *name, long number) {
  errno = 0;
  long result = syscall(number);
  printf("%s: %s\n", name, result >= 0 ? "an id" : strerror(errno));
}

int main(void) {
  show("getpid", SYS_getpid);
  show("getppid", SYS_getppid);
  show("getuid", SYS_getuid);
  show("getpid", SYS_getpid);
  return 3;
}
