/* /proc/self/maps can be read and parsed, holds this function, the stack and
 * libc, and no entry that overlaps another.
 */
#include "check.h"

int main(void) {
  FILE *maps = fopen("/proc/self/maps", "r");
  CHECK(maps);
  char line[4096];
  unsigned long last = 0;
  int code = 0, stack = 0, libc = 0, writable_code = 0;
  while (fgets(line, sizeof line, maps)) {
    unsigned long start, end;
    char rights[8];
    CHECK(sscanf(line, "%lx-%lx %7s", &start, &end, rights) == 3);
    CHECK(start >= last && end > start);
    last = end;
    code += start <= (unsigned long)main && (unsigned long)main < end && rights[2] == 'x';
    stack += start <= (unsigned long)line && (unsigned long)line < end;
    libc += strstr(line, "libc") && rights[2] == 'x';
    writable_code += rights[1] == 'w' && rights[2] == 'x';
  }
  fclose(maps);
  printf("code %d, stack %d, libc %s, writable code %d\n", code, stack, libc ? "there" : "missing", writable_code);
  return 0;
}
