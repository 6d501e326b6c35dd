/* learned [DIRECTORY]: whether a function of libc is rewritten, before and after its
 * first call; in DIRECTORY as the root, where there is no /proc. Says first where the
 * jumps' table is.
 */
#include "check.h"
#include <fcntl.h>

extern pid_t getpgrp(void);

static const char *state(void) {
  const unsigned char *code = (const unsigned char *)getpgrp;
  for (int i = 0; i < 16; i++)
    if (code[i] == 0xff && code[i + 1] == 0x24 && code[i + 2] == 0x25)
      return "rewritten";
  return "as it was";
}

int main(int argc, char **argv) {
  char line[512];
  FILE *maps = fopen("/proc/self/maps", "r");
  CHECK(maps);
  while (fgets(line, sizeof line, maps)) {
    unsigned long start = strtoul(line, 0, 16);
    if (start == 0x60000 || start == 0x50f0000)
      printf("table: %#lx\n", start);
  }
  fclose(maps);
  if (argc > 1) {
    CHECK(chroot(argv[1]) == 0 && chdir("/") == 0);
    CHECK(open("/proc/self/maps", O_RDONLY) == -1);
  }
  printf("before: %s\n", state());
  CHECK(getpgrp() > 0);
  printf("after: %s\n", state());
  return 0;
}
