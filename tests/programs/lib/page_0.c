/* Says whether anything is mapped at address 0; shows that a rewriter which keeps
 * its trampoline there is active. Without libc's stdio, which some break.
 */
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

int main(void) {
  char text[4096];
  int fd = open("/proc/self/maps", O_RDONLY);
  ssize_t length = read(fd, text, sizeof text - 1);
  if (length <= 0)
    return 1;
  text[length] = 0;
  const char *said = strncmp(text, "00000000-", 9) == 0 ? "page 0 is mapped\n"
                                                       : "page 0 is free\n";
  return write(1, said, strlen(said)) < 0;
}
