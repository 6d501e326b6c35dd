/* A handler that comes during a call sees the context of the program at its own
 * instruction: rip right behind it or on it, rax the result, the program's rsp.
 */
#include "check.h"
#include <sys/time.h>
#include <ucontext.h>

extern char loop_begin[], loop_end[];
static volatile long total, inside, outside, stack_wrong;
static volatile uint64_t stack;

static void handler(int sig, siginfo_t *info, void *context) {
  greg_t *registers = ((ucontext_t *)context)->uc_mcontext.gregs;
  uint64_t rip = registers[REG_RIP];
  total++;
  if (rip >= (uint64_t)loop_begin && rip <= (uint64_t)loop_end) {
    inside++;
    stack_wrong += (uint64_t)registers[REG_RSP] != stack;
  } else {
    outside++;
  }
}

__attribute__((noinline)) static void loop(void) {
  __asm__ volatile("mov %%rsp, %0\n"
                   ".globl loop_begin\nloop_begin:\n"
                   "mov $39, %%eax\n"
                   "syscall\n"
                   "mov $500, %%eax\n"
                   "syscall\n"
                   "cmpq $2000, total(%%rip)\n"
                   "jb loop_begin\n"
                   ".globl loop_end\nloop_end:\n"
                   : "=m"(stack)::"rax", "rcx", "r11", "memory");
}

int main(void) {
  struct sigaction action = {.sa_sigaction = handler, .sa_flags = SA_SIGINFO};
  CHECK(sigaction(SIGALRM, &action, 0) == 0);
  struct itimerval period = {{0, 100}, {0, 100}}, off = {0};
  stack = 0;
  setitimer(ITIMER_REAL, &period, 0);
  loop();
  setitimer(ITIMER_REAL, &off, 0);
  if (stack_wrong)
    printf("%ld with another stack pointer\n", stack_wrong);
  printf("handlers saw rip %s\n", outside > 20 ? "outside of the program's own loop" : "in the loop");
  return 0;
}
