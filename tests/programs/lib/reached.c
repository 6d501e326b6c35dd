/* Has a hook reach for the program's own memory, which it gets, and for the
 * loader's, which it does not: all that is mapped of the loader's file, and what
 * the gs register leads to. */
#include "check.h"

#define ASK 183 /* afs_syscall, which no kernel has */

static long ask(unsigned long at, long write) {
  return raw6(ASK, (long)at, write, 0, 0, 0, 0);
}

static int refused;

static void loaders(unsigned long at) {
  CHECK(ask(at, 0) == -EFAULT);
  CHECK(ask(at, 1) == -EFAULT);
  refused++;
}

int main(void) {
  char own[16] = "readable";
  CHECK(ask((unsigned long)own, 0) == 0);
  CHECK(ask((unsigned long)own, 1) == 0);
  CHECK(memcmp(own, "written!", 9) == 0);
  CHECK(ask((unsigned long)main, 0) == 0);
  CHECK(ask((unsigned long)main, 1) == -EFAULT);
  CHECK(ask(16, 0) == -EFAULT);
  FILE *maps = fopen("/proc/self/maps", "r");
  CHECK(maps);
  char line[512];
  while (fgets(line, sizeof line, maps)) {
    unsigned long start, end;
    CHECK(sscanf(line, "%lx-%lx", &start, &end) == 2);
    if (!strstr(line, "libzpoline_loader"))
      continue;
    loaders(start);
    loaders((start + end) / 2);
    loaders(end - 8);
    /* From the program's memory into it, and out of it. */
    if (ask(end, 0) == 0)
      loaders(end - 4);
  }
  fclose(maps);
  unsigned long block;
  __asm__("rdgsbase %0" : "=r"(block));
  CHECK(block != 0);
  loaders(block);
  puts(refused > 10 ? "the loader is out of reach" : "there is no loader");
  return 3;
}
