/* Seeks to 1000 in a file of its own, and says what came back and where the file
 * really is. */
#include "../check.h"

int main(void) {
  int fd = memfd_create("seek", 0);
  CHECK(fd >= 0);
  long result = raw6(SYS_lseek, fd, 1000, SEEK_SET, 0, 0, 0);
  long place = raw6(SYS_lseek, fd, 0, SEEK_CUR, 0, 0, 0);
  printf("%ld %ld\n", result, place);
  return 0;
}
