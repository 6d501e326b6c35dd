/* Seccomp's strict mode: read, write, rt_sigreturn and exit are all that is left.
 * Handlers run and return, at any time, on the alternate stack too.
 */
#include "check.h"
#include <linux/seccomp.h>
#include <sys/prctl.h>

static volatile int handled;
static char area[65536];
static void handler(int sig) {
  handled++;
  raw3(SYS_write, 1, (long)"handled\n", 8);
}

static long hard(void *unused) {
  /* Blocks until the parent has sent a signal and then a byte. */
  char byte;
  for (int k = 0; k < 20; k++) {
    long got = raw3(SYS_read, 0, (long)&byte, 1);
    if (got == 1 && byte == 'x')
      break;
    if (got == 1)
      raw3(SYS_write, 1, (long)"a byte\n", 7);
    else
      raw3(SYS_write, 1, (long)"ended\n", 6);
  }
  raw3(SYS_exit, handled, 0, 0);
  return 0;
}

int main(void) {
  int in[2], out[2];
  CHECK(pipe(in) == 0 && pipe(out) == 0);
  pid_t child = fork();
  if (child == 0) {
    CHECK(dup2(in[0], 0) == 0 && dup2(out[1], 1) == 1);
    close(in[1]);
    close(out[0]);
    stack_t stack = {.ss_sp = area, .ss_size = sizeof area};
    CHECK(sigaltstack(&stack, 0) == 0);
    on(SIGUSR1, handler, 0);
    on(SIGUSR2, handler, SA_ONSTACK | SA_RESTART);
    CHECK(prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT) == 0);
    hard(0);
  }
  close(out[1]);
  char text[256];
  size_t used = 0;
  for (int k = 0; k < 5; k++) {
    wait_until_in(child, child, SYS_read);
    kill(child, k % 2 ? SIGUSR2 : SIGUSR1);
    /* Each handler says so; one without SA_RESTART ends the read. */
    size_t wanted = used + 8 + (k % 2 ? 0 : 6);
    while (used < wanted) {
      ssize_t n = read(out[0], text + used, wanted - used);
      CHECK(n > 0);
      used += n;
    }
    CHECK(write(in[1], "b", 1) == 1);
    wanted += 7;
    while (used < wanted) {
      ssize_t n = read(out[0], text + used, wanted - used);
      CHECK(n > 0);
      used += n;
    }
  }
  CHECK(write(in[1], "x", 1) == 1);
  text[used] = 0;
  fputs(text, stdout);
  report_child("strict", child);
  return 0;
}
