/* Everything at once: general registers, flags, the x87 stack, MXCSR, vector
 * registers, the red zone and the fs base hold patterns over thousands of calls of
 * many kinds, in a leaf function, while timer signals come whose handlers use all
 * of it themselves.
 */
#include "check.h"
#include <stddef.h>
#include <sys/time.h>

struct state {
  uint64_t general[16]; /* rbx rbp r12 r13 r14 r15 rdi rsi rdx r10 r8 r9 flags */
  unsigned char vector[16][32];
  unsigned char zone[112]; /* -128 to -16 */
  uint32_t mxcsr, control;
  double stack[4];
};
struct state in, out;
uint64_t call_number, call_result;
int wide;

/* Loads `in`, makes the call, stores `out`. */
__attribute__((naked, noinline)) static void call(void) {
  __asm__("push %rbx\npush %rbp\npush %r12\npush %r13\npush %r14\npush %r15\n"
          "lea in(%rip), %rax\n"
          "fninit\n"
          "fldcw 756(%rax)\n"
          "fldl 760(%rax)\nfldl 768(%rax)\nfldl 776(%rax)\nfldl 784(%rax)\n"
          "ldmxcsr 752(%rax)\n"
          "cmpl $0, wide(%rip)\nje 1f\n"
          ".irp n,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15\n"
          "vmovdqu 128+32*\\n(%rax), %ymm\\n\n"
          ".endr\n"
          "jmp 2f\n1:\n"
          ".irp n,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15\n"
          "movdqu 128+32*\\n(%rax), %xmm\\n\n"
          ".endr\n"
          "2:\n"
          /* The red zone, by words. */
          ".irp n,0,1,2,3,4,5,6,7,8,9,10,11,12,13\n"
          "mov 640+8*\\n(%rax), %rcx\nmov %rcx, -128+8*\\n(%rsp)\n"
          ".endr\n"
          "mov 0(%rax), %rbx\nmov 8(%rax), %rbp\nmov 16(%rax), %r12\nmov 24(%rax), %r13\n"
          "mov 32(%rax), %r14\nmov 40(%rax), %r15\nmov 48(%rax), %rdi\nmov 56(%rax), %rsi\n"
          "mov 64(%rax), %rdx\nmov 72(%rax), %r10\nmov 80(%rax), %r8\nmov 88(%rax), %r9\n"
          "mov call_number(%rip), %rax\n"
          "stc\n"
          "syscall\n"
          "mov %rax, call_result(%rip)\n"
          "lea out(%rip), %rax\n"
          "mov %rbx, 0(%rax)\nmov %rbp, 8(%rax)\nmov %r12, 16(%rax)\nmov %r13, 24(%rax)\n"
          "mov %r14, 32(%rax)\nmov %r15, 40(%rax)\nmov %rdi, 48(%rax)\nmov %rsi, 56(%rax)\n"
          "mov %rdx, 64(%rax)\nmov %r10, 72(%rax)\nmov %r8, 80(%rax)\nmov %r9, 88(%rax)\n"
          "setc 96(%rax)\n"
          ".irp n,0,1,2,3,4,5,6,7,8,9,10,11,12,13\n"
          "mov -128+8*\\n(%rsp), %rcx\nmov %rcx, 640+8*\\n(%rax)\n"
          ".endr\n"
          "cmpl $0, wide(%rip)\nje 1f\n"
          ".irp n,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15\n"
          "vmovdqu %ymm\\n, 128+32*\\n(%rax)\n"
          ".endr\n"
          "vzeroupper\n"
          "jmp 2f\n1:\n"
          ".irp n,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15\n"
          "movdqu %xmm\\n, 128+32*\\n(%rax)\n"
          ".endr\n"
          "2:\n"
          "stmxcsr 752(%rax)\n"
          "fnstcw 756(%rax)\n"
          "fstpl 784(%rax)\nfstpl 776(%rax)\nfstpl 768(%rax)\nfstpl 760(%rax)\n"
          "push $0x1f80\nldmxcsr (%rsp)\npop %rax\nfninit\n"
          "pop %r15\npop %r14\npop %r13\npop %r12\npop %rbp\npop %rbx\n"
          "ret\n");
}

static volatile long ticks;
static void tick(int sig) {
  volatile double a = 1.5, b = a * 3.25;
  unsigned char junk[512];
  memset(junk, 0xa5 ^ (int)b, sizeof junk);
  __asm__ volatile("" ::"r"(junk) : "memory");
  raw0(SYS_getppid);
  getppid();
  ticks++;
}

static uint64_t fs_base(void) {
  uint64_t base = 0;
  CHECK(syscall(SYS_arch_prctl, 0x1003, &base) == 0); /* ARCH_GET_FS */
  return base;
}

int main(void) {
  CHECK(offsetof(struct state, vector) == 128 && offsetof(struct state, zone) == 640);
  CHECK(offsetof(struct state, mxcsr) == 752 && offsetof(struct state, stack) == 760);
  wide = __builtin_cpu_supports("avx");
  on(SIGALRM, tick, SA_RESTART);
  struct itimerval period = {{0, 150}, {0, 150}}, off = {{0, 0}, {0, 0}};
  setitimer(ITIMER_REAL, &period, 0);
  static const int numbers[] = {SYS_getpid, SYS_getppid, 500, SYS_close, SYS_read, SYS_rt_sigaction, SYS_umask, 0x7fffffff};
  unsigned long random = 88172645463325252UL;
  int wrong = 0;
  uint64_t base = fs_base();
  for (long round = 0; ticks < 2000; round++) {
    unsigned char *bytes = (unsigned char *)&in;
    for (size_t k = 0; k < sizeof in; k++) {
      random ^= random << 13;
      random ^= random >> 7;
      random ^= random << 17;
      bytes[k] = random >> 32;
    }
    in.mxcsr = 0x1f80 | (random & 0x6000);
    in.control = 0x37f | (random & 0xc00);
    for (int k = 0; k < 4; k++)
      in.stack[k] = (double)(round + k) / 8;
    /* Arguments that do nothing whatever the number: no descriptor, no address. */
    in.general[6] = -1UL - (round & 0xff);
    in.general[7] = in.general[8] = (1UL << 63) | random >> 1;
    call_number = numbers[round % (sizeof numbers / sizeof *numbers)];
    memset(&out, 0, sizeof out);
    call();
    wrong += memcmp(in.general, out.general, 12 * 8) != 0 || out.general[12] != 1;
    wrong += memcmp(in.zone, out.zone, sizeof in.zone) != 0;
    wrong += in.mxcsr != (out.mxcsr & ~0x3fu) || (in.control & 0xffff) != (out.control & 0xffff);
    wrong += memcmp(in.stack, out.stack, sizeof in.stack) != 0;
    for (int k = 0; k < 16; k++)
      wrong += memcmp(in.vector[k], out.vector[k], wide ? 32 : 16) != 0;
    if (numbers[round % 8] == SYS_umask)
      raw3(SYS_umask, 022, 0, 0);
  }
  setitimer(ITIMER_REAL, &off, 0);
  wrong += base != fs_base();
  printf("%d wrong\n", wrong);
  return 0;
}
