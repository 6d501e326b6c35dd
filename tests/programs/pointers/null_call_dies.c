/* Without a handler a call through a null pointer ends the process by SIGSEGV.
 *
 * expect: signal 11
 */
#include "check.h"

int main(void) {
  void (*volatile function)(void) = 0;
  puts("calling");
  fflush(stdout);
  function();
  puts("returned");
  return 0;
}
