/* A stack pointer need not be aligned for a syscall. */
#include "check.h"

__attribute__((naked)) static long call(long number, long shift) {
  __asm__("mov %rdi, %rax\n"
          "mov $-1, %edi\n"
          "mov %rsp, %r8\n"
          "lea -256(%rsp,%rsi), %rsp\n"
          "mov %rsp, %r9\n"
          "syscall\n"
          "cmp %rsp, %r9\n"
          "mov %r8, %rsp\n"
          "je 1f\n"
          "ud2\n"
          "1: ret\n");
}

int main(void) {
  for (long shift = 0; shift < 16; shift++) {
    CHECK(call(SYS_getpid, shift) == getpid());
    CHECK(call(SYS_close, shift) == -EBADF);
    CHECK(call(4000, shift) == -ENOSYS);
    CHECK(call(70000, shift) == -ENOSYS);
  }
  puts("16 alignments");
  return 0;
}
