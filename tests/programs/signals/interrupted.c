/* Every kind of call that blocks, ended by a handler: EINTR, or goes on with
 * SA_RESTART, as signal(7) says.
 *
 * needs: -pthread -mno-red-zone
 */
#include "check.h"
#include <linux/futex.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/select.h>
#include <sys/sem.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/un.h>

static volatile int handled;
static int fds[2], full[2], sockets[2], listener, epoll, lock_fd, event, sems, queue, child_pipe[2];
static char name[64];
static volatile uint32_t *word;
static volatile pid_t child;

static void handler(int sig) { handled++; }

static long do_read(void) { char c; return raw3(SYS_read, fds[0], (long)&c, 1); }
static long do_readv(void) { char c; struct iovec v = {&c, 1}; return raw3(SYS_readv, fds[0], (long)&v, 1); }
static long do_write(void) { static char block[65536]; return raw3(SYS_write, full[1], (long)block, sizeof block); }
static long do_recvfrom(void) { char c; return raw6(SYS_recvfrom, sockets[0], (long)&c, 1, 0, 0, 0); }
static long do_recvmsg(void) { char c; struct iovec v = {&c, 1}; struct msghdr m = {.msg_iov = &v, .msg_iovlen = 1}; return raw3(SYS_recvmsg, sockets[0], (long)&m, 0); }
static long do_accept(void) { return raw3(SYS_accept, listener, 0, 0); }
static long do_wait4(void) { return raw6(SYS_wait4, child, 0, 0, 0, 0, 0); }
static long do_waitid(void) { siginfo_t i; return raw6(SYS_waitid, P_PID, child, (long)&i, WEXITED | WNOWAIT, 0, 0); }
static long do_futex(void) { return raw6(SYS_futex, (long)word, FUTEX_WAIT, 0, 0, 0, 0); }
static long do_flock(void) { return raw3(SYS_flock, lock_fd, LOCK_EX, 0); }
static long do_eventfd(void) { uint64_t v; return raw3(SYS_read, event, (long)&v, 8); }
static struct timespec second = {1000, 0};
static long do_nanosleep(void) { return raw3(SYS_nanosleep, (long)&second, 0, 0); }
static long do_clock_nanosleep(void) { return raw6(SYS_clock_nanosleep, CLOCK_MONOTONIC, 0, (long)&second, 0, 0, 0); }
static long do_pause(void) { return raw0(SYS_pause); }
static long do_poll(void) { struct pollfd p = {fds[0], POLLIN, 0}; return raw3(SYS_poll, (long)&p, 1, -1); }
static long do_select(void) { fd_set s; FD_ZERO(&s); FD_SET(fds[0], &s); return raw6(SYS_select, fds[0] + 1, (long)&s, 0, 0, 0, 0); }
static long do_epoll(void) { struct epoll_event e; return raw6(SYS_epoll_wait, epoll, (long)&e, 1, -1, 0, 0); }
static long do_sigtimedwait(void) { uint64_t s = 1UL << (SIGHUP - 1); return raw6(SYS_rt_sigtimedwait, (long)&s, 0, 0, 8, 0, 0); }
static long do_semop(void) { struct sembuf b = {0, -1, 0}; return raw3(SYS_semop, sems, (long)&b, 1); }
static long do_msgrcv(void) { struct { long t; char c[8]; } m; return raw6(SYS_msgrcv, queue, (long)&m, 8, 0, 0, 0); }

static const struct {
  const char *name;
  long number;
  long (*call)(void);
} calls[] = {
    {"read", SYS_read, do_read},
    {"readv", SYS_readv, do_readv},
    {"write", SYS_write, do_write},
    {"recvfrom", SYS_recvfrom, do_recvfrom},
    {"recvmsg", SYS_recvmsg, do_recvmsg},
    {"accept", SYS_accept, do_accept},
    {"wait4", SYS_wait4, do_wait4},
    {"waitid", SYS_waitid, do_waitid},
    {"futex", SYS_futex, do_futex},
    {"flock", SYS_flock, do_flock},
    {"eventfd", SYS_read, do_eventfd},
    {"nanosleep", SYS_nanosleep, do_nanosleep},
    {"clock_nanosleep", SYS_clock_nanosleep, do_clock_nanosleep},
    {"pause", SYS_pause, do_pause},
    {"poll", SYS_poll, do_poll},
    {"select", SYS_select, do_select},
    {"epoll_wait", SYS_epoll_wait, do_epoll},
    {"rt_sigtimedwait", SYS_rt_sigtimedwait, do_sigtimedwait},
    {"semop", SYS_semop, do_semop},
    {"msgrcv", SYS_msgrcv, do_msgrcv},
};

/* Makes one call to go on, whatever it waits for. */
static void let_go(const char *what) {
  char byte = 1;
  static char block[65536];
  struct sembuf one = {0, 1, 0};
  struct { long t; char c[8]; } message = {1, "x"};
  CHECK(write(fds[1], &byte, 1) == 1);
  CHECK(write(sockets[1], &byte, 1) == 1);
  CHECK(read(full[0], block, sizeof block) > 0);
  *word = 1;
  raw6(SYS_futex, (long)word, FUTEX_WAKE, 1, 0, 0, 0);
  uint64_t v = 1;
  CHECK(write(event, &v, 8) == 8);
  CHECK(semop(sems, &one, 1) == 0);
  CHECK(msgsnd(queue, &message, 8, 0) == 0);
  struct sockaddr_un to = {.sun_family = AF_UNIX};
  memcpy(to.sun_path + 1, name, strlen(name));
  int client = socket(AF_UNIX, SOCK_STREAM, 0);
  if (strcmp(what, "accept") == 0)
    CHECK(connect(client, (void *)&to, sizeof(sa_family_t) + 1 + strlen(name)) == 0);
  CHECK(write(child_pipe[1], &byte, 1) == 1);
}

