/* Waits until nobody reads its standard error any more, and asks for its parent,
 * which the hook `say` would like to report.
 */
#include "check.h"
#include <poll.h>

int main(void) {
  struct pollfd poll_error = {2, 0, 0};
  while (!(poll_error.revents & POLLERR))
    poll(&poll_error, 1, -1);
  for (int k = 0; k < 10; k++)
    getppid();
  puts("went on");
  return 3;
}
