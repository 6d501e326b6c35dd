/* Calls from deep down the stack, from big frames, and a stack that grows.
 */
#include "check.h"
#include <sys/resource.h>

__attribute__((noinline)) static long recurse(int n) {
  volatile char block[200];
  block[n % 200] = 1;
  long below = n ? recurse(n - 1) : 0;
  return below + (raw0(SYS_getpid) == getpid()) + block[n % 200] - 1;
}
__attribute__((noinline)) static int big(void) {
  volatile char block[6 << 20];
  block[0] = 1;
  CHECK(raw0(SYS_getppid) == getppid());
  block[sizeof block - 1] = 2;
  return block[0] + block[sizeof block - 1];
}

int main(void) {
  printf("%ld deep\n", recurse(20000));
  printf("big frame: %d\n", big());
  return 0;
}
