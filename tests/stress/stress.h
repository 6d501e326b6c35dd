/* What every stress program includes. It runs for argv[1] seconds, holds its
 * memory, threads and descriptors level, checks every result, and prints the same
 * whatever number of rounds it made. */
#ifndef STRESS_H
#define STRESS_H
#include "check.h"
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

static atomic_bool over;

static inline void *clock_of_the_run(void *seconds) {
  struct timespec left = {.tv_sec = (long)seconds};
  while (nanosleep(&left, &left) != 0)
    CHECK(errno == EINTR);
  atomic_store(&over, true);
  return 0;
}

/* Starts the clock: `over` becomes true after argv[1] seconds. Its thread has
 * all signals blocked. */
static inline void start_clock(int argc, char **argv) {
  long seconds = argc > 1 ? atol(argv[1]) : 1;
  CHECK(seconds > 0);
  sigset_t all, old;
  sigfillset(&all);
  CHECK(pthread_sigmask(SIG_SETMASK, &all, &old) == 0);
  pthread_t thread;
  CHECK(pthread_create(&thread, 0, clock_of_the_run, (void *)seconds) == 0);
  CHECK(pthread_detach(thread) == 0);
  CHECK(pthread_sigmask(SIG_SETMASK, &old, 0) == 0);
}

static inline bool running(void) { return !atomic_load(&over); }

/* Numbers that differ from thread to thread and from round to round. */
static inline uint64_t next_random(uint64_t *state) {
  *state ^= *state << 13;
  *state ^= *state >> 7;
  *state ^= *state << 17;
  return *state;
}
#endif