/* Waits until SIGUSR1 is neither pending nor blocked, as in its handler. */
static void wait_until_handled(pid_t pid) {
  unsigned long sets;
  do {
    char path[32], text[256];
    snprintf(path, sizeof path, "/proc/%d/status", pid);
    FILE *status = fopen(path, "r");
    sets = 0;
    while (fgets(text, sizeof text, status)) {
      unsigned long set;
      if (sscanf(text, "ShdPnd: %lx", &set) == 1 || sscanf(text, "SigBlk: %lx", &set) == 1)
        sets |= set;
    }
    fclose(status);
  } while (sets & 1UL << (SIGUSR1 - 1));
}

/* Waits until the process sleeps in this call again, or is through and waits for
 * its helper.
 */
static void wait_until_sleeping(pid_t pid, long number) {
  char path[64], line[256];
  snprintf(path, sizeof path, "/proc/%d/syscall", pid);
  for (;;) {
    int fd = open(path, O_RDONLY);
    ssize_t n = read(fd, line, sizeof line - 1);
    close(fd);
    CHECK(n > 0);
    line[n] = 0;
    long in = strtol(line, 0, 10);
    if (line[0] != 'r' && (in == number || in == SYS_wait4))
      return;
    sched_yield();
  }
}

static void open_all(void) {
  CHECK(pipe(fds) == 0 && pipe(full) == 0 && pipe(child_pipe) == 0);
  CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, sockets) == 0);
  fcntl(full[1], F_SETFL, O_NONBLOCK);
  static char block[4096];
  while (write(full[1], block, sizeof block) > 0)
    ;
  fcntl(full[1], F_SETFL, 0);
  listener = socket(AF_UNIX, SOCK_STREAM, 0);
  static int serial;
  snprintf(name, sizeof name, "zpl-%d-%d", getpid(), serial++);
  struct sockaddr_un at = {.sun_family = AF_UNIX};
  memcpy(at.sun_path + 1, name, strlen(name));
  CHECK(bind(listener, (void *)&at, sizeof(sa_family_t) + 1 + strlen(name)) == 0 && listen(listener, 1) == 0);
  epoll = epoll_create1(0);
  struct epoll_event e = {.events = EPOLLIN};
  epoll_ctl(epoll, EPOLL_CTL_ADD, fds[0], &e);
  event = eventfd(0, 0);
  sems = semget(IPC_PRIVATE, 1, 0600);
  queue = msgget(IPC_PRIVATE, 0600);
  *word = 0;
}

int main(void) {
  setvbuf(stdout, 0, _IONBF, 0);
  word = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  for (int restart = 0; restart < 2; restart++)
    for (size_t k = 0; k < sizeof calls / sizeof *calls; k++) {
      open_all();
      char path[] = "/tmp/lock-XXXXXX";
      int held = mkstemp(path);
      lock_fd = open(path, O_RDWR);
      unlink(path);
      CHECK(flock(held, LOCK_EX) == 0);
      child = fork();
      if (child == 0) {
        char c;
        _exit(read(child_pipe[0], &c, 1) == 1 ? 3 : 4);
      }
      struct sigaction action = {.sa_handler = handler, .sa_flags = restart ? SA_RESTART : 0};
      sigaction(SIGUSR1, &action, 0);
      handled = 0;
      sigset_t hup;
      sigemptyset(&hup);
      sigaddset(&hup, SIGHUP);
      sigprocmask(SIG_BLOCK, &hup, 0);
      pid_t self = getpid();
      pid_t helper = fork();
      if (helper == 0) {
        wait_until_in(self, self, calls[k].number);
        kill(self, SIGUSR1);
        if (restart) {
          wait_until_handled(self);
          wait_until_sleeping(self, calls[k].number);
          flock(held, LOCK_UN);
          let_go(calls[k].name);
          kill(self, SIGHUP);
        }
        _exit(0);
      }
      long result = calls[k].call();
      int interrupted = result == -EINTR;
      printf("%s %s: %s, handled %d\n", restart ? "restart" : "plain", calls[k].name,
             interrupted  ? "EINTR"
             : result < 0 ? strerror(-result)
                          : "went on",
             handled);
      int status;
      kill(child, SIGKILL);
      while (waitpid(child, &status, 0) < 0 && errno == EINTR)
        ;
      while (waitpid(helper, &status, 0) != helper)
        ;
      CHECK(status == 0);
      struct timespec nothing = {0, 0};
      sigtimedwait(&hup, 0, &nothing);
      semctl(sems, 0, IPC_RMID);
      msgctl(queue, IPC_RMID, 0);
      for (int fd = 3; fd < 40; fd++)
        close(fd);
    }
  return 0;
}
