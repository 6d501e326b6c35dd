/* mmap, mprotect, munmap, mremap and madvise do what they say.
 */
#include "check.h"
#include <setjmp.h>

static sigjmp_buf back;
static void handler(int sig) { siglongjmp(back, 1); }
static int writable(char *at) {
  if (sigsetjmp(back, 1))
    return 0;
  *at = 1;
  return 1;
}

int main(void) {
  on(SIGSEGV, handler, 0);
  for (int round = 0; round < 50; round++) {
    char *at = mmap(0, 16 * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    CHECK(at != MAP_FAILED);
    CHECK(mprotect(at + 4096, 4096, PROT_READ) == 0);
    CHECK(writable(at) && !writable(at + 4096) && writable(at + 8192));
    CHECK(munmap(at + 8192, 4096) == 0 && !writable(at + 8192) && writable(at + 12288));
    at[0] = 77;
    CHECK(madvise(at, 4096, MADV_DONTNEED) == 0 && at[0] == 0);
    char *moved = mremap(at + 12288, 4096, 64 * 4096, MREMAP_MAYMOVE);
    CHECK(moved != MAP_FAILED && moved[0] == 1 && writable(moved + 63 * 4096));
    char *fixed = mmap(at, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    CHECK(fixed == at && !writable(at));
    munmap(moved, 64 * 4096);
    munmap(at, 16 * 4096);
    CHECK(mprotect((void *)at, 4096, PROT_READ) == -1 && errno == ENOMEM);
  }
  unsigned char *code = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  memcpy(code, "\xb8\x2a\x00\x00\x00\xc3", 6);
  CHECK(mprotect(code, 4096, PROT_READ | PROT_EXEC) == 0);
  printf("made code answers %d\n", ((int (*)(void))code)());
  return 0;
}
