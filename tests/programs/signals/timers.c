/* POSIX timers: the value arrives, overruns are counted, a timer for a thread
 * comes to that thread, interval timers of all three clocks come; at 10 kHz, while
 * the program makes calls, deliveries and overruns add up.
 *
 * needs: -pthread
 */
#include "check.h"
#include <pthread.h>
#include <sys/time.h>

static timer_t timer;
static volatile long delivered, overrun, wrong;
static volatile pid_t wanted;

static void handler(int sig, siginfo_t *info, void *context) {
  wrong += info->si_value.sival_int != 77 || info->si_code != SI_TIMER;
  wrong += wanted && wanted != (pid_t)syscall(SYS_gettid);
  overrun += timer_getoverrun(timer);
  wrong += info->si_overrun != timer_getoverrun(timer);
  delivered++;
}

static void run(long until) {
  struct itimerspec off = {{0, 0}, {0, 0}}, period = {{0, 100000}, {0, 100000}};
  delivered = overrun = 0;
  CHECK(timer_settime(timer, 0, &period, 0) == 0);
  while (delivered < until) {
    raw0(SYS_getpid);
    getppid();
  }
  CHECK(timer_settime(timer, 0, &off, 0) == 0);
  CHECK(timer_delete(timer) == 0);
}

static void *target(void *to) {
  wanted = syscall(SYS_gettid);
  *(volatile pid_t *)to = wanted;
  while (delivered < 1000)
    raw0(SYS_getpid);
  return 0;
}

static volatile int clocks[64];
static void tick(int sig) { clocks[sig]++; }

int main(void) {
  struct sigaction action = {.sa_sigaction = handler, .sa_flags = SA_SIGINFO | SA_RESTART};
  CHECK(sigaction(SIGRTMIN + 1, &action, 0) == 0);
  struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGRTMIN + 1, .sigev_value.sival_int = 77};
  CHECK(timer_create(CLOCK_MONOTONIC, &event, &timer) == 0);
  run(5000);
  printf("for the process: %ld wrong\n", wrong);
  volatile pid_t tid = 0;
  pthread_t thread;
  delivered = 0;
  CHECK(pthread_create(&thread, 0, target, (void *)&tid) == 0);
  while (!tid)
    sched_yield();
  event.sigev_notify = SIGEV_THREAD_ID;
  event._sigev_un._tid = tid;
  CHECK(timer_create(CLOCK_MONOTONIC, &event, &timer) == 0);
  struct itimerspec period = {{0, 100000}, {0, 100000}};
  CHECK(timer_settime(timer, 0, &period, 0) == 0);
  pthread_join(thread, 0);
  timer_delete(timer);
  printf("for a thread: %ld wrong\n", wrong);
  struct {
    int which, sig;
  } kinds[] = {{ITIMER_REAL, SIGALRM}, {ITIMER_VIRTUAL, SIGVTALRM}, {ITIMER_PROF, SIGPROF}};
  for (int k = 0; k < 3; k++) {
    struct itimerval value = {{0, 1000}, {0, 1000}}, off = {{0, 0}, {0, 0}};
    on(kinds[k].sig, tick, SA_RESTART);
    CHECK(setitimer(kinds[k].which, &value, 0) == 0);
    while (clocks[kinds[k].sig] < 20)
      raw0(SYS_getpid);
    CHECK(setitimer(kinds[k].which, &off, 0) == 0);
  }
  puts("three clocks");
  return 0;
}
