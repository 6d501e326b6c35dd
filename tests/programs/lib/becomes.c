/* Makes a getppid that a hook turns into something else, and says what came of
 * it. What forks here comes back twice. With an argument it does not make it, and
 * ends with status 0. */
#include "../check.h"

int main(int argc, char **argv) {
  (void)argv;
  if (argc > 1)
    raw6(SYS_exit_group, 0, 0, 0, 0, 0, 0);
  long result = raw6(SYS_getppid, 0, 0, 0, 0, 0, 0);
  if (result == 0)
    raw6(SYS_exit_group, 7, 0, 0, 0, 0, 0);
  int status;
  if (result > 0 && waitpid(result, &status, 0) == result)
    printf("a child that exited with %d\n", WEXITSTATUS(status));
  else
    printf("%ld\n", result);
  return 3;
}
