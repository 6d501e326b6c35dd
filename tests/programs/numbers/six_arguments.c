/* Six arguments arrive, pointers and large values come back. */
#include "check.h"

int main(void) {
  char name[] = "/tmp/zpoline-six-XXXXXX";
  int fd = mkstemp(name);
  CHECK(fd >= 0 && unlink(name) == 0);
  CHECK(ftruncate(fd, 3 * 4096) == 0);
  CHECK(pwrite(fd, "second page", 11, 4096) == 11);
  char *at = mmap(0, 8192, PROT_READ, MAP_PRIVATE, fd, 4096);
  CHECK(at != MAP_FAILED && memcmp(at, "second page", 11) == 0);
  long again = raw6(SYS_mmap, 0, 4096, PROT_READ, MAP_PRIVATE, fd, 4096);
  CHECK(memcmp((char *)again, "second page", 11) == 0);
  CHECK(raw6(SYS_mmap, 0, 4096, PROT_READ, MAP_PRIVATE, fd, 1) == -EINVAL);
  CHECK(lseek(fd, 0x23456789abL, SEEK_SET) == 0x23456789abL);
  loff_t from = 4096, to = 0;
  int out = memfd_create("six", 0);
  CHECK(raw6(SYS_copy_file_range, fd, (long)&from, out, (long)&to, 11, 0) == 11 ||
        raw6(SYS_sendfile, out, fd, (long)&from, 11, 0, 0) == 11);
  CHECK(raw6(SYS_copy_file_range, fd, 0, out, 0, 1, 77) == -EINVAL);
  puts("six arguments");
  return 0;
}
