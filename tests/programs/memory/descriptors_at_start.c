/* The first descriptors that a program gets are the lowest free ones, as
 * natively; what it finds open below 100 is what it was given.
 */
#include "check.h"

int main(void) {
  for (int fd = 0; fd < 100; fd++)
    if (fcntl(fd, F_GETFD) != -1)
      printf("%d is open\n", fd);
  printf("next: %d\n", open("/dev/null", O_RDONLY));
  return 0;
}
