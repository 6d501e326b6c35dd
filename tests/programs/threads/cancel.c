/* pthread_cancel of a thread that is blocked in read, of one that blocks later,
 * and of one that has asynchronous cancellation on; clean-up handlers run.
 *
 * needs: -pthread
 */
#include "check.h"
#include <pthread.h>
#include <stdatomic.h>

static int ends[2];
static atomic_int tid, cleaned, ready;

static void clean(void *unused) { cleaned++; }

static void *blocked(void *unused) {
  char c;
  pthread_cleanup_push(clean, 0);
  tid = gettid();
  read(ends[0], &c, 1);
  pthread_cleanup_pop(0);
  return 0;
}
static void *later(void *unused) {
  char c;
  pthread_cleanup_push(clean, 0);
  ready = 1;
  while (ready == 1)
    sched_yield();
  read(ends[0], &c, 1);
  pthread_cleanup_pop(0);
  return 0;
}
static void *asynchronous(void *unused) {
  pthread_cleanup_push(clean, 0);
  pthread_setcanceltype(PTHREAD_CANCEL_ASYNCHRONOUS, 0);
  ready = 1;
  for (;;)
    raw0(SYS_getppid);
  pthread_cleanup_pop(0);
  return 0;
}

int main(void) {
  CHECK(pipe(ends) == 0);
  for (int round = 0; round < 20; round++) {
    pthread_t id;
    void *value;
    tid = ready = 0;
    CHECK(pthread_create(&id, 0, blocked, 0) == 0);
    while (!tid)
      sched_yield();
    wait_until_in(getpid(), tid, SYS_read);
    CHECK(pthread_cancel(id) == 0 && pthread_join(id, &value) == 0);
    CHECK(value == PTHREAD_CANCELED && cleaned == 3 * round + 1);
    CHECK(pthread_create(&id, 0, later, 0) == 0);
    while (!ready)
      sched_yield();
    CHECK(pthread_cancel(id) == 0);
    ready = 2;
    CHECK(pthread_join(id, &value) == 0);
    CHECK(value == PTHREAD_CANCELED && cleaned == 3 * round + 2);
    ready = 0;
    CHECK(pthread_create(&id, 0, asynchronous, 0) == 0);
    while (!ready)
      sched_yield();
    CHECK(pthread_cancel(id) == 0 && pthread_join(id, &value) == 0);
    CHECK(value == PTHREAD_CANCELED && cleaned == 3 * round + 3);
  }
  puts("60 cancelled");
  return 0;
}
