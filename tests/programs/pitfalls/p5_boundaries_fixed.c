/* As p5_boundaries, of a program that is linked to a fixed address and has its heap next to
 * it: the addresses above are not free.
 *
 * needs: -no-pie
 * with: sites
 */
#define main everywhere
#include "p5_boundaries.c"
#undef main
#include <sys/personality.h>

int main(int argc, char **argv) {
  if (personality(0xffffffff) & ADDR_NO_RANDOMIZE)
    return everywhere();
  CHECK(personality(ADDR_NO_RANDOMIZE) >= 0);
  execv("/proc/self/exe", argv);
  CHECK(!"execv");
}
