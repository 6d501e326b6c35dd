/* A signal for a thread whose stack pointer leads nowhere: the handler runs on the
 * alternate stack and sees that stack pointer; without one SIGSEGV comes in its
 * place; and without a stack for that the process dies of it.
 *
 * expect: signal 11
 */
#include "check.h"
#include <ucontext.h>

static char area[65536];
static void handler(int sig, siginfo_t *info, void *context) {
  /* Who cannot make the call at all is here again and again. */
  static int seen;
  if (++seen > 10)
    _exit(1);
  char text[96];
  int n = snprintf(text, sizeof text, "signal %d code %d address %p, rsp %#llx\n", sig, info->si_code,
                   sig == SIGSEGV ? info->si_addr : 0, ((ucontext_t *)context)->uc_mcontext.gregs[REG_RSP]);
  CHECK(write(1, text, n) == n);
  ((ucontext_t *)context)->uc_mcontext.gregs[REG_R9] = 7;
}

/* kill(pid, sig) with rsp = 4096. */
__attribute__((naked)) static long send(long pid, long sig) {
  __asm__("mov %rsp, %r8\n"
          "mov $4096, %esp\n"
          "mov $62, %eax\n"
          "syscall\n"
          "mov %r8, %rsp\n"
          "mov %r9, %rax\n"
          "ret\n");
}

int main(void) {
  struct sigaction action = {.sa_sigaction = handler, .sa_flags = SA_SIGINFO | SA_ONSTACK};
  CHECK(sigaction(SIGUSR1, &action, 0) == 0);
  CHECK(sigaction(SIGSEGV, &action, 0) == 0);
  action.sa_flags = SA_SIGINFO;
  CHECK(sigaction(SIGUSR2, &action, 0) == 0);
  stack_t stack = {.ss_sp = area, .ss_size = sizeof area}, none = {.ss_flags = SS_DISABLE};
  CHECK(sigaltstack(&stack, 0) == 0);
  CHECK(send(getpid(), SIGUSR1) == 7);
  CHECK(send(getpid(), SIGUSR2) == 7);
  CHECK(sigaltstack(&none, 0) == 0);
  send(getpid(), SIGUSR1);
  CHECK(0);
}
