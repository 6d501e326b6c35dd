/* SA_ONSTACK: the handler runs on the alternate stack, a small one too, and
 * makes calls there; sigaltstack tells so; it cannot be changed meanwhile.
 *
 * needs: -Wl,-z,now
 */
#include "check.h"
#include <setjmp.h>

static char *area;
static size_t size;
static volatile int inside, flags, refused;

static void handler(int sig) {
  char here;
  inside = &here >= area && &here < area + size;
  stack_t now, other = {.ss_sp = area, .ss_size = size};
  CHECK(sigaltstack(0, &now) == 0);
  flags = now.ss_flags;
  refused = sigaltstack(&other, 0) == -1 && errno == EPERM;
  CHECK(raw0(SYS_getpid) == getpid());
}

static sigjmp_buf back;
static void overflow(int sig) {
  char here;
  inside = &here >= area && &here < area + size;
  siglongjmp(back, 1);
}
#pragma GCC diagnostic ignored "-Winfinite-recursion"
__attribute__((noinline)) static int recurse(int n) {
  volatile char block[4096];
  block[n % 4096] = n;
  return recurse(n + 1) + block[7];
}

int main(void) {
  size_t least = sysconf(_SC_MINSIGSTKSZ) > 0 ? sysconf(_SC_MINSIGSTKSZ) : 2048;
  on(SIGUSR1, handler, SA_ONSTACK);
  on(SIGUSR2, handler, 0);
  size_t sizes[] = {least + 2048, 16384, 65536};
  for (int i = 0; i < 3; i++) {
    size = sizes[i];
    area = mmap(0, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    stack_t stack = {.ss_sp = area, .ss_size = size};
    CHECK(sigaltstack(&stack, 0) == 0);
    for (int round = 0; round < 50; round++) {
      raise(SIGUSR1);
      CHECK(inside && flags == SS_ONSTACK && refused);
      raise(SIGUSR2);
      CHECK(!inside && flags == 0);
      CHECK(sigaltstack(&stack, 0) == 0);
    }
    stack_t seen;
    CHECK(sigaltstack(0, &seen) == 0 && seen.ss_sp == area && seen.ss_size == size);
  }
  puts("300 handlers");
  struct sigaction action = {.sa_handler = overflow, .sa_flags = SA_ONSTACK};
  CHECK(sigaction(SIGSEGV, &action, 0) == 0);
  for (int round = 0; round < 3; round++) {
    inside = 0;
    if (sigsetjmp(back, 1) == 0)
      recurse(0);
    printf("overflow handled on the %s stack\n", inside ? "alternate" : "wrong");
  }
  return 0;
}
