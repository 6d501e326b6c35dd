/* Sockets: a pair, a passed descriptor, a listener and a client, epoll.
 */
#include "check.h"
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/socket.h>

static void pass(int over, int fd) {
  char control[CMSG_SPACE(sizeof fd)] = {0}, c = 'd';
  struct iovec part = {&c, 1};
  struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
  struct cmsghdr *head = CMSG_FIRSTHDR(&message);
  head->cmsg_level = SOL_SOCKET, head->cmsg_type = SCM_RIGHTS, head->cmsg_len = CMSG_LEN(sizeof fd);
  memcpy(CMSG_DATA(head), &fd, sizeof fd);
  CHECK(sendmsg(over, &message, 0) == 1);
}
static int take(int over) {
  char control[CMSG_SPACE(sizeof(int))], c;
  struct iovec part = {&c, 1};
  struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
  CHECK(recvmsg(over, &message, 0) == 1);
  int fd;
  memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof fd);
  return fd;
}

int main(void) {
  int pair[2], ends[2];
  CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0 && pipe(ends) == 0);
  pass(pair[0], ends[1]);
  int passed = take(pair[1]);
  char text[64];
  CHECK(write(passed, "passed", 6) == 6 && read(ends[0], text, 64) == 6);
  int listener = socket(AF_INET, SOCK_STREAM, 0);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t length = sizeof address;
  CHECK(bind(listener, (struct sockaddr *)&address, length) == 0 && listen(listener, 8) == 0);
  CHECK(getsockname(listener, (struct sockaddr *)&address, &length) == 0);
  pid_t child = fork();
  if (child == 0) {
    for (int i = 0; i < 20; i++) {
      int fd = socket(AF_INET, SOCK_STREAM, 0);
      CHECK(connect(fd, (struct sockaddr *)&address, sizeof address) == 0);
      CHECK(send(fd, "hello", 5, 0) == 5 && recv(fd, text, 64, 0) == 5 && text[0] == 'H');
      close(fd);
    }
    _exit(0);
  }
  int epoll = epoll_create1(0), served = 0;
  struct epoll_event event = {.events = EPOLLIN, .data.fd = listener};
  CHECK(epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &event) == 0);
  while (served < 20) {
    CHECK(epoll_wait(epoll, &event, 1, -1) == 1);
    if (event.data.fd == listener) {
      int fd = accept4(listener, 0, 0, SOCK_CLOEXEC);
      event.events = EPOLLIN, event.data.fd = fd;
      CHECK(epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) == 0);
    } else if (recv(event.data.fd, text, 64, 0) == 5) {
      text[0] = 'H';
      CHECK(send(event.data.fd, text, 5, 0) == 5);
      served++;
    } else {
      close(event.data.fd);
    }
  }
  report_child("client", child);
  return 0;
}
