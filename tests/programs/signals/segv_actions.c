/* SIGSEGV ignored, reset, sent by kill: as the kernel has it.
 */
#include "check.h"

static volatile int handled;
static void handler(int sig) { handled++; }

static void in_child(const char *name, void (*body)(void)) {
  fflush(stdout);
  pid_t child = fork();
  if (child == 0) {
    body();
    _exit(50 + handled);
  }
  report_child(name, child);
}
static void ignored_and_sent(void) { signal(SIGSEGV, SIG_IGN), raise(SIGSEGV); }
static void ignored_and_fault(void) { signal(SIGSEGV, SIG_IGN), *(volatile int *)16 = 1; }
static void default_and_sent(void) { signal(SIGSEGV, SIG_DFL), raise(SIGSEGV); }
static void default_and_fault(void) { signal(SIGSEGV, SIG_DFL), *(volatile int *)16 = 1; }
static void handled_and_sent(void) { on(SIGSEGV, handler, 0), raise(SIGSEGV); }
static void blocked_and_sent(void) {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGSEGV);
  sigprocmask(SIG_BLOCK, &set, 0);
  raise(SIGSEGV);
  sigset_t pending;
  sigpending(&pending);
  handled = sigismember(&pending, SIGSEGV);
}
static void never_touched(void) { raise(SIGSEGV); }
static void queued(void) {
  on(SIGSEGV, handler, 0);
  union sigval value = {.sival_int = 1};
  sigqueue(getpid(), SIGSEGV, value);
}
static void old_ones(void) {
  CHECK(signal(SIGSEGV, SIG_IGN) == SIG_DFL);
  CHECK(signal(SIGSEGV, handler) == SIG_IGN);
  CHECK(signal(SIGSEGV, SIG_DFL) == handler);
}

int main(void) {
  in_child("ignored, sent", ignored_and_sent);
  in_child("ignored, fault", ignored_and_fault);
  in_child("default, sent", default_and_sent);
  in_child("default, fault", default_and_fault);
  in_child("handled, sent", handled_and_sent);
  in_child("blocked, sent", blocked_and_sent);
  in_child("never touched", never_touched);
  in_child("queued", queued);
  in_child("old ones", old_ones);
  return 0;
}
