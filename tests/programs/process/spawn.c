/* posix_spawn with file actions and attributes, and of what is not there. */
#include "check.h"
#include <spawn.h>

int main(void) {
  char *sh[] = {"sh", "-c", "cat; echo err >&2; exit 5", 0};
  for (int round = 0; round < 20; round++) {
    int in[2], out[2];
    CHECK(pipe(in) == 0 && pipe(out) == 0);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, in[0], 0);
    posix_spawn_file_actions_adddup2(&actions, out[1], 1);
    posix_spawn_file_actions_adddup2(&actions, out[1], 2);
    posix_spawn_file_actions_addclose(&actions, in[1]);
    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    sigset_t set;
    sigfillset(&set);
    posix_spawnattr_setsigdefault(&attributes, &set);
    sigemptyset(&set);
    posix_spawnattr_setsigmask(&attributes, &set);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
    pid_t child;
    CHECK(posix_spawn(&child, "/bin/sh", &actions, &attributes, sh, environ) == 0);
    close(in[0]);
    close(out[1]);
    CHECK(write(in[1], "through\n", 8) == 8);
    close(in[1]);
    char text[64];
    size_t got = 0;
    ssize_t n;
    while ((n = read(out[0], text + got, sizeof text - got)) > 0)
      got += n;
    close(out[0]);
    CHECK(got == 12 && memcmp(text, "through\nerr\n", 12) == 0);
    int status;
    CHECK(waitpid(child, &status, 0) == child && WEXITSTATUS(status) == 5);
  }
  pid_t child;
  printf("missing: %s\n", strerror(posix_spawn(&child, "/no/such", 0, 0, sh, environ)));
  printf("not a program: %s\n", strerror(posix_spawn(&child, "/etc/passwd", 0, 0, sh, environ)));
  printf("from PATH: %s\n", strerror(posix_spawnp(&child, "true", 0, 0, sh, environ)));
  report_child("true", child);
  return 0;
}
