/* K23's P1b: a program that switches Syscall User Dispatch off does not blind the
 * hook, in any thread, neither for sites that it has used nor for new ones.
 */
#include "check.h"
#include <pthread.h>
#include <sys/prctl.h>

#define SET_SYSCALL_USER_DISPATCH 59

static int before;
static volatile char selector;

/* Whether what was seen of generated code still is. */
static int still(long was, long now) { return was != WITNESS_ANSWER || now == WITNESS_ANSWER; }

static void look(const char *what) {
  /* Sites of this function alone: unused until then. */
  printf("%s: %s\n", what, hooked() == before ? "as before" : "another");
  fflush(stdout);
}

/* Code that was made at run time: nothing but the dispatch can see it. */
static long generated(void) {
  static unsigned char *code;
  if (!code) {
    unsigned char text[] = {0xb8, WITNESS_NUMBER, 0, 0, 0, 0x0f, 0x05, 0xc3};
    code = mmap(0, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    CHECK(code != MAP_FAILED);
    memcpy(code, text, sizeof text);
  }
  return ((long (*)(void))code)();
}

static void *thread(void *unused) {
  long was = generated();
  CHECK(prctl(SET_SYSCALL_USER_DISPATCH, 0, 0, 0, 0) == 0);
  look("in a thread");
  CHECK(still(was, generated()));
  return unused;
}

int main(void) {
  before = hooked();
  long was = generated();
  if (prctl(SET_SYSCALL_USER_DISPATCH, 0, 0, 0, 0) != 0)
    skip("no Syscall User Dispatch (Linux 5.11)");
  look("off");
  CHECK(still(was, generated()));
  CHECK(prctl(SET_SYSCALL_USER_DISPATCH, 1, 0, 0, &selector) == 0);
  CHECK(hooked() == before && still(was, generated()));
  CHECK(prctl(SET_SYSCALL_USER_DISPATCH, 0, 0, 0, 0) == 0);
  look("on and off");
  CHECK(still(was, generated()));
  pthread_t id;
  CHECK(pthread_create(&id, 0, thread, 0) == 0);
  pthread_join(id, 0);
  fflush(stdout);
  pid_t child = fork();
  if (child == 0) {
    CHECK(prctl(SET_SYSCALL_USER_DISPATCH, 0, 0, 0, 0) == 0);
    look("in a child");
    exit(!still(was, generated()));
  }
  report_child("child", child);
  return 0;
}
