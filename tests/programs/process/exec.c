/* execve: arguments and environment arrive; close-on-exec descriptors are
 * closed, others stay; ignored signals, the mask and pending signals stay,
 * handlers are reset; the pid is the same.
 */
#include "check.h"

static void handler(int sig) {}

static int second(char **argv, char **environment) {
  printf("argv[3] = %s\n", argv[3]);
  for (char **entry = environment; *entry; entry++)
    if (strncmp(*entry, "OWN_", 4) == 0)
      puts(*entry);
  printf("pid %s\n", atoi(argv[2]) == getpid() ? "kept" : "changed");
  printf("descriptors 70: %d, 71: %s\n", fcntl(70, F_GETFD),
         fcntl(71, F_GETFD) < 0 ? strerror(errno) : "open");
  struct sigaction action;
  sigaction(SIGUSR1, 0, &action);
  printf("USR1: %s\n", action.sa_handler == SIG_DFL ? "default" : "other");
  sigaction(SIGUSR2, 0, &action);
  printf("USR2: %s\n", action.sa_handler == SIG_IGN ? "ignored" : "other");
  sigset_t set;
  sigprocmask(SIG_BLOCK, 0, &set);
  printf("HUP %s, USR1 %s\n", sigismember(&set, SIGHUP) ? "blocked" : "open",
         sigismember(&set, SIGUSR1) ? "blocked" : "open");
  sigpending(&set);
  printf("HUP %s\n", sigismember(&set, SIGHUP) ? "pending" : "not pending");
  return 9;
}

int main(int argc, char **argv, char **environment) {
  if (argc > 1)
    return second(argv, environment);
  on(SIGUSR1, handler, 0);
  signal(SIGUSR2, SIG_IGN);
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGHUP);
  sigprocmask(SIG_BLOCK, &set, 0);
  raise(SIGHUP);
  int fd = open("/dev/null", O_RDONLY);
  dup2(fd, 70);
  dup3(fd, 71, O_CLOEXEC);
  char pid[16];
  snprintf(pid, sizeof pid, "%d", getpid());
  setenv("OWN_VARIABLE", "with spaces", 1);
  char *arguments[] = {argv[0], "again", pid, "an argument\twith \"quotes\"", 0};
  pid_t child = fork();
  if (child == 0) {
    snprintf(pid, sizeof pid, "%d", getpid());
    raise(SIGHUP);
    execv("/proc/self/exe", arguments);
    _exit(1);
  }
  report_child("second image", child);
  return 0;
}
