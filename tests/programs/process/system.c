/* system and popen. */
#include "check.h"

int main(void) {
  for (int round = 0; round < 10; round++) {
    int status = system("exit 7");
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 7);
    status = system("kill -TERM $$");
    CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM);
    FILE *out = popen("echo one; echo two; (echo three); exit 3", "r");
    CHECK(out);
    char line[64];
    int lines = 0;
    while (fgets(line, sizeof line, out))
      lines++;
    status = pclose(out);
    CHECK(lines == 3 && WEXITSTATUS(status) == 3);
    FILE *in = popen("read a; test \"$a\" = hello", "w");
    CHECK(in && fputs("hello\n", in) >= 0 && pclose(in) == 0);
  }
  fflush(stdout);
  printf("no such command: %d\n", WEXITSTATUS(system("no-such-command 2>/dev/null")));
  return 0;
}
