/* Arithmetic flags and the direction flag survive a syscall. */
#include "check.h"

__attribute__((naked)) static long call(long number, long flags) {
  __asm__("mov %rdi, %rax\n"
          "mov $-1, %edi\n"
          "push %rsi\n"
          "popfq\n"
          "syscall\n"
          "pushfq\n"
          "pop %rax\n"
          "cld\n"
          "ret\n");
}

int main(void) {
  const int bits[] = {0x1, 0x4, 0x10, 0x40, 0x80, 0x400, 0x800};
  long numbers[] = {SYS_getpid, SYS_close, 500, 4000, WITNESS_NUMBER};
  for (unsigned i = 0; i < sizeof numbers / sizeof *numbers; i++)
    for (int set = 0; set < 1 << 7; set++) {
      long flags = 0x202;
      for (int bit = 0; bit < 7; bit++)
        if (set & 1 << bit)
          flags |= bits[bit];
      long after = call(numbers[i], flags);
      if (after != flags)
        printf("number %ld: flags %#lx became %#lx\n", numbers[i], flags, after);
    }
  puts("128 combinations of CF PF AF ZF SF DF OF");
  return 0;
}
