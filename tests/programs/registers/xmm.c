/* A syscall changes no SSE register. */
#include "check.h"

__attribute__((naked)) static void call(const void *in, void *out, long number) {
  __asm__("mov %rdx, %rax\n"
          "mov %rdi, %r8\nmov %rsi, %r9\nmov $-1, %edi\n"
          ".irp n,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15\n"
          "movdqu 16*\\n(%r8), %xmm\\n\n"
          ".endr\n"
          "syscall\n"
          ".irp n,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15\n"
          "movdqu %xmm\\n, 16*\\n(%r9)\n"
          ".endr\n"
          "ret\n");
}

int main(void) {
  long numbers[] = {SYS_getpid, SYS_close, 500, 4000, 70000, WITNESS_NUMBER};
  unsigned char in[256], out[256];
  for (unsigned i = 0; i < sizeof numbers / sizeof *numbers; i++)
    for (int round = 0; round < 500; round++) {
      for (int k = 0; k < 256; k++)
        in[k] = k * 7 + round + i, out[k] = 0;
      call(in, out, numbers[i]);
      for (int k = 0; k < 256; k++)
        if (in[k] != out[k]) {
          printf("number %ld: byte %d of xmm%d lost\n", numbers[i], k % 16, k / 16);
          break;
        }
    }
  puts("xmm0-15 compared");
  return 0;
}
