/* The library that memory/dlopen loads. */
#include <sys/syscall.h>
#include <unistd.h>

long own_pid(void) {
  long result;
  __asm__ volatile("syscall" : "=a"(result) : "a"(SYS_getpid) : "rcx", "r11", "memory");
  return result;
}
long libc_pid(void) { return getpid(); }
long witness_call(void) {
  long result;
  __asm__ volatile("mov $184, %%eax; syscall" : "=a"(result) : : "rcx", "r11", "memory");
  return result;
}
