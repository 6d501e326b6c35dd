/* Programs that give up making memory executable (PR_SET_MDWE, or a seccomp filter
 * such as systemd's MemoryDenyWriteExecute), by an error and by their end: calls that
 * they make for the first time afterwards are made, threads and exits too.
 *
 * needs: -pthread
 */
#include "check.h"
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/times.h>

#define LOAD(field) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))
#define RETURN(value) BPF_STMT(BPF_RET | BPF_K, value)

static int deny(unsigned action) {
  struct sock_filter filter[] = {
      LOAD(nr),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_mprotect, 0, 3),
      LOAD(args[2]),
      BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, PROT_EXEC, 0, 1),
      RETURN(action),
      RETURN(SECCOMP_RET_ALLOW),
  };
  struct sock_fprog program = {sizeof filter / sizeof *filter, filter};
  CHECK(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0);
  return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
}

static int by_error(void) { return deny(SECCOMP_RET_ERRNO | EPERM); }
static int by_end(void) { return deny(SECCOMP_RET_KILL_PROCESS); }
static int by_mdwe(void) { return prctl(65, 1, 0, 0, 0); }

static void *thread(void *unused) {
  CHECK(getpgid(0) > 0);
  return unused;
}

static void child(int (*give_up)(void)) {
  if (give_up() != 0)
    _exit(77);
  struct rusage usage;
  struct tms times_;
  CHECK(getrusage(RUSAGE_SELF, &usage) == 0);
  CHECK(times(&times_) != -1 && getsid(0) >= 0 && getppid() > 0);
  CHECK(raw0(SYS_getpid) == getpid() && syscall(SYS_gettid) == getpid());
  pthread_t other;
  CHECK(pthread_create(&other, 0, thread, 0) == 0 && pthread_join(other, 0) == 0);
  hooked();
  exit(7);
}

int main(void) {
  int (*ways[])(void) = {by_error, by_end, by_mdwe};
  for (int way = 0; way < 3; way++) {
    pid_t pid = fork();
    if (pid == 0)
      child(ways[way]);
    int status;
    CHECK(waitpid(pid, &status, 0) == pid);
    if (WIFEXITED(status) && WEXITSTATUS(status) == 77)
      printf("way %d: not here\n", way);
    else
      printf("way %d: %#x\n", way, status);
  }
  return 0;
}
