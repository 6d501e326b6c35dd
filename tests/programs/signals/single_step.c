/* A program that steps itself: it gets through calls, no trap shows it an address
 * outside its own code, and the flag is still set afterwards.
 */
#include "check.h"
#include <ucontext.h>

enum { TF = 0x100 };

extern char stepped[], stepped_end[];
static volatile sig_atomic_t traps, elsewhere;

static void on_trap(int sig, siginfo_t *info, void *context) {
  char *rip =
      (char *)((ucontext_t *)context)->uc_mcontext.gregs[REG_RIP];
  CHECK(info->si_code == TRAP_TRACE);
  traps++;
  if (rip < stepped || rip > stepped_end)
    elsewhere++;
}

int main(void) {
  struct sigaction action = {.sa_sigaction = on_trap, .sa_flags = SA_SIGINFO};
  CHECK(sigaction(SIGTRAP, &action, 0) == 0);
  for (int round = 0; round < 20; round++) {
    long result, flags;
    __asm__ volatile(".globl stepped, stepped_end\n"
                     "stepped%=:\n"
                     ".set stepped, stepped%=\n"
                     "pushfq\n"
                     "orq $0x100, (%%rsp)\n"
                     "popfq\n"
                     "mov $39, %%eax\n" /* getpid */
                     "syscall\n"
                     "nop\n"
                     "pushfq\n"
                     "pop %1\n"
                     "pushfq\n"
                     "andq $~0x100, (%%rsp)\n"
                     "popfq\n"
                     "nop\n"
                     "stepped_end:\n"
                     : "=a"(result), "=r"(flags)
                     :
                     : "rcx", "r11", "memory");
    CHECK(result == getpid());
    CHECK(flags & TF);
  }
  printf("stepped: %d, elsewhere: %d\n", traps > 20 * 6, (int)elsewhere);
}
