/* Handlers are inherited by fork and run in the child; default actions of
 * signals that nobody handles happen: terminate, ignore, stop.
 */
#include "check.h"

static volatile int handled;
static void handler(int sig) { handled++; }

int main(void) {
  on(SIGUSR1, handler, 0);
  pid_t child = fork();
  if (child == 0) {
    raise(SIGUSR1);
    _exit(30 + handled);
  }
  report_child("handler in a child", child);
  int signals[] = {SIGHUP, SIGTERM, SIGPIPE, SIGALRM, SIGUSR2, SIGIO, SIGVTALRM, SIGQUIT, SIGXCPU, SIGSYS, SIGTRAP, SIGBUS, SIGRTMIN, SIGCHLD, SIGURG, SIGWINCH, SIGCONT};
  for (unsigned i = 0; i < sizeof signals / sizeof *signals; i++) {
    child = fork();
    if (child == 0) {
      raise(signals[i]);
      _exit(0);
    }
    char name[32];
    snprintf(name, sizeof name, "%d", signals[i]);
    report_child(name, child);
  }
  int ends[2];
  CHECK(pipe(ends) == 0);
  close(ends[0]);
  child = fork();
  if (child == 0) {
    write(ends[1], "x", 1);
    _exit(0);
  }
  report_child("write to a closed pipe", child);
  return 0;
}
