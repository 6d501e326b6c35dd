/* Each kind of fault gives its signal, code and address, with and without a
 * handler.
 */
#include "check.h"
#include <setjmp.h>

static sigjmp_buf back;
static volatile siginfo_t seen;
static void handler(int sig, siginfo_t *info, void *context) {
  seen = *info;
  siglongjmp(back, 1);
}

static char *none;
static char *beyond;
static void unmapped(void) { *(volatile int *)0x123000 = 1; }
static void forbidden(void) { *(volatile int *)none = 1; }
static void constant(void) { *(volatile char *)"text" = 1; }
static void not_code(void) { ((void (*)(void))none)(); }
static void illegal(void) { __asm__ volatile("ud2"); }
static void privileged(void) { __asm__ volatile("hlt"); }
static void division(void) { __asm__ volatile("xor %%ecx, %%ecx; xor %%edx, %%edx; mov $1, %%eax; div %%ecx" ::: "rax", "rcx", "rdx"); }
static void breakpoint(void) { __asm__ volatile("int3"); }
static void not_canonical(void) { __asm__ volatile("mov (%0), %%rax" ::"r"(0x8000000000000000) : "rax"); }
static void past_the_end(void) { *(volatile int *)beyond = 1; }

int main(void) {
  none = mmap(0, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  int fd = memfd_create("short", 0);
  beyond = mmap(0, 8192, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  struct {
    const char *name;
    void (*function)(void);
  } kinds[] = {{"unmapped", unmapped},     {"forbidden", forbidden},
               {"constant", constant},     {"not code", not_code},
               {"illegal", illegal},       {"privileged", privileged},
               {"division", division},     {"breakpoint", breakpoint},
               {"not canonical", not_canonical}, {"past the end", past_the_end}};
  int signals[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP};
  for (int round = 0; round < 2; round++)
    for (unsigned i = 0; i < sizeof kinds / sizeof *kinds; i++) {
      struct sigaction action = {.sa_sigaction = handler, .sa_flags = SA_SIGINFO};
      for (int k = 0; k < 5; k++)
        sigaction(signals[k], &action, 0);
      if (sigsetjmp(back, 1) == 0)
        kinds[i].function();
      printf("%s: signal %d, code %d, address %s\n", kinds[i].name, seen.si_signo,
             seen.si_code,
             seen.si_addr == none                ? "of none"
             : seen.si_addr == beyond            ? "beyond"
             : seen.si_addr == (void *)0x123000  ? "0x123000"
             : seen.si_addr == 0                 ? "0"
             : (uintptr_t)seen.si_addr - (uintptr_t)kinds[i].function < 32 ? "in the function"
                                                 : "other");
      for (int k = 0; k < 5; k++)
        signal(signals[k], SIG_DFL);
      fflush(stdout);
      pid_t child = fork();
      if (child == 0) {
        kinds[i].function();
        _exit(0);
      }
      report_child(kinds[i].name, child);
    }
  return 0;
}
