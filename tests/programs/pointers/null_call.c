/* A call through a null pointer raises SIGSEGV at address 0, and the handler
 * sees the context of the call: rip 0, the return address pushed.
 */
#include "check.h"
#include <setjmp.h>
#include <ucontext.h>

static sigjmp_buf back;
static volatile uint64_t address, rip, pushed;
static volatile int code;

static void handler(int sig, siginfo_t *info, void *context) {
  (void)sig;
  greg_t *registers = ((ucontext_t *)context)->uc_mcontext.gregs;
  address = (uint64_t)info->si_addr;
  code = info->si_code;
  rip = registers[REG_RIP];
  pushed = *(uint64_t *)registers[REG_RSP];
  siglongjmp(back, 1);
}

static void call(const char *what, void (*function)(void)) {
  uint64_t target = (uint64_t)function, rax = 39;
  if (sigsetjmp(back, 1) == 0) {
    __asm__ volatile("call *%1" : "+a"(rax) : "r"(target) : "memory", "rcx", "r11");
    printf("%s: returned %#lx\n", what, rax);
    return;
  }
  printf("%s: address %#lx, code %d, rip %#lx, return address %s\n", what, address,
         code, rip,
         pushed - (uint64_t)call < 400 ? "in the caller" : "elsewhere");
}

int main(void) {
  struct sigaction action = {.sa_sigaction = handler, .sa_flags = SA_SIGINFO};
  CHECK(sigaction(SIGSEGV, &action, 0) == 0);
  for (int round = 0; round < 20; round++) {
    call("null", 0);
    call("4096", (void (*)(void))4096);
    call("70000", (void (*)(void))70000);
  }
  return 0;
}
