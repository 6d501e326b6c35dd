/* execveat and fexecve: of a descriptor, relative to a directory. */
#include "check.h"

int main(int argc, char **argv) {
  if (argc > 1) {
    printf("%s ran\n", argv[1]);
    return 0;
  }
  int self = open("/proc/self/exe", O_RDONLY);
  CHECK(self >= 0);
  pid_t child = fork();
  if (child == 0) {
    char *arguments[] = {argv[0], "descriptor", 0};
    fexecve(self, arguments, environ);
    _exit(1);
  }
  report_child("fexecve", child);
  child = fork();
  if (child == 0) {
    int bin = open("/bin", O_PATH | O_DIRECTORY);
    char *arguments[] = {"echo", "directory", 0};
    syscall(SYS_execveat, bin, "echo", arguments, environ, 0);
    _exit(1);
  }
  report_child("execveat", child);
  return 0;
}
