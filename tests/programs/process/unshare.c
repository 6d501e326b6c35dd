/* unshare: the process has as many threads as natively, which the kernel
 * checks for a user namespace.
 */
#include "check.h"

int main(void) {
  printf("files and file system: %d\n", unshare(CLONE_FILES | CLONE_FS));
  int result = unshare(CLONE_NEWUSER);
  printf("user namespace: %s\n", result == 0 ? "made" : strerror(errno));
  return 0;
}
