/* So does a jump to it, which leaves the stack as it was. */
#include "check.h"
#include <setjmp.h>
#include <ucontext.h>

static sigjmp_buf back;
static volatile uint64_t address, rip;

static void handler(int sig, siginfo_t *info, void *context) {
  (void)sig;
  address = (uint64_t)info->si_addr;
  rip = ((ucontext_t *)context)->uc_mcontext.gregs[REG_RIP];
  siglongjmp(back, 1);
}

int main(void) {
  struct sigaction action = {.sa_sigaction = handler, .sa_flags = SA_SIGINFO};
  CHECK(sigaction(SIGSEGV, &action, 0) == 0);
  for (int round = 0; round < 3; round++) {
    if (sigsetjmp(back, 1) == 0)
      __asm__ volatile("sub $128, %%rsp\npush $0\njmp *%0" ::"r"(0L) : "memory");
    printf("jump: address %#lx, rip %#lx\n", address, rip);
  }
  return 0;
}
