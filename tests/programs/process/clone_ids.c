/* clone's pointers: CLONE_PARENT_SETTID, CLONE_CHILD_SETTID,
 * CLONE_CHILD_CLEARTID, CLONE_PIDFD; and flags that it refuses.
 */
#include "check.h"

int main(void) {
  pid_t in_parent = 0, in_child = 0;
  long id = raw6(SYS_clone, CLONE_PARENT_SETTID | CLONE_CHILD_SETTID | SIGCHLD, 0,
                 (long)&in_parent, (long)&in_child, 0, 0);
  CHECK(id >= 0);
  if (id == 0)
    _exit(in_child == getpid() ? 0 : 1);
  CHECK(in_parent == id && in_child == 0);
  report_child("set tid", id);
  int pidfd = -1;
  id = raw6(SYS_clone, CLONE_PIDFD | SIGCHLD, 0, (long)&pidfd, 0, 0, 0);
  CHECK(id >= 0);
  if (id == 0)
    _exit(4);
  CHECK(pidfd >= 0 && fcntl(pidfd, F_GETFD) == FD_CLOEXEC);
  siginfo_t info;
  CHECK(waitid(P_PIDFD, pidfd, &info, WEXITED) == 0);
  printf("pidfd: exit %d\n", info.si_status);
  printf("thread without its handlers: %ld\n", raw3(SYS_clone, CLONE_THREAD, 0, 0));
  printf("handlers without memory: %ld\n", raw3(SYS_clone, CLONE_SIGHAND, 0, 0));
  printf("user namespace and shared files: %ld\n",
         raw3(SYS_clone, CLONE_NEWUSER | CLONE_FS, 0, 0));
  return 0;
}
