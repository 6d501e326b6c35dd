/* A SIGSEGV handler that mends the fault with mprotect, which is how garbage
 * collectors and emulators work; also inside the kernel's copy, which is EFAULT.
 */
#include "check.h"
#include <ucontext.h>

static char *area;
static volatile int faults;
static volatile long error;

static void handler(int sig, siginfo_t *info, void *context) {
  char *page = (char *)((uintptr_t)info->si_addr & ~4095ul);
  CHECK(info->si_code == SEGV_ACCERR && page >= area && page < area + 64 * 4096);
  error = ((ucontext_t *)context)->uc_mcontext.gregs[REG_ERR];
  faults++;
  CHECK(mprotect(page, 4096, PROT_READ | PROT_WRITE) == 0);
}

int main(void) {
  struct sigaction action = {.sa_sigaction = handler, .sa_flags = SA_SIGINFO};
  CHECK(sigaction(SIGSEGV, &action, 0) == 0);
  area = mmap(0, 64 * 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  for (int round = 0; round < 20; round++) {
    for (int i = 0; i < 64; i++) {
      area[i * 4096 + 17] = i;
      CHECK(error & 2);
    }
    for (int i = 0; i < 64; i++)
      CHECK(area[i * 4096 + 17] == i);
    CHECK(mprotect(area, 64 * 4096, PROT_NONE) == 0);
  }
  printf("%d faults\n", faults);
  int fd = open("/dev/zero", O_RDONLY);
  CHECK(read(fd, area, 1) == -1 && errno == EFAULT);
  return 0;
}
