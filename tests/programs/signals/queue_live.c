/* Real-time signals that are queued while their receiver makes calls: each comes
 * once, with its value, in the order of sending; sent to the process from
 * another one, and to the thread by another thread.
 *
 * needs: -pthread
 */
#include "check.h"
#include <pthread.h>

enum { COUNT = 4000, IN_FLIGHT = 24 };
static volatile int next, wrong;

static void handler(int sig, siginfo_t *info, void *context) {
  wrong += info->si_value.sival_int != next;
  next++;
}

static void receive(void) {
  while (next < COUNT) {
    raw0(SYS_getpid);
    getppid();
  }
}

static pthread_t receiver;
static volatile int *seen;
static void send_all(int (*send)(int value)) {
  for (int value = 0; value < COUNT; value++) {
    while (value - *seen >= IN_FLIGHT)
      sched_yield();
    CHECK(send(value) == 0);
  }
}
static int to_thread(int value) {
  union sigval v = {.sival_int = value};
  return pthread_sigqueue(receiver, SIGRTMIN + 3, v);
}
static int to_parent(int value) {
  union sigval v = {.sival_int = value};
  return sigqueue(getppid(), SIGRTMIN + 3, v);
}
static void *sender(void *unused) {
  sigset_t all;
  sigfillset(&all);
  pthread_sigmask(SIG_BLOCK, &all, 0);
  send_all(to_thread);
  return 0;
}

int main(void) {
  struct sigaction action = {.sa_sigaction = handler, .sa_flags = SA_SIGINFO};
  CHECK(sigaction(SIGRTMIN + 3, &action, 0) == 0);
  receiver = pthread_self();
  seen = &next;
  pthread_t thread;
  CHECK(pthread_create(&thread, 0, sender, 0) == 0);
  receive();
  pthread_join(thread, 0);
  printf("to the thread: %d, %d out of order\n", next, wrong);
  next = wrong = 0;
  /* The sender, another process, sees the count through shared memory. */
  seen = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  pid_t child = fork();
  if (child == 0) {
    send_all(to_parent);
    _exit(0);
  }
  while (next < COUNT) {
    raw0(SYS_getpid);
    *seen = next;
  }
  *seen = next;
  report_child("sender", child);
  printf("to the process: %d, %d out of order\n", next, wrong);
  return 0;
}
