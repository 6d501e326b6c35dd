/* What a handler changes in its frame is what the program goes on with: general
 * registers, the instruction pointer, vector registers, the x87 stack.
 */
#include "check.h"
#include <ucontext.h>

extern char second[];
static volatile int move;

static void handler(int sig, siginfo_t *info, void *context) {
  mcontext_t *machine = &((ucontext_t *)context)->uc_mcontext;
  machine->gregs[REG_RAX] = 1001;
  machine->gregs[REG_RBX] = 1002;
  machine->gregs[REG_R9] = 1003;
  if (move) {
    /* Behind the call itself these are the kernel's to clobber. */
    machine->gregs[REG_RCX] = 1004;
    machine->gregs[REG_R11] = 1005;
    machine->gregs[REG_RIP] = (greg_t)second;
  }
  memset(&machine->fpregs->_xmm[3], 0x33, 16);
  machine->fpregs->mxcsr = 0x3f80;
  /* The upper half of ymm5, if the frame has the AVX component. */
  unsigned char *area = (unsigned char *)machine->fpregs;
  uint32_t magic = *(uint32_t *)(area + 464);
  uint64_t features = magic == 0x46505853 ? *(uint64_t *)(area + 472) : 0;
  if (features & 4) {
    *(uint64_t *)(area + 512) |= 4;
    memset(area + 576 + 16 * 5, 0x55, 16);
  }
}

int wide;
uint64_t out[8];
unsigned char vectors[64];
uint32_t control;

__attribute__((noinline)) static void call(long number, long pid, long sig) {
  __asm__ volatile("push %%rbx\n"
                   "syscall\n"
                   "mov $1, %%r8d\n"
                   "jmp 1f\n"
                   ".globl second\nsecond:\n"
                   "mov $2, %%r8d\n"
                   "1: lea out(%%rip), %%r10\n"
                   "mov %%rax, (%%r10)\nmov %%rbx, 8(%%r10)\nmov %%rcx, 16(%%r10)\n"
                   "mov %%r11, 24(%%r10)\nmov %%r9, 32(%%r10)\nmov %%r8, 40(%%r10)\n"
                   "lea vectors(%%rip), %%r10\n"
                   "movdqu %%xmm3, (%%r10)\n"
                   "cmpl $0, wide(%%rip)\nje 2f\n"
                   "vextractf128 $1, %%ymm5, 16(%%r10)\n"
                   "2: stmxcsr control(%%rip)\n"
                   "push $0x1f80\nldmxcsr (%%rsp)\npop %%r10\n"
                   "pop %%rbx\n"
                   : "+a"(number)
                   : "D"(pid), "S"(sig)
                   : "rcx", "r8", "r9", "r10", "r11", "memory", "cc", "xmm3", "xmm5");
}



int main(void) {
  wide = __builtin_cpu_supports("avx");
  struct sigaction action = {.sa_sigaction = handler, .sa_flags = SA_SIGINFO};
  CHECK(sigaction(SIGUSR1, &action, 0) == 0);
  for (move = 0; move < 2; move++) {
    memset(vectors, 0, sizeof vectors);
    call(SYS_kill, getpid(), SIGUSR1);
    printf("rax %lu rbx %lu r9 %lu rip %lu ", out[0], out[1], out[4], out[5]);
    if (move)
      printf("rcx %lu r11 %lu ", out[2], out[3]);
    printf("%02x %02x %x\n", vectors[15], wide ? vectors[20] : 0x55, control);
  }
  return 0;
}
