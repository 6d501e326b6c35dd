/* A handler on the alternate stack that makes calls, while another signal comes
 * for the same stack: the second handler runs below the first, whose variables
 * stay as they are.
 */
#include "check.h"
#include <sys/time.h>

static volatile long ticks, spoiled, outside;
static char *area;
static const size_t size = 65536;

static int on_area(const void *at) {
  return (const char *)at >= area && (const char *)at < area + size;
}
static void tick(int sig) {
  char deep[2000];
  memset(deep, 0xee, sizeof deep);
  __asm__ volatile("" ::"r"(deep) : "memory");
  outside += !on_area(deep);
  ticks++;
}

static void slow(int sig) {
  unsigned char mine[4000];
  outside += !on_area(mine);
  for (size_t k = 0; k < sizeof mine; k++)
    mine[k] = k * 7;
  long until = ticks + 500;
  while (ticks < until) {
    raw0(SYS_getpid);
    getppid();
  }
  for (size_t k = 0; k < sizeof mine; k++)
    spoiled += mine[k] != (unsigned char)(k * 7);
}

int main(void) {
  area = mmap(0, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  stack_t stack = {.ss_sp = area, .ss_size = size};
  CHECK(sigaltstack(&stack, 0) == 0);
  on(SIGALRM, tick, SA_ONSTACK | SA_RESTART);
  on(SIGUSR1, slow, SA_ONSTACK);
  struct itimerval period = {{0, 60}, {0, 60}}, off = {0};
  setitimer(ITIMER_REAL, &period, 0);
  for (int round = 0; round < 4; round++)
    raise(SIGUSR1);
  setitimer(ITIMER_REAL, &off, 0);
  printf("spoiled %ld, elsewhere %ld\n", spoiled, outside);
  return 0;
}
