/* Sets the gs register: by a call (argument `call`), or by the instruction. */
#include "check.h"

int main(int argc, char **argv) {
  static unsigned long block[64];
  if (strcmp(argv[1], "call") == 0) {
    unsigned long base = 1;
    long result = syscall(SYS_arch_prctl, 0x1001, block);
    printf("%ld errno %d\n", result, errno);
    CHECK(syscall(SYS_arch_prctl, 0x1001, 0) == 0);
    CHECK(syscall(SYS_arch_prctl, 0x1004, &base) == 0);
    printf("base %#lx\n", base);
    return 3;
  }
  __asm__ volatile("wrgsbase %0" ::"r"(block));
  getppid();
  puts("not reached");
  return 3;
}
