/* Pointers to memory that another thread takes away, protects or truncates at any
 * time, and pointers that lead nowhere: the call fails or not, and that is all.
 *
 * needs: -pthread
 */
#include "check.h"
#include <pthread.h>
#include <sys/stat.h>
#include <sys/uio.h>

static char *page;
static volatile int stop, file;
static volatile long changes;

static void *changer(void *unused) {
  while (!stop) {
    mprotect(page, 4096, PROT_NONE);
    sched_yield();
    mprotect(page, 4096, PROT_READ | PROT_WRITE);
    munmap(page, 4096);
    mmap(page, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    CHECK(ftruncate(file, 0) == 0 && ftruncate(file, 8192) == 0);
    changes++;
  }
  return 0;
}

static long wrong;
static void expect(long result, long one, long other) { wrong += result != one && result != other; }

int main(void) {
  char name[] = "/tmp/racing-XXXXXX";
  file = mkstemp(name);
  unlink(name);
  CHECK(ftruncate(file, 8192) == 0);
  char *mapped = mmap(0, 8192, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  page = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  pthread_t thread;
  CHECK(pthread_create(&thread, 0, changer, 0) == 0);
  struct stat info;
  while (changes < 300) {
    expect(raw3(SYS_openat, AT_FDCWD, (long)page, 0), -ENOENT, -EFAULT);
    expect(raw3(SYS_openat, AT_FDCWD, (long)page + 4090, 0), -ENOENT, -EFAULT);
    expect(raw3(SYS_stat, (long)mapped, (long)&info, 0), -ENOENT, -EFAULT);
    expect(raw3(SYS_readlink, (long)mapped + 4096, (long)&info, sizeof info), -ENOENT, -EFAULT);
    expect(raw3(SYS_write, file, (long)mapped + 5000, 100), 100, -EFAULT);
    long got = raw6(SYS_pread64, file, (long)page, 100, 0, 0, 0);
    wrong += got != 100 && got != 0 && got != -EFAULT;
  }
  stop = 1;
  pthread_join(thread, 0);
  const unsigned long nowhere[] = {1UL << 47,          (1UL << 47) - 1,    0x8000000000000000,
                                   0xffff800000000000, 0xffffffffff600000, -1UL,
                                   -4096UL,            -8UL,               0x00007ffffffff000};
  int faults = 0;
  for (size_t k = 0; k < sizeof nowhere / sizeof *nowhere; k++) {
    faults += raw3(SYS_openat, AT_FDCWD, nowhere[k], 0) == -EFAULT;
    faults += raw3(SYS_readlink, nowhere[k], (long)&info, 8) == -EFAULT;
    faults += raw3(SYS_execve, nowhere[k], nowhere[k], nowhere[k]) == -EFAULT;
    faults += raw3(SYS_nanosleep, nowhere[k], 0, 0) == -EFAULT;
    faults += raw3(SYS_writev, 1, nowhere[k], 2) == -EFAULT;
    faults += raw3(SYS_connect, 0, nowhere[k], 16) < 0;
    faults += raw6(SYS_rt_sigaction, SIGHUP, nowhere[k], 0, 8, 0, 0) == -EFAULT;
    faults += raw3(SYS_sigaltstack, nowhere[k], 0, 0) == -EFAULT;
    faults += raw3(SYS_write, file, (long)&info, 1UL << 60) < 0;
  }
  printf("%ld wrong, %d faults\n", wrong, faults);
  return 0;
}
