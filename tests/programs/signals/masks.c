/* The mask after handlers of all kinds is the one before; a handler may change
 * the mask that the program goes on with (uc_sigmask), and its registers.
 */
#include "check.h"
#include <ucontext.h>

static sigset_t current(void) {
  sigset_t set;
  sigemptyset(&set);
  sigprocmask(SIG_BLOCK, 0, &set);
  return set;
}
static void print(const char *what, sigset_t set) {
  printf("%s:", what);
  for (int sig = 1; sig < 65; sig++)
    if (sigismember(&set, sig) == 1)
      printf(" %d", sig);
  puts("");
}
static sigset_t inside, saved;
static void handler(int sig, siginfo_t *info, void *context) {
  inside = current();
  saved = ((ucontext_t *)context)->uc_sigmask;
}
static void changer(int sig, siginfo_t *info, void *context) {
  ucontext_t *user = context;
  sigaddset(&user->uc_sigmask, SIGHUP);
  user->uc_mcontext.gregs[REG_R15] += 5;
  user->uc_mcontext.gregs[REG_RAX] = 1234;
}

int main(void) {
  struct sigaction action = {.sa_sigaction = handler, .sa_flags = SA_SIGINFO};
  sigaddset(&action.sa_mask, SIGUSR2);
  sigaddset(&action.sa_mask, SIGTERM);
  sigaction(SIGUSR1, &action, 0);
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGINT);
  sigprocmask(SIG_BLOCK, &set, 0);
  for (int i = 0; i < 3; i++) {
    kill(getpid(), SIGUSR1);
    print("inside", inside);
    print("saved", saved);
    print("after", current());
  }
  action.sa_flags |= SA_NODEFER;
  sigaction(SIGUSR1, &action, 0);
  kill(getpid(), SIGUSR1);
  print("inside, SA_NODEFER", inside);
  action.sa_sigaction = changer;
  sigaction(SIGUSR1, &action, 0);
  register long r15 __asm__("r15") = 10;
  long result;
  __asm__ volatile("syscall"
                   : "=a"(result), "+r"(r15)
                   : "a"(SYS_tkill), "D"(gettid()), "S"(SIGUSR1)
                   : "rcx", "r11", "memory");
  printf("r15 %ld, rax %ld\n", r15, result);
  print("after a change", current());
  return 0;
}
