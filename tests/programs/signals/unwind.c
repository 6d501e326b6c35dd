/* A backtrace from a handler finds the functions that were running: in a blocking
 * call of libc's and of the program's own, and at any time under a timer.
 *
 * needs: -rdynamic -fno-omit-frame-pointer
 */
#include "check.h"
#include <sys/time.h>
#include <unwind.h>

int outermost(int kind);
static volatile long backtraces, incomplete;
static int fds[2];

struct walk {
  void *wanted[2];
  int found, depth;
};
static _Unwind_Reason_Code step(struct _Unwind_Context *context, void *argument) {
  struct walk *walk = argument;
  void *function = _Unwind_FindEnclosingFunction((void *)(_Unwind_GetIP(context) - 1));
  walk->depth++;
  if (walk->found < 2 && function == walk->wanted[walk->found])
    walk->found++;
  return walk->depth > 100 ? _URC_END_OF_STACK : _URC_NO_REASON;
}

__attribute__((noinline)) long middle(int kind) {
  char byte;
  long result = 0;
  if (kind == 0)
    result = read(fds[0], &byte, 1);
  else if (kind == 1)
    result = raw3(SYS_read, fds[0], (long)&byte, 1);
  else
    while (backtraces < 2000) {
      raw0(SYS_getpid);
      getppid();
      result += syscall(SYS_getuid);
    }
  __asm__ volatile("" ::: "memory");
  return result + 1;
}
__attribute__((noinline)) int outermost(int kind) {
  int result = (int)middle(kind);
  __asm__ volatile("" ::: "memory");
  return result + 1;
}

static void handler(int sig) {
  struct walk walk = {.wanted = {(void *)middle, (void *)outermost}};
  _Unwind_Backtrace(step, &walk);
  backtraces++;
  incomplete += walk.found != 2;
}

int main(void) {
  CHECK(pipe(fds) == 0);
  on(SIGUSR1, handler, 0);
  pid_t self = getpid();
  for (int kind = 0; kind < 2; kind++) {
    pid_t helper = fork();
    if (helper == 0) {
      wait_until_in(self, self, SYS_read);
      kill(self, SIGUSR1);
      _exit(0);
    }
    CHECK(outermost(kind) < 3);
    int status;
    CHECK(waitpid(helper, &status, 0) == helper && status == 0);
    printf("%s: %ld of %ld incomplete\n", kind ? "own site" : "libc", incomplete, backtraces);
  }
  backtraces = incomplete = 0;
  on(SIGALRM, handler, SA_RESTART);
  struct itimerval period = {{0, 200}, {0, 200}}, off = {0};
  setitimer(ITIMER_REAL, &period, 0);
  outermost(2);
  setitimer(ITIMER_REAL, &off, 0);
  printf("at any time: %s\n", incomplete * 50 > backtraces ? "often incomplete" : "complete");
  return 0;
}
