/* The library whose constructor makes the witness's calls, for
 * pitfalls/p2b_constructors.
 */
#include <sys/syscall.h>
#include <unistd.h>

long constructor_saw[2];

__attribute__((constructor)) static void constructor(void) {
  __asm__ volatile("syscall" : "=a"(constructor_saw[0]) : "a"(184) : "rcx", "r11", "memory");
  constructor_saw[1] = syscall(184);
}
