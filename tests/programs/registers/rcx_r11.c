/* After a syscall rcx is the address behind the instruction and r11 the flags
 * (arch/x86/entry/entry_64.S, SYSRET).
 */
#include "check.h"

struct seen {
  uint64_t rcx, r11, behind, before;
};

__attribute__((naked)) static void call(struct seen *seen, long number,
                                        long flags) {
  __asm__("mov %rsi, %rax\n"
          "mov %rdi, %r10\n"
          "mov $-1, %edi\n"
          "push %rdx\n"
          "popfq\n"
          "pushfq\n"
          "pop %r9\n"
          "syscall\n"
          "1: mov %rcx, (%r10)\n"
          "mov %r11, 8(%r10)\n"
          "lea 1b(%rip), %rcx\n"
          "mov %rcx, 16(%r10)\n"
          "mov %r9, 24(%r10)\n"
          "cld\n"
          "ret\n");
}

int main(void) {
  long numbers[] = {SYS_getpid, SYS_close, 500, 4000, WITNESS_NUMBER};
  long flags[] = {0x202, 0x203, 0x206, 0x212, 0x242, 0x282, 0xa02, 0xed7, 0xad7};
  for (unsigned i = 0; i < sizeof numbers / sizeof *numbers; i++)
    for (unsigned k = 0; k < sizeof flags / sizeof *flags; k++) {
      struct seen seen;
      call(&seen, numbers[i], flags[k]);
      printf("%ld with flags %#lx: rcx %s, r11 %#lx, flags were %#lx\n",
             numbers[i], flags[k],
             seen.rcx == seen.behind ? "is the address behind" : "is another",
             seen.r11, seen.before);
    }
  return 0;
}
