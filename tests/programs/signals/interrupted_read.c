/* A handler ends a blocking read with EINTR, or lets it go on with SA_RESTART.
 */
#include "check.h"

static int ends[2];
static volatile int handled;

static void handler(int sig) {
  handled++;
  if (sig == SIGUSR2)
    CHECK(write(ends[1], "x", 1) == 1);
}

static ssize_t read_while(int sig, char *c) {
  pid_t self = getpid(), helper = fork();
  if (helper == 0) {
    wait_until_in(self, self, SYS_read);
    kill(self, sig);
    _exit(0);
  }
  ssize_t n = read(ends[0], c, 1);
  int failure = errno;
  int status;
  CHECK(waitpid(helper, &status, 0) == helper && status == 0);
  errno = failure;
  return n;
}

int main(void) {
  CHECK(pipe(ends) == 0);
  on(SIGUSR1, handler, 0);
  on(SIGUSR2, handler, SA_RESTART);
  for (int round = 0; round < 20; round++) {
    char c = 0;
    CHECK(read_while(SIGUSR1, &c) == -1 && errno == EINTR);
    CHECK(read_while(SIGUSR2, &c) == 1 && c == 'x');
  }
  printf("%d handlers\n", handled);
  return 0;
}
