/* Bad addresses are EFAULT also while SIGSEGV and SIGBUS are blocked, in handlers
 * that block everything, and after longjmps out of them.
 */
#include "check.h"
#include <setjmp.h>
#include <sys/stat.h>

static sigjmp_buf back;
static int errors;
static char *nothing;

static void bad(void) {
  struct stat info;
  errors += raw3(SYS_openat, AT_FDCWD, (long)nothing, 0) == -EFAULT;
  errors += raw3(SYS_openat, AT_FDCWD, (long)0xffff800000000000, 0) == -EFAULT;
  errors += raw3(SYS_stat, 1L << 47, (long)&info, 0) == -EFAULT;
  errors += stat(nothing + 4000, &info) == -1 && errno == EFAULT;
  errors += raw3(SYS_execve, (long)nothing, 32, 48) == -EFAULT;
  errors += raw6(SYS_rt_sigprocmask, SIG_BLOCK, (long)nothing + 64, 0, 8, 0, 0) == -EFAULT;
}

static void handler(int sig) {
  bad();
  if (sig == SIGUSR2)
    siglongjmp(back, 1);
}

int main(void) {
  nothing = mmap(0, 8192, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  struct sigaction action = {.sa_handler = handler};
  sigfillset(&action.sa_mask);
  sigaction(SIGUSR1, &action, 0);
  sigaction(SIGUSR2, &action, 0);
  bad();
  for (int round = 0; round < 50; round++) {
    sigset_t faults, old;
    sigemptyset(&faults);
    sigaddset(&faults, SIGSEGV);
    sigaddset(&faults, SIGBUS);
    raise(SIGUSR1);
    bad();
    sigprocmask(SIG_BLOCK, &faults, &old);
    bad();
    raise(SIGUSR1);
    bad();
    pid_t child = fork();
    if (child == 0) {
      errors = 0;
      bad();
      sigprocmask(SIG_SETMASK, &old, 0);
      bad();
      _exit(errors);
    }
    int status;
    CHECK(waitpid(child, &status, 0) == child && WIFEXITED(status));
    errors += WEXITSTATUS(status);
    if (sigsetjmp(back, round % 2) == 0)
      raise(SIGUSR2);
    bad();
    sigprocmask(SIG_SETMASK, &old, 0);
    bad();
  }
  printf("%d errors\n", errors);
  return 0;
}
