/* sigaltstack: what it refuses, what it tells, in handlers, in threads, after fork
 * and in a vfork child; SS_AUTODISARM.
 *
 * needs: -pthread
 */
#include "check.h"
#include <pthread.h>
#include <ucontext.h>

#ifndef SS_AUTODISARM
#define SS_AUTODISARM (1U << 31)
#endif

static char first[65536], second[65536];

static long set(const void *new, void *old) { return raw3(SYS_sigaltstack, (long)new, (long)old, 0); }

static void tell(const char *what) {
  stack_t now;
  memset(&now, 0x55, sizeof now);
  CHECK(set(0, &now) == 0);
  printf("%s: %s %zu, flags %x\n", what,
         now.ss_sp == first    ? "first"
         : now.ss_sp == second ? "second"
         : now.ss_sp           ? "other"
                               : "none",
         now.ss_size, now.ss_flags);
}

static int within(const char *area) {
  char here;
  const char *volatile at = &here;
  return at >= area && at < area + sizeof first;
}

static void deep(int sig) { printf("second handler: %s\n", within(first) ? "first" : within(second) ? "second" : "none"); }

static void handler(int sig, siginfo_t *info, void *context) {
  stack_t *saved = &((ucontext_t *)context)->uc_stack;
  printf("handler on %s; frame says %s, flags %x\n", within(first) ? "first" : within(second) ? "second" : "none",
         saved->ss_sp == first ? "first" : saved->ss_sp == second ? "second" : "none", saved->ss_flags);
  tell("in the handler");
  stack_t other = {.ss_sp = second, .ss_size = sizeof second};
  printf("change: %ld\n", set(&other, 0));
  tell("then");
  raise(SIGUSR2);
}

static void *thread(void *unused) {
  tell("a thread starts with");
  stack_t stack = {.ss_sp = second, .ss_size = sizeof second};
  CHECK(set(&stack, 0) == 0);
  tell("and sets");
  raise(SIGUSR2);
  return 0;
}

int main(void) {
  setvbuf(stdout, 0, _IONBF, 0);
  tell("at first");
  stack_t bad = {.ss_sp = first, .ss_size = sizeof first, .ss_flags = 4};
  printf("flags: %ld\n", set(&bad, 0));
  bad.ss_flags = 0;
  bad.ss_size = 2047;
  printf("small: %ld\n", set(&bad, 0));
  printf("bad address: %ld %ld\n", set((void *)-4096, 0), set(0, (void *)-4096));
  bad.ss_size = 8192;
  printf("old to a bad address: %ld\n", set(&bad, (void *)-4096));
  tell("set all the same");
  bad.ss_flags = SS_DISABLE;
  CHECK(set(&bad, 0) == 0);
  tell("off");
  stack_t stack = {.ss_sp = first, .ss_size = sizeof first, .ss_flags = SS_ONSTACK}, old;
  CHECK(set(&stack, &old) == 0);
  tell("on");
  struct sigaction action = {.sa_sigaction = handler, .sa_flags = SA_SIGINFO | SA_ONSTACK};
  CHECK(sigaction(SIGUSR1, &action, 0) == 0);
  on(SIGUSR2, deep, SA_ONSTACK);
  raise(SIGUSR1);
  tell("afterwards");
  stack.ss_flags = (int)SS_AUTODISARM;
  CHECK(set(&stack, 0) == 0);
  tell("disarming");
  raise(SIGUSR1);
  tell("afterwards");
  stack.ss_flags = 0;
  CHECK(set(&stack, 0) == 0);
  pthread_t other;
  CHECK(pthread_create(&other, 0, thread, 0) == 0);
  pthread_join(other, 0);
  tell("the first thread still");
  pid_t child = fork();
  if (child == 0) {
    tell("a child");
    raise(SIGUSR2);
    _exit(0);
  }
  report_child("child", child);
  child = vfork();
  if (child == 0) {
    stack_t changed = {.ss_sp = second, .ss_size = sizeof second};
    tell("a vfork child");
    set(&changed, 0);
    tell("changes it");
    raise(SIGUSR2);
    _exit(0);
  }
  report_child("child", child);
  tell("the parent");
  return 0;
}
