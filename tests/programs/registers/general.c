/* A syscall changes rax, rcx and r11 and no other general register. */
#include "check.h"

/* Loads rbx rdx rsi rdi rbp r8-r10 r12-r15 from `in`, calls, stores to `out`. */
__attribute__((naked)) static long call(const uint64_t *in, uint64_t *out,
                                        long number) {
  __asm__("push %rbx\npush %rbp\npush %r12\npush %r13\npush %r14\npush %r15\n"
          "push %rsi\n"
          "mov %rdx, %rax\n"
          "mov %rdi, %rcx\n"
          "mov 0(%rcx), %rbx\nmov 8(%rcx), %rdx\nmov 16(%rcx), %rsi\n"
          "mov 24(%rcx), %rdi\nmov 32(%rcx), %rbp\nmov 40(%rcx), %r8\n"
          "mov 48(%rcx), %r9\nmov 56(%rcx), %r10\nmov 64(%rcx), %r12\n"
          "mov 72(%rcx), %r13\nmov 80(%rcx), %r14\nmov 88(%rcx), %r15\n"
          "syscall\n"
          "pop %rcx\n"
          "mov %rbx, 0(%rcx)\nmov %rdx, 8(%rcx)\nmov %rsi, 16(%rcx)\n"
          "mov %rdi, 24(%rcx)\nmov %rbp, 32(%rcx)\nmov %r8, 40(%rcx)\n"
          "mov %r9, 48(%rcx)\nmov %r10, 56(%rcx)\nmov %r12, 64(%rcx)\n"
          "mov %r13, 72(%rcx)\nmov %r14, 80(%rcx)\nmov %r15, 88(%rcx)\n"
          "pop %r15\npop %r14\npop %r13\npop %r12\npop %rbp\npop %rbx\n"
          "ret\n");
}

int main(void) {
  long numbers[] = {SYS_getpid, SYS_close, SYS_read, 500, 4000, 70000, -1,
                    WITNESS_NUMBER};
  const char *names[] = {"rbx", "rdx", "rsi", "rdi", "rbp", "r8",
                         "r9",  "r10", "r12", "r13", "r14", "r15"};
  for (unsigned i = 0; i < sizeof numbers / sizeof *numbers; i++)
    for (int round = 0; round < 200; round++) {
      uint64_t in[12], out[12];
      for (int k = 0; k < 12; k++)
        in[k] = out[k] = 0xfeed000000000000 + round * 1000 + k;
      call(in, out, numbers[i]);
      for (int k = 0; k < 12; k++)
        if (in[k] != out[k])
          printf("number %ld: %s was %#lx, is %#lx\n", numbers[i], names[k],
                 in[k], out[k]);
    }
  puts("12 registers compared");
  return 0;
}
