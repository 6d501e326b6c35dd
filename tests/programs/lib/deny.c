/* deny WHAT PROGRAM ARGUMENTS...: runs a program that the kernel refuses
 * something, as a sandbox does: `sud` Syscall User Dispatch (EPERM), `jumps` the
 * mapping of the table of jump targets, at either place (ENOMEM).
 */
#include "../check.h"
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>

#define LOAD(field) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))
#define UNLESS(value, skip) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, 0, skip)
#define RETURN(value) BPF_STMT(BPF_RET | BPF_K, value)

int main(int argc, char **argv) {
  CHECK(argc > 2);
  int sud = strcmp(argv[1], "sud") == 0;
  struct sock_filter filter[] = {
      LOAD(nr),
      UNLESS(sud ? SYS_prctl : SYS_mmap, 4),
      LOAD(args[0]),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, sud ? 59 : 0x60000, 1, 0),
      UNLESS(sud ? 59 : 0x50f0000, 1),
      RETURN(SECCOMP_RET_ERRNO | (sud ? EPERM : ENOMEM)),
      RETURN(SECCOMP_RET_ALLOW),
  };
  struct sock_fprog program = {sizeof filter / sizeof *filter, filter};
  CHECK(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0);
  if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0)
    skip("this kernel has no seccomp filters");
  execv(argv[2], argv + 2);
  CHECK(!"execv");
}
