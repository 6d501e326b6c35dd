/* A parent and two children pass data through pipes: blocking reads and writes
 * wake each other.
 */
#include "check.h"

int main(void) {
  int to[2], between[2], back[2];
  CHECK(pipe(to) == 0 && pipe(between) == 0 && pipe(back) == 0);
  pid_t first = fork();
  if (first == 0) {
    close(to[1]), close(between[0]), close(back[0]), close(back[1]);
    unsigned char c;
    while (read(to[0], &c, 1) == 1) {
      c++;
      CHECK(write(between[1], &c, 1) == 1);
    }
    _exit(0);
  }
  pid_t second = fork();
  if (second == 0) {
    close(to[0]), close(to[1]), close(between[1]), close(back[0]);
    unsigned char c;
    while (read(between[0], &c, 1) == 1) {
      c *= 2;
      CHECK(write(back[1], &c, 1) == 1);
    }
    _exit(0);
  }
  close(to[0]), close(between[0]), close(between[1]), close(back[1]);
  for (int i = 0; i < 3000; i++) {
    unsigned char c = i;
    CHECK(write(to[1], &c, 1) == 1 && read(back[0], &c, 1) == 1);
    CHECK(c == (unsigned char)((i + 1) * 2));
  }
  close(to[1]);
  report_child("first", first);
  report_child("second", second);
  return 0;
}
