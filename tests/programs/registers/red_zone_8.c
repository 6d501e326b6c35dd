/* The word right below the stack pointer survives a syscall. */
#include "check.h"

__attribute__((naked)) static uint64_t call(void) {
  __asm__("movq $0x1234567, -8(%rsp)\n"
          "mov $39, %eax\n"
          "syscall\n"
          "mov -8(%rsp), %rax\n"
          "ret\n");
}

int main(void) {
  puts(call() == 0x1234567 ? "-8: kept" : "-8: lost");
  return 0;
}
