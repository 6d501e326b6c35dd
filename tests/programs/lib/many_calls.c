/* Calls of many kinds between two marks (the number 183, which no kernel has);
 * the subject of the comparison with strace.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

static void handler(int sig) { (void)sig; }
static void *thread(void *unused) {
  getppid();
  return unused;
}

int main(void) {
  void *volatile block = malloc(1); /* the heap makes calls when first used */
  free(block);
  syscall(183);
  char text[256], path[] = "/tmp/zpoline-calls-XXXXXX";
  struct stat st;
  for (int i = 0; i < 10; i++) {
    int fd = open("/etc/passwd", O_RDONLY | O_CLOEXEC);
    if (read(fd, text, 32) != 32 || fstat(fd, &st))
      return 1;
    lseek(fd, 5, SEEK_SET);
    close(fd);
    close(fd);
    open("/no/such/file", O_RDWR);
    stat("/etc", &st);
    access("/root/nothing", R_OK);
  }
  int fd = mkstemp(path), ends[2];
  struct iovec parts[2] = {{"abc", 3}, {"de", 2}};
  if (writev(fd, parts, 2) != 5 || ftruncate(fd, 10000) || pipe2(ends, O_CLOEXEC))
    return 1;
  char *at = mmap(0, 8192, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  mprotect(at, 4096, PROT_READ);
  munmap(at, 8192);
  unlink(path);
  fcntl(fd, F_GETFL);
  dup2(fd, 50);
  close(50);
  signal(SIGUSR1, handler);
  raise(SIGUSR1);
  struct utsname name;
  uname(&name);
  struct rlimit limit;
  getrlimit(RLIMIT_NOFILE, &limit);
  int s = socket(AF_UNIX, SOCK_STREAM, 0);
  struct sockaddr address = {.sa_family = AF_UNIX, .sa_data = "/none"};
  connect(s, &address, sizeof address);
  DIR *list = opendir("/proc/self");
  closedir(list);
  syscall(500, 1, 2, 3);
  pid_t child = fork();
  if (child == 0) {
    getuid();
    _exit(7);
  }
  waitpid(child, 0, 0);
  pthread_t id;
  pthread_create(&id, 0, thread, 0);
  pthread_join(id, 0);
  syscall(183);
  return 0;
}
