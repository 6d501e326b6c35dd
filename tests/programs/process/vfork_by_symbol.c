/* A child made in code that only the symbol table shows to be code, as Go makes
 * its children: what it does to signals is not done to its parent.
 */
#include "check.h"

/* vfork without unwind tables; the return address stays out of the shared stack. */
pid_t lone_vfork(void);
__asm__(".text\n"
        ".type lone_vfork, @function\n"
        "lone_vfork:\n"
        "  pop %rdi\n"
        "  mov $58, %eax\n"
        "  syscall\n"
        "  push %rdi\n"
        "  ret\n"
        ".size lone_vfork, . - lone_vfork\n");

static volatile sig_atomic_t seen;
static void handler(int sig) { seen++; }

int main(void) {
  on(SIGUSR1, handler, 0);
  pid_t child = lone_vfork();
  CHECK(child >= 0);
  if (child == 0) {
    signal(SIGUSR1, SIG_DFL);
    _exit(3);
  }
  report_child("child", child);
  raise(SIGUSR1);
  printf("the parent's handler ran %d time(s)\n", (int)seen);
}
