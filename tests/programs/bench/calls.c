/* Times two syscalls through libc's own sites, and one from code made at run time.
 * Prints, a line each: a name and nanoseconds a call; then what the first of them
 * answered, and whether that code is hooked (which only Syscall User Dispatch can
 * do).
 *
 * With `armed` behind the count it arms Syscall User Dispatch for itself, every
 * address exempt: what the kernel alone takes for that. With `stopped` the code made at
 * run time is not exempt, and a handler of SIGSYS answers: what a signal takes.
 */
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1e9 + t.tv_nsec;
}

static void answers(int sig, siginfo_t *info, void *context) {
  (void)sig, (void)info;
  ((ucontext_t *)context)->uc_mcontext.gregs[REG_RAX] = 1;
}

/* Where nothing lies below: what is exempt is one range. */
#define LOWEST 0x10000L

int main(int argc, char **argv) {
  long count = argc > 1 ? atol(argv[1]) : 300000, answer = 0;
  const char *mode = argc > 2 ? argv[2] : "";
  int stopped = strcmp(mode, "stopped") == 0, armed = strcmp(mode, "armed") == 0;
  int flags = MAP_PRIVATE | MAP_ANONYMOUS | (stopped ? MAP_FIXED_NOREPLACE : 0);
  unsigned char *code = mmap(stopped ? (void *)LOWEST : 0, 4096, 7, flags, -1, 0);
  struct sigaction action = {.sa_sigaction = answers, .sa_flags = SA_SIGINFO};
  if (stopped)
    sigaction(SIGSYS, &action, 0);
  long from = stopped ? LOWEST + 4096 : 0;
  if (code == MAP_FAILED || ((armed || stopped) && prctl(59, 1, from, (1L << 47) - from, 0) != 0)) {
    puts("getpid nan\npidfd_open nan\ngenerated nan\nanswer kernel\nmade 0");
    return 0;
  }
  for (long i = 0; i < count / 10; i++)
    getpid(), syscall(SYS_pidfd_open, -1, 0);
  double start = now();
  for (long i = 0; i < count; i++)
    answer = getpid();
  printf("getpid %.2f\n", (now() - start) / count);
  start = now();
  for (long i = 0; i < count; i++)
    syscall(SYS_pidfd_open, -1, 0);
  printf("pidfd_open %.2f\n", (now() - start) / count);
  printf("answer %s\n", answer == 0x5a5a ? "hook" : "kernel");
  unsigned char text[] = {0xb8, 184, 0, 0, 0, 0x0f, 0x05, 0xc3};
  memcpy(code, text, sizeof text);
  printf("made %d\n", ((int (*)(void))code)());
  code[1] = SYS_getpid;
  start = now();
  for (long i = 0; i < count / 10; i++)
    ((int (*)(void))code)();
  printf("generated %.2f\n", (now() - start) / (count / 10));
  return 0;
}
