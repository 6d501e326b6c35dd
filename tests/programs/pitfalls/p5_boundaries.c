/* K23's P5: a thread that stands between two instructions that a patch covers goes on
 * as if there were none. It is led there instruction by instruction, and the site is
 * executed for the first time, and so patched, while it stands there.
 *
 * with: sites
 */
#include "check.h"
#include <dlfcn.h>
#include <ucontext.h>

#define TRAP_FLAG 0x100

static long (*volatile function)(long);
static volatile long number, nested;
static volatile int steps, wanted_steps, was_there;

static void on_step(int sig, siginfo_t *info, void *context) {
  greg_t *registers = ((ucontext_t *)context)->uc_mcontext.gregs;
  unsigned long offset = registers[REG_RIP] - (unsigned long)function;
  if (steps == 0 && offset != 0)
    return; /* not there yet */
  if (steps++ < wanted_steps && offset < 32)
    return;
  registers[REG_EFL] &= ~TRAP_FLAG;
  if (offset >= 32)
    return; /* the function has no so many instructions before its call */
  was_there = 1;
  nested = function(number);
}

/* Calls the function with the trap flag set. */
__attribute__((noinline)) static long call_stepped(long argument) {
  long result;
  __asm__ volatile("sub $128, %%rsp\n\t"
                   "mov %2, %%rdi\n\t"
                   "pushfq\n\t"
                   "orq $0x100, (%%rsp)\n\t"
                   "popfq\n\t"
                   "call *%1\n\t"
                   "pushfq\n\t"
                   "andq $-0x101, (%%rsp)\n\t"
                   "popfq\n\t"
                   "add $128, %%rsp"
                   : "=&a"(result)
                   : "r"(function), "r"(argument)
                   : "rcx", "rdx", "rdi", "r11", "memory", "cc");
  return result;
}

int main(void) {
  long witness = hooked() ? WITNESS_ANSWER : -ENOSYS;
  struct sigaction action = {.sa_sigaction = on_step, .sa_flags = SA_SIGINFO};
  sigaction(SIGTRAP, &action, 0);
  for (wanted_steps = 1; wanted_steps <= 2; wanted_steps++) {
    void *library = dlopen(OWN_LIBRARY, RTLD_NOW);
    CHECK(library);
    long (**functions)(long) = dlsym(library, "sites");
    int count = *(int *)dlsym(library, "site_count"), there = 0;
    for (int i = 0; i < count; i++) {
      /* Before its call each has one instruction, or two. */
      if (wanted_steps == 2 && i % 8 != 4)
        continue;
      function = functions[i];
      number = i % 8 == 7 ? SYS_getpid : WITNESS_NUMBER;
      long wanted = i % 8 == 7 ? getpid() : witness;
      steps = was_there = 0;
      long result = call_stepped(number);
      if (result != wanted || (was_there && nested != wanted)) {
        printf("site %d, step %d: %#lx, nested %#lx\n", i, wanted_steps, result, nested);
        return 1;
      }
      there += was_there;
    }
    /* Where the jumps are there from the start, nobody gets between. */
    CHECK(witness == WITNESS_ANSWER || there == (wanted_steps == 1 ? count : count / 8));
    printf("%d sites, step %d\n", count, wanted_steps);
    CHECK(dlclose(library) == 0);
  }
  return 0;
}
