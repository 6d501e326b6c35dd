/* clone with a stack of its own for the child, without and with shared memory,
 * and CLONE_VFORK.
 */
#include "check.h"

static char stack[65536] __attribute__((aligned(64)));
static volatile int shared;

static int child(void *argument) {
  volatile char block[4096];
  memset((void *)block, 1, sizeof block);
  shared = (int)(long)argument;
  CHECK(getppid() > 0 && raw0(SYS_getpid) == getpid());
  return 20 + (int)(long)argument + block[9] - 1;
}

int main(void) {
  struct {
    const char *name;
    int flags;
  } kinds[] = {
      {"copy", SIGCHLD},
      {"copy, vfork", CLONE_VFORK | SIGCHLD},
      {"shared", CLONE_VM | SIGCHLD},
      {"shared, vfork", CLONE_VM | CLONE_VFORK | SIGCHLD},
      {"shared files", CLONE_VM | CLONE_FS | CLONE_FILES | SIGCHLD},
      {"shared handlers", CLONE_VM | CLONE_SIGHAND | SIGCHLD},
  };
  for (unsigned i = 0; i < sizeof kinds / sizeof *kinds; i++)
    for (int round = 0; round < 10; round++) {
      shared = -1;
      pid_t id = clone(child, stack + sizeof stack, kinds[i].flags, (void *)(long)round);
      CHECK(id > 0);
      int status;
      CHECK(waitpid(id, &status, 0) == id);
      CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 20 + round);
      CHECK(shared == (kinds[i].flags & CLONE_VM ? round : -1));
      if (round == 0)
        printf("%s: ran\n", kinds[i].name);
    }
  return 0;
}
