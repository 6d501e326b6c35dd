/* Reading through a null pointer raises SIGSEGV. */
#include "check.h"
#include <setjmp.h>

static sigjmp_buf back;
static void *volatile address;

static void handler(int sig, siginfo_t *info, void *context) {
  (void)sig, (void)context;
  address = info->si_addr;
  siglongjmp(back, 1);
}

int main(void) {
  struct sigaction action = {.sa_sigaction = handler, .sa_flags = SA_SIGINFO};
  CHECK(sigaction(SIGSEGV, &action, 0) == 0);
  volatile int *volatile null = 0;
  if (sigsetjmp(back, 1) == 0) {
    (void)*null;
    puts("read");
  } else {
    printf("SIGSEGV at %p\n", address);
  }
  return 0;
}
