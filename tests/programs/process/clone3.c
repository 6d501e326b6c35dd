/* clone3: as fork, with a stack, as vfork, with CLEAR_SIGHAND, and its errors.
 * The structure is the caller's and does not change.
 */
#include "check.h"
#include <linux/sched.h>

static char stack[65536] __attribute__((aligned(64)));
static volatile int shared;

static long clone3(struct clone_args *arguments) {
  struct clone_args before = *arguments;
  long id = syscall(SYS_clone3, arguments, sizeof *arguments);
  CHECK(memcmp(&before, arguments, sizeof before) == 0);
  return id;
}

static void child(void) {
  shared++;
  CHECK(getppid() > 0);
  _exit(11);
}

/* A child on another stack cannot return from a C function that called. */
__attribute__((naked)) static long clone3_with(struct clone_args *arguments, void (*function)(void)) {
  __asm__("mov %rsi, %r8\n"
          "mov $88, %esi\n"
          "mov $435, %eax\n"
          "syscall\n"
          "test %rax, %rax\n"
          "jnz 1f\n"
          "xor %ebp, %ebp\n"
          "call *%r8\n"
          "ud2\n"
          "1: ret\n");
}

static void handler(int sig) {}

int main(void) {
  struct clone_args plain = {.exit_signal = SIGCHLD};
  for (int round = 0; round < 10; round++) {
    long id = clone3(&plain);
    CHECK(id >= 0);
    if (id == 0)
      _exit(10);
    int status;
    CHECK(waitpid(id, &status, 0) == id && WEXITSTATUS(status) == 10);
  }
  struct clone_args other = {.exit_signal = SIGCHLD,
                             .stack = (uint64_t)stack,
                             .stack_size = sizeof stack};
  uint64_t flags[] = {0, CLONE_VM, CLONE_VM | CLONE_VFORK};
  for (int i = 0; i < 3; i++)
    for (int round = 0; round < 10; round++) {
      other.flags = flags[i];
      shared = 0;
      long id = clone3_with(&other, child);
      CHECK(id > 0);
      int status;
      CHECK(waitpid(id, &status, 0) == id && WEXITSTATUS(status) == 11);
      CHECK(shared == (i > 0));
    }
  puts("40 children");
  on(SIGUSR1, handler, 0);
  signal(SIGUSR2, SIG_IGN);
  struct clone_args clear = {.exit_signal = SIGCHLD, .flags = CLONE_CLEAR_SIGHAND};
  long id = clone3(&clear);
  CHECK(id >= 0);
  if (id == 0) {
    struct sigaction one, two;
    sigaction(SIGUSR1, 0, &one);
    sigaction(SIGUSR2, 0, &two);
    _exit((one.sa_handler == SIG_DFL) * 2 + (two.sa_handler == SIG_IGN));
  }
  report_child("cleared", id);
  printf("too small: %ld\n", raw3(SYS_clone3, (long)&plain, 8, 0));
  printf("bad address: %ld\n", raw3(SYS_clone3, -8, 88, 0));
  struct clone_args wrong = {.flags = CLONE_THREAD, .exit_signal = SIGCHLD};
  printf("wrong flags: %ld\n", raw3(SYS_clone3, (long)&wrong, sizeof wrong, 0));
  struct clone_args no_stack = {.stack = 0, .stack_size = 4096};
  printf("no stack: %ld\n", raw3(SYS_clone3, (long)&no_stack, sizeof no_stack, 0));
  return 0;
}
