/* The gs register is the program's own (Wine keeps its thread block there). */
#include "check.h"

#define ARCH_SET_GS 0x1001
#define ARCH_GET_GS 0x1004

int main(void) {
  unsigned long base = 1;
  CHECK(syscall(SYS_arch_prctl, ARCH_GET_GS, &base) == 0);
  printf("at first %#lx\n", base);
  static unsigned long block[4] = {0x1111, 0x2222, 0x3333, 0x4444};
  CHECK(syscall(SYS_arch_prctl, ARCH_SET_GS, block) == 0);
  unsigned long second;
  __asm__ volatile("mov %%gs:8, %0" : "=r"(second));
  CHECK(second == 0x2222);
  CHECK(getppid() > 0);
  __asm__ volatile("mov %%gs:16, %0" : "=r"(second));
  CHECK(second == 0x3333);
  puts("set and used");
  return 0;
}
