/* K23's P1a: a program that executes another with an environment of its own does
 * not shake the hook off: no environment, a null one, one without LD_PRELOAD, one
 * with an empty one; by execve, execveat, posix_spawn and from a vfork child.
 */
#include "check.h"
#include <spawn.h>

static char *nothing[] = {0};
static char *some[] = {"A=b", "PATH=/bin:/usr/bin", 0};
static char *other[] = {"LD_PRELOAD=", "LD_LIBRARY_PATH=/", 0};

static char *arguments[] = {"again", "", 0, 0};

static void execute(const char *how, const char *what, char **environment) {
  static char line[80];
  snprintf(line, sizeof line, "%s, %s", how, what);
  arguments[2] = line;
  fflush(stdout);
  pid_t child;
  if (strcmp(how, "posix_spawn") == 0) {
    CHECK(posix_spawn(&child, "/proc/self/exe", 0, 0, arguments, environment) == 0);
  } else if (strcmp(how, "vfork") == 0) {
    child = vfork();
    if (child == 0) {
      execve("/proc/self/exe", arguments, environment);
      _exit(1);
    }
  } else {
    child = fork();
    if (child == 0) {
      if (strcmp(how, "execveat") == 0)
        syscall(SYS_execveat, open("/proc/self/exe", O_PATH), "", arguments, environment, AT_EMPTY_PATH);
      else
        syscall(SYS_execve, "/proc/self/exe", arguments, environment);
      _exit(1);
    }
  }
  report_child(line, child);
}

int main(int argc, char **argv) {
  if (argc > 2) {
    int wanted = argv[1][0] - '0';
    printf("%s: %s\n", argv[2], hooked() == wanted ? "as the first image" : "another");
    fflush(stdout);
    if (argc > 3)
      return 0;
    /* And once more, from the image that was started without. */
    char *next[] = {"again", argv[1], "its own child", "last", 0};
    execve("/proc/self/exe", next, nothing);
    return 1;
  }
  static char seen[2] = "0";
  seen[0] += hooked();
  arguments[1] = seen;
  const char *ways[] = {"execve", "execveat", "posix_spawn", "vfork"};
  for (unsigned i = 0; i < sizeof ways / sizeof *ways; i++) {
    execute(ways[i], "no environment", nothing);
    execute(ways[i], "a small one", some);
    execute(ways[i], "empty LD_PRELOAD", other);
  }
  execute("execve", "null", 0);
  return 0;
}
