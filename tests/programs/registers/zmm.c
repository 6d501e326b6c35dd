/* A syscall changes no AVX-512 register: zmm0-31 and the masks k0-7. */
#include "check.h"

#define ALL32                                                                  \
  "0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27," \
  "28,29,30,31\n"

__attribute__((naked)) static void call(const void *in, void *out, long number) {
  __asm__("mov %rdx, %rax\n"
          "mov %rdi, %r8\nmov %rsi, %r9\nmov $-1, %edi\n"
          ".irp n," ALL32 "vmovdqu64 64*\\n(%r8), %zmm\\n\n"
          ".endr\n"
          ".irp n,0,1,2,3,4,5,6,7\n"
          "kmovq 2048+8*\\n(%r8), %k\\n\n"
          ".endr\n"
          "syscall\n"
          ".irp n," ALL32 "vmovdqu64 %zmm\\n, 64*\\n(%r9)\n"
          ".endr\n"
          ".irp n,0,1,2,3,4,5,6,7\n"
          "kmovq %k\\n, 2048+8*\\n(%r9)\n"
          ".endr\n"
          "vzeroupper\n"
          "ret\n");
}

int main(void) {
  if (!__builtin_cpu_supports("avx512bw"))
    skip("this processor has no AVX-512");
  long numbers[] = {SYS_getpid, SYS_close, 500, 4000, 70000, WITNESS_NUMBER};
  static unsigned char in[2112], out[2112];
  for (unsigned i = 0; i < sizeof numbers / sizeof *numbers; i++)
    for (int round = 0; round < 500; round++) {
      for (unsigned k = 0; k < sizeof in; k++)
        in[k] = k * 13 + round + i, out[k] = 0;
      call(in, out, numbers[i]);
      for (unsigned k = 0; k < sizeof in; k++)
        if (in[k] != out[k]) {
          printf("number %ld: byte %d lost (64 a register, masks from 2048)\n",
                 numbers[i], k);
          break;
        }
    }
  puts("zmm0-31 and k0-7 compared");
  return 0;
}
