/* A syscall needs no stack: rsp may be any value. */
#include "check.h"

__attribute__((naked)) static long call(long number, long stack) {
  __asm__("mov %rdi, %rax\n"
          "mov %rsp, %rdx\n"
          "mov %rsi, %rsp\n"
          "syscall\n"
          "mov %rdx, %rsp\n"
          "ret\n");
}

int main(void) {
  printf("with rsp = 8: %s\n", call(SYS_getpid, 8) == getpid() ? "pid" : "other");
  printf("with rsp = -1: %s\n", call(SYS_getpid, -1) == getpid() ? "pid" : "other");
  return 0;
}
