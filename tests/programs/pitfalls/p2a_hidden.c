/* K23's P2a: a syscall instruction that no disassembly finds, in the immediate of
 * another, is seen when it is executed; and the other instruction stays what it is.
 */
#include "check.h"

__asm__(".text\n"
        ".type outer, @function\n"
        "outer:\n"
        ".cfi_startproc\n"
        "  movabs $0x90909090c3050f90, %rax\n" /* 90 0f 05 c3 */
        "  ret\n"
        ".cfi_endproc\n"
        ".size outer, . - outer\n");
unsigned long outer(void);

__attribute__((noinline)) static long inner(long number) {
  long result;
  __asm__ volatile("call *%1" : "=a"(result) : "r"((char *)outer + 3), "a"(number) : "rcx", "r11", "memory");
  return result;
}

int main(void) {
  long wanted = hooked() ? WITNESS_ANSWER : -ENOSYS;
  int seen = 0, same = 0;
  for (int i = 0; i < 5; i++) {
    seen += inner(WITNESS_NUMBER) == wanted;
    same += outer() == 0x90909090c3050f90;
  }
  printf("seen as the program's own: %d of 5; the other instruction: %d of 5\n", seen, same);
  return 0;
}
