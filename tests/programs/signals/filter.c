/* A seccomp filter that kills whatever it does not know: the program makes the calls
 * that it allows, for the first time in its own code, handles signals at 10 kHz, nests
 * handlers, forks nothing and ends.
 */
#include "check.h"
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/time.h>

static volatile long ticks;
static void tick(int sig) {
  raw0(SYS_getpid);
  ticks++;
}
static volatile int inner;
static void nest(int sig) {
  inner++;
  raw3(SYS_tgkill, raw0(SYS_getpid), raw0(SYS_gettid), SIGUSR2);
  inner++;
}
static void nested(int sig) { inner += 10; }

#define ALLOW(number)                                                                                                  \
  BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, number, 0, 1), BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)

int main(void) {
  on(SIGALRM, tick, SA_RESTART);
  on(SIGUSR1, nest, 0);
  on(SIGUSR2, nested, 0);
  setvbuf(stdout, 0, _IONBF, 0);
  puts("before");
  struct itimerval period = {{0, 100}, {0, 100}}, off = {{0, 0}, {0, 0}};
  setitimer(ITIMER_REAL, &period, 0);
  CHECK(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0);
  struct sock_filter code[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
      ALLOW(SYS_write),    ALLOW(SYS_rt_sigreturn), ALLOW(SYS_getpid),     ALLOW(SYS_gettid), ALLOW(SYS_tgkill),
      ALLOW(SYS_setitimer), ALLOW(SYS_exit_group),  ALLOW(SYS_newfstatat), ALLOW(SYS_getuid),
      ALLOW(WITNESS_NUMBER),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
  };
  struct sock_fprog program = {sizeof code / sizeof *code, code};
  CHECK(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0);
  while (ticks < 3000) {
    raw0(SYS_getuid);
    getpid();
  }
  setitimer(ITIMER_REAL, &off, 0);
  raw3(SYS_tgkill, raw0(SYS_getpid), raw0(SYS_gettid), SIGUSR1);
  CHECK(hooked() >= 0);
  printf("inner %d\n", inner);
  _exit(0);
}
