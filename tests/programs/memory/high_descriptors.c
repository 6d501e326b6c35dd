/* High descriptor numbers are the program's to use: dup2 to them, close them
 * all, close_range, and a limit that is lower than some.
 */
#include "check.h"
#include <sys/resource.h>

int main(void) {
  struct rlimit limit = {1024, 1024};
  setrlimit(RLIMIT_NOFILE, &limit);
  int ends[2];
  CHECK(pipe(ends) == 0);
  for (int fd = 10; fd < 1024; fd++)
    CHECK(dup2(ends[1], fd) == fd);
  for (int fd = 10; fd < 1024; fd++)
    CHECK(write(fd, "x", 1) == 1);
  char text[2048];
  CHECK(read(ends[0], text, sizeof text) == 1014);
  for (int fd = 10; fd < 1024; fd++)
    CHECK(close(fd) == 0);
  CHECK(dup2(ends[1], 1023) == 1023);
  CHECK(syscall(SYS_close_range, 3, ~0u, 0) == 0);
  CHECK(fcntl(1023, F_GETFD) == -1 && errno == EBADF);
  CHECK(open("/dev/null", O_RDONLY) == 3);
  struct rlimit low = {8, 8};
  CHECK(setrlimit(RLIMIT_NOFILE, &low) == 0);
  while (dup(3) >= 0)
    ;
  CHECK(errno == EMFILE);
  for (int i = 0; i < 1000; i++)
    CHECK(getppid() > 0);
  puts("descriptors 3 to 1023");
  return 0;
}
