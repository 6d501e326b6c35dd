/* sigaction answers what was set: handler, flags, mask, restorer; for every
 * signal, and after failures.
 */
#include "check.h"

struct kernel_action {
  void *handler;
  unsigned long flags;
  void *restorer;
  uint64_t mask;
};
static void handler(int sig) {}
static void info(int sig, siginfo_t *i, void *c) {}

int main(void) {
  for (int sig = 1; sig <= 64; sig++) {
    struct kernel_action first, second, now;
    long result = raw6(SYS_rt_sigaction, sig, 0, (long)&first, 8, 0, 0);
    if (sig != 32 && sig != 33)
      printf("%d: %ld handler %p flags %#lx mask %#lx\n", sig, result, first.handler,
             first.flags, first.mask);
    if (sig == SIGKILL || sig == SIGSTOP)
      continue;
    struct kernel_action set = {handler, 0x04000000 | SA_RESTART | SA_NODEFER, (void *)0x1234, ~0ul};
    CHECK(raw6(SYS_rt_sigaction, sig, (long)&set, (long)&now, 8, 0, 0) == 0);
    CHECK(memcmp(&first, &now, sizeof now) == 0);
    CHECK(raw6(SYS_rt_sigaction, sig, 0, (long)&second, 8, 0, 0) == 0);
    CHECK(second.handler == handler && second.restorer == (void *)0x1234);
    CHECK(second.mask == ~(1ul << 8 | 1ul << 18));
    printf("flags %#lx\n", second.flags);
    set.handler = (void *)1, set.flags = 0, set.mask = 5;
    CHECK(raw6(SYS_rt_sigaction, sig, (long)&set, 0, 8, 0, 0) == 0);
    CHECK(raw6(SYS_rt_sigaction, sig, (long)&first, (long)&now, 8, 0, 0) == 0);
    CHECK(now.handler == (void *)1 && now.mask == 5);
  }
  struct sigaction action = {.sa_sigaction = info, .sa_flags = SA_SIGINFO | SA_ONSTACK}, old;
  sigaddset(&action.sa_mask, SIGHUP);
  CHECK(sigaction(SIGUSR1, &action, 0) == 0 && sigaction(SIGUSR1, 0, &old) == 0);
  CHECK(old.sa_sigaction == info && sigismember(&old.sa_mask, SIGHUP));
  printf("flags %#x\n", old.sa_flags);
  printf("unknown flags: ");
  struct kernel_action odd = {handler, 0xffffffff, 0, 0};
  CHECK(raw6(SYS_rt_sigaction, SIGUSR1, (long)&odd, 0, 8, 0, 0) == 0);
  CHECK(raw6(SYS_rt_sigaction, SIGUSR1, 0, (long)&odd, 8, 0, 0) == 0);
  printf("%#lx\n", odd.flags);
  printf("errors: %ld", raw6(SYS_rt_sigaction, 0, 0, (long)&odd, 8, 0, 0));
  printf(" %ld", raw6(SYS_rt_sigaction, 65, 0, (long)&odd, 8, 0, 0));
  printf(" %ld", raw6(SYS_rt_sigaction, SIGKILL, (long)&odd, 0, 8, 0, 0));
  printf(" %ld", raw6(SYS_rt_sigaction, SIGUSR1, 0, 0, 4, 0, 0));
  printf(" %ld", raw6(SYS_rt_sigaction, SIGUSR1, 0xfff000000000, 0, 8, 0, 0));
  printf(" %ld\n", raw6(SYS_rt_sigaction, SIGUSR1, 0, 0xfff000000000, 8, 0, 0));
  return 0;
}
