/* 32 threads that make calls, pass a baton, take locks, and start and join other
 * threads, some on small stacks.
 *
 * needs: -pthread
 */
#include "stress.h"
#include <limits.h>

enum { THREADS = 32 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t turn = PTHREAD_COND_INITIALIZER;
static int holder;
static long counted;

static void *short_lived(void *arg) {
  CHECK(raw0(SYS_gettid) == syscall(SYS_gettid));
  CHECK(getpid() > 0);
  return (char *)arg + 1;
}

/* Floating-point state has to survive the calls in its midst. */
static double series(int terms) {
  double sum = 0;
  for (int i = 1; i <= terms; i++) {
    sum += 1.0 / i;
    if (i % 16 == 0)
      CHECK(getppid() >= 0);
  }
  return sum;
}

/* The baton goes round; the last call of all wakes everybody. */
static bool pass_on(int id) {
  CHECK(pthread_mutex_lock(&lock) == 0);
  while (holder != id && running())
    CHECK(pthread_cond_wait(&turn, &lock) == 0);
  bool had_it = holder == id;
  if (had_it)
    holder = (holder + 1) % THREADS;
  CHECK(pthread_cond_broadcast(&turn) == 0);
  CHECK(pthread_mutex_unlock(&lock) == 0);
  return had_it;
}

static void *work(void *arg) {
  int id = (int)(long)arg;
  uint64_t random = 88172645463325252u + id;
  int ends[2];
  CHECK(pipe2(ends, O_CLOEXEC) == 0);
  pthread_attr_t small;
  CHECK(pthread_attr_init(&small) == 0);
  CHECK(pthread_attr_setstacksize(&small, PTHREAD_STACK_MIN) == 0);
  double wanted = series(64);
  long own = 0;
  pid_t tid = syscall(SYS_gettid);
  do {
    uint64_t sent = next_random(&random), got = 0;
    CHECK(write(ends[1], &sent, sizeof sent) == sizeof sent);
    CHECK(read(ends[0], &got, sizeof got) == sizeof got);
    CHECK(got == sent);
    CHECK(series(64) == wanted);
    CHECK(raw0(SYS_gettid) == tid);
    if (sent % 8 == 0) {
      pthread_t other;
      void *end;
      CHECK(pthread_create(&other, sent & 64 ? &small : 0, short_lived,
                           (void *)sent) == 0);
      CHECK(pthread_join(other, &end) == 0);
      CHECK((uint64_t)end == sent + 1);
    }
    if (sent % 5 == 0)
      pass_on(id);
    if (sent % 7 == 0)
      CHECK(sched_yield() == 0);
    own++;
  } while (running());
  close(ends[0]);
  close(ends[1]);
  pass_on(-1);
  CHECK(pthread_mutex_lock(&lock) == 0);
  counted += own;
  CHECK(pthread_mutex_unlock(&lock) == 0);
  return (void *)own;
}

int main(int argc, char **argv) {
  pthread_t threads[THREADS];
  start_clock(argc, argv);
  for (long id = 0; id < THREADS; id++)
    CHECK(pthread_create(&threads[id], 0, work, (void *)id) == 0);
  long sum = 0;
  for (int id = 0; id < THREADS; id++) {
    void *own;
    CHECK(pthread_join(threads[id], &own) == 0);
    sum += (long)own;
  }
  CHECK(sum == counted);
  printf("every thread made its rounds: %d\n", sum >= THREADS);
}
