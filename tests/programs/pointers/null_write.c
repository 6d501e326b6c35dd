/* Writing through a null pointer raises SIGSEGV, also through the kernel. */
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
  int *volatile null = 0;
  for (int i = 0; i < 3; i++) {
    int *volatile at = null + i * 100;
    if (sigsetjmp(back, 1) == 0) {
      *at = 1;
      puts("written");
    } else {
      printf("SIGSEGV at %ld\n", (long)address);
    }
  }
  int ends[2];
  CHECK(pipe(ends) == 0 && write(ends[1], "x", 1) == 1);
  CHECK(read(ends[0], null, 1) == -1);
  printf("read(2) to it: %s\n", strerror(errno));
  return 0;
}
