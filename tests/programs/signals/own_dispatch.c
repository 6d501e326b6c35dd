/* The program's own Syscall User Dispatch: SIGSYS where its selector blocks, with
 * the call's number and address; its range; what the prctl refuses; children start
 * without it; a wrong selector is deadly.
 */
#include "check.h"
#include <sys/prctl.h>
#include <ucontext.h>

#ifndef PR_SET_SYSCALL_USER_DISPATCH
#define PR_SET_SYSCALL_USER_DISPATCH 59
#endif

static volatile char selector;
static volatile int stopped, number, code, at_call;

static void on_sigsys(int sig, siginfo_t *info, void *context) {
  selector = 0;
  ucontext_t *user = context;
  stopped++;
  number = info->si_syscall;
  code = info->si_code;
  at_call = (void *)user->uc_mcontext.gregs[REG_RIP] == info->si_call_addr &&
            user->uc_mcontext.gregs[REG_RAX] == info->si_syscall;
  user->uc_mcontext.gregs[REG_RAX] = 4242;
}

static int dispatch(long mode, unsigned long start, unsigned long length, volatile char *byte) {
  return prctl(PR_SET_SYSCALL_USER_DISPATCH, mode, start, length, byte);
}

__attribute__((noinline)) static long own_site(long n) { return raw0(n); }

int main(void) {
  if (dispatch(0, 0, 0, 0) != 0)
    skip("no Syscall User Dispatch (Linux 5.11)");
  printf("refused: %d %d %d %d\n", dispatch(1, 5, 0, 0), dispatch(7, 0, 0, 0), dispatch(0, 0, 0, &selector),
         dispatch(1, 0, 0, (char *)-1));
  struct sigaction action = {.sa_sigaction = on_sigsys, .sa_flags = SA_SIGINFO};
  CHECK(sigaction(SIGSYS, &action, 0) == 0);
  CHECK(getppid() > 0);
  CHECK(dispatch(1, 0, 0, &selector) == 0);
  for (int i = 0; i < 3; i++) {
    selector = 1;
    long libcs = syscall(SYS_getppid);
    selector = 1;
    long own = own_site(SYS_getuid);
    printf("%ld %ld: %d stopped, the last was %d (%d) at its call: %d\n", libcs, own, stopped, number, code, at_call);
  }
  /* A range that covers the program's own code lets it through. */
  CHECK(dispatch(1, (unsigned long)own_site, 64, &selector) == 0);
  selector = 1;
  long own = own_site(SYS_getpid), libcs = syscall(SYS_getpid);
  printf("in range %d, out of range %ld\n", own > 0 && own != 4242, libcs);
  fflush(stdout);

  pid_t child = fork();
  if (child == 0) {
    selector = 1;
    _exit(getppid() == 4242);
  }
  report_child("a child starts without it", child);

  child = fork();
  if (child == 0) {
    dispatch(1, 0, 0, &selector);
    selector = 2;
    syscall(SYS_getpid);
    _exit(0);
  }
  report_child("a wrong selector", child);

  child = fork();
  if (child == 0) {
    dispatch(1, 0, 0, mmap(0, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    syscall(SYS_getpid);
    _exit(0);
  }
  report_child("a selector that is not there", child);

  child = fork();
  if (child == 0) {
    signal(SIGSYS, SIG_IGN);
    selector = 0;
    dispatch(1, 0, 0, &selector);
    selector = 1;
    syscall(SYS_getpid);
    _exit(0);
  }
  report_child("ignored", child);

  CHECK(dispatch(0, 0, 0, 0) == 0);
  selector = 1;
  printf("off: %d\n", getppid() != 4242);
  return 0;
}
