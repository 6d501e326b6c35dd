/* What a handler starts with: its arguments, cleared vector registers, default
 * rounding and flags, and a frame whose parts lie where the kernel puts them,
 * below the red zone or at the top of the alternate stack.
 */
#include "check.h"
#include <ucontext.h>

struct state {
  uint64_t rax, rbx, rdx, rsi, rdi, rbp, rsp, r12, r15, flags;
  uint32_t mxcsr, control;
  unsigned char xmm[256];
};
struct state seen;
uint64_t stack_before;
static char area[65536] __attribute__((aligned(4096)));

__attribute__((naked)) static void handler(int sig) {
  __asm__("mov %rax, seen(%rip)\n"
          "lea seen(%rip), %rax\n"
          "mov %rbx, 8(%rax)\nmov %rdx, 16(%rax)\nmov %rsi, 24(%rax)\n"
          "mov %rdi, 32(%rax)\nmov %rbp, 40(%rax)\nmov %rsp, 48(%rax)\n"
          "mov %r12, 56(%rax)\nmov %r15, 64(%rax)\n"
          "pushfq\npopq 72(%rax)\n"
          "stmxcsr 80(%rax)\nmovl $0, 84(%rax)\nfnstcw 84(%rax)\n"
          ".irp n,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15\n"
          "movdqu %xmm\\n, 88+16*\\n(%rax)\n"
          ".endr\n"
          "jmp look\n");
}

__attribute__((used)) static void look(int sig, siginfo_t *info, void *context) {
  ucontext_t *user = context;
  greg_t *registers = user->uc_mcontext.gregs;
  uint64_t frame = seen.rsp, top = registers[REG_RSP] - 128;
  if ((char *)frame > area && (char *)frame <= area + sizeof area)
    top = (uint64_t)(area + sizeof area);
  printf("signal %d, arguments %s, rax %lu\n", sig,
         seen.rdi == (uint64_t)sig && seen.rsi == (uint64_t)info && seen.rdx == (uint64_t)context ? "right" : "wrong",
         seen.rax);
  printf("rbx %lx rbp %lx r12 %lx r15 %lx\n", seen.rbx, seen.rbp, seen.r12, seen.r15);
  printf("flags %lx mxcsr %x control %x\n", seen.flags & 0x40401, seen.mxcsr, seen.control);
  int nonzero = 0;
  for (size_t k = 0; k < sizeof seen.xmm; k++)
    nonzero += seen.xmm[k] != 0;
  printf("%d bytes of xmm are not zero\n", nonzero);
  uint64_t floats = (uint64_t)user->uc_mcontext.fpregs;
  uint32_t size = ((uint32_t *)(floats + 464))[1];
  printf("alignment %lu, context at %lu, siginfo at %lu, floats %s and aligned to 64: %d\n", frame & 15,
         (uint64_t)user - frame, (uint64_t)info - frame,
         floats + (size ? size : 512) <= top && top - floats - (size ? size : 512) < 64 ? "at the top" : "elsewhere",
         floats % 64 == 0);
  printf("gap %s, link %p, flags %lx, trap %lld error %lld\n",
         floats - frame - 440 < 24 ? "none" : "some", (void *)user->uc_link, user->uc_flags,
         registers[REG_TRAPNO], registers[REG_ERR]);
  printf("stack %s %d %zu; rsp %s\n", user->uc_stack.ss_sp == area ? "area" : "none", user->uc_stack.ss_flags,
         user->uc_stack.ss_size, (uint64_t)registers[REG_RSP] == stack_before ? "right" : "wrong");
}

__attribute__((noinline)) static void send(long pid, long sig) {
  __asm__ volatile("push %%rbx\npush %%rbp\npush %%r12\npush %%r15\n"
                   "mov %%rsp, stack_before(%%rip)\n"
                   "mov $0x1111, %%ebx\nmov $0x2222, %%ebp\nmov $0x3333, %%r12d\nmov $0x4444, %%r15d\n"
                   ".irp n,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15\n"
                   "pcmpeqb %%xmm\\n, %%xmm\\n\n"
                   ".endr\n"
                   "push $0x5f80\nldmxcsr (%%rsp)\npop %%rax\n"
                   "mov $62, %%eax\nstc\nstd\nsyscall\n"
                   "cld\n"
                   "push $0x1f80\nldmxcsr (%%rsp)\npop %%rax\n"
                   "pop %%r15\npop %%r12\npop %%rbp\npop %%rbx\n" ::"D"(pid),
                   "S"(sig)
                   : "rax", "rcx", "r11", "memory", "cc", "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6",
                     "xmm7", "xmm8", "xmm9", "xmm10", "xmm11", "xmm12", "xmm13", "xmm14", "xmm15");
}

int main(void) {
  setvbuf(stdout, 0, _IONBF, 0);
  /* The flags of no stack are 0 or SS_DISABLE in a new process: they are what the
   * thread had that called fork or vfork, before the execve. */
  stack_t none = {.ss_flags = SS_DISABLE};
  CHECK(sigaltstack(&none, 0) == 0);
  struct sigaction action = {.sa_handler = handler, .sa_flags = SA_SIGINFO};
  CHECK(sigaction(SIGUSR1, &action, 0) == 0);
  action.sa_flags |= SA_ONSTACK;
  CHECK(sigaction(SIGUSR2, &action, 0) == 0);
  send(getpid(), SIGUSR1);
  stack_t stack = {.ss_sp = area, .ss_size = sizeof area};
  CHECK(sigaltstack(&stack, 0) == 0);
  send(getpid(), SIGUSR1);
  send(getpid(), SIGUSR2);
  return 0;
}
