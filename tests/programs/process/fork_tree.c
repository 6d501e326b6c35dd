/* Children that fork children that fork; each end goes to its own parent. */
#include "check.h"

static int tree(int depth) {
  if (depth == 0)
    return 1;
  int sum = 1;
  for (int i = 0; i < 3; i++) {
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0)
      _exit(tree(depth - 1));
    int status;
    CHECK(waitpid(child, &status, 0) == child && WIFEXITED(status));
    sum += WEXITSTATUS(status);
  }
  return sum;
}

int main(void) {
  printf("%d processes\n", tree(4));
  return 0;
}
