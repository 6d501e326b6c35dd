/* The same in a child, a thread of it, and with SIGSEGV ignored, which the
 * kernel does not honour for a fault.
 *
 * needs: -pthread
 */
#include "check.h"
#include <pthread.h>

static void (*volatile function)(void);
static void *thread(void *unused) {
  function();
  return unused;
}

int main(void) {
  pid_t child = fork();
  if (child == 0) {
    function();
    _exit(3);
  }
  report_child("child", child);
  child = fork();
  if (child == 0) {
    pthread_t id;
    pthread_create(&id, 0, thread, 0);
    pthread_join(id, 0);
    _exit(3);
  }
  report_child("thread of a child", child);
  child = fork();
  if (child == 0) {
    signal(SIGSEGV, SIG_IGN);
    function();
    _exit(3);
  }
  report_child("with SIGSEGV ignored", child);
  child = fork();
  if (child == 0) {
    sigset_t set;
    sigfillset(&set);
    sigprocmask(SIG_SETMASK, &set, 0);
    function();
    _exit(3);
  }
  report_child("with SIGSEGV blocked", child);
  return 0;
}
