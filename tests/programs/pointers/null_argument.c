/* A null pointer, or one near it, in a syscall's argument is EFAULT.
 */
#include "check.h"

int main(void) {
  for (long bad = 0; bad < 4000; bad += 1000)
    printf("%ld: open %ld, nanosleep %ld, uname %ld, clone3 %ld\n", bad,
           raw3(SYS_open, bad, 0, 0), raw3(SYS_nanosleep, bad, 0, 0),
           raw3(SYS_uname, bad, 0, 0), raw3(SYS_clone3, bad, 88, 0));
  return 0;
}
