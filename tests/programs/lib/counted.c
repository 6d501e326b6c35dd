/* Makes a known number of calls of each kind; the subject of the statistics.
 *
 * 7 x getppid by libc, 100 x 500 by one site of its own, 3 threads of 50 x 501,
 * a forked child of 20 x 502, a vfork child of 9 x 503, generated code of 30 x
 * 504, 5 x 184, which the hook takes, 4 x 505 by int 0x80, and 11 x 70000. With a
 * word: executes itself without an environment, in the directory of that word,
 * where the second image makes 13 x 506.
 */
#include "../check.h"
#include <pthread.h>

__attribute__((noinline)) static long own_500(void) {
  long result;
  __asm__ volatile("mov $500, %%eax\n\tsyscall" : "=a"(result) : : "rcx", "r11", "memory");
  return result;
}

__attribute__((noinline)) static void times(int count, long number) {
  while (count--)
    syscall(number);
}

static void *thread(void *unused) {
  times(50, 501);
  return unused;
}

int main(int argc, char **argv) {
  if (argc == 1 && !getenv("PATH")) {
    times(13, 506);
    return 0;
  }
  times(7, SYS_getppid);
  for (int i = 0; i < 100; i++)
    CHECK(own_500() == -ENOSYS);
  pthread_t threads[3];
  for (int i = 0; i < 3; i++)
    CHECK(pthread_create(&threads[i], 0, thread, 0) == 0);
  for (int i = 0; i < 3; i++)
    pthread_join(threads[i], 0);
  pid_t child = fork();
  if (child == 0) {
    times(20, 502);
    exit(4);
  }
  report_child("forked", child);
  child = vfork();
  if (child == 0) {
    for (int i = 0; i < 9; i++)
      syscall(503);
    _exit(5);
  }
  report_child("vfork", child);
  unsigned char text[] = {0xb8, 504 & 255, 504 >> 8, 0, 0, 0x0f, 0x05, 0xc3};
  unsigned char *code = mmap(0, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  CHECK(code != MAP_FAILED);
  memcpy(code, text, sizeof text);
  for (int i = 0; i < 30; i++)
    ((long (*)(void))code)();
  times(5, WITNESS_NUMBER);
  for (int i = 0; i < 4; i++) {
    long result = 505;
    __asm__ volatile("int $0x80" : "+a"(result) : : "memory");
    CHECK(result == -ENOSYS);
  }
  times(11, 70000);
  if (argc > 1) {
    CHECK(chdir(argv[1]) == 0);
    char *arguments[] = {argv[0], 0}, *nothing[] = {0};
    execve("/no/such/program", arguments, nothing);
    execve("/proc/self/exe", arguments, nothing);
    return 1;
  }
  return 6;
}
