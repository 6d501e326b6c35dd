/* Closes all descriptors but the first three, in the way that its argument says, and
 * asks for its parent, which the hook `say` reports.
 */
#include "check.h"
#include <dirent.h>
#include <sys/resource.h>

static void close_listed(void) {
  int list[4096], count = 0;
  DIR *directory = opendir("/proc/self/fd");
  struct dirent *entry;
  while ((entry = readdir(directory)))
    if (atoi(entry->d_name) > 2 && count < 4096)
      list[count++] = atoi(entry->d_name);
  closedir(directory);
  while (count)
    close(list[--count]);
}

int main(int argc, char **argv) {
  const char *way = argv[1];
  struct rlimit limit;
  CHECK(getrlimit(RLIMIT_NOFILE, &limit) == 0);
  if (strcmp(way, "loop") == 0) {
    for (int fd = 3; fd < sysconf(_SC_OPEN_MAX); fd++)
      close(fd);
  } else if (strcmp(way, "range") == 0) {
    CHECK(syscall(SYS_close_range, 3, ~0U, 0) == 0);
  } else if (strcmp(way, "dup") == 0) {
    limit.rlim_cur = limit.rlim_max < 2000 ? limit.rlim_max : 2000;
    CHECK(setrlimit(RLIMIT_NOFILE, &limit) == 0);
    for (int fd = 3; fd < (int)limit.rlim_cur; fd++) {
      CHECK(dup2(0, fd) == fd);
      CHECK(fd % 2 || close(fd) == 0);
    }
  } else if (strcmp(way, "child") == 0) {
    /* The child of a vfork has descriptors of its own; the parent's stay. */
    pid_t child = vfork();
    if (child == 0) {
      syscall(SYS_close_range, 3, ~0U, 0);
      for (int fd = 3; fd < 1500; fd++)
        dup2(0, fd);
      getppid();
      _exit(0);
    }
    int status;
    CHECK(waitpid(child, &status, 0) == child);
  } else {
    close_listed();
  }
  getppid();
  puts("done");
  return 3;
}
