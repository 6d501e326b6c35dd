/* Messages through pipes, sockets, timers and files: what is sent arrives, whole
 * and once.
 *
 * needs: -pthread
 */
#include "stress.h"
#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <sys/uio.h>

enum { PAIRS = 4, LARGEST = 60000 };

static int server_port;

static void read_all(int fd, void *to, size_t length) {
  for (size_t got = 0; got < length;) {
    ssize_t n = read(fd, (char *)to + got, length - got);
    CHECK(n > 0);
    got += n;
  }
}

/* Sends back all that comes. */
static void *echo(void *arg) {
  int fd = (int)(long)arg;
  char buffer[4096];
  for (;;) {
    ssize_t n = recv(fd, buffer, sizeof buffer, 0);
    CHECK(n >= 0);
    if (n == 0)
      break;
    struct iovec halves[2] = {{buffer, n / 2}, {buffer + n / 2, n - n / 2}};
    struct msghdr message = {.msg_iov = halves, .msg_iovlen = 2};
    CHECK(sendmsg(fd, &message, MSG_NOSIGNAL) == n);
  }
  CHECK(close(fd) == 0);
  return 0;
}

struct sender {
  int fd;
  const char *data;
  size_t length;
};

static void *send_all(void *arg) {
  struct sender *sender = arg;
  for (size_t sent = 0; sent < sender->length;) {
    ssize_t n = write(sender->fd, sender->data + sent, sender->length - sent);
    CHECK(n > 0);
    sent += n;
  }
  CHECK(shutdown(sender->fd, SHUT_WR) == 0);
  return 0;
}

/* A message there and back, over a pair of sockets or over TCP. */
static void round_trip(uint64_t r, bool tcp) {
  static _Thread_local char out[LARGEST], in[LARGEST];
  size_t length = r % LARGEST + 1;
  for (size_t i = 0; i < length; i++)
    out[i] = (char)next_random(&r);
  int ends[2];
  pthread_t other, sending;
  if (tcp) {
    struct sockaddr_in to = {.sin_family = AF_INET,
                             .sin_port = server_port,
                             .sin_addr = {htonl(INADDR_LOOPBACK)}};
    ends[0] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    CHECK(ends[0] >= 0);
    CHECK(connect(ends[0], (void *)&to, sizeof to) == 0);
  } else {
    CHECK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0);
    CHECK(pthread_create(&other, 0, echo, (void *)(long)ends[1]) == 0);
  }
  struct sender sender = {ends[0], out, length};
  CHECK(pthread_create(&sending, 0, send_all, &sender) == 0);
  read_all(ends[0], in, length);
  CHECK(memcmp(in, out, length) == 0);
  CHECK(pthread_join(sending, 0) == 0);
  char more;
  CHECK(read(ends[0], &more, 1) == 0);
  if (!tcp)
    CHECK(pthread_join(other, 0) == 0);
  CHECK(close(ends[0]) == 0);
}

static void *serve(void *arg) {
  int listening = (int)(long)arg;
  for (;;) {
    int fd = accept4(listening, 0, 0, SOCK_CLOEXEC);
    if (fd < 0)
      return 0; /* shut down */
    pthread_t thread;
    CHECK(pthread_create(&thread, 0, echo, (void *)(long)fd) == 0);
    CHECK(pthread_detach(thread) == 0);
  }
}

/* Timers and counters, waited for together. */
static void events(void) {
  int set = epoll_create1(EPOLL_CLOEXEC);
  int timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);
  int counter = eventfd(0, EFD_CLOEXEC);
  CHECK(set >= 0 && timer >= 0 && counter >= 0);
  struct epoll_event event = {.events = EPOLLIN, .data.fd = timer};
  CHECK(epoll_ctl(set, EPOLL_CTL_ADD, timer, &event) == 0);
  event.data.fd = counter;
  CHECK(epoll_ctl(set, EPOLL_CTL_ADD, counter, &event) == 0);
  struct itimerspec soon = {.it_value.tv_nsec = 100000};
  CHECK(timerfd_settime(timer, 0, &soon, 0) == 0);
  uint64_t value = 3, seen = 0;
  CHECK(write(counter, &value, sizeof value) == sizeof value);
  while (seen != 4) { /* three counted and one expiry */
    CHECK(epoll_wait(set, &event, 1, -1) == 1);
    CHECK(read(event.data.fd, &value, sizeof value) == sizeof value);
    seen += value;
  }
  CHECK(close(set) == 0 && close(timer) == 0 && close(counter) == 0);
}

/* A file without a name: written in pieces, read back by position, sent on. */
static void file(uint64_t r) {
  int fd = memfd_create("stress", MFD_CLOEXEC), copy = memfd_create("copy", 0);
  CHECK(fd >= 0 && copy >= 0);
  uint64_t words[64], got[64] = {0};
  for (int i = 0; i < 64; i++)
    words[i] = next_random(&r);
  struct iovec pieces[2] = {{words, 200}, {(char *)words + 200, 312}};
  CHECK(pwritev(fd, pieces, 2, 4000) == 512);
  off_t from = 4000;
  CHECK(sendfile(copy, fd, &from, 512) == 512 && from == 4512);
  CHECK(pread(copy, got, 512, 0) == 512);
  CHECK(memcmp(got, words, 512) == 0);
  char *mapped = mmap(0, 8192, PROT_READ, MAP_SHARED, fd, 0);
  CHECK(mapped != MAP_FAILED);
  CHECK(ftruncate(fd, 8192) == 0);
  CHECK(memcmp(mapped + 4000, words, 512) == 0);
  CHECK(munmap(mapped, 8192) == 0);
  CHECK(close(fd) == 0 && close(copy) == 0);
}

static void *work(void *arg) {
  uint64_t random = 314159265 + (long)arg;
  do {
    uint64_t r = next_random(&random);
    switch (r >> 8 & 3) {
    case 0:
      round_trip(r, true);
      break;
    case 1:
      round_trip(r, false);
      break;
    case 2:
      events();
      break;
    default:
      file(r);
    }
  } while (running());
  return 0;
}

int main(int argc, char **argv) {
  int listening = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  struct sockaddr_in at = {.sin_family = AF_INET,
                           .sin_addr = {htonl(INADDR_LOOPBACK)}};
  socklen_t length = sizeof at;
  CHECK(bind(listening, (void *)&at, sizeof at) == 0);
  CHECK(listen(listening, 64) == 0);
  CHECK(getsockname(listening, (void *)&at, &length) == 0);
  server_port = at.sin_port;
  pthread_t serving, threads[PAIRS];
  start_clock(argc, argv);
  CHECK(pthread_create(&serving, 0, serve, (void *)(long)listening) == 0);
  for (long id = 0; id < PAIRS; id++)
    CHECK(pthread_create(&threads[id], 0, work, (void *)id) == 0);
  for (int id = 0; id < PAIRS; id++)
    CHECK(pthread_join(threads[id], 0) == 0);
  CHECK(shutdown(listening, SHUT_RDWR) == 0);
  CHECK(pthread_join(serving, 0) == 0);
  printf("every message arrived\n");
}
