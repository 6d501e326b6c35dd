/* The child of a raw clone finds all registers but rax, rcx and r11 as they
 * were, on its new stack, without a return address on it.
 */
#include "check.h"

/* Child: checks, then exits with a count of wrong registers. */
__attribute__((naked)) static long raw_clone(long flags, void *stack) {
  __asm__("push %rbx\npush %rbp\npush %r12\npush %r13\npush %r14\npush %r15\n"
          "mov $0x11, %ebx\nmov $0x12, %ebp\nmov $0x13, %r12d\n"
          "mov $0x14, %r13d\nmov $0x15, %r14d\nmov $0x16, %r15d\n"
          "mov $0x17, %r8d\nmov $0x18, %r9d\nxor %r10d, %r10d\nxor %edx, %edx\n"
          "mov $56, %eax\n"
          "syscall\n"
          "test %rax, %rax\n"
          "jnz 9f\n"
          "xor %eax, %eax\n"
          ".macro same reg, value\n"
          "cmp $\\value, \\reg\n"
          "je 1f\n"
          "inc %eax\n"
          "1:\n"
          ".endm\n"
          "same %rbx, 0x11\nsame %rbp, 0x12\nsame %r12, 0x13\n"
          "same %r13, 0x14\nsame %r14, 0x15\nsame %r15, 0x16\n"
          "same %r8, 0x17\nsame %r9, 0x18\n"
          ".purgem same\n"
          "mov %eax, %edi\n"
          "mov $60, %eax\n"
          "syscall\n"
          "ud2\n"
          "9: cmp $0x11, %rbx\njne 8f\n"
          "cmp $0x16, %r15\njne 8f\n"
          "pop %r15\npop %r14\npop %r13\npop %r12\npop %rbp\npop %rbx\n"
          "ret\n"
          "8: ud2\n");
}

static char stack[65536] __attribute__((aligned(64)));

int main(void) {
  int flags[] = {SIGCHLD, CLONE_VM | SIGCHLD, CLONE_VM | CLONE_VFORK | SIGCHLD};
  for (int i = 0; i < 3; i++) {
    long id = raw_clone(flags[i], stack + sizeof stack);
    CHECK(id > 0);

    report_child("wrong registers", id);
  }
  return 0;
}
