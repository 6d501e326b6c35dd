/* Time from the vDSO and from the kernel agree and do not go backwards.
 */
#include "check.h"
#include <sys/time.h>

static int64_t in_ns(struct timespec t) { return t.tv_sec * 1000000000l + t.tv_nsec; }

int main(void) {
  for (int i = 0; i < 1000; i++) {
    struct timespec a, b, c;
    CHECK(clock_gettime(CLOCK_MONOTONIC, &a) == 0);
    CHECK(syscall(SYS_clock_gettime, CLOCK_MONOTONIC, &b) == 0);
    CHECK(clock_gettime(CLOCK_MONOTONIC, &c) == 0);
    CHECK(in_ns(a) <= in_ns(b) && in_ns(b) <= in_ns(c));
    struct timeval now;
    CHECK(gettimeofday(&now, 0) == 0 && labs(now.tv_sec - time(0)) <= 1);
    unsigned cpu;
    CHECK(getcpu(&cpu, 0) == 0 && cpu < 4096);
  }
  puts("1000 readings");
  return 0;
}
