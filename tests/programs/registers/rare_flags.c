/* The flags that hardly anybody sets survive as well: AC (with which unaligned
 * accesses fault), NT and ID.
 */
#include "check.h"

__attribute__((naked)) static long call(long number, long flags) {
  __asm__("mov %rdi, %rax\n"
          "mov $-1, %edi\n"
          "push %rsi\n"
          "popfq\n"
          "syscall\n"
          "pushfq\n"
          "pop %rax\n"
          "push $0x202\n"
          "popfq\n"
          "ret\n");
}

int main(void) {
  long numbers[] = {SYS_getpid, SYS_close, 500, 4000, WITNESS_NUMBER};
  long flags[] = {0x200202, 0x4202, 0x40202, 0x244602};
  for (unsigned i = 0; i < sizeof numbers / sizeof *numbers; i++)
    for (unsigned k = 0; k < sizeof flags / sizeof *flags; k++)
      printf("%ld: %#lx becomes %#lx\n", numbers[i], flags[k],
             call(numbers[i], flags[k]));
  return 0;
}
