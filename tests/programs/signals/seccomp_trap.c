/* A seccomp filter of the program's that traps calls: its SIGSYS handler sees the
 * number, the arguments and the address behind the instruction, and answers the
 * call through its frame. Other calls go on as before.
 */
#include "check.h"
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <ucontext.h>

extern char own_site[];
static volatile int count, wrong;

static void handler(int sig, siginfo_t *info, void *context) {
  greg_t *r = ((ucontext_t *)context)->uc_mcontext.gregs;
  count++;
  wrong += info->si_code != 1 || info->si_arch != AUDIT_ARCH_X86_64;
  wrong += info->si_syscall != SYS_sched_get_priority_max || r[REG_RDI] != 0x77 || r[REG_RSI] != 5;
  wrong += (greg_t)info->si_call_addr != r[REG_RIP];
  if (r[REG_R10] == 42)
    wrong += r[REG_RIP] != (greg_t)own_site + 2;
  r[REG_RAX] = 1000 + r[REG_R10];
}

__attribute__((noinline)) static long own(void) {
  long result;
  __asm__ volatile("mov $42, %%r10d\n"
                   "mov $146, %%eax\n"
                   ".globl own_site\nown_site: syscall\n"
                   : "=a"(result)
                   : "D"(0x77), "S"(5)
                   : "rcx", "r10", "r11", "memory");
  return result;
}

int main(void) {
  struct sigaction action = {.sa_sigaction = handler, .sa_flags = SA_SIGINFO};
  CHECK(sigaction(SIGSYS, &action, 0) == 0);
  CHECK(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0);
  struct sock_filter code[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_sched_get_priority_max, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRAP),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_sysinfo, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | 55),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  struct sock_fprog program = {sizeof code / sizeof *code, code};
  CHECK(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0);
  for (int k = 0; k < 3; k++) {
    CHECK(own() == 1042);
    CHECK(syscall(SYS_sched_get_priority_max, 0x77, 5, 0, 41) == 1041);
    CHECK(raw6(SYS_sched_get_priority_max, 0x77, 5, 0, 43, 0, 0) == 1043);
    CHECK(raw0(SYS_sysinfo) == -55);
    CHECK(raw0(SYS_getpid) == getpid());
  }
  printf("%d trapped, %d wrong\n", count, wrong);
  /* Blocked, the signal is deadly. */
  pid_t child = fork();
  if (child == 0) {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGSYS);
    sigprocmask(SIG_BLOCK, &set, 0);
    own();
    _exit(0);
  }
  report_child("blocked", child);
  child = fork();
  if (child == 0) {
    signal(SIGSYS, SIG_IGN);
    own();
    _exit(0);
  }
  report_child("ignored", child);
  return 0;
}
