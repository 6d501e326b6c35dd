/* Reads from an empty pipe that the handler of a signal fills: once with the
 * signal sent by the hook before the read, once while the read waits. The handler
 * asks for the read to be restarted.
 */
#include "check.h"
#include <pthread.h>

static int ends[2];
static volatile int handled;

static void fill(int sig) {
  handled++;
  CHECK(write(ends[1], "x", 1) == 1);
}

static pid_t reader;

static void *interrupt(void *unused) {
  wait_until_in(getpid(), reader, SYS_read);
  CHECK(syscall(SYS_tgkill, getpid(), reader, SIGALRM) == 0);
  return 0;
}

int main(void) {
  static char bytes[7777];
  CHECK(pipe(ends) == 0);
  on(SIGALRM, fill, SA_RESTART);
  reader = syscall(SYS_gettid);
  long got = read(ends[0], bytes, sizeof bytes);
  printf("before: %ld byte, %d signal\n", got, handled);
  pthread_t other;
  CHECK(pthread_create(&other, 0, interrupt, 0) == 0);
  got = read(ends[0], bytes, 1);
  printf("within: %ld byte, %d signals\n", got, handled);
  CHECK(pthread_join(other, 0) == 0);
  return 3;
}
