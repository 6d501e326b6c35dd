/* Bad pointers in arguments are EFAULT, and nothing worse.
 */
#include "check.h"
#include <sys/stat.h>

int main(void) {
  char *none = mmap(0, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  CHECK(munmap(none + 4096, 4096) == 0);
  long bad[] = {(long)none + 4096, -8, 1L << 47, 0x7ffffffff000, (long)none + 4090};
  memset(none, 'a', 4096);
  for (int i = 0; i < 5; i++) {
    printf("open %ld, stat %ld, write %ld, uname %ld, nanosleep %ld, execve %ld, rt_sigaction %ld\n",
           raw3(SYS_open, bad[i], 0, 0), raw3(SYS_stat, bad[i], (long)none, 0),
           raw3(SYS_write, 99, bad[i], 100), raw3(SYS_uname, bad[i], 0, 0),
           raw3(SYS_nanosleep, bad[i], 0, 0), raw3(SYS_execve, bad[i], 0, 0),
           raw6(SYS_rt_sigaction, SIGUSR1, bad[i], 0, 8, 0, 0));
    printf("readv %ld, clone3 %ld, futex %ld, openat %ld, connect %ld\n",
           raw3(SYS_readv, 0, bad[i], 2), raw3(SYS_clone3, bad[i], 88, 0),
           raw3(SYS_futex, bad[i] & ~3l, 0, 1), raw3(SYS_openat, -100, bad[i], 0),
           raw3(SYS_connect, 0, bad[i], 16));
  }
  return 0;
}
