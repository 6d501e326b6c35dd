/* Calls that change mappings, over ranges in which natively nothing is and where a
 * tool may have its own: they are answered as natively, and the program goes on.
 *
 * needs: -pthread
 */
#include "check.h"
#include <pthread.h>

/* Where nothing but a tool would map anything, and what a tool would be called. */
static struct range {
  unsigned long start, end;
} ranges[64];
static int count;
static void collect(void) {
  ranges[count++] = (struct range){0x60000, 0x80000};
  ranges[count++] = (struct range){0x50f0000, 0x5100000};
  ranges[count++] = (struct range){0x67676000, 0x67700000};
  FILE *maps = fopen("/proc/self/maps", "r");
  char line[512];
  while (fgets(line, sizeof line, maps) && count < 64)
    if (strstr(line, "zpoline_loader")) {
      sscanf(line, "%lx-%lx", &ranges[count].start, &ranges[count].end);
      count++;
    }
  fclose(maps);
}

static int holes, odd;
static void note(long result, long native) {
  if (result == native)
    holes++;
  else {
    odd++;
    dprintf(2, "%ld and not %ld\n", result, native);
  }
}

static void *thread(void *unused) { return (void *)(long)(raw0(SYS_getpid) == getpid()); }

int main(void) {
  collect();
  for (int k = 0; k < count; k++) {
    unsigned long start = ranges[k].start, length = ranges[k].end - start;
    note(raw3(SYS_mprotect, start, length, PROT_NONE), -ENOMEM);
    note(raw3(SYS_mprotect, start, 4096, PROT_READ), -ENOMEM);
    note(raw3(SYS_madvise, start, length, MADV_DONTNEED), -ENOMEM);
    note(raw6(SYS_mremap, start, 4096, 8192, MREMAP_MAYMOVE, 0, 0), -EFAULT);
    note(raw3(SYS_munmap, start, length, 0), 0);
    CHECK(raw0(SYS_getpid) == getpid());
  }
  printf("%s\n", odd ? "not as if nothing were there" : "as if nothing were there");
  /* A range that is half the program's: its half is done. */
  char *low = mmap((void *)0x50000, 0x10000, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
  if (low != MAP_FAILED) {
    low[0xf000] = 7;
    note(raw3(SYS_mprotect, 0x50000, 0x20000, PROT_READ), -ENOMEM);
    note(raw3(SYS_madvise, 0x50000, 0x20000, MADV_DONTNEED), -ENOMEM);
    CHECK(low[0xf000] == 0);
    note(raw3(SYS_munmap, 0x50000, 0x20000, 0), 0);
    unsigned char resident;
    CHECK(mincore(low, 4096, &resident) == -1 && errno == ENOMEM);
  }
  printf("%s\n", odd ? "its own half is not as natively" : "its own half as natively");
  pthread_t other;
  void *result;
  CHECK(pthread_create(&other, 0, thread, 0) == 0 && pthread_join(other, &result) == 0 && result);
  pid_t child = fork();
  if (child == 0)
    _exit(raw0(SYS_getpid) == getpid() ? 5 : 6);
  report_child("a child", child);
  return 0;
}
