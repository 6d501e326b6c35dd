/* What lies below the stack pointer, from -16 to -128, and above it survives a
 * syscall: leaf functions keep variables there.
 * (-8 has a program of its own: red_zone_8.)
 */
#include "check.h"

__attribute__((naked)) static void call(uint64_t *seen) {
  __asm__("mov $16, %rcx\n"
          "1: lea 0xabc0(%rcx), %rax\n"
          "neg %rcx\n"
          "mov %rax, (%rsp,%rcx,8)\n"
          "neg %rcx\n"
          "dec %rcx\n"
          "jnz 1b\n"
          "mov $39, %eax\n"
          "syscall\n"
          "mov $16, %rcx\n"
          "2: neg %rcx\n"
          "mov (%rsp,%rcx,8), %rax\n"
          "neg %rcx\n"
          "mov %rax, -8(%rdi,%rcx,8)\n"
          "dec %rcx\n"
          "jnz 2b\n"
          "ret\n");
}

int main(void) {
  uint64_t seen[16];
  volatile uint64_t above[16];
  for (int i = 0; i < 16; i++)
    above[i] = i * 77;
  for (int round = 0; round < 100; round++) {
    call(seen);
    for (int i = 1; i < 16; i++)
      CHECK(seen[i] == 0xabc0u + i + 1);
  }
  for (int i = 0; i < 16; i++)
    CHECK(above[i] == (uint64_t)i * 77);
  puts("red zone kept from -16 to -128");
  return 0;
}
