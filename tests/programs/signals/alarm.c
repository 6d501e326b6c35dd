/* alarm ends pause, sleep, read, accept, wait, flock: whatever blocks.
 */
#include "check.h"
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <semaphore.h>
#include <poll.h>

static volatile int handled;
static void handler(int sig) { handled++; }
static void soon(void) {
  /* Repeats, so that one which comes before the call has begun does no harm. */
  struct itimerval timer = {{0, 2000}, {0, 2000}};
  setitimer(ITIMER_REAL, &timer, 0);
}

#define INTERRUPTED(call)                                                      \
  do {                                                                         \
    soon();                                                                    \
    long result = (call);                                                      \
    printf("%s: %ld %s\n", #call, result, result == -1 ? strerror(errno) : "");\
  } while (0)

int main(void) {
  on(SIGALRM, handler, 0);
  int ends[2], status;
  CHECK(pipe(ends) == 0);
  char c;
  struct timespec second = {1000, 0};
  struct pollfd nothing = {ends[0], POLLIN, 0};
  int listener = socket(AF_UNIX, SOCK_STREAM, 0);
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  snprintf(address.sun_path + 1, 100, "zpoline-alarm-%d", getpid());
  CHECK(bind(listener, (struct sockaddr *)&address, sizeof address) == 0 && listen(listener, 1) == 0);
  sem_t semaphore;
  sem_init(&semaphore, 0, 0);
  pid_t child = fork();
  if (child == 0) {
    close(ends[1]);
    CHECK(read(ends[0], &c, 1) == 0);
    _exit(0);
  }
  INTERRUPTED(pause());
  INTERRUPTED(nanosleep(&second, 0));
  INTERRUPTED(read(ends[0], &c, 1));
  INTERRUPTED(poll(&nothing, 1, -1));
  INTERRUPTED(accept(listener, 0, 0));
  INTERRUPTED(wait(&status));
  INTERRUPTED(sem_wait(&semaphore));
  INTERRUPTED(usleep(900000000) == -1 ? -1 : 0);
  struct itimerval off = {0};
  setitimer(ITIMER_REAL, &off, 0);
  CHECK(handled >= 8);
  close(ends[1]);
  report_child("child", child);
  return 0;
}
