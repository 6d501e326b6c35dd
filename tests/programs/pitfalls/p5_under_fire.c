/* K23's P5: many threads execute the same fresh sites at the same time, for the
 * first time, while signals arrive whose handlers execute others of them: every call
 * is made once and gives its result. Repeated with fresh mappings.
 *
 * needs: -pthread
 * with: sites
 */
#include "check.h"
#include <dlfcn.h>
#include <pthread.h>
#include <stdatomic.h>

enum { THREADS = 9 };
static int rounds = 12;

static long (**functions)(long);
static int count;
static long wanted;
static pthread_barrier_t start;
static atomic_int wrong, done, in_handlers;
static pthread_t threads[THREADS];

static void check(int i) {
  /* One of eight has no room for a jump, and not every mechanism sees it. */
  int seen = i % 8 != 7;
  long got = functions[i](seen ? WITNESS_NUMBER : SYS_getpid);
  if (got != (seen ? wanted : getpid()) && atomic_fetch_add(&wrong, 1) == 0)
    dprintf(2, "site %d: %#lx\n", i, got);
}

static void handler(int sig) {
  int saved = errno;
  check(atomic_fetch_add(&in_handlers, 1) * 7 % count);
  errno = saved;
}

static void *thread(void *number) {
  long own = (long)number;
  pthread_barrier_wait(&start);
  /* Most in step with each other, some from the other end. */
  for (int i = 0; i < count; i++) {
    check(own % 3 ? i : count - 1 - i);
    if (i % 64 == own)
      raise(SIGUSR1);
  }
  atomic_fetch_add(&done, 1);
  return 0;
}

int main(int argc, char **argv) {
  if (argc > 1)
    rounds = atoi(argv[1]);
  wanted = hooked() ? WITNESS_ANSWER : -ENOSYS;
  on(SIGUSR1, handler, SA_RESTART);
  for (int round = 0; round < rounds; round++) {
    void *library = dlopen(OWN_LIBRARY, RTLD_NOW);
    CHECK(library);
    functions = dlsym(library, "sites");
    count = *(int *)dlsym(library, "site_count");
    atomic_store(&done, 0);
    pthread_barrier_init(&start, 0, THREADS + 1);
    for (long i = 0; i < THREADS; i++)
      CHECK(pthread_create(&threads[i], 0, thread, (void *)i) == 0);
    pthread_barrier_wait(&start);
    for (int i = 0; atomic_load(&done) < THREADS; i = (i + 1) % THREADS) {
      pthread_kill(threads[i], SIGUSR1);
      sched_yield();
    }
    for (int i = 0; i < THREADS; i++)
      pthread_join(threads[i], 0);
    CHECK(dlclose(library) == 0);
  }
  CHECK(in_handlers >= rounds * THREADS);
  printf("%d rounds, %d wrong\n", rounds, atomic_load(&wrong));
  return 0;
}
