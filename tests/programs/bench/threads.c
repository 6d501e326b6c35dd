/* Starts as many threads as it is told, each of which makes a call, says so, and
 * waits for the end of standard input: a process to be measured.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static pthread_barrier_t barrier;
static void *body(void *unused) {
  getppid();
  pthread_barrier_wait(&barrier);
  pause();
  return unused;
}

int main(int argc, char **argv) {
  int count = argc > 1 ? atoi(argv[1]) : 0;
  pthread_barrier_init(&barrier, 0, count + 1);
  for (int i = 0; i < count; i++) {
    pthread_t id;
    pthread_create(&id, 0, body, 0);
  }
  pthread_barrier_wait(&barrier);
  printf("ready\n");
  fflush(stdout);
  char c;
  while (read(0, &c, 1) > 0)
    ;
  return 0;
}
