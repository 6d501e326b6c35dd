/* A syscall changes no AVX register: the upper halves survive too. */
#include "check.h"

__attribute__((naked)) static void call(const void *in, void *out, long number) {
  __asm__("mov %rdx, %rax\n"
          "mov %rdi, %r8\nmov %rsi, %r9\nmov $-1, %edi\n"
          ".irp n,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15\n"
          "vmovdqu 32*\\n(%r8), %ymm\\n\n"
          ".endr\n"
          "syscall\n"
          ".irp n,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15\n"
          "vmovdqu %ymm\\n, 32*\\n(%r9)\n"
          ".endr\n"
          "vzeroupper\n"
          "ret\n");
}

int main(void) {
  if (!__builtin_cpu_supports("avx"))
    skip("this processor has no AVX");
  long numbers[] = {SYS_getpid, SYS_close, 500, 4000, 70000, WITNESS_NUMBER};
  unsigned char in[512], out[512];
  for (unsigned i = 0; i < sizeof numbers / sizeof *numbers; i++)
    for (int round = 0; round < 500; round++) {
      for (int k = 0; k < 512; k++)
        in[k] = k * 11 + round + i, out[k] = 0;
      call(in, out, numbers[i]);
      for (int k = 0; k < 512; k++)
        if (in[k] != out[k]) {
          printf("number %ld: byte %d of ymm%d lost\n", numbers[i], k % 32, k / 32);
          break;
        }
    }
  puts("ymm0-15 compared");
  return 0;
}
