/* Threads that send each other signals while they sit in calls: none of the
 * queued ones is lost or comes twice, whatever handlers do.
 *
 * needs: -pthread
 */
#include "stress.h"
#include <poll.h>
#include <setjmp.h>
#include <sys/time.h>
#include <ucontext.h>

enum { THREADS = 8 };

static pthread_t threads[THREADS];
static pthread_barrier_t all;
static atomic_long sent[THREADS], received[THREADS], ticks, jumped;
static _Thread_local int own = -1;
static _Thread_local sigjmp_buf back;
static _Thread_local volatile sig_atomic_t may_jump;

/* A queued signal carries the number of its receiver. */
static void queued(int sig, siginfo_t *info, void *context) {
  int before = errno;
  CHECK(info->si_code == SI_QUEUE && info->si_value.sival_int == own);
  CHECK(((ucontext_t *)context)->uc_mcontext.gregs[REG_RIP] != 0);
  CHECK(getppid() >= 0);
  atomic_fetch_add(&received[own], 1);
  errno = before;
}

static void tick(int sig) {
  int before = errno;
  CHECK(write(-1, "", 1) == -1 && errno == EBADF);
  atomic_fetch_add(&ticks, 1);
  errno = before;
}

/* Leaves the call that it interrupted for good. */
static void jump(int sig) {
  if (may_jump)
    siglongjmp(back, 1);
}

static void alternate(int sig) {
  char here;
  stack_t stack;
  CHECK(sigaltstack(0, &stack) == 0);
  CHECK(stack.ss_flags & SS_ONSTACK);
  CHECK(&here >= (char *)stack.ss_sp &&
        &here < (char *)stack.ss_sp + stack.ss_size);
  CHECK(getppid() >= 0);
}

static void send_to(int to) {
  union sigval value = {.sival_int = to};
  int result = pthread_sigqueue(threads[to], SIGRTMIN + 1, value);
  CHECK(result == 0 || result == EAGAIN);
  if (result == 0)
    atomic_fetch_add(&sent[to], 1);
}

static void *work(void *arg) {
  own = (int)(long)arg;
  uint64_t random = 362436069 + own;
  static char stacks[THREADS][64 << 10];
  stack_t stack = {.ss_sp = stacks[own], .ss_size = sizeof stacks[own]};
  CHECK(sigaltstack(&stack, 0) == 0);
  int ends[2];
  CHECK(pipe2(ends, O_CLOEXEC) == 0);
  pthread_barrier_wait(&all);
  sigset_t empty;
  sigemptyset(&empty);
  while (running()) {
    uint64_t r = next_random(&random);
    int to = r % THREADS;
    /* Not more than the queue holds. */
    if (atomic_load(&sent[to]) - atomic_load(&received[to]) < 100)
      send_to(to);
    switch (r >> 8 & 7) {
    case 0: { /* EINTR or time over */
      struct timespec brief = {.tv_nsec = 20000};
      int result = ppoll(&(struct pollfd){.fd = ends[0], .events = POLLIN}, 1,
                         &brief, &empty);
      CHECK(result == 0 || (result == -1 && errno == EINTR));
      break;
    }
    case 1: {
      char byte = (char)r;
      CHECK(write(ends[1], &byte, 1) == 1);
      char got;
      ssize_t n;
      do
        n = read(ends[0], &got, 1);
      while (n == -1 && errno == EINTR);
      CHECK(n == 1 && got == byte);
      break;
    }
    case 2:
      if (sigsetjmp(back, 1) == 0) {
        may_jump = 1;
        CHECK(pthread_kill(pthread_self(), SIGUSR1) == 0);
        for (;;)
          pause();
      }
      may_jump = 0;
      atomic_fetch_add(&jumped, 1);
      break;
    case 3:
      CHECK(pthread_kill(threads[to], SIGUSR2) == 0);
      break;
    case 4: {
      sigset_t set, old;
      sigfillset(&set);
      CHECK(pthread_sigmask(SIG_BLOCK, &set, &old) == 0);
      CHECK(pthread_kill(pthread_self(), SIGUSR2) == 0);
      CHECK(sigpending(&set) == 0);
      CHECK(sigismember(&set, SIGUSR2) == 1);
      CHECK(pthread_sigmask(SIG_SETMASK, &old, 0) == 0);
      break;
    }
    default:
      CHECK(raw0(SYS_getpid) == getpid());
    }
  }
  close(ends[0]);
  close(ends[1]);
  /* What was sent has to arrive. */
  pthread_barrier_wait(&all);
  while (atomic_load(&received[own]) != atomic_load(&sent[own]))
    sched_yield();
  pthread_barrier_wait(&all);
  return 0;
}

int main(int argc, char **argv) {
  struct sigaction action = {.sa_sigaction = queued,
                             .sa_flags = SA_SIGINFO | SA_RESTART};
  CHECK(sigaction(SIGRTMIN + 1, &action, 0) == 0);
  on(SIGALRM, tick, SA_RESTART);
  on(SIGUSR1, jump, SA_NODEFER);
  on(SIGUSR2, alternate, SA_ONSTACK);
  start_clock(argc, argv);
  CHECK(pthread_barrier_init(&all, 0, THREADS) == 0);
  threads[0] = pthread_self();
  for (long id = 1; id < THREADS; id++)
    CHECK(pthread_create(&threads[id], 0, work, (void *)id) == 0);
  struct itimerval often = {{.tv_usec = 1000}, {.tv_usec = 1000}};
  CHECK(setitimer(ITIMER_REAL, &often, 0) == 0);
  work(0);
  CHECK(setitimer(ITIMER_REAL, &(struct itimerval){0}, 0) == 0);
  for (int id = 1; id < THREADS; id++)
    CHECK(pthread_join(threads[id], 0) == 0);
  printf("ticked %d, jumped %d\n", ticks > 0, jumped > 0);
}
