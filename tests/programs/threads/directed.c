/* Signals sent to a thread are handled by that thread.
 *
 * needs: -pthread
 */
#include "check.h"
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>

static atomic_int stop;
static sem_t handled;
static volatile pid_t handled_by;
static void handler(int sig) {
  handled_by = raw0(SYS_gettid);
  sem_post(&handled);
}

static void *body(void *argument) {
  *(volatile pid_t *)argument = gettid();
  sem_post(&handled);
  while (!stop)
    raw0(SYS_getppid);
  return 0;
}

int main(void) {
  on(SIGUSR1, handler, 0);
  sem_init(&handled, 0, 0);
  pid_t tids[2];
  pthread_t ids[2];
  for (int i = 0; i < 2; i++) {
    CHECK(pthread_create(&ids[i], 0, body, &tids[i]) == 0);
    CHECK(sem_wait(&handled) == 0);
  }
  for (int round = 0; round < 200; round++)
    for (int i = 0; i < 2; i++) {
      CHECK(pthread_kill(ids[i], SIGUSR1) == 0);
      CHECK(sem_wait(&handled) == 0);
      CHECK(handled_by == tids[i]);
    }
  stop = 1;
  for (int i = 0; i < 2; i++)
    CHECK(pthread_join(ids[i], 0) == 0);
  puts("400 signals");
  return 0;
}
